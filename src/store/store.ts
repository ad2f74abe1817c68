/** The store of one case: SQLite in memory (sql.js). A table is written once, when it is needed, then only read. */
import initSqlJs, { type Database, type SqlJsStatic } from 'sql.js';
import { fillDatabase } from './fill.js';
import { type Contents, type Row, tableRows } from './rows.js';
import { TABLES, type TableDoc } from './schema.js';

export interface Store {
  readonly db: Database;
  /** Fills the tables of these names that are not there yet; all of them where none are named. */
  fill(tables?: readonly string[]): void;
  /** The rows of a table as the database would give them, but without it; null where their order is not known. */
  rowsInOrder(table: TableDoc): Iterable<Row> | null;
  /** The bytes of an SQLite file, with all tables. */
  export(): Uint8Array;
  close(): void;
}

let engine: Promise<SqlJsStatic> | null = null;

/** Starts loading SQLite; it takes a quarter of a second, so begin before it is needed. */
export function startEngine(): Promise<SqlJsStatic> {
  engine ??= initSqlJs();
  return engine;
}

/** Opens a store and fills the tables named, or all; its connection refuses to write. */
export async function openStore(contents: Contents, tables?: readonly string[]): Promise<Store> {
  const { Database } = await startEngine();
  const db = new Database();
  // Temporary tables and sorted runs would go to files, which sql.js keeps in memory as well, only slower.
  db.run('PRAGMA temp_store = MEMORY');
  const rows = tableRows(contents);
  const filled = new Set<string>();
  const fill = (names?: readonly string[]): void => {
    const missing = TABLES.filter(({ name }) => !filled.has(name) && (names?.includes(name) ?? true));
    if (missing.length === 0) return;
    db.run('PRAGMA query_only = OFF');
    fillDatabase(db, ({ name }) => rows[name]?.() ?? [], missing);
    for (const { name } of missing) filled.add(name);
  };
  fill(tables);
  return {
    db,
    fill,
    rowsInOrder: (table) => (isMadeInOrder(table) ? (rows[table.name]?.() ?? null) : null),
    export: () => {
      fill();
      const bytes = db.export();
      // sql.js reopens the database to export it, which forgets its settings.
      db.run('PRAGMA query_only = ON');
      return bytes;
    },
    close: () => db.close(),
  };
}

/** Rows are made in the order of their numbers; names among their keys are for SQLite to sort. */
function isMadeInOrder({ primaryKey, columns }: TableDoc): boolean {
  return columns.every(({ name, type }) => type === 'INTEGER' || !primaryKey.includes(name));
}
