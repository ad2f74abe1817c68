// SPDX-License-Identifier: Apache-2.0
/** SQLite's tokens (https://www.sqlite.org/lang.html): strings '', quoted names "" `` [], comments -- and C style. */
import { describe, expect, it } from 'vitest';
import {
  bareSql,
  firstKeyword,
  namedParams,
  placeAt,
  plainSql,
  wordOffsets,
} from '../../src/query/sql-text.js';

describe('plain SQL', () => {
  it.each([
    ["a 'it''s' b", 'a         b'],
    ['a -- x\nb', 'a     \nb'],
    ['a /* x\ny */ b', 'a     \n     b'],
    ['a /* open', 'a        '],
    ["a 'open", 'a      '],
    // Quoted names stay, whatever they hold.
    ['"a-b" `c/d` [e\'f]', '"a-b" `c/d` [e\'f]'],
    ['a - b / c', 'a - b / c'],
  ])('of %j keeps offsets and lines', (sql, plain) => {
    expect(plainSql(sql)).toBe(plain);
    expect(plain).toHaveLength(sql.length);
  });

  it('has quoted names and strings as x where only bare words count, comments as blanks', () => {
    expect(bareSql('"a-b" /* c */ `d/e` -- f')).toBe('xxxxx         xxxxx     ');
    expect(bareSql("'-- no comment' a")).toBe('xxxxxxxxxxxxxxx a');
  });
});

describe('what the SQL says', () => {
  it.each([
    ['  select 1', 'SELECT'],
    ['-- drop\n/* delete */ with x as (select 1) select 1', 'WITH'],
    ['', ''],
    ['-- nothing', ''],
    ['(1)', ''],
  ])('%j starts with %j', (sql, keyword) => {
    expect(firstKeyword(sql)).toBe(keyword);
  });

  it('names its parameters in the order of their first use, each once', () => {
    expect(namedParams('SELECT $b, :a, @b, d::INTEGER, \'$c\', "$d" -- $e\n, $a_1')).toEqual([
      'b',
      'a',
      'a_1',
    ]);
  });
});

describe('places', () => {
  const SQL = 'SELECT a\r\n  FROM b\nWHERE c';

  it.each([
    [0, 1, 1, 'SELECT a'],
    [7, 1, 8, 'SELECT a'],
    [12, 2, 3, '  FROM b'],
    [SQL.length, 3, 8, 'WHERE c'],
  ])('offset %i is line %i, column %i', (offset, line, column, text) => {
    expect(placeAt(SQL, offset)).toEqual({ line, column, text });
  });

  it('keeps a carriage return inside a line', () => {
    expect(placeAt('a\rb', 0).text).toBe('a\rb');
  });
});

describe('offsets of a word', () => {
  it.each([
    ['a', 'a, ab, ba, A, a_b, (a)', [0, 11, 20]],
    ['modul', 'module modul xmodul', [7]],
    ['a', "'a' /* a */ a", [12]],
    ['(', 'f(x(', [1, 3]],
    ['a.b', 'a.b a.bc xa.b', [0]],
    ['z', 'a', []],
  ])('%j in %j', (word, sql, offsets) => {
    expect(wordOffsets(sql, word)).toEqual(offsets);
  });
});
