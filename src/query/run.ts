// SPDX-License-Identifier: Apache-2.0
/** Runs queries: canned ones by their heads, and the user's SQL, which may only read. */

import { formatSeconds } from '../model/time.js';
import { allRows, type Database, type SqlValue, type Statement } from './database.js';
import type { ColumnType, Query } from './head.js';
import { bindOwnParams, bindParams, type ParamValue } from './params.js';
import type { Result, ResultColumn, Value } from './result.js';
import { explainSqlError, SqlError } from './sql-error.js';
import { bareSql, firstKeyword, namedParams, placeAt } from './sql-text.js';

/**
 * Runs a canned query on a filled store.
 *
 * @param given Values of parameters as text; SECONDS as decimal seconds, others as their type says.
 * @returns Rows of exact values: INTEGER is a bigint, SECONDS decimal digits. They are read as they are taken.
 * @throws ParamError for a parameter that is unknown, missing or of the wrong type; SqlError where SQLite refuses, also
 *   while the rows are taken.
 * @example
 * const { db } = await opened.store();
 * const { columns, rows } = runQuery(db, findQuery(loadQueries(), 'timeline'), new Map([['bucket_ms', '100']]));
 */
export function runQuery(db: Database, query: Query, given: ReadonlyMap<string, string>): Result {
  const values = bindParams(query, given);
  const statement = prepare(db, query.file, query.sql, values);
  const names = statement.getColumnNames();
  const documented = query.columns.map((column) => column.name);
  if (names.join() !== documented.join()) {
    statement.free();
    throw new SqlError(
      query.file,
      `returns the columns ${names.join(', ')}; its head has ${documented.join(', ')}`,
    );
  }
  return {
    columns: query.columns,
    rows: walk(db, query.file, query.sql, statement, query.columns),
    empty: query.empty,
  };
}

/**
 * Runs the user's SQL: exactly one statement, which reads. The store is opened with `PRAGMA query_only`, which rejects
 * writes; other ways out (switching it off, ATTACH, transactions) are rejected by their first word.
 *
 * @param file What the SQL is called in messages.
 * @param given Values of its named parameters, as text.
 * @throws SqlError for SQL that is wrong or does more than read; ParamError for a parameter without a value.
 * @example
 * const { rows } = runSql(db, 'my.sql', 'SELECT outcome, count(*) FROM attempts GROUP BY outcome');
 */
export function runSql(
  db: Database,
  file: string,
  sql: string,
  given: ReadonlyMap<string, string> = new Map(),
): Result {
  refuseForeign(file, sql);
  const values = bindOwnParams(namedParams(sql), given);
  limitMemory(db);
  const statement = prepare(db, file, sql, values);
  const columns = untyped(statement);
  return { columns, rows: walk(db, file, sql, statement, columns), empty: null };
}

/** Runs a query of the user's that has a head like a canned one, under the rules of the user's SQL. */
export function runOwnQuery(db: Database, query: Query, given: ReadonlyMap<string, string>): Result {
  refuseForeign(query.file, query.sql);
  limitMemory(db);
  if (query.columns.length > 0) return runQuery(db, query, given);
  const statement = prepare(db, query.file, query.sql, bindParams(query, given));
  const columns = untyped(statement);
  return { columns, rows: walk(db, query.file, query.sql, statement, columns), empty: query.empty || null };
}

function untyped(statement: Statement): ResultColumn[] {
  return statement.getColumnNames().map((name) => ({ name, type: null, unit: null }));
}

/** Throws where SQL of the user's is not one reading statement with named parameters. */
export function refuseForeign(file: string, sql: string): void {
  refuseWrites(file, sql);
  refuseSecondStatement(file, sql);
  const unnamed = bareSql(sql).indexOf('?');
  if (unnamed >= 0) throw new SqlError(file, 'parameters must be named: $name', placeAt(sql, unnamed));
}

/** Memory that the user's SQL may use besides the tables; the text of a result must fit a string. */
const MOST_BYTES = 128 * 1024 ** 2;

/** SQLite cannot lift such a limit again. */
function limitMemory(db: Database): void {
  const [[pages] = [], [pageBytes] = []] = [
    allRows(db, 'PRAGMA page_count'),
    allRows(db, 'PRAGMA page_size'),
  ].flat();
  const held = Number(pages ?? 0) * Number(pageBytes ?? 0);
  allRows(db, `PRAGMA hard_heap_limit = ${MOST_BYTES + Math.ceil(held * 1.5)}`);
}

