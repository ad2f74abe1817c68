// SPDX-License-Identifier: Apache-2.0
import initSqlJs from 'sql.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/query/database.js';
import { parseQuery } from '../../src/query/head.js';
import { runQuery, runSql } from '../../src/query/run.js';
import { SqlError } from '../../src/query/sql-error.js';

let db: Database & { close(): void };

beforeAll(async () => {
  const { Database } = await initSqlJs();
  const opened = new Database();
  opened.run(`CREATE TABLE attempt (boot INTEGER, module TEXT, wasted_bytes INTEGER, t INTEGER) STRICT;
    CREATE TABLE boot (boot INTEGER, label TEXT) STRICT;
    INSERT INTO attempt VALUES (1, 'e1000', 9007199254740993, 12345678901), (1, 'snd', NULL, 1792000000123456789);`);
  opened.run('PRAGMA query_only = ON');
  db = opened;
});
afterAll(() => db.close());

const sql = (text: string, given: [string, string][] = []) => {
  const result = runSql(db, '--sql', text, new Map(given));
  return { columns: result.columns.map((column) => column.name), rows: [...result.rows] };
};

function failure(text: string): SqlError {
  try {
    sql(text);
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
  throw new Error(`no error from ${text}`);
}

const headed = (columns: string, select: string) =>
  parseQuery(
    'q',
    `-- One.\n-- @param least INTEGER = 0  Least.\n${columns}-- @empty None.\n${select}\n`,
    'q.sql',
  );

describe('canned queries', () => {
  const columns = '-- @column module TEXT  M.\n-- @column t SECONDS s  T.\n';

  it('give nanoseconds as exact seconds', () => {
    const query = headed(columns, 'SELECT module, t FROM attempt WHERE t > $least ORDER BY t');
    expect([...runQuery(db, query, new Map()).rows]).toEqual([
      ['e1000', { digits: '12.345678901' }],
      ['snd', { digits: '1792000000.123456789' }],
    ]);
    expect([...runQuery(db, query, new Map([['least', '12345678901']])).rows]).toHaveLength(1);
  });

  it('pass digits through as a number, and anything else as text', () => {
    const query = headed(
      columns,
      "SELECT 'a' module, '123456789012345678901' t UNION ALL SELECT 'b', '007' UNION ALL SELECT 'c', NULL",
    );
    expect([...runQuery(db, query, new Map()).rows]).toEqual([
      ['a', { digits: '123456789012345678901' }],
      ['b', '007'],
      ['c', null],
    ]);
  });

  it('give integers as bigints and REAL as numbers, beyond 2^53 too', () => {
    const query = headed(
      '-- @column a INTEGER  A.\n-- @column b INTEGER  B.\n-- @column c REAL  C.\n-- @column d TEXT  D.\n',
      `SELECT 1 a, -9007199254740993 b, 0.5 c, 'x' d UNION ALL SELECT 9007199254740991, NULL, 2.0, '7'
      UNION ALL SELECT -2, 9223372036854775807, 1e300, NULL`,
    );
    expect([...runQuery(db, query, new Map()).rows]).toEqual([
      [1n, -9007199254740993n, 0.5, 'x'],
      [9007199254740991n, null, 2, '7'],
      [-2n, 9223372036854775807n, 1e300, null],
    ]);
  });

  it('have their columns even without rows', () => {
    const result = runQuery(db, headed(columns, 'SELECT module, t FROM attempt WHERE 0'), new Map());
    expect(result.columns.map((column) => column.name)).toEqual(['module', 't']);
    expect([...result.rows]).toEqual([]);
    expect(result.empty).toBe('None.');
  });

  it('must give the columns of their head', () => {
    const query = headed(columns, 'SELECT t, module FROM attempt');
    expect(() => runQuery(db, query, new Map())).toThrow(
      'q.sql: returns the columns t, module; its head has module, t',
    );
  });
});

describe("the user's SQL", () => {
  it('keeps integers above 2^53 exact, and reals apart from integers', () => {
    expect(sql('SELECT wasted_bytes, 2.0 AS r, -9223372036854775807 AS low FROM attempt LIMIT 1')).toEqual({
      columns: ['wasted_bytes', 'r', 'low'],
      rows: [[9007199254740993n, 2, -9223372036854775807n]],
    });
  });

  it('takes parameters by name, whatever their sigil', () => {
    expect(
      sql('SELECT $a + :b + @a AS s', [
        ['a', '1'],
        ['b', '2'],
      ]).rows,
    ).toEqual([[4n]]);
    expect(
      sql("SELECT module FROM attempt WHERE module = $m -- not $this, '$that'", [['m', 'snd']]).rows,
    ).toEqual([['snd']]);
    expect(() => sql('SELECT $a')).toThrow('parameter $a of the SQL is required');
    expect(failure('SELECT ?').message).toBe('--sql:1:8: parameters must be named: $name');
  });

  it('may end with a semicolon and comments', () => {
    expect(sql('/* one */ SELECT \';\' AS "a;b" ; -- the end;\n').rows).toEqual([[';']]);
  });

  it.each([
    'INSERT INTO boot VALUES (1, 2)',
    '-- sneaky\n  delete from boot',
    'UPDATE boot SET boot = 2',
    'DROP TABLE boot',
    "ATTACH 'x.db' AS x",
    'PRAGMA query_only = OFF',
    'PRAGMA query_only(0)',
    'PRAGMA user_version = 3',
    'PRAGMA table_info(boot) = 3',
    'BEGIN',
    "VACUUM INTO 'x.db'",
    'REINDEX',
    'CREATE TEMP TABLE x (a)',
  ])('refuses to change anything: %s', (text) => {
    expect(failure(text).message).toMatch(/^--sql:\d+:\d+: [A-Z]+ is not allowed: queries can only read/);
    expect(sql('SELECT count(*) FROM boot').rows).toEqual([[0n]]);
  });

  it.each(['', '  \n', '-- nothing', '/* nothing */'])('wants SQL: %j', (text) => {
    expect(failure(text).fact).toBe('there is no SQL in it');
  });

  it('shows the word that is not allowed, behind comments and blanks', () => {
    expect(failure('-- sneaky\n  delete from boot').place).toMatchObject({ line: 2, column: 3 });
    expect(failure('VACUUM').place).toMatchObject({ line: 1, column: 1 });
  });

  it('reads by VALUES, and by a pragma that only tells, with a semicolon or blanks around it', () => {
    expect(sql('VALUES (1), (2)').rows).toEqual([[1n], [2n]]);
    expect(sql(' PRAGMA table_info(boot) ; ').rows).toHaveLength(2);
    // A word that starts no statement is SQLite's to name, also where it holds one that does.
    expect(failure('DROPS TABLE boot').fact).toBe('near "DROPS": syntax error');
    expect(failure('UNDELETE boot').fact).toBe('near "UNDELETE": syntax error');
  });

  it('refuses a write behind WITH', () => {
    expect(failure('WITH a AS (SELECT 1) INSERT INTO boot SELECT 1, 2').fact).toBe(
      'this SQL writes; queries can only read',
    );
  });

  it('refuses a second statement, and says where it starts', () => {
    const error = failure("SELECT ';';\n  DELETE FROM boot;");
    expect(error.message).toBe('--sql:2:3: only one statement is allowed; a second one starts here');
    expect(error.place?.text).toBe('  DELETE FROM boot;');
  });

  it('lets the pragmas tell that only tell', () => {
    expect(sql('PRAGMA table_info(boot)').rows).toHaveLength(2);
    expect(sql("SELECT name FROM pragma_table_info('boot')").rows).toEqual([['boot'], ['label']]);
    expect(sql('EXPLAIN QUERY PLAN SELECT * FROM boot').rows).toHaveLength(1);
  });

  it.each([
    ['SELECT boot,\n  FROM attempt', 2, 3, 'near "FROM": syntax error'],
    ["SELECT 'FROM', -- FROM\n FROM attempt", 2, 2, 'near "FROM": syntax error'],
    ['SELEC 1', 1, 1, 'near "SELEC": syntax error'],
    ['SELECT 1 FROM boot WHERE', 1, 25, 'the SQL is incomplete'],
    ["SELECT 'abc", 1, 8, 'unrecognized token: "\'abc"'],
    ['SELECT *\nFROM attemps', 2, 6, 'no such table: attemps'],
    ["SELECT 'modul', modul FROM attempt", 1, 17, 'no such column: modul'],
    ['SELECT a.modul FROM attempt a', 1, 8, 'no such column: a.modul'],
    ['SELECT boot FROM attempt, boot', 1, 8, 'ambiguous column name: boot'],
    ['SELECT cuont(*) FROM boot', 1, 8, 'no such function: cuont'],
  ])('finds the place of an error in %j', (text, line, column, fact) => {
    const error = failure(text);
    expect([error.place?.line, error.place?.column, error.fact]).toEqual([line, column, fact]);
  });

  it.each([
    ['SELECT * FROM attemps', 'did you mean attempt?'],
    ['SELECT modul FROM attempt', 'did you mean module?'],
    ['SELECT bytes FROM boot', 'boot has boot, label'],
    ['SELECT * FROM zzzzzz', 'tables: attempt, boot'],
    ['SELECT cuont(*) FROM boot', 'did you mean count?'],
  ])('suggests what was meant: %s', (text, suggestion) => {
    expect(failure(text).suggestion).toBe(suggestion);
  });

  it('names an error that comes while it runs', () => {
    expect(() => sql("SELECT json('{') FROM attempt")).toThrow('--sql: malformed JSON');
  });

  it('computes rows only as they are taken', () => {
    const endless = runSql(
      db,
      '--sql',
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n',
    );
    const first: unknown[] = [];
    for (const row of endless.rows) {
      first.push(row[0]);
      if (first.length === 3) break;
    }
    expect(first).toEqual([1n, 2n, 3n]);
  });
});
