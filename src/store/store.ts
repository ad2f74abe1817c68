/** The store of one case: SQLite in memory (sql.js), written once in one transaction, then only read. */
import initSqlJs, { type Database, type SqlJsStatic } from 'sql.js';
import { type Contents, type Row, tableRows } from './rows.js';
import { ddl, TABLES, type TableDoc } from './schema.js';

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
  db.run('BEGIN');
  for (const table of TABLES) {
    db.run(ddl(table));
    fill(db, table, rows[table.name]?.() ?? []);
  }
  db.run('COMMIT');
  db.run('PRAGMA query_only = ON');
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

function fill(db: Database, table: TableDoc, rows: Iterable<Row>): void {
  const statement = db.prepare(
    `INSERT INTO ${table.name} VALUES (${table.columns.map(() => '?').join(', ')})`,
  );
  try {
    // sql.js binds a bigint as text; the column's INTEGER affinity turns it back without loss.
    for (const row of rows)
      statement.run(row.map((value) => (typeof value === 'bigint' ? value.toString() : value)));
  } finally {
    statement.free();
  }
}
