// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Query } from '../../src/query/head.js';
import { parseQuery } from '../../src/query/head.js';
import { bindOwnParams, bindParams, parseAssignments } from '../../src/query/params.js';

const query: Query = parseQuery(
  'q',
  `-- One.
-- @param bucket_ms INTEGER = 100  Width.
-- @param ratio REAL = 0.5  Ratio.
-- @param name TEXT = NULL  Name.
-- @column a TEXT  A.
-- @empty None.
`,
  'q.sql',
);
const required = parseQuery(
  'r',
  '-- One.\n-- @param boot INTEGER  Boot.\n-- @column a TEXT  A.\n-- @empty N.\n',
  'r',
);

const bind = (...words: string[]) => Object.fromEntries(bindParams(query, parseAssignments(words)));

describe('parameters', () => {
  it('fills in defaults and types what is given', () => {
    expect(bind()).toEqual({ bucket_ms: 100, ratio: 0.5, name: null });
    expect(bind('bucket_ms=5', 'ratio=1e3', 'name=a=b')).toEqual({ bucket_ms: 5, ratio: 1000, name: 'a=b' });
    expect(bind('name=')).toMatchObject({ name: '' });
    expect(bind('name=NULL')).toMatchObject({ name: 'NULL' });
  });

  it.each([
    [['bucket_ms'], 'parameter "bucket_ms" is not name=value'],
    [['=5'], 'parameter "=5" is not name=value'],
    [['ratio=1', 'ratio=2'], 'parameter ratio is given twice'],
    [['bucket_ms=1.5'], 'parameter bucket_ms must be a whole number of at most 2^53, not "1.5"'],
    [['bucket_ms=0x10'], 'parameter bucket_ms must be a whole number of at most 2^53, not "0x10"'],
    [
      ['bucket_ms=9007199254740993'],
      'parameter bucket_ms must be a whole number of at most 2^53, not "9007199254740993"',
    ],
    [['ratio=Infinity'], 'parameter ratio must be a finite number, not "Infinity"'],
    [[' =5'], 'parameter " =5" is not name=value'],
    [['ratio=1e999'], 'parameter ratio must be a finite number, not "1e999"'],
    [['ratio=0x10'], 'parameter ratio must be a finite number, not "0x10"'],
    [['bucket=5'], 'query q has no parameter bucket: it has bucket_ms, ratio, name'],
  ])('refuses %j', (words, message) => {
    expect(() => bind(...words)).toThrow(message);
  });

  it('says that a query has none', () => {
    const none = { ...required, params: [] };
    expect(() => bindParams(none, new Map([['x', '1']]))).toThrow(/has no parameter x: it has none$/);
  });

  it('takes blanks around a name', () => {
    expect(parseAssignments([' a =1']).get('a')).toBe('1');
  });

  it('keeps integers of the user’s SQL exact, and text that is no number', () => {
    const given = parseAssignments(['a=9007199254740993', 'b=007', 'c=1x']);
    expect(bindOwnParams(['b', 'c'], new Map([...given].slice(1)))).toEqual(
      new Map<string, unknown>([
        ['b', 7],
        ['c', '1x'],
      ]),
    );
  });

  it('suggests the parameter that was meant', () => {
    expect(() => bind('bucket_m=5')).toThrow(
      expect.objectContaining({ suggestion: 'did you mean bucket_ms?' }),
    );
  });

  it('wants a parameter without default', () => {
    expect(() => bindParams(required, new Map())).toThrow('parameter boot (INTEGER) is required: Boot.');
  });

  it("types the values of the user's SQL by their looks and wants each", () => {
    const given = parseAssignments(['a=1', 'b=1.5', 'c=x']);
    expect(Object.fromEntries(bindOwnParams(['a', 'b', 'c'], given))).toEqual({ a: 1, b: 1.5, c: 'x' });
    expect(() => bindOwnParams(['a', 'b', 'c', 'd'], given)).toThrow('parameter $d of the SQL is required');
    expect(() => bindOwnParams(['a'], given)).toThrow('the SQL has no parameter $b');
  });
});
