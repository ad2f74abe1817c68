/** The store of one case: SQLite in memory (sql.js). A table is written once, when it is needed, then only read. */
import initSqlJs, { type Database, type SqlJsStatic } from 'sql.js';
import { fillDatabase } from './fill.js';
import { type Contents, tableRows } from './rows.js';
import { TABLES, type TableDoc } from './schema.js';
import type { Row } from './table.js';

export interface Store {
  readonly db: Database;
  /** Fills the tables of these names that are not there yet; all of them where none are named. */
  fill(tables?: readonly string[]): void;
  /** The bytes of an SQLite file with all tables, made for the purpose. */
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
  const rows = tableRows(contents);
  const rowsOf = ({ name }: TableDoc): Iterable<Row> => rows[name]?.() ?? [];
  const db = new Database();
  // Queries read tables as a whole, which large pages are better for.
  db.run('PRAGMA page_size = 16384');
  // Temporary tables and sorted runs would go to files, which sql.js keeps in memory as well, only slower.
  db.run('PRAGMA temp_store = MEMORY');
  // Nothing is ever committed: sql.js would copy every page into its file, which is in memory too.
  db.run('PRAGMA cache_spill = OFF');
  db.run('BEGIN');
  const filled = new Set<string>();
  const fill = (names?: readonly string[]): void => {
    const missing = TABLES.filter(({ name }) => !filled.has(name) && (names?.includes(name) ?? true));
    if (missing.length === 0) return;
    fillDatabase(db, rowsOf, missing);
    for (const { name } of missing) filled.add(name);
  };
  fill(tables);
  return {
    db,
    fill,
    export: () => {
      const file = new Database();
      file.run('BEGIN');
      fillDatabase(file, rowsOf);
      file.run('COMMIT');
      const bytes = file.export();
      file.close();
      return bytes;
    },
    close: () => db.close(),
  };
}
