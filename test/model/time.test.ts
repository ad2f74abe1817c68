// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nsFromDigits, nsFromSeconds } from '../../src/model/time.js';

it('times are the same from digits in a line as from their texts, however many there are', () => {
  const digits = (max: number) => fc.stringMatching(new RegExp(`^\\d{1,${max}}$`));
  fc.assert(
    fc.property(digits(14), fc.oneof(fc.constant(''), digits(14)), (seconds, fraction) => {
      const line = `  x-1 [000] ${seconds}.${fraction}: sys_exit`;
      const from = line.indexOf(']') + 2;
      const point = from + seconds.length;
      expect(nsFromDigits(line, from, point, point + 1 + fraction.length)).toBe(
        nsFromSeconds(seconds, fraction),
      );
    }),
    { numRuns: 1000 },
  );
  expect(nsFromDigits('999999.999999999', 0, 6, 16)).toBe(999_999_999_999_999n);
  expect(nsFromDigits('1.000001: ', 0, 1, 8)).toBe(1_000_001_000n);
});
