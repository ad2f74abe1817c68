// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseQuery, QueryHeadError } from '../../src/query/head.js';

const HEAD = `-- Loads over time,
-- in time order.
-- @param bucket_ms INTEGER = 100  Width of a bucket.
-- @param name TEXT  Which module.
-- @param since REAL = NULL  From when.
-- @column t SECONDS s  Start of the bucket, which is
--     a long story.
-- @column bytes INTEGER bytes  Waste.
-- @column boot INTEGER -  Number of the boot.
-- @column module TEXT  Its name.
-- @needs attempt, boot
-- @empty No load was seen.

-- an ordinary comment
SELECT 1;
`;

describe('parseQuery', () => {
  it('reads sentence, parameters, columns with units, needs and empty', () => {
    const query = parseQuery('timeline', HEAD, 'queries/timeline.sql');
    expect(query.summary).toBe('Loads over time, in time order.');
    expect(query.params).toEqual([
      { name: 'bucket_ms', type: 'INTEGER', defaultText: '100', meaning: 'Width of a bucket.' },
      { name: 'name', type: 'TEXT', defaultText: null, meaning: 'Which module.' },
      { name: 'since', type: 'REAL', defaultText: 'NULL', meaning: 'From when.' },
    ]);
    expect(query.columns).toEqual([
      { name: 't', type: 'SECONDS', unit: 's', meaning: 'Start of the bucket, which is a long story.' },
      { name: 'bytes', type: 'INTEGER', unit: 'bytes', meaning: 'Waste.' },
      { name: 'boot', type: 'INTEGER', unit: null, meaning: 'Number of the boot.' },
      { name: 'module', type: 'TEXT', unit: null, meaning: 'Its name.' },
    ]);
    expect(query.needs).toEqual(['attempt', 'boot']);
    expect(query.empty).toBe('No load was seen.');
    expect(query.sql).toBe(HEAD);
  });

  const MINIMAL = ['-- One.', '-- @column a TEXT  A.', '-- @empty None.', 'SELECT 1'];
  const failures: [string, string[], number, string][] = [
    ['no sentence', MINIMAL.slice(1), 3, 'the head has no sentence'],
    ['no columns', [MINIMAL[0] ?? '', '-- @empty None.', 'SELECT 1'], 3, 'the head has no @column'],
    ['no @empty', [...MINIMAL.slice(0, 2), 'SELECT 1'], 3, 'the head has no @empty'],
    [
      'a wrong type',
      ['-- One.', '-- @column a BLOB  A.'],
      2,
      'BLOB is not a type here: TEXT, INTEGER, REAL, SECONDS',
    ],
    [
      'BLOB as a parameter',
      ['-- One.', '-- @param a BLOB  A.'],
      2,
      'BLOB is not a type here: TEXT, INTEGER, REAL, SECONDS',
    ],
    [
      'a column without meaning',
      ['-- One.', '-- @column a TEXT'],
      2,
      'expected `@column name TYPE unit  meaning`',
    ],
    [
      'one space before the meaning',
      ['-- One.', '-- @column a TEXT - A.'],
      2,
      'expected `@column name TYPE unit  meaning`',
    ],
    [
      'an unknown tag',
      ['-- One.', '-- @colum a TEXT  A.'],
      2,
      '@colum is not one of @param, @column, @needs, @empty',
    ],
    ['a bare tag', ['-- One.', '-- @empty'], 2, 'nothing follows @empty'],
    [
      'prose after tags',
      ['-- One.', '-- @column a TEXT  A.', '-- more'],
      3,
      'the sentence stands before the tags',
    ],
    [
      'a column twice',
      ['-- One.', '-- @column a TEXT  A.', '-- @column a TEXT  B.', '-- @empty N.'],
      5,
      'a is declared twice',
    ],
    ['nothing at all', ['SELECT 1'], 1, 'the head has no sentence'],
    [
      'a parameter without meaning',
      ['-- One.', '-- @param a TEXT = x'],
      2,
      'expected `@param name TYPE = default  meaning`',
    ],
    [
      'a parameter without type',
      ['-- One.', '-- @param a'],
      2,
      'expected `@param name TYPE = default  meaning`',
    ],
    [
      'a column that is no name',
      ['-- One.', '-- @column A TEXT  A.'],
      2,
      'expected `@column name TYPE unit  meaning`',
    ],
    [
      'prose after a parameter',
      ['-- One.', '-- @param a TEXT  A.', '-- more'],
      3,
      'the sentence stands before the tags',
    ],
    [
      'prose after a parameter and a column',
      ['-- One.', '-- @param a TEXT  A.', '-- @column b TEXT  B.', '-- more'],
      4,
      'the sentence stands before the tags',
    ],
  ];
  it('takes tables by commas or blanks, prose with an @ in it, and empty comment lines', () => {
    const lines = [
      '-- One, see a@b  c.',
      '--',
      '--   and on.',
      '-- @column a TEXT  A.',
      '-- @needs  x, y,z  w,',
      '-- @empty  None.',
      'SELECT 1 -- @column b TEXT  B.',
    ];
    const query = parseQuery('q', lines.join('\n'), 'q.sql');
    expect(query.summary).toBe('One, see a@b  c. and on.');
    expect(query.needs).toEqual(['x', 'y', 'z', 'w']);
    expect(query.columns.map(({ name }) => name)).toEqual(['a']);
    expect(query.empty).toBe('None.');
  });

  it('has no needs where none are said', () => {
    expect(parseQuery('q', MINIMAL.join('\n'), 'q.sql')).toMatchObject({ needs: [], params: [] });
  });

  it('is an error that is told by its name', () => {
    expect(new QueryHeadError('q.sql', 2, 'x')).toMatchObject({ name: 'QueryHeadError', line: 2, fact: 'x' });
  });

  it.each(failures)('refuses %s with file and line', (_, lines, line, fact) => {
    const parse = () => parseQuery('q', lines.join('\n'), 'q.sql');
    expect(parse).toThrow(QueryHeadError);
    expect(parse).toThrow(`q.sql:${line}: ${fact}`);
  });
});
