// SPDX-License-Identifier: Apache-2.0
/** One database for many cases: each sees its own rows alone, and a case that fails takes nothing with it. */
import { expect, test } from 'vitest';
import { type CaseRows, Scratch } from '../../src/batch/scratch.js';
import type { Query } from '../../src/query/head.js';

const QUERY: Query = {
  name: 'figures',
  file: 'figures.sql',
  summary: '',
  params: [],
  columns: [
    { name: 'what', type: 'TEXT', unit: null, meaning: '' },
    { name: 'bytes', type: 'INTEGER', unit: null, meaning: '' },
  ],
  needs: ['memory'],
  empty: '',
  sql: 'SELECT what, bytes FROM memory ORDER BY boot, item',
};

const memory = (...figures: [string, bigint][]): CaseRows => ({
  memory: () => figures.map(([what, bytes], item) => [1, item, what, bytes, 1, 1]),
  boots: () => {
    throw new Error('a table that no query needs');
  },
});

const rowsOf = (answer: (query: Query) => Iterable<unknown>): unknown[] => [...answer(QUERY)];

test('a case sees its own rows, whatever came before', async () => {
  const scratch = new Scratch([QUERY]);
  const first = await scratch.use(memory(['mem-total', 5n], ['vmalloc-used', 2n ** 60n + 1n]), rowsOf);
  expect(first).toEqual([
    ['mem-total', 5n],
    ['vmalloc-used', 2n ** 60n + 1n],
  ]);
  expect(await scratch.use(memory(), rowsOf)).toEqual([]);
  expect(await scratch.use(memory(['mem-total', 7n]), rowsOf)).toEqual([['mem-total', 7n]]);
});

test('a query whose rows are not all taken can be run again', async () => {
  const scratch = new Scratch([QUERY]);
  const twice = await scratch.use(memory(['a', 1n], ['b', 2n]), (answer) => {
    const [one] = answer(QUERY);
    return [one, rowsOf(answer).length];
  });
  expect(twice).toEqual([['a', 1n], 2]);
});

test('after a case that fails, the next one has a database', async () => {
  const scratch = new Scratch([QUERY]);
  const failing = scratch.use(memory(['a', 1n], ['b', 2n]), () => {
    throw new Error('the query');
  });
  await expect(failing).rejects.toThrow('the query');
  const twiceTheKey: CaseRows = {
    memory: () => [
      [1, 1, 'a', 1n, 1, 1],
      [1, 1, 'a', 1n, 1, 1],
    ],
  };
  await expect(scratch.use(twiceTheKey, rowsOf)).rejects.toThrow(/UNIQUE/);
  expect(await scratch.use(memory(['c', 3n]), rowsOf)).toEqual([['c', 3n]]);
});

test('after many rows, too', async () => {
  const scratch = new Scratch([QUERY]);
  const many = Array.from({ length: 100_001 }, (_, item): [string, bigint] => ['m', BigInt(item)]);
  expect((await scratch.use(memory(...many), rowsOf)).length).toBe(many.length);
  expect(await scratch.use(memory(['c', 3n]), rowsOf)).toEqual([['c', 3n]]);
});
