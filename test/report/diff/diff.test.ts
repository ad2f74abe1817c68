// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadQueries } from '../../../src/query/library.js';
import { Asked } from '../../../src/report/answer/ask.js';
import { changeOf, diffLines, diffResult } from '../../../src/report/diff/lines.js';
import { bootSide, type Side } from '../../../src/report/diff/side.js';
import { diffMarkdown, diffText } from '../../../src/report/diff/text.js';
import { PLAIN_TEXT } from '../../../src/report/text.js';
import { openStore } from '../../../src/store/store.js';
import { build, counters, type GivenSource, reading, Trace } from '../../accounting/make.js';
import { capturePath, FIXTURES } from '../../accounting/truth.js';
import { cli } from '../../cli/harness.js';
import { temporary } from '../../temporary.js';

async function sideOf(...given: GivenSource[]): Promise<Side> {
  const { model } = build(...given);
  const boot = model.boots.at(-1);
  if (!boot) throw new Error('a boot was expected');
  const { db } = await openStore({ sources: [], events: new Map(), diagnostics: [], model });
  return bootSide(model, boot, 'input', new Asked(db, loadQueries()));
}

const dump = (bytes: number, rows: Parameters<typeof reading>[1], state?: Parameters<typeof reading>[2]) => ({
  events: reading(
    counters({
      failed_becoming: rows?.reduce((sum, row) => sum + row[1], 0) ?? 0,
      invalid_becoming_bytes: bytes,
      modcount: 4,
    }),
    rows,
    state,
  ),
});
const time = (ns: bigint) => ({ events: [{ kind: 'boot-duration' as const, what: 'total', ns }] });

const line = (before: Side, after: Side, name: string, measure: string) =>
  diffLines(before, after).find((one) => one.name === name && one.measure === measure);

describe('the comparison', async () => {
  const before = await sideOf(dump(9000, [['a', 3, 1]]), time(72_733_000_000n));
  const after = await sideOf(dump(500, [['b', 1, 1]]), time(40_000_000_000n));

  it('shows what went away, what came, and how the boot time changed', () => {
    expect(line(before, after, 'a', 'calls')).toMatchObject({
      before: { low: 3n },
      after: { low: 0n, high: 0n },
    });
    expect(line(before, after, 'b', 'bytes')).toMatchObject({
      before: { low: 0n },
      after: { low: 500n, high: 500n },
    });
    const text = [...diffText(before, after, diffLines(before, after), PLAIN_TEXT)].join('');
    expect(text).toMatch(/^boot time\s+72\.733 s\s+40\.000 s\s+-32\.733 s \(-45\.0 %\)$/m);
    expect(text).toMatch(/^failed loads\s+3\s+1\s+-2 \(-66\.7 %\)$/m);
    expect(text).toMatch(/^wasted virtual memory\s+8\.8 KiB\s+500 B\s+-8\.3 KiB \(-94\.4 %\)$/m);
    expect(text).toMatch(/^a, duplicates\s+3\s+0\s+-3/m);
    expect(text).not.toContain('kread');
  });

  it('fits a mail as Markdown', () => {
    const markdown = [...diffMarkdown(before, after, diffLines(before, after))].join('');
    const rows = markdown.trimEnd().split('\n');
    expect(rows[1]).toBe('| --- | ---: | ---: | ---: |');
    for (const row of rows) expect(row.split('|').length).toBe(6);
    expect(rows.length).toBeLessThan(60);
  });

  it('is exact as data', () => {
    const { columns, rows } = diffResult(diffLines(before, after));
    expect(columns.map((column) => column.name).join()).toBe(
      'section,name,measure,before,before_low,before_high,after,after_low,after_high,change,change_low,change_high',
    );
    expect([...rows]).toContainEqual([
      'total',
      'wasted',
      'bytes',
      9000n,
      9000n,
      9000n,
      500n,
      500n,
      500n,
      -8500n,
      -8500n,
      -8500n,
    ]);
  });

  it('claims nothing of a module that a truncated list may have lost', async () => {
    const cut = await sideOf(dump(500, [['b', 1, 1]], 'cut'));
    expect(line(before, cut, 'a', 'calls')).toMatchObject({ before: { low: 3n }, after: null });
    expect(
      changeOf(
        line(before, cut, 'a', 'calls') ?? {
          section: 'total',
          name: '',
          measure: 'calls',
          before: null,
          after: null,
        },
      ),
    ).toBeNull();
  });

  it('keeps a lower bound one', async () => {
    const trace = new Trace().finit(2).charge(2, 'becoming', 'a', 700).exit(2, -17).lost(3);
    const lost = await sideOf({ events: trace.events });
    expect(line(lost, after, 'wasted', 'bytes')).toMatchObject({ before: { low: 700n, high: null } });
    const change = changeOf({
      section: 'total',
      name: 'wasted',
      measure: 'bytes',
      before: { low: 700n, high: null },
      after: { low: 0n, high: 0n },
    });
    expect(change).toEqual({ low: null, high: -700n });
    const text = [...diffText(lost, after, diffLines(lost, after), PLAIN_TEXT)].join('');
    expect(text).toMatch(/wasted virtual memory\s+at least 700 B/);
  });

  it('leaves out modules that did not change', () => {
    expect(diffLines(before, before).filter((one) => one.section === 'module')).toEqual([]);
  });
});

