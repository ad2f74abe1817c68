// SPDX-License-Identifier: Apache-2.0
/** Where an error of SQLite lies in the text, and what was meant: sql.js gives the message alone. */
import initSqlJs, { type Database } from 'sql.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainSqlError, type SqlError } from '../../src/query/sql-error.js';

let db: Database;
beforeAll(async () => {
  db = new (await initSqlJs()).Database();
  db.run('CREATE TABLE attempts (boot, phase, wasted); CREATE TABLE boots (boot, kernel)');
});
afterAll(() => db.close());

function explained(sql: string): SqlError {
  try {
    db.prepare(sql).free();
  } catch (error) {
    return explainSqlError(db, 'q.sql', sql, error);
  }
  throw new Error('it can be run');
}

describe('a syntax error', () => {
  it.each([
    // The token may stand in a string, a comment or a name before its place.
    ["SELECT 'FROM', -- FROM\n FROM boots", 2, 2],
    ['SELECT boot /* ) */ FROM boots)', 1, 31],
    ['SELECT "a)" , 1)', 1, 16],
    ['SELECT 1 1', 1, 10],
    // An earlier one of the same token is right.
    ['SELECT (1) + (2)) FROM boots', 1, 17],
    ['SELECT 1,\n,', 2, 1],
    ["SELECT 'abc", 1, 8],
  ])('of %j has its place', (sql, line, column) => {
    expect(explained(sql).place).toMatchObject({ line, column });
  });

  it('of SQL that stops is at its end, before comments and blanks', () => {
    const error = explained('SELECT (1\n  -- more\n');
    expect(error.message).toBe('q.sql:1:10: the SQL is incomplete');
    expect(explained('  SELECT (').place?.column).toBe(11);
  });
});

describe('a name that is not there', () => {
  it.each([
    ['SELECT kernel FROM boot', 'no such table: boot', 1, 20, 'did you mean boots?'],
    ['SELECT boot FROM main.bots', 'no such table: main.bots', 1, 18, 'did you mean boots?'],
    ['SELECT 1 FROM zzzzzz', 'no such table: zzzzzz', 1, 15, 'tables: attempts, boots'],
    ['SELECT phse FROM attempts', 'no such column: phse', 1, 8, 'did you mean phase?'],
    ['SELECT a.phse\nFROM attempts AS a', 'no such column: a.phse', 1, 8, 'did you mean phase?'],
    ['SELECT qqqqqq FROM boots', 'no such column: qqqqqq', 1, 8, 'boots has boot, kernel'],
    ['SELECT qqqqqq FROM boots, attempts', 'no such column: qqqqqq', 1, 8, null],
    // Columns of tables that the text does not mention are no suggestion.
    ['SELECT phse FROM boots', 'no such column: phse', 1, 8, 'boots has boot, kernel'],
    ['SELECT sume(1)', 'no such function: sume', 1, 8, 'did you mean sum?'],
    ['SELECT boot FROM boots, attempts', 'ambiguous column name: boot', 1, 8, null],
  ])('%s', (sql, fact, line, column, suggestion) => {
    const error = explained(sql);
    expect(error).toMatchObject({ name: 'SqlError', fact, suggestion });
    expect(error.place).toMatchObject({ line, column });
  });

  it('has no tables to name where there are none', async () => {
    const empty = new (await initSqlJs()).Database();
    expect(
      explainSqlError(empty, 'q.sql', 'SELECT 1 FROM x', new Error('no such table: x')).suggestion,
    ).toBeNull();
    empty.close();
  });
});

it('an error of another kind stays as it is, without a place', () => {
  const error = explainSqlError(db, 'q.sql', 'SELECT 1', new Error('integer overflow'));
  expect([error.message, error.place, error.suggestion]).toEqual(['q.sql: integer overflow', null, null]);
  // What is not in the text has no place.
  expect(explainSqlError(db, 'q.sql', 'SELECT 1', new Error('no such table: gone')).place).toBeNull();
  expect(explainSqlError(db, 'q.sql', 'SELECT 1', new Error('near "x": syntax error')).place).toBeNull();
});
