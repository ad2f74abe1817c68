// SPDX-License-Identifier: Apache-2.0
/** Questions about batches by SQLite in memory: loads the CSV files, with only the columns that the SQL names. */
import type { Database } from 'sql.js';
import { runQuery, runSql } from '../query/run.js';
import { bareSql, wordOffsets } from '../query/sql-text.js';
import { startEngine } from '../store/engine.js';
import { BatchError } from './case.js';
import { readRows } from './csv.js';
import type { Answers, OpenedTable } from './engine-types.js';
import type { TableFiles } from './folders.js';
import { FUNCTIONS } from './statistics.js';
import { createTable, insertInto, isCaseName } from './tables.js';

/** `SELECT *`, `SELECT a, b.*`; neither `count(*)` nor a product. */
const STAR = /(?:\bselect|\bdistinct|\ball|,|\.)\s*\*/i;

export async function openSqlite(
  tables: readonly OpenedTable[],
  cases: readonly TableFiles[],
  texts: readonly string[],
): Promise<Answers> {
  const { Database } = await startEngine();
  const db = new Database();
  const areNamed = cases.length > 1 && (await haveSameName(cases));
  try {
    for (const { name, params, run } of FUNCTIONS) {
      const call = (...values: (string | number | null)[]) =>
        values.includes(null) ? null : run(...(values as (string | number)[]));
      // sql.js counts the parameters.
      db.create_function(name, Object.defineProperty(call, 'length', { value: params.length }));
    }
    const sql = texts.join(';\n');
    for (const table of tables) await load(db, table, sql, areNamed);
  } catch (error) {
    db.close();
    throw error;
  }
  db.run('PRAGMA query_only = ON');
  return {
    name: 'sqlite',
    areNamed,
    answer: async (query, given) => runQuery(db, query, given),
    answerOwn: async (text, given) => runSql(db, '--sql', text, given),
    close: () => db.close(),
    abandon: () => undefined,
  };
}

async function* rowsOf(file: TableFiles): AsyncGenerator<readonly (string | null)[]> {
  if (file.csv === null) {
    throw new BatchError(`${file.folder} has Parquet alone, which SQLite cannot read`, [
      'npm install @duckdb/node-api beside modwaste (70 MB)',
    ]);
  }
  for await (const rows of readRows(file.csv)) yield* rows;
}

async function haveSameName(cases: readonly TableFiles[]): Promise<boolean> {
  const seen = new Set<string>();
  for (const file of cases) {
    for await (const [name] of rowsOf(file)) {
      if (seen.has(name ?? '')) return true;
      seen.add(name ?? '');
    }
  }
  return false;
}

async function load(
  db: Database,
  { table, files }: OpenedTable,
  sql: string,
  areNamed: boolean,
): Promise<void> {
  const all = STAR.test(bareSql(sql));
  const every = table.columns.map((column, index) => {
    return { column, index, isName: areNamed && isCaseName(table, column.name) };
  });
  const some = every.filter(({ column }) => all || wordOffsets(sql, column.name).length > 0);
  // `count(*)` names none.
  const named = some.length > 0 ? some : every.slice(0, 1);
  const columns = named.map(({ column }) => column);
  db.run('BEGIN');
  db.run(createTable(table.name, columns));
  const insert = db.prepare(insertInto(table.name, columns));
  try {
    for (const file of files) {
      for await (const row of rowsOf(file)) {
        insert.run(
          named.map(({ index, isName }) => {
            const value = row[index] ?? null;
            return isName && value !== null ? `${file.folder}:${value}` : value;
          }),
        );
      }
    }
  } finally {
    insert.free();
  }
  db.run('COMMIT');
}