describe('modwaste diff', () => {
  const s2 = join(FIXTURES, 's2-dup-storm');
  const [whole, earlier] = [capturePath(s2, 'stats'), capturePath(s2, 'stats-after-1')];

  it('compares two cases', async () => {
    const quiet = capturePath(join(FIXTURES, 's1-quiet'), 'stats');
    const { code, stdout } = await cli(['diff', '--format', 'csv', whole, quiet]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'total,wasted,bytes,57010136,57010136,57010136,0,0,0,-57010136,-57010136,-57010136',
    );
    expect(stdout).toContain('module,lab_big,calls,10,10,10,0,0,0,-10,-10,-10');
  });

  it('gives the ranges that analyze gives, and exact numbers where only the bytes are not known', async () => {
    const { stdout } = await cli(['diff', '--format', 'csv', 'samples/stock-debian', 'samples/failures']);
    expect(stdout).toContain('total,failed loads,calls,135,135,135,45,45,45,-90,-90,-90');
    expect(stdout).toMatch(/^total,wasted,bytes,,(\d+),(\d+),6889163,6889163,6889163,,-\d+,-\d+$/m);
    const text = (await cli(['diff', 'samples/stock-debian', 'samples/failures'])).stdout;
    expect(text).toMatch(
      /^wasted virtual memory\s+33\.8 MiB to 69\.8 MiB\s+6\.6 MiB\s+-63\.2 MiB to -27\.3 MiB$/m,
    );
    const [boot] = JSON.parse(
      (await cli(['query', 'boots', '--format', 'json', 'samples/stock-debian'])).stdout,
    );
    expect(boot).toMatchObject({ failures: 135, failures_high: 135 });
    expect(stdout).toContain(`,${boot.wasted_bytes},${boot.wasted_bytes_high},6889163`);
  });

  it('names two sides of the same kernel, or of none, by their inputs', async () => {
    const unnamed = capturePath(join(FIXTURES, 's1-quiet'), 'stats');
    expect((await cli(['diff', whole, unnamed])).stdout).toContain(`Before: ${whole}\nAfter:  ${unnamed}\n`);
    const same = 'samples/stock-debian';
    expect((await cli(['diff', same, same])).stdout).toContain(`Before: 6.12.117+deb12-amd64, ${same}\n`);
  });

  it('compares the first snapshot of a boot with the last, and any that are named', async () => {
    const { code, stdout } = await cli(['diff', '--snapshots', '--format', 'json', whole, earlier]);
    expect(code).toBe(0);
    const rows = JSON.parse(stdout) as Record<string, unknown>[];
    expect(rows.find((row) => row.name === 'modules loaded')).toMatchObject({
      before: 20,
      after: 27,
      change: 7,
    });
    const back = await cli([
      'diff',
      '--snapshots',
      '--from',
      '1',
      '--to',
      '0',
      '--format',
      'json',
      whole,
      earlier,
    ]);
    const reversed = JSON.parse(back.stdout) as Record<string, unknown>[];
    expect(reversed.find((row) => row.name === 'modules loaded')).toMatchObject({
      before: 27,
      after: 20,
      change: -7,
    });
  });

  it('explains what is wrong with its inputs', async () => {
    const alone = await cli(['diff', whole]);
    expect(alone).toMatchObject({ code: 2, stdout: '' });
    expect(alone.stderr).toContain('diff compares two inputs, 1 given');
    const single = await cli(['diff', '--snapshots', whole]);
    expect(single.stderr).toContain('only one snapshot');
    const unknown = await cli(['diff', '--snapshots', '--to', 'noon', whole, earlier]);
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toContain('no snapshot "noon"');
    const folder = temporary('diff');
    writeFileSync(join(folder, 'x.txt'), 'nothing at all\n');
    expect((await cli(['diff', whole, join(folder, 'x.txt')])).code).toBe(2);
  });
});
