// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { type Case, caseOf } from '../../src/case.js';
import { openInputs } from '../../src/disk/walk.js';
import { INGESTERS } from '../../src/ingest/registry.js';
import { withQueries } from '../../src/opened-case.js';
import { parseQuery } from '../../src/query/head.js';
import { loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { readEvidence } from '../../src/read.js';
import { bytesUntil, feedUntil, ReadingLimits } from '../../src/read-limits.js';

describe('ReadingLimits', () => {
  it('ends after the seconds given', () => {
    let now = 0;
    const limits = new ReadingLimits({ seconds: 2 }, () => now);
    now = 2000;
    expect(limits.isOver(0)).toBe(false);
    now = 2001;
    expect(limits.isOver(0)).toBe(true);
    expect(limits.describeSeconds()).toBe('more than 2 seconds of reading (--max-seconds)');
  });

  it('ends reading earlier, the more events there are to account for', () => {
    let now = 0;
    const limits = new ReadingLimits({ seconds: 60 }, () => now);
    now = 29_000;
    expect(limits.isOver(1_000_000)).toBe(false);
    now = 31_000;
    expect(limits.isOver(1_000_000)).toBe(true);
    expect(limits.isOver(900_000)).toBe(false);
  });

  it('leaves out boots that there is no time for, and says so; then ends queries', async () => {
    const limits = new ReadingLimits({ seconds: 1 }, () => 0);
    const log = (n: number) =>
      `[    0.000000] Linux version 6.1.${n} (x@y) #1 SMP\n[    1.000000] m${n}: Unknown symbol x (err -2)\n`;
    const found = openInputs([{ name: 'log', bytes: Buffer.from(log(1) + log(2) + log(3)) }]);
    const evidence = await readEvidence(found, INGESTERS, {}, limits);
    const opened = caseOf(evidence, limits);
    expect(opened.model.boots.length).toBe(3);
    const store = await opened.store();
    vi.spyOn(limits, 'isPast', 'get')
      .mockReturnValueOnce(false)
      .mockReturnValueOnce(false)
      .mockReturnValue(true);
    const short = caseOf(evidence, limits);
    expect(short.model.boots.length).toBe(1);
    expect(said(short)).toBe('more than 1 seconds: 2 boots are not accounted for (--max-seconds)');
    const [verdict] = loadQueries().values();
    if (!verdict) throw new Error('no query');
    expect(() => [...runQuery(store.db, verdict, new Map()).rows]).toThrow(
      `more than 1 seconds (--max-seconds), in ${verdict.file}`,
    );
  });

  const LOG = `[    0.000000] Linux version 6.1.0 (x@y) #1 SMP\n[    1.000000] m: Unknown symbol x (err -2)\n`;
  const said = ({ diagnostics }: Case): string | undefined =>
    diagnostics.find(({ code }) => code === 'input-limit')?.detail;

  /** A case of two boots, and what makes its time over after `ms`. */
  async function timed() {
    let later = 0;
    const limits = new ReadingLimits({ seconds: 1 }, () => performance.now() + later);
    const bytes = Buffer.from(LOG + LOG.replace('6.1.0', '6.1.1'));
    const evidence = await readEvidence(openInputs([{ name: 'log', bytes }]), INGESTERS, {}, limits);
    const endIn = (ms: number): void => {
      later = 31_000 - ms;
    };
    return { evidence, limits, endIn };
  }

  it('ends a boot whose accounting does not end, and keeps those before', async () => {
    const { evidence, limits, endIn } = await timed();
    const last = evidence.events.get(1)?.at(-1);
    if (last?.kind !== 'load-failure') throw new Error('no failure');
    let looks = 0;
    let endlessFrom = Number.POSITIVE_INFINITY;
    const { module } = last;
    Object.defineProperty(last, 'module', {
      get: () => {
        for (looks++; looks >= endlessFrom; );
        return module;
      },
    });
    expect(caseOf(evidence, limits).model.boots.length).toBe(2);
    // Its last look is not before the second boot.
    endlessFrom = 2 * looks;
    endIn(500);
    const short = caseOf(evidence, limits);
    expect(short.model.boots.length).toBe(1);
    expect(said(short)).toBe('more than 1 seconds: 1 boot is not accounted for (--max-seconds)');
  });

  it('ends a single query that does not end, and the next case starts SQLite anew', async () => {
    const { evidence, limits, endIn } = await timed();
    const opened = caseOf(evidence, limits);
    const endless = parseQuery(
      'endless',
      `-- Counts.\n-- @column n INTEGER -  numbers\n-- @needs boots\n-- @empty never\nWITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) AS n FROM c`,
      'endless.sql',
    );
    // What is left of the time is the query's, however busy the machine is.
    await opened.store(endless.needs);
    endIn(500);
    await expect(withQueries(opened, [endless]).query('endless')).rejects.toThrow(
      'more than 1 seconds (--max-seconds), in endless.sql',
    );
    const next = caseOf(evidence);
    expect(await withQueries(next, []).query('boots')).toHaveLength(2);
  });

  it('keeps as many events as the bytes of the inputs may hold, or as were asked for', () => {
    expect(new ReadingLimits().events(0)).toBe(10_000);
    expect(new ReadingLimits().events(1_000_000)).toBe(810_000);
    // A million events of a trace, which xz compresses to a fortieth of their 60 MB.
    expect(new ReadingLimits().events(1_450_000)).toBeGreaterThan(1_000_000);
    expect(new ReadingLimits().events(1e12)).toBe(4_000_000);
    expect(new ReadingLimits({ events: 5 }).events(1e12)).toBe(5);
  });

  it('stops bytes and feeds', async () => {
    let over = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(1);
    }
    let count = 0;
    for await (const _ of bytesUntil(() => over, endless())) over = ++count === 3;
    expect(count).toBe(3);
    expect(
      feedUntil(
        () => true,
        () => 1,
      )(new Uint8Array(1)),
    ).toBe(0);
    expect(
      feedUntil(
        () => false,
        () => 1,
      )(new Uint8Array(1)),
    ).toBe(1);
  });

  it('holds all events of an honest trace, compressed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'modwaste-events-'));
    try {
      const path = join(folder, 'trace.gz');
      const calls = Array.from({ length: 45_000 }, (_, index) => {
        const task = 200 + (index % 300);
        const time = `${10 + Math.floor(index / 1000)}.${String((index * 977) % 1_000_000).padStart(6, '0')}`;
        return ` modprobe-${task}  [00${index % 8}] .....    ${time}: module_put: mod${(index * 31) % 211} call_site=x refcnt=1\n modprobe-${task}  [00${index % 8}] .....    ${time}: module_load: mod${(index * 31) % 211} \n`;
      });
      writeFileSync(path, gzipSync(`# tracer: nop\n#\n${calls.join('')}`, { level: 9 }));
      const opened = await readEvidence(openInputs([path]), INGESTERS);
      expect(opened.sources[0]?.events).toBeGreaterThan(45_000);
      expect(opened.diagnostics.filter(({ code }) => code === 'input-limit')).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('holds of a bomb of events what its bytes may hold', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'modwaste-events-'));
    try {
      const path = join(folder, 'trace.gz');
      const call = ' a-51  [001] .....    7.000000: sys_finit_module(fd: 5, uargs: 7f00, flags: 0)\n';
      writeFileSync(path, gzipSync(call.repeat(60_000)));
      const opened = await readEvidence(openInputs([path]), INGESTERS);
      expect(opened.sources[0]?.events).toBeLessThan(50_000);
      expect(opened.diagnostics.find(({ code }) => code === 'input-limit')?.detail).toContain('--max-events');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

async function sectionsOf(bytes: Uint8Array) {
  const { sources, diagnostics } = await readEvidence(openInputs([{ name: 'log', bytes }]), INGESTERS);
  const limits = diagnostics.filter(({ code }) => code === 'input-limit');
  return { sections: sources.slice(1), limits };
}

describe('sections', () => {
  const section = (n: number): string =>
    `==> /tmp/${n % 7}.txt <==\n[    1.000000] a: Unknown symbol b (err -2)\n${'[    2.000000] usb 1-1: x\n'.repeat(9)}`;
  const small = (n: number): string => `==> x${n} <==\n[    1.000000] a: Unknown symbol b (err -2)\n`;
  const times = (n: number, make: (index: number) => string): string =>
    Array.from({ length: n }, (_, index) => make(index)).join('');

  it('more than a case may have end the reading of a packed text, and of a plain one do not', async () => {
    const text = times(
      10_600,
      (n) =>
        `==> /tmp/${n % 7}.txt <==\n[    1.000000] a: Unknown symbol b (err -2)\n[    2.000000] usb 1-1: ${'x'.repeat(230)}\n`,
    );
    const [plain, packed] = await Promise.all([Buffer.from(text), gzipSync(text)].map(sectionsOf));
    expect(plain?.sections).toHaveLength(10_600);
    expect(plain?.limits).toEqual([]);
    expect(packed?.sections.length).toBeGreaterThanOrEqual(10_000);
    expect(packed?.sections.length).toBeLessThan(10_500);
    expect(packed?.limits).toHaveLength(1);
  });

  it('of a line each are read as far as the text may have such, and the others counted; larger ones are all read', async () => {
    const text = `${times(5000, small)}${'\n'.repeat(9)}${section(1)}`;
    const { sections, limits } = await sectionsOf(Buffer.from(text));
    const read = sections.filter(({ lines }) => lines < 10);
    expect(read.length).toBeGreaterThan(1000);
    expect(read.length).toBeLessThan(2000);
    expect(sections.at(-1)).toMatchObject({ format: 'dmesg', lines: 10 });
    expect(limits).toMatchObject([{ count: 5000 - read.length, line: expect.any(Number) }]);
    expect(limits[0]?.detail).toMatch(/^more than 1000 pieces of evidence and one for each 400 characters/);
  });

  it.each([
    ['a thousand of a line each', times(1000, small)],
    [
      'lines of the kernel in the output of tests',
      times(2000, (n) => `${small(n)}${'ok 1 - a test\n'.repeat(27)}`),
    ],
  ])('%s are all read', async (_, text) => {
    expect((await sectionsOf(Buffer.from(text))).limits).toEqual([]);
  });
});
