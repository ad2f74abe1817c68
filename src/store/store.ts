/** The store of one case: SQLite in memory (sql.js), written once in one transaction, then only read. */
import initSqlJs, { type Database, type SqlJsStatic } from 'sql.js';
import { fillDatabase } from './fill.js';
import { type Contents, tableRows } from './rows.js';

export interface Store {
  readonly db: Database;
  /** The bytes of an SQLite file. */
  export(): Uint8Array;
  close(): void;
}

let engine: Promise<SqlJsStatic> | null = null;

/** Starts loading SQLite; it takes a quarter of a second, so begin before it is needed. */
export function startEngine(): Promise<SqlJsStatic> {
  engine ??= initSqlJs();
  return engine;
}

/** Fills a store; afterwards its connection refuses to write. */
export async function openStore(contents: Contents): Promise<Store> {
  const { Database } = await startEngine();
  const db = new Database();
  const rows = tableRows(contents);
  fillDatabase(db, ({ name }) => rows[name]?.() ?? []);
  return {
    db,
    export: () => {
      const bytes = db.export();
      // sql.js reopens the database to export it, which forgets its settings.
      db.run('PRAGMA query_only = ON');
      return bytes;
    },
    close: () => db.close(),
  };
}
