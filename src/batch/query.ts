/** Questions over all boots of a batch: its CSV files into SQLite, and the canned queries of `queries/batch`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'sql.js';
import type { Query } from '../query/head.js';
import { loadQueries, QUERIES_FOLDER } from '../query/library.js';
import { bareSql, wordOffsets } from '../query/sql-text.js';
import { startEngine } from '../store/store.js';
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

/** Every table that a batch can have. */
export function batchTables(queries: ReadonlyMap<string, Query>): BatchTable[] {
  return [CASES, ...[...queries.values()].map(tableOf)];
}

/** What some SQL needs of a batch, in memory: the tables that it names, and of them the columns that it names. */
export async function openBatch(
  folder: string,
  sql: string,
  queries: ReadonlyMap<string, Query>,
): Promise<Database> {
  if (!existsSync(join(folder, 'cases.csv'))) {
    throw new BatchError(`${folder} holds no finished batch`, [
      'modwaste batch INPUT... --out DIR makes one',
    ]);
  }
  const { Database } = await startEngine();
  const db = new Database();
  try {
    db.create_function('median_difference', medianDifferenceJson);
    for (const table of batchTables(queries)) {
      if (wordOffsets(sql, table.name).length > 0) await load(db, folder, table, sql);
    }
  } catch (error) {
    db.close();
    throw error;
  }
  db.run('PRAGMA query_only = ON');
  return db;
}

/** `median_difference(before, after, seed, draws)`: arrays of numbers and the result as JSON, in SQL. */
function medianDifferenceJson(before: string, after: string, seed: number, draws: number): string | null {
  const difference = medianDifference(numbersOf(before), numbersOf(after), seed, draws);
  return difference && JSON.stringify(difference);
}

function numbersOf(json: string): number[] {
  return (JSON.parse(json) as unknown[]).filter((value) => typeof value === 'number');
}

async function load(db: Database, folder: string, table: BatchTable, sql: string): Promise<void> {
  const path = join(folder, `${table.file}.csv`);
  if (!existsSync(path)) {
    throw new BatchError(`${path} is not there`, [`the batch was made without the query ${table.file}`]);
  }
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
    for await (const row of readRows(path)) {
      if (!isHeader) insert.run(named.map(({ index }) => row[index] ?? null));
      isHeader = false;
    }
  } finally {
    insert.free();
  }
  db.run('COMMIT');
}
