// SPDX-License-Identifier: Apache-2.0
/** The case as a SQLite database in the page, filled when it is asked. */
import initSqlJs, { type Database } from 'sql.js';
import { fillDatabase } from '../../../store/fill.js';
import { TABLES, type TableDoc } from '../../../store/schema.js';
import type { Row } from '../../../store/table.js';
import { sqliteWasm, tableColumns } from './blocks.js';

/** The table that is far larger than all others, and that few questions need. */
const LARGE = 'events';

let opened: Promise<Database> | null = null;
let completed: Promise<void> | null = null;

/** The database with the tables that the SQL names; the large one is filled when it is first named. */
export async function openDatabase(sql: string): Promise<Database> {
  opened ??= sqlite();
  const db = await opened;
  if (sql.toLowerCase().includes(LARGE)) {
    completed ??= fill(
      db,
      TABLES.filter(({ name }) => name === LARGE),
    );
    await completed;
  }
  return db;
}

async function sqlite(): Promise<Database> {
  const engine = await initSqlJs({ wasmBinary: await sqliteWasm() });
  const db = new engine.Database();
  await fill(
    db,
    TABLES.filter(({ name }) => name !== LARGE),
  );
  return db;
}

async function fill(db: Database, tables: readonly TableDoc[]): Promise<void> {
  const columns = new Map<string, Awaited<ReturnType<typeof tableColumns>>>();
  for (const { name } of tables) columns.set(name, await tableColumns(name));
  db.run('BEGIN');
  fillDatabase(db, ({ name }) => rowsOf(columns.get(name)), tables);
  db.run('COMMIT');
}

function* rowsOf(
  table: { rows: number; columns: readonly (readonly Row[number][])[] } | undefined,
): Generator<Row> {
  for (let row = 0; row < (table?.rows ?? 0); row++) {
    yield table?.columns.map((column) => column[row] ?? null) ?? [];
  }
}
