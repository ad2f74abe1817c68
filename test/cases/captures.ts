// SPDX-License-Identifier: Apache-2.0
/** Captures of which whole reports are kept, and what a test asks of one. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import type { Answer } from '../../src/report/answer/types.js';
import { formatResult } from '../../src/report/format.js';
import { markdownReport } from '../../src/report/views/markdown.js';
import { textReport } from '../../src/report/views/text.js';
import type { Store } from '../../src/store/types.js';
import { UNPACKED } from '../corpus/index.js';
import type { Row } from './read.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GOLDENS = fileURLToPath(new URL('goldens/', import.meta.url));

/** Of one boot each; with counters, without, of a log alone, of 32 bits, with wide bounds. */
export const CAPTURES: readonly (readonly [name: string, path: string])[] = [
  ['dup-storm', join(ROOT, 'samples/dup-storm')],
  ['failures', join(ROOT, 'samples/failures')],
  ['stock-debian', join(ROOT, 'samples/stock-debian')],
  ['autoload', join(ROOT, 'samples/autoload')],
  ['vmalloc-exhausted', join(ROOT, 'test/cases/kernels/memreport')],
  ['quiet', join(UNPACKED, 's1-quiet')],
  ['compressed', join(UNPACKED, 's3-compressed')],
  ['i386-counters', join(UNPACKED, 'o73-i386-fail')],
];

export const POSTS: typeof CAPTURES = [
  ['two-states-in-one-mail', join(ROOT, 'test/cases/posts/before-after-reversed.txt')],
  ['stuck-load', join(ROOT, 'test/cases/posts/hung-load-and-killed-udev-worker.txt')],
];

/** What a query gives, by its name; it is asked once. */
export function askedOf(db: Store['db'], fill: Store['fill']): (name: string) => Row[] {
  const queries = loadQueries();
  const known = new Map<string, Row[]>();
  return (name) => {
    const query = queries.get(name);
    if (!query) throw new Error(name);
    const before = known.get(name);
    if (before) return before;
    fill(query.needs);
    const rows = JSON.parse([...formatResult(runQuery(db, query, new Map()), 'json')].join('')) as Row[];
    known.set(name, rows);
    return rows;
  };
}

const plain = (text: string): string => text;

/** Columns of terminals. */
export const WIDTHS = [60, 80, 100, 120, 200];

/** The report as text, as wide as that. */
export const reportAt = (answer: Answer, width: number): string =>
  [...textReport(answer, { bold: plain, dim: plain, red: plain, yellow: plain, green: plain, width })].join(
    '',
  );

/** No line is wider than the terminal, and no number stands apart from its unit. */
export function expectToFit(answer: Answer): void {
  for (const width of WIDTHS) {
    const lines = reportAt(answer, width).split('\n');
    // A name or a command alone on its line may be longer.
    const tooWide = lines.filter((line) => [...line].length > width && /\s/.test(line.trim()));
    expect({ width, tooWide }).toEqual({ width, tooWide: [] });
    const apart = lines.filter((line) => /(?:^|\s{2})(?:[KMGT]iB|%)(?:\s|$)/.test(line));
    expect({ width, apart }).toEqual({ width, apart: [] });
  }
}

/** What is kept of the report, in `goldens`. */
export async function expectRead(name: string, answer: Answer): Promise<void> {
  const text = reportAt(answer, 80);
  const markdown = [...markdownReport(answer)].join('');
  await expect(text).toMatchFileSnapshot(join(GOLDENS, `${name}.txt`));
  await expect(markdown).toMatchFileSnapshot(join(GOLDENS, `${name}.md`));
  expect(markdown.split('\n').length).toBeLessThanOrEqual(60);
  // Verdict, first advice and phases are on a screen of 80x24.
  const lines = text.split('\n');
  const phases = lines.findIndex((line) => line.startsWith('Waste by phase'));
  if (phases >= 0 && answer.boots.length === 1) expect(lines.indexOf('', phases)).toBeLessThanOrEqual(24);
}
