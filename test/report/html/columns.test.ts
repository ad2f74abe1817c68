// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PackedValue, packColumn, unpackColumn } from '../../../src/report/html/columns.js';

const asCell = (value: PackedValue) =>
  typeof value === 'bigint' && !Number.isSafeInteger(Number(value)) ? value.toString() : value;

describe('columns', () => {
  it('carry integers as steps, and give back those beyond 2^53 as digits', () => {
    expect(packColumn([5n, 7n, null, 4n])).toEqual({ first: '5', steps: [0, 2, null, -3] });
    const epoch = 1_763_806_000_123_456_789n;
    expect(unpackColumn(packColumn([epoch, epoch + 1n, null]))).toEqual([
      '1763806000123456789',
      '1763806000123456790',
      null,
    ]);
  });

  it('carry texts that come again once, and a value that all rows have once', () => {
    const comms = ['udev', null, 'udev', 'udev', 'udev', null, 'udev', 'udev', 'udev'];
    const packed = packColumn(comms);
    expect(packed).toEqual({ texts: ['udev', null], places: [0, 1, 0, 0, 0, 1, 0, 0, 0] });
    expect(unpackColumn(packed)).toEqual(comms);
    expect(packColumn([7n, 7n, 7n])).toEqual({ same: 7, rows: 3 });
    expect(packColumn(['a', 'b', 'a'])).toEqual({ values: ['a', 'b', 'a'] });
  });

  it('give back what went in, through JSON', () => {
    const integers = fc.array(fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })));
    const texts = fc.array(fc.option(fc.oneof(fc.string(), fc.constantFrom('', '0', 'udev'))));
    const numbers = fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })));
    fc.assert(
      fc.property(fc.oneof(integers, texts, numbers), (values: PackedValue[]) => {
        const carried = JSON.parse(JSON.stringify(packColumn(values)));
        expect(unpackColumn(carried).map((cell) => (Object.is(cell, -0) ? 0 : cell))).toEqual(
          values
            .map((value) => asCell(Object.is(value, -0) ? 0 : value))
            .map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)),
        );
      }),
    );
  });
});
