// SPDX-License-Identifier: Apache-2.0
/** The store of one case: SQLite in memory (sql.js). A table is written once, when it is first needed. */
import type { Database, SqlJsStatic } from 'sql.js';
import { endEngine, startEngine } from './engine.js';
import { fillDatabase } from './fill.js';
import { type Contents, tableRows } from './rows.js';
import { TABLES, type TableDoc } from './schema.js';
import type { Row } from './table.js';
import type { Store } from './types.js';

/** Opens a store and fills the tables named, or all; its connection refuses to write. */
export async function openStore(contents: Contents, tables?: readonly string[]): Promise<Store> {
  const { Database, db } = await newDatabase();
  const rows = tableRows(contents);
  const rowsOf = ({ name }: TableDoc): Iterable<Row> => rows[name]?.() ?? [];
  // Queries scan whole tables; large pages suit that.
  db.run('PRAGMA page_size = 16384');
  // Temporary files of sql.js are in memory too, only slower.
  db.run('PRAGMA temp_store = MEMORY');
  // The transaction is never committed: a commit would copy every page into a file that is in memory too.
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

/** The user's SQL sets a limit of memory for its whole engine, which SQLite cannot lift: then another one is started. */
async function newDatabase(): Promise<Pick<SqlJsStatic, 'Database'> & { readonly db: Database }> {
  const { Database } = await startEngine();
  const db = new Database();
  if (db.exec('PRAGMA hard_heap_limit')[0]?.values[0]?.[0] === 0) return { Database, db };
  db.close();
  endEngine();
  const another = await startEngine();
  return { Database: another.Database, db: new another.Database() };
}
