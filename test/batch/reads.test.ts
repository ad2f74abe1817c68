// SPDX-License-Identifier: Apache-2.0
/** What a canned query may depend on, held against the program that SQLite makes of it. */
import { describe, expect, test } from 'vitest';
import { keyOf, readsOf } from '../../src/batch/reads.js';
import { allRows, type Database } from '../../src/query/database.js';
import { loadQueries } from '../../src/query/library.js';
import { startEngine } from '../../src/store/engine.js';
import { ddl, TABLES } from '../../src/store/schema.js';

const { Database: Sql } = await startEngine();
const db = new Sql();
for (const table of TABLES) db.run(ddl(table));
const tableByRoot = new Map(
  allRows(db as Database, 'SELECT rootpage, name FROM sqlite_schema').map(([page, name]) => [page, name]),
);

/** Columns as SQLite stores them without rowid: those of the key first (fileformat2.html). */
const stored = new Map(
  TABLES.map(({ name, columns, primaryKey }) => {
    const names = columns.map((column) => column.name);
    return [name, [...primaryKey, ...names.filter((column) => !primaryKey.includes(column))]];
  }),
);

/** `table.column` of each that the program reads. */
function readByProgram(sql: string): string[] {
  const tables = new Map<unknown, string>();
  const read = new Set<string>();
  for (const [, opcode, cursor, second] of allRows(db as Database, `EXPLAIN ${sql}`)) {
    if (opcode === 'OpenRead' || opcode === 'ReopenIdx')
      tables.set(cursor, String(tableByRoot.get(second ?? null)));
    const table = tables.get(cursor);
    if (table === undefined) continue;
    const columns = stored.get(table) ?? [];
    if (opcode === 'Column') read.add(`${table}.${columns[Number(second)]}`);
    if (opcode === 'RowData') for (const column of columns) read.add(`${table}.${column}`);
  }
  return [...read].sort();
}

describe.each([...loadQueries().values()])('$name', (query) => {
  test('all that the program reads is part of the key', () => {
    const parts = readsOf(query, TABLES).flatMap(({ table, columns }) => {
      const names = TABLES.find(({ name }) => name === table)?.columns ?? [];
      return columns.map((index) => `${table}.${names[index]?.name}`);
    });
    const read = readByProgram(query.sql);
    expect(read.length).toBeGreaterThan(0);
    expect(read.filter((column) => !parts.includes(column))).toEqual([]);
  });
});

test('keys tell values apart by their place, length and kind', () => {
  const reads = [{ table: 't', columns: [0, 1] }];
  const rows = [
    [['a', 'b']],
    [['a', null]],
    [['a', 'null']],
    [['1:b', '']],
    [['', '1:b']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [],
    [[1, 2]],
    [['1', '2']],
    [[12, 3]],
    [[1, 23]],
  ];
  const keys = rows.map((some) => keyOf(reads, () => some));
  expect(new Set(keys).size).toBe(rows.length);
  expect(keyOf(reads, () => [[1n, 2n]])).toBe(keyOf(reads, () => [[1, 2]]));
  expect(keyOf(reads, () => null)).toBeNull();
});