const READ_STATEMENTS = new Set(['SELECT', 'WITH', 'VALUES', 'EXPLAIN']);
/** Pragmas that only read. */
const READ_PRAGMA =
  /^PRAGMA\s+(?:table_info|table_xinfo|table_list|index_list|index_info|foreign_key_list|function_list|compile_options)\b[^=]*$/i;

function refuseWrites(file: string, sql: string): void {
  const keyword = firstKeyword(sql);
  if (keyword === '') throw new SqlError(file, 'there is no SQL in it');
  if (READ_STATEMENTS.has(keyword)) return;
  const bare = bareSql(sql);
  if (keyword === 'PRAGMA' && READ_PRAGMA.test(bare.trim().replace(/;$/, ''))) return;
  const changing =
    /^(?:INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|PRAGMA|ATTACH|DETACH|VACUUM|REINDEX|ANALYZE|BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE)$/;
  // SQLite reports a word that starts no statement.
  if (!changing.test(keyword)) return;
  throw new SqlError(
    file,
    `${keyword} is not allowed: queries can only read (SELECT, WITH, VALUES, EXPLAIN)`,
    placeAt(sql, bare.search(/\S/)),
  );
}

function refuseSecondStatement(file: string, sql: string): void {
  const second = /;\s*[^\s;]/.exec(bareSql(sql));
  if (!second) return;
  const place = placeAt(sql, second.index + second[0].length - 1);
  throw new SqlError(file, 'only one statement is allowed; a second one starts here', place);
}

function prepare(
  db: Database,
  file: string,
  sql: string,
  values: ReadonlyMap<string, ParamValue>,
): Statement {
  try {
    const statement = db.prepare(sql);
    const bound: Record<string, ParamValue> = {};
    for (const [name, value] of values) {
      // sql.js ignores names that the text does not use.
      for (const sigil of ['$', ':', '@']) bound[sigil + name] = value;
    }
    statement.bind(bound);
    return statement;
  } catch (error) {
    throw explainSqlError(db, file, sql, error);
  }
}

/** The rows, computed lazily; the statement is freed when iteration ends. */
function* walk(
  db: Database,
  file: string,
  sql: string,
  statement: Statement,
  columns: readonly ResultColumn[],
): Generator<readonly Value[]> {
  const types = columns.map((column) => column.type);
  // sql.js converts bigints by way of text, which is far slower than a number.
  const typed = !types.includes(null);
  const next = (): readonly Value[] => {
    const row = typed ? statement.get() : null;
    return row?.every(isExact)
      ? row.map((value, index) => exactOfNumber(value, types[index] ?? null))
      : statement.get(null, { useBigInt: true }).map((value, index) => exact(value, types[index] ?? null));
  };
  let isComputing = false;
  const take = (): (readonly Value[])[] => {
    const rows: (readonly Value[])[] = [];
    isComputing = true;
    try {
      while (rows.length < AT_ONCE && step(db, file, sql, statement)) rows.push(next());
    } finally {
      isComputing = false;
    }
    return rows;
  };
  try {
    for (;;) {
      const rows = db.within ? db.within(file, take) : take();
      yield* rows;
      if (rows.length < AT_ONCE) return;
    }
  } finally {
    // Where SQLite was ended while it computed, even the `finally` above did not run.
    if (!isComputing) statement.free();
  }
}

/** Rows that are computed before the first of them is used. */
const AT_ONCE = 1024;

function step(db: Database, file: string, sql: string, statement: Statement): boolean {
  try {
    return statement.step();
  } catch (error) {
    const readOnly = error instanceof Error && /readonly database/.test(error.message);
    if (readOnly) throw new SqlError(file, 'this SQL writes; queries can only read');
    throw explainSqlError(db, file, sql, error);
  }
}

const DIGITS = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

function exact(value: SqlValue, type: ColumnType | null): Value {
  if (type !== 'SECONDS') return value;
  if (typeof value === 'bigint') return { digits: formatSeconds(value) };
  if (typeof value === 'string' && DIGITS.test(value)) return { digits: value };
  return value;
}

/** False for a number that may be a rounded larger integer. */
function isExact(value: SqlValue): boolean {
  return typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** `exact` for a row read without bigints: only the column's type distinguishes an integer from a REAL. */
function exactOfNumber(value: SqlValue, type: ColumnType | null): Value {
  if (typeof value !== 'number' || type === 'REAL' || !Number.isInteger(value)) return exact(value, type);
  return type === 'SECONDS' ? { digits: formatSeconds(value) } : BigInt(value);
}
