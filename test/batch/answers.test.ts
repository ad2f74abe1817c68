// SPDX-License-Identifier: Apache-2.0
/** Answers of case after case: each as if it had been asked alone, also where a query is not run again. */
import { expect, test } from 'vitest';
import { Questions } from '../../src/batch/answers.js';
import type { CaseRows } from '../../src/batch/scratch.js';
import type { Query } from '../../src/query/head.js';
import { TABLES } from '../../src/store/schema.js';

const query = (name: string, needs: readonly string[], sql: string): Query => ({
  name,
  file: `${name}.sql`,
  summary: '',
  params: [],
  columns: [
    { name: 'what', type: 'TEXT', unit: null, meaning: '' },
    { name: 'bytes', type: 'INTEGER', unit: null, meaning: '' },
  ],
  needs,
  empty: '',
  sql,
});

const QUERIES = [
  query('figures', ['memory'], 'SELECT what, bytes FROM memory ORDER BY item'),
  query('counted', ['memory'], "SELECT 'all' AS what, count(*) AS bytes FROM memory"),
  query(
    'joined',
    ['memory', 'boots'],
    'SELECT what, bytes FROM memory WHERE NOT EXISTS (SELECT 1 FROM boots) ORDER BY item',
  ),
];

const memory = (...figures: [string, bigint][]): CaseRows => ({
  memory: () => figures.map(([what, bytes], item) => [1, item, what, bytes, 1, 1]),
});

const said = async (questions: Questions, name: string, rows: CaseRows): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await questions.ask(name, rows)).map((part) => [part.file, Buffer.from(part.rows).toString()]),
  );

test('rows have the name of their case, and no header', async () => {
  const answers = await said(new Questions(QUERIES, false), 'a,b', memory(['mem-total', 5n]));
  expect(answers).toEqual({
    'figures.csv': '"a,b",mem-total,5\n',
    'counted.csv': '"a,b",all,1\n',
    'joined.csv': '"a,b",mem-total,5\n',
  });
});

test('a query of empty tables is silent only as long as they are empty', async () => {
  const questions = new Questions(QUERIES, true);
  const nothing = (name: string): Record<string, string> => ({
    'figures.csv': '',
    'figures.ndjson': '',
    'counted.csv': `${name},all,0\n`,
    'counted.ndjson': `{"case":"${name}","what":"all","bytes":0}\n`,
    'joined.csv': '',
    'joined.ndjson': '',
  });
  expect(await said(questions, 'a', memory())).toEqual(nothing('a'));
  expect(await said(questions, 'b', memory())).toEqual(nothing('b'));
  expect((await said(questions, 'c', memory(['mem-total', 7n])))['joined.ndjson']).toBe(
    '{"case":"c","what":"mem-total","bytes":7}\n',
  );
  expect(await said(questions, 'd', memory())).toEqual(nothing('d'));
});

test('an answer known from another case is given only for equal rows, few or many', async () => {
  const questions = new Questions(QUERIES, false);
  const many = (last: bigint): CaseRows =>
    memory(...Array.from({ length: 20 }, (_, at): [string, bigint] => ['m', at === 19 ? last : 1n]));
  const figures = async (name: string, rows: CaseRows): Promise<string> =>
    (await said(questions, name, rows))['figures.csv'] ?? '';
  expect(await figures('a', memory(['x', 1n], ['y', 2n]))).toBe('a,x,1\na,y,2\n');
  expect(await figures('b', memory(['x', 1n], ['y', 2n]))).toBe('b,x,1\nb,y,2\n');
  expect(await figures('c', memory(['x', 12n], ['y', 2n]))).toBe('c,x,12\nc,y,2\n');
  expect(await figures('d', many(1n))).toMatch(/d,m,1\n$/);
  expect(await figures('e', many(9n))).toMatch(/e,m,9\n$/);
  // Filled with the rows of another case meanwhile.
  expect(await figures('f', memory(['x', 1n], ['y', 3n]))).toBe('f,x,1\nf,y,3\n');
});

test('a query that gave nothing of rows is asked again', async () => {
  const boots = TABLES.find(({ name }) => name === 'boots');
  const row = (boots?.columns ?? []).map(() => 1n);
  const questions = new Questions(QUERIES, false);
  const withBoot: CaseRows = { ...memory(['mem-total', 7n]), boots: () => [row] };
  expect((await said(questions, 'a', withBoot))['joined.csv']).toBe('');
  expect((await said(questions, 'b', memory(['mem-total', 7n])))['joined.csv']).toBe('b,mem-total,7\n');
});
