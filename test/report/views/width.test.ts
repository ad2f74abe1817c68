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
import type { Answer } from '../../../src/report/answer/types.js';
import { fitted, grid } from '../../../src/report/views/grid.js';
import { expectToFit, reportAt, WIDTHS } from '../../cases/captures.js';
import { UNPACKED } from '../../corpus/index.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Beside those of test/cases/reports.test.ts. */
const CASES = ['s4-failures', 's5-autoload', 's73-arm64-fail'].map((name) => join(UNPACKED, name));

const folder = mkdtempSync(join(tmpdir(), 'modwaste-width-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function answerOf(...inputs: string[]): Promise<Answer> {
  const { db, fill } = await (await openCase({ inputs })).store([]);
  return answerFrom(new Asked(db, loadQueries(), fill));
}

describe('a report', () => {
  it.each(CASES)('of %s fits the terminal', async (path) => {
    expectToFit(await answerOf(path));
  });

  it('of many boots fits the terminal', async () => {
    const boots = ['samples/dup-storm', 'samples/stock-debian'].map((name) => join(ROOT, name));
    expectToFit(await answerOf(...boots));
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
    const answer = await answerOf(log);
    expectToFit(answer);
    for (const width of WIDTHS) expect(reportAt(answer, width)).toContain(module);
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
