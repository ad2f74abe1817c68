// SPDX-License-Identifier: Apache-2.0
/** In every canned query, of whatever evidence is at hand: 0 <= low <= value <= high. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { loadQueries } from '../../src/query/library.js';
import type { Result } from '../../src/query/result.js';
import { runQuery } from '../../src/query/run.js';
import { CORPUS, sampled } from '../corpus/index.js';
import { required } from '../queries/required.js';
import { FIXTURES } from './truth.js';

/** Folders whose folders are each one bug report. */
const ROOTS = [
  fileURLToPath(new URL('../../samples/', import.meta.url)),
  FIXTURES,
  join(FIXTURES, 'kernels'),
  join(FIXTURES, 'kernels', 'cases'),
];
/** Each capture is asked all queries. */
const REPORTS = [
  ...ROOTS.flatMap((root) => foldersIn(root).map((name) => join(root, name))),
  ...sampled(foldersIn(CORPUS)).map((name) => join(CORPUS, name)),
];

function foldersIn(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'kernels' && entry.name !== 'cases')
    .map(({ name }) => name);
}

/** Rows of a result of which low, value and high are not in that order, or below 0. */
function disordered({ columns, rows }: Result): string[] {
  const names = columns.map(({ name }) => name);
  const pairs = names.flatMap((name, low) => {
    if (!name.endsWith('_low')) return [];
    const stem = name.slice(0, -'_low'.length);
    return [{ stem, low, value: names.indexOf(stem), high: names.indexOf(`${stem}_high`) }];
  });
  for (const [high, name] of names.entries()) {
    const stem = name.replace(/_high$/, '');
    if (stem !== name && !names.includes(`${stem}_low`) && names.includes(stem))
      pairs.push({ stem, low: -1, value: names.indexOf(stem), high });
  }
  const wrong: string[] = [];
  for (const row of rows) {
    for (const { stem, ...at } of pairs) {
      const known = [at.low, at.value, at.high].flatMap((index) =>
        index < 0 || row[index] == null ? [] : [row[index] as bigint | number],
      );
      if (known.some((value, index) => value < (known[index - 1] ?? 0)))
        wrong.push(`${stem}: ${known.join(' <= ')}`);
    }
    for (const [index, name] of names.entries()) {
      const value = row[index];
      if (
        /bytes|failures|times|calls/.test(name) &&
        name !== 'difference_bytes' &&
        typeof value === 'bigint' &&
        value < 0
      )
        wrong.push(`${name}: ${value}`);
    }
  }
  return wrong;
}

describe('bounds', () => {
  const queries = [...loadQueries().values()];

  it.each(REPORTS)('hold in %s', async (report) => {
    const { db } = await (await openCase({ inputs: [report] })).store();
    const wrong = queries.flatMap((query) =>
      disordered(runQuery(db, query, required(query))).map((fault) => `${query.name}: ${fault}`),
    );
    expect(wrong).toEqual([]);
  });
});
