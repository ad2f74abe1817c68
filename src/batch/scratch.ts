// SPDX-License-Identifier: Apache-2.0
/**
 * One database reused for many cases: tables and statements are prepared once, and each case only replaces the rows that
 * a query has not read in another case. Opening a database for each case would cost as much as reading a small case.
 */

import type { Database as SqlDatabase, Statement as SqlStatement } from 'sql.js';
import { getOrAdd } from '../model/groups.js';
import type { Database, Statement } from '../query/database.js';
import type { Query } from '../query/head.js';
import type { Value } from '../query/result.js';
import { runQuery } from '../query/run.js';
import { startEngine } from '../store/engine.js';
import { Inserter } from '../store/fill.js';
import { ddl, TABLES } from '../store/schema.js';
import type { Row, TableDoc } from '../store/table.js';
import type { Within } from '../store/types.js';
import { keyOf, type Reads, readsOf } from './reads.js';

/** The rows of a case by the names of their tables. */
export type CaseRows = Readonly<Record<string, () => Iterable<Row>>>;

/** Rows after which the database is replaced, because SQLite does not return their memory. */
const MOST_ROWS = 100_000;

interface Table {
  readonly doc: TableDoc;
  readonly inserter: Inserter;
  readonly clear: SqlStatement;
  isEmpty: boolean;
  /** True where it holds the rows of the case at hand. */
  isFilled: boolean;
}

/** Tables of more rows are not compared with those of other cases. */
const FEW_ROWS = 16;

/** Results of a query in other cases, by what it read there. */
interface Known {
  readonly reads: readonly Reads[];
  readonly answers: Map<string, Rows>;
}

type Rows = readonly (readonly Value[])[];

/** Answers kept of each query. */
const MOST_ANSWERS = 64;

const NO_PARAMS: ReadonlyMap<string, string> = new Map();

class Tables {
  readonly #db: SqlDatabase;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #statements = new Map<string, Statement>();
  readonly #known = new Map<Query, Known>();
  #rows = 0;
  #case: CaseRows = {};
  /** Rows of the case, of tables that have few. */
  readonly #few = new Map<string, readonly Row[] | null>();
  readonly #prepared: Database = { prepare: (sql) => this.#prepare(sql) };

  private constructor(db: SqlDatabase, needs: ReadonlySet<string>) {
    this.#db = db;
    db.run('PRAGMA temp_store = MEMORY');
    // Never committed: a commit would copy every page into a file that is in memory too.
    db.run('PRAGMA journal_mode = OFF');
    db.run('PRAGMA cache_spill = OFF');
    db.run('BEGIN');
    const tables = TABLES.filter(({ name }) => needs.has(name)).map((doc): [string, Table] => {
      db.run(ddl(doc));
      const [inserter, clear] = [new Inserter(db, doc), db.prepare(`DELETE FROM ${doc.name}`)];
      return [doc.name, { doc, inserter, clear, isEmpty: true, isFilled: false }];
    });
    this.#tables = new Map(tables);
  }

  /** An empty database with the tables that the queries need. */
  static async open(queries: readonly Query[]): Promise<Tables> {
    const { Database } = await startEngine();
    return new Tables(new Database(), new Set(queries.flatMap(({ needs }) => needs)));
  }

  /** From now on, the rows are those of another case. */
  start(rows: CaseRows): void {
    this.#case = rows;
    this.#few.clear();
    for (const table of this.#tables.values()) table.isFilled = false;
  }

  /** The rows of a query: those of another case where all that it reads is equal. */
  answer(query: Query): Iterable<readonly Value[]> {
    let known = this.#known.get(query);
    if (!known) {
      const docs = Array.from(this.#tables.values(), ({ doc }) => doc);
      known = { reads: readsOf(query, docs), answers: new Map() };
      this.#known.set(query, known);
    }
    const key = keyOf(known.reads, (table) => this.#fewRows(table));
    const before = key === null ? undefined : known.answers.get(key);
    if (before) return before;
    for (const { table } of known.reads) this.#fill(table);
    const { rows } = runQuery(this.#prepared, query, NO_PARAMS);
    if (key === null) return rows;
    const answer = [...rows];
    if (known.answers.size >= MOST_ANSWERS) known.answers.clear();
    known.answers.set(key, answer);
    return answer;
  }

  #fewRows(table: string): readonly Row[] | null {
    return getOrAdd(this.#few, table, () => firstRows(this.#case[table]?.() ?? []));
  }

  #fill(name: string): void {
    const table = this.#tables.get(name);
    if (!table || table.isFilled) return;
    table.isFilled = true;
    if (!table.isEmpty) {
      table.clear.step();
      table.clear.reset();
    }
    const count = table.inserter.insert(this.#fewRows(name) ?? this.#case[name]?.() ?? []);
    table.isEmpty = count === 0;
    this.#rows += count;
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

/** All rows, where they are few. */
function firstRows(rows: Iterable<Row>): Row[] | null {
  const few: Row[] = [];
  for (const row of rows) {
    if (few.length === FEW_ROWS) return null;
    few.push(row);
  }
  return few;
}

/** Opens the database when it is first needed, and replaces it when it has grown, or when a case failed in it. */
export class Scratch {
  readonly #queries: readonly Query[];
  #tables: Tables | null = null;

  /** For these queries and no others. */
  constructor(queries: readonly Query[]) {
    this.#queries = queries;
  }

  /** Runs `ask` with a function that answers queries of one case. */
  async use<Answer>(
    rows: CaseRows,
    ask: (answer: (query: Query) => Iterable<readonly Value[]>) => Answer,
    within: Within = (_, work) => work(),
  ): Promise<Answer> {
    const tables = this.#tables ?? (await Tables.open(this.#queries));
    this.#tables = null;
    let isComputing = false;
    let kept = false;
    const answered = (): Answer => {
      isComputing = true;
      try {
        tables.start(rows);
        return ask((query) => tables.answer(query));
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
