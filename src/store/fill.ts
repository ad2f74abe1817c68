/** Fills an empty SQLite database with the tables of a case; used where a case is read and where a page shows one. */
import type { Database } from 'sql.js';
import type { Row, Value } from './rows.js';
import { ddl, TABLES, type TableDoc } from './schema.js';

/** Makes the tables with their rows in one transaction; afterwards the connection refuses to write. */
export function fillDatabase(
  db: Database,
  rowsOf: (table: TableDoc) => Iterable<Row>,
  tables: readonly TableDoc[] = TABLES,
): void {
  db.run('BEGIN');
  for (const table of tables) {
    db.run(ddl(table));
    fillTable(db, table, rowsOf(table));
  }
  db.run('COMMIT');
  db.run('PRAGMA query_only = ON');
}

function fillTable(db: Database, table: TableDoc, rows: Iterable<Row>): void {
  const statement = db.prepare(
    `INSERT INTO ${table.name} VALUES (${table.columns.map(() => '?').join(', ')})`,
  );
  try {
    for (const row of rows) statement.run(row.map(bindable));
  } finally {
    statement.free();
  }
}

/**
 * A bigint as what sql.js takes: a number where that is exact, which is faster, else text. The column's INTEGER
 * affinity turns both into integers without loss.
 */
function bindable(value: Value): string | number | null {
  if (typeof value !== 'bigint') return value;
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
    ? Number(value)
    : value.toString();
}
