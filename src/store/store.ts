// SPDX-License-Identifier: Apache-2.0
/** The store of one case: SQLite in memory (sql.js). A table is written once, when it is first needed. */
import { startEngine } from './engine.js';
import { fillDatabase } from './fill.js';
import { type Contents, tableRows } from './rows.js';
import { TABLES, type TableDoc } from './schema.js';
import type { Row } from './table.js';
import type { Store } from './types.js';

/** Opens a store and fills the tables named, or all; its connection refuses to write. */
export async function openStore(contents: Contents, tables?: readonly string[]): Promise<Store> {
  const { Database } = await startEngine();
  const rows = tableRows(contents);
  const rowsOf = ({ name }: TableDoc): Iterable<Row> => rows[name]?.() ?? [];
  const db = new Database();
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
