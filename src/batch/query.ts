// SPDX-License-Identifier: Apache-2.0
/** Queries over all boots of a batch: loads its CSV files into SQLite for the queries of `queries/batch`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'sql.js';
import type { Query } from '../query/head.js';
import { loadQueries, QUERIES_FOLDER } from '../query/library.js';
import { bareSql, wordOffsets } from '../query/sql-text.js';
import { startEngine } from '../store/engine.js';
import { medianDifference } from './bootstrap.js';
import { BatchError } from './case.js';
import { readRows } from './csv.js';
import { type BatchTable, CASES, createTable, insertInto, tableOf } from './tables.js';

/** `SELECT *`, `SELECT a, b.*`; neither `count(*)` nor a product. */
const STAR = /(?:\bselect|\bdistinct|\ball|,|\.)\s*\*/i;

let loaded: ReadonlyMap<string, Query> | null = null;

export function batchQueries(): ReadonlyMap<string, Query> {
  loaded ??= loadQueries(join(QUERIES_FOLDER, 'batch'));
  return loaded;
}

/** All tables that a batch can have. */
export function batchTables(queries: ReadonlyMap<string, Query>): BatchTable[] {
  return [CASES, ...[...queries.values()].map(tableOf)];
}

/** Opens the tables of a canned query. */
export async function openForQuery(
  folder: string,
  query: Query,
  perCase: ReadonlyMap<string, Query>,
): Promise<Database> {
  const tables = batchTables(perCase).filter(({ name }) => query.needs.includes(name));
  const missing = tables.find(({ file }) => !existsSync(join(folder, `${file}.csv`)));
  if (missing && isBatch(folder)) {
    throw new BatchError(`${join(folder, missing.file)}.csv is missing`, [
      `the batch was made without the query ${missing.file}`,
    ]);
  }
  return openTables(folder, query.sql, tables);
}

/** Opens the existing tables that the user's SQL names. */
export async function openBatch(
  folder: string,
  sql: string,
  perCase: ReadonlyMap<string, Query>,
): Promise<Database> {
  const tables = batchTables(perCase).filter(
    ({ name, file }) => wordOffsets(sql, name).length > 0 && existsSync(join(folder, `${file}.csv`)),
  );
  return openTables(folder, sql, tables);
}

function isBatch(folder: string): boolean {
  return existsSync(join(folder, 'cases.csv'));
}

/** Loads the tables into memory, with only the columns that the SQL names. */
async function openTables(folder: string, sql: string, tables: readonly BatchTable[]): Promise<Database> {
  if (!isBatch(folder)) {
    throw new BatchError(`${folder} holds no finished batch`, [
      'modwaste batch INPUT... --out DIR makes one',
    ]);
  }
  const { Database } = await startEngine();
  const db = new Database();
  try {
    db.create_function('median_difference', medianDifferenceJson);
    for (const table of tables) await load(db, folder, table, sql);
  } catch (error) {
    db.close();
    throw error;
  }
  db.run('PRAGMA query_only = ON');
  return db;
}

/** The SQL function `median_difference(before, after, seed, draws)`: arrays of numbers and the result as JSON. */
function medianDifferenceJson(before: string, after: string, seed: number, draws: number): string | null {
  const difference = medianDifference(numbersOf(before), numbersOf(after), seed, draws);
  return difference && JSON.stringify(difference);
}

function numbersOf(json: string): number[] {
  return (JSON.parse(json) as unknown[]).filter((value) => typeof value === 'number');
}

async function load(db: Database, folder: string, table: BatchTable, sql: string): Promise<void> {
  const path = join(folder, `${table.file}.csv`);
  const all = STAR.test(bareSql(sql));
  const named = table.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => all || wordOffsets(sql, column.name).length > 0);
  const columns = named.map(({ column }) => column);
  if (columns.length === 0) return;
  db.run('BEGIN');
  db.run(createTable(table.name, columns));
  const insert = db.prepare(insertInto(table.name, columns));
  try {
    let isHeader = true;
    for await (const rows of readRows(path)) {
      for (const row of isHeader ? rows.slice(1) : rows)
        insert.run(named.map(({ index }) => row[index] ?? null));
      isHeader &&= rows.length === 0;
    }
  } finally {
    insert.free();
  }
  db.run('COMMIT');
}
