/** Fills an empty SQLite database with the tables of a case; used where a case is read and where a page shows one. */
import type { Database, Statement } from 'sql.js';
import type { Row, Value } from './rows.js';
import { ddl, TABLES, type TableDoc } from './schema.js';

/** Makes the tables with their rows, within the transaction that is open; afterwards the connection refuses to write. */
export function fillDatabase(
  db: Database,
  rowsOf: (table: TableDoc) => Iterable<Row>,
  tables: readonly TableDoc[] = TABLES,
): void {
  db.run('PRAGMA query_only = OFF');
  for (const table of tables) {
    db.run(ddl(table));
    fillTable(db, table, rowsOf(table));
  }
  db.run('PRAGMA query_only = ON');
}

function fillTable(db: Database, table: TableDoc, rows: Iterable<Row>): void {
  const inserter = new Inserter(db, table);
  try {
    inserter.insert(rows);
  } finally {
    inserter.free();
  }
}

/** Puts rows into one table, by a statement that is prepared once. */
export class Inserter {
  readonly #statement: Statement;
  /** One array for all rows. */
  readonly #values: Bindable[];

  constructor(db: Database, { name, columns }: TableDoc) {
    this.#statement = db.prepare(`INSERT INTO ${name} VALUES (${columns.map(() => '?').join(', ')})`);
    this.#values = columns.map(() => null);
  }

  /** Gives the number of rows. */
  insert(rows: Iterable<Row>): number {
    const statement = this.#statement;
    const values = this.#values;
    let count = 0;
    for (const row of rows) {
      for (let index = 0; index < values.length; index++) values[index] = bindable(row[index] ?? null);
      // To bind and to step does what `run` does, without a second reset.
      statement.bind(values);
      statement.step();
      count++;
    }
    statement.reset();
    return count;
  }

  free(): void {
    this.#statement.free();
  }
}

type Bindable = string | number | null;

/**
 * A bigint as what sql.js takes: a number where that is exact, which is faster, else text. The column's INTEGER
 * affinity turns both into integers without loss.
 */
function bindable(value: Value): Bindable {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
