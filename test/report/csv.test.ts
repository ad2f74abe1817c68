// SPDX-License-Identifier: Apache-2.0
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHidden } from '../../src/model/escape.js';
import type { Value } from '../../src/query/result.js';
import { formatCsv } from '../../src/report/csv.js';

const resultOf = (rows: Iterable<readonly Value[]>, columns = ['a', 'b']) => ({
  columns: columns.map((name) => ({ name, type: null, unit: null })),
  rows,
  empty: null,
});
const csvOf = (rows: readonly (readonly Value[])[]): string => [...formatCsv(resultOf(rows))].join('');

/** What csv-stringify alone makes of a text: hidden characters escaped first, then the guard against formulas. */
function slowly(text: string): string {
  const shown = escapeHidden(text);
  return stringify([[/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(shown) ? `'${shown}` : shown]], {
    record_delimiter: '\n',
    eof: false,
    quoted_match: /^$|[\r\n]|^\s|\s$/,
  });
}

describe('cells', () => {
  it('quotes text as csv-stringify does, short or long, plain or not', () => {
    const odd = [
      '',
      ' ',
      'x ',
      ' x',
      'a b',
      'a,b',
      'a"b',
      '\n',
      'a\rb',
      '\t',
      '=1',
      '-1',
      '@',
      '+',
      '-',
      'é',
      'a\u00a0',
    ];
    const cell = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(...odd),
    );
    fc.assert(
      fc.property(cell, (text) => {
        const one = Buffer.from(`a,b\n${slowly(text)},${slowly(text + text)}\n`).toString();
        expect(csvOf([[text, text + text]])).toBe(one);
      }),
      { numRuns: 500 },
    );
  });

  it('writes integers of any size as their digits', () => {
    const edges = [
      0,
      1,
      9,
      10,
      999_999_999,
      1_000_000_000,
      1_000_000_001,
      2 ** 31,
      2 ** 32,
      2 ** 53 - 1,
      2 ** 53,
    ];
    for (const edge of edges) {
      for (const value of [edge, -edge])
        expect(csvOf([[value, BigInt(value)]])).toBe(`a,b\n${BigInt(value)},${BigInt(value)}\n`);
    }
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.bigInt(), (number, large) => {
        expect(csvOf([[number, large]])).toBe(`a,b\n${number},${large}\n`);
      }),
    );
  });

  it('writes other values as data: REAL, infinity, bytes, digits, NULL', () => {
    expect(
      csvOf([
        [0.5, Number.POSITIVE_INFINITY],
        [new Uint8Array([1, 255]), { digits: '-1.000' }],
        [null, null],
      ]),
    ).toBe('a,b\n0.5,9e999\n01ff,-1.000\n,\n');
  });
});
