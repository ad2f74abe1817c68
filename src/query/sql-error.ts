// SPDX-License-Identifier: Apache-2.0
/**
 * SQLite reports an error and the token near it, but sql.js does not give the offset. This finds the offset: by
 * preparing prefixes of the text (syntax errors), or by searching for the name (other errors).
 */
import { errorMessage } from '../model/error-message.js';
import { allRows, type Database } from './database.js';
import { type Place, placeAt, plainSql, wordOffsets } from './sql-text.js';
import { didYouMean } from './suggest.js';

/**
 * SQL that cannot be run, or that failed while it ran; `place` is where in its text, from line 1 and column 1.
 *
 * @example
 * try {
 *   runSql(db, 'my.sql', 'SELECT outcom FROM attempts');
 * } catch (error) {
 *   if (error instanceof SqlError) console.error(error.message, error.place?.line, error.suggestion);
 * }
 */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  constructor(
    /** The origin of the SQL: a file's path, or `--sql`. */
    readonly file: string,
    /** The error, from SQLite or from here. */
    readonly fact: string,
    readonly place: Place | null = null,
    readonly suggestion: string | null = null,
  ) {
    super(`${file}${place ? `:${place.line}:${place.column}` : ''}: ${fact}`);
  }
}

function prepareMessage(db: Database, sql: string): string | null {
  try {
    db.prepare(sql).free();
    return null;
  } catch (error) {
    return errorMessage(error);
  }
}

/** `near "x": syntax error`, `unrecognized token: "'abc"`: the quoted text, whose own quotes are not doubled. */
const NEAR = /^(?:near "([\s\S]*)": |unrecognized token: "([\s\S]*)"$)/;

/** The offset of the token that the parser rejected: only with it does the prefix fail. */
function syntaxOffset(db: Database, sql: string, token: string, message: string): number | null {
  for (let at = sql.indexOf(token); at >= 0; at = sql.indexOf(token, at + 1)) {
    const end = at + token.length;
    if (plainSql(sql.slice(0, end)).slice(at).trim() === '' && !token.startsWith("'")) continue;
    const whole = prepareMessage(db, sql.slice(0, end)) === message;
    if (whole && prepareMessage(db, sql.slice(0, at)) !== message) return at;
  }
  return null;
}

/** `no such table: boot`, `no such column: a.phse`, `ambiguous column name: t`, `no such function: sqr`. */
const NAMED =
  /^(no such (?:table|column|function)|ambiguous column name|misuse of (?:aggregate|window function))\b[^:]*: (\S+?)(?:\(\))?$/;

function columnsOf(db: Database, table: string): string[] {
  const quoted = `'${table.replaceAll("'", "''")}'`;
  return allRows(db, `SELECT name FROM pragma_table_xinfo(${quoted})`).map(([name]) => String(name));
}

function tableNames(db: Database): string[] {
  const sql = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name";
  return allRows(db, sql).map(([name]) => String(name));
}

/** Suggestions for a name, from the tables that the text mentions first. */
function suggestion(db: Database, sql: string, what: string, name: string): string | null {
  const bare = name.slice(name.lastIndexOf('.') + 1);
  const tables = tableNames(db);
  switch (what) {
    case 'no such table':
      return didYouMean(bare, tables) ?? (tables.length > 0 ? `tables: ${tables.join(', ')}` : null);
    case 'no such column': {
      const mentioned = tables.filter((table) => wordOffsets(sql, table).length > 0);
      const near = didYouMean(
        bare,
        mentioned.flatMap((table) => columnsOf(db, table)),
      );
      if (near || mentioned.length !== 1) return near;
      return `${mentioned[0]} has ${columnsOf(db, mentioned[0] ?? '').join(', ')}`;
    }
    case 'no such function': {
      const names = allRows(db, 'SELECT DISTINCT name FROM pragma_function_list').map(([row]) => String(row));
      return didYouMean(bare, names);
    }
    default:
      return null;
  }
}

/** The error that SQLite threw for `sql`, with its place and suggestions. */
export function explainSqlError(db: Database, file: string, sql: string, error: unknown): SqlError {
  const message = errorMessage(error);
  if (message === 'incomplete input') {
    const end = plainSql(sql).trimEnd().length;
    return new SqlError(file, 'the SQL is incomplete', placeAt(sql, end));
  }
  const near = NEAR.exec(message);
  if (near) {
    const offset = syntaxOffset(db, sql, near[1] ?? near[2] ?? '', message);
    return new SqlError(file, message, offset === null ? null : placeAt(sql, offset));
  }
  const [, what, name] = NAMED.exec(message) ?? [];
  if (what && name) {
    const bare = name.slice(name.lastIndexOf('.') + 1);
    const offset = wordOffsets(sql, name)[0] ?? wordOffsets(sql, bare)[0];
    const place = offset === undefined ? null : placeAt(sql, offset);
    return new SqlError(file, message, place, suggestion(db, sql, what, name));
  }
  return new SqlError(file, message);
}
