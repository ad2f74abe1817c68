// SPDX-License-Identifier: Apache-2.0
/** No line of a report is wider than the terminal, and no number stands apart from its unit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openCase } from '../../../src/case.js';
import { loadQueries } from '../../../src/query/library.js';
import type { Value } from '../../../src/query/result.js';
import { Asked } from '../../../src/report/answer/ask.js';
import { answerFrom } from '../../../src/report/answer/index.js';
import { fitted, grid } from '../../../src/report/views/grid.js';
import { textReport } from '../../../src/report/views/text.js';
import { UNPACKED } from '../../corpus/index.js';

const WIDTHS = [60, 80, 100, 120, 200];
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CASES = [
  ...['autoload', 'dup-storm', 'failures', 'stock-debian'].map((name) => join(ROOT, 'samples', name)),
  ...['s4-failures', 's5-autoload', 's73-arm64-fail', 'o73-i386-fail'].map((name) => join(UNPACKED, name)),
  ...['before-after-reversed.txt', 'hung-load-and-killed-udev-worker.txt'].map((name) =>
    join(ROOT, 'test/cases/posts', name),
  ),
  join(ROOT, 'test/cases/kernels/memreport'),
];

const plain = (text: string): string => text;
const LOOKS = { bold: plain, dim: plain, red: plain, yellow: plain, green: plain };
const folder = mkdtempSync(join(tmpdir(), 'modwaste-width-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function reportsOf(...inputs: string[]): Promise<{ width: number; lines: string[] }[]> {
  const { db, fill } = await (await openCase({ inputs })).store([]);
  const answer = answerFrom(new Asked(db, loadQueries(), fill));
  return WIDTHS.map((width) => ({
    width,
    lines: [...textReport(answer, { ...LOOKS, width })].join('').split('\n'),
  }));
}

function expectToFit(reports: Awaited<ReturnType<typeof reportsOf>>): void {
  for (const { width, lines } of reports) {
    // A name or a command alone on its line may be longer.
    const tooWide = lines.filter((line) => [...line].length > width && /\s/.test(line.trim()));
    expect({ width, tooWide }).toEqual({ width, tooWide: [] });
    const apart = lines.filter((line) => /(?:^|\s{2})(?:[KMGT]iB|%)(?:\s|$)/.test(line));
    expect({ width, apart }).toEqual({ width, apart: [] });
  }
}

describe('a report', () => {
  it.each(CASES)('of %s fits the terminal', async (path) => {
    expectToFit(await reportsOf(path));
  });

  it('of many boots fits the terminal', async () => {
    const boots = ['samples/dup-storm', 'samples/stock-debian'].map((name) => join(ROOT, name));
    expectToFit(await reportsOf(...boots));
  });

  it('of the longest names that the kernel allows fits the terminal', async () => {
    const module = 'm'.repeat(55);
    const log = join(folder, 'dmesg.txt');
    const lines = [
      '[    0.000000] Linux version 6.12.1 (a@b) (gcc) #1 SMP',
      ...[1, 2, 3].map((at) => `[    ${at}.000000] ${module}: Unknown symbol ${'s'.repeat(50)} (err -2)`),
      ...[4, 5].map(
        (at) => `[    ${at}.000000] ${module}: exports duplicate symbol x (owned by ${'n'.repeat(55)})`,
      ),
    ];
    writeFileSync(log, `${lines.join('\n')}\n`);
    const reports = await reportsOf(log);
    expectToFit(reports);
    for (const { lines: shown } of reports) expect(shown.join('\n')).toContain(module);
  });
});

describe('a table', () => {
  const text = (name: string) => ({ name, type: 'TEXT' as const, unit: null });
  const int = (name: string) => ({ name, type: 'INTEGER' as const, unit: null });
  const LONG = 'n'.repeat(25);
  const rows: Value[][] = [
    [LONG, 'a, b', '33.6 MiB to 69.3 MiB', 12n],
    ['short', 'c', 'not known', 3n],
  ];
  const result = { columns: [text('name'), text('who'), int('wasted'), int('times')], rows, empty: null };
  const drawn = (width: number, spare: readonly string[] = []): string[] => {
    const { result: shown, left } = fitted(result, spare, width);
    return [...left, ...[...grid(shown, width, (_, __, padded) => padded)].map((line) => line.text)];
  };

  it('leaves out spare columns only as far as it must', () => {
    expect(drawn(80, ['times', 'who'])).toHaveLength(3);
    expect(drawn(28, ['times', 'who'])[0]).toBe('times');
    expect(drawn(20, ['times', 'who']).slice(0, 2)).toEqual(['times', 'who']);
  });

  it('gives a long first name a line of its own, and breaks a range before the number', () => {
    expect(drawn(31)).toEqual([
      'name   who        wasted  times',
      LONG,
      '       a,    33.6 MiB to     12',
      '       b        69.3 MiB',
      'short  c       not known      3',
    ]);
  });
});
