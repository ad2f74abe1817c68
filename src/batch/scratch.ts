// SPDX-License-Identifier: Apache-2.0
/**
 * One database reused for many cases: tables and statements are prepared once, and each case only replaces the rows.
 * Opening a database for each case would cost as much as reading a small case.
 */
import type { Database as SqlDatabase, Statement as SqlStatement } from 'sql.js';
import type { Database, Statement } from '../query/database.js';
import type { Query } from '../query/head.js';
import { startEngine } from '../store/engine.js';
import { Inserter } from '../store/fill.js';
import { ddl, TABLES } from '../store/schema.js';
import type { Row } from '../store/table.js';
import type { Within } from '../store/types.js';

/** The rows of a case by the names of their tables. */
export type CaseRows = Readonly<Record<string, () => Iterable<Row>>>;

/** Rows after which the database is replaced, because SQLite does not return their memory. */
const MOST_ROWS = 100_000;

interface Table {
  readonly name: string;
  readonly inserter: Inserter;
  readonly clear: SqlStatement;
  isEmpty: boolean;
}

/** A private, temporary database: no locking between statements, no rollback, no syncing. */
const PRAGMAS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA temp_store = MEMORY;
`;

class Tables {
  readonly #db: SqlDatabase;
  readonly #tables: readonly Table[];
  readonly #startTransaction: SqlStatement;
  readonly #commit: SqlStatement;
  readonly #statements = new Map<string, Statement>();
  #rows = 0;
  /** Queries run on this; it holds the case loaded last. */
  readonly db: Database = { prepare: (sql) => this.#prepare(sql) };

  private constructor(db: SqlDatabase, needs: ReadonlySet<string>) {
    this.#db = db;
    db.run(PRAGMAS);
    this.#startTransaction = db.prepare('BEGIN');
    this.#commit = db.prepare('COMMIT');
    this.#tables = TABLES.filter(({ name }) => needs.has(name)).map((table) => {
      db.run(ddl(table));
      const { name } = table;
      return {
        name,
        inserter: new Inserter(db, table),
        clear: db.prepare(`DELETE FROM ${name}`),
        isEmpty: true,
      };
    });
  }

  /** An empty database with the tables that the queries need. */
  static async open(queries: readonly Query[]): Promise<Tables> {
    const { Database } = await startEngine();
    return new Tables(new Database(), new Set(queries.flatMap(({ needs }) => needs)));
  }

  /** Replaces the rows with those of another case. */
  load(rows: CaseRows): void {
    run(this.#startTransaction);
    for (const table of this.#tables) {
      if (!table.isEmpty) run(table.clear);
      const count = table.inserter.insert(rows[table.name]?.() ?? []);
      table.isEmpty = count === 0;
      this.#rows += count;
    }
    run(this.#commit);
  }

  /** True where one of these tables holds a row. */
  holdsAny(names: readonly string[]): boolean {
    return this.#tables.some(({ name, isEmpty }) => !isEmpty && names.includes(name));
  }

  /** True once the database should be closed and replaced. */
  get worn(): boolean {
    return this.#rows > MOST_ROWS;
  }

  close(): void {
    this.#db.close();
  }

  /** A statement that stays prepared when its user frees it. */
  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const prepared = this.#db.prepare(sql);
    let names: string[] | null = null;
    const statement: Statement = {
      bind: (values) => prepared.bind(values),
      step: () => prepared.step(),
      get: (params, config) => (prepared as Statement).get(params, config),
      getColumnNames: () => {
        names ??= prepared.getColumnNames();
        return names;
      },
      free: () => {
        prepared.reset();
        return true;
      },
    };
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Opens the database when it is first needed, and replaces it when it has grown, or when a case failed in it. */
export class Scratch {
  readonly #queries: readonly Query[];
  #tables: Tables | null = null;

  /** For these queries and no others. */
  constructor(queries: readonly Query[]) {
    this.#queries = queries;
  }

  /** Runs `ask` on a database that holds the rows of one case, with a function that says which tables hold rows. */
  async use<Answer>(
    rows: CaseRows,
    ask: (db: Database, holdsAny: (tables: readonly string[]) => boolean) => Answer,
    within: Within = (_, work) => work(),
  ): Promise<Answer> {
    const tables = this.#tables ?? (await Tables.open(this.#queries));
    this.#tables = null;
    let isComputing = false;
    let kept = false;
    const answered = (): Answer => {
      isComputing = true;
      try {
        tables.load(rows);
        return ask(tables.db, (names) => tables.holdsAny(names));
      } finally {
        isComputing = false;
      }
    };
    try {
      const answer = within('the queries', answered);
      kept = !tables.worn;
      return answer;
    } finally {
      // Where SQLite was ended while it computed, even the `finally` above did not run.
      if (kept) this.#tables = tables;
      else if (!isComputing) tables.close();
    }
  }
}

function run(statement: SqlStatement): void {
  statement.step();
  statement.reset();
}
