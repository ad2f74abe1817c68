// SPDX-License-Identifier: Apache-2.0
/** Fills an empty SQLite database with the tables of a case; used by the command and by the HTML page. */
import type { Database, Statement } from 'sql.js';
import { ddl, TABLES, type TableDoc } from './schema.js';
import type { Row, Value } from './table.js';

/** Creates and fills the tables within the open transaction; afterwards the connection is read-only. */
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

/** Rows per INSERT, to spread the overhead of a statement. */
const MOST_AT_ONCE = 16;

/** Inserts rows into one table, with statements prepared once. */
export class Inserter {
  readonly #db: Database;
  readonly #table: TableDoc;
  /** Statements for one row and for many; the second is prepared when it is first needed. */
  readonly #one: Statement;
  #many: Statement | null = null;
  /** The values of all rows of one INSERT. */
  readonly #values: Bindable[];

  constructor(db: Database, table: TableDoc) {
    this.#db = db;
    this.#table = table;
    this.#one = db.prepare(insertInto(table, 1));
    this.#values = new Array<Bindable>(MOST_AT_ONCE * table.columns.length).fill(null);
  }

  /** Inserts the rows; returns their number. */
  insert(rows: Iterable<Row>): number {
    const values = this.#values;
    const width = this.#table.columns.length;
    let count = 0;
    let end = 0;
    for (const row of rows) {
      for (let index = 0; index < width; index++) values[end++] = bindable(row[index] ?? null);
      count++;
      if (end < values.length) continue;
      this.#many ??= this.#db.prepare(insertInto(this.#table, MOST_AT_ONCE));
      put(this.#many, values);
      end = 0;
    }
    for (let at = 0; at < end; at += width) put(this.#one, values.slice(at, at + width));
    this.#many?.reset();
    this.#one.reset();
    return count;
  }

  free(): void {
    this.#many?.free();
    this.#one.free();
  }
}

function insertInto({ name, columns }: TableDoc, rows: number): string {
  const row = `(${columns.map(() => '?').join(', ')})`;
  return `INSERT INTO ${name} VALUES ${new Array<string>(rows).fill(row).join(', ')}`;
}

/** Like `run`, without a second reset. */
function put(statement: Statement, values: Bindable[]): void {
  statement.bind(values);
  statement.step();
}

type Bindable = string | number | null;

/**
 * A bigint for sql.js: a number where that is exact, which is faster, else text. INTEGER affinity converts both without
 * loss.
 */
function bindable(value: Value): Bindable {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
