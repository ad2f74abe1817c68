// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { busiestSpan } from '../../src/accounting/busiest.js';
import type { Attempt } from '../../src/accounting/model.js';
import { BOOT_CLOCK, type SourceClock } from '../../src/model/source.js';

const calls = (given: readonly (readonly [number, number])[], clock: SourceClock = BOOT_CLOCK, source = 1) =>
  given.map(
    ([start, low]) =>
      ({ start: BigInt(start), clock, cite: { source, line: 1 }, wasted: { low, high: low } }) as Attempt,
  );

describe('the busiest span', () => {
  it('is the shortest that holds 90 % of the waste', () => {
    const timed = calls([
      [90, 5],
      [0, 5],
      [12, 30],
      [10, 30],
      [11, 30],
    ]);
    expect(busiestSpan(timed)).toEqual({ from: 10n, to: 12n });
    expect(busiestSpan(calls([[3, 1]]))).toEqual({ from: 3n, to: 3n });
  });

  it('is not known without waste, in bare ticks, or over two clocks', () => {
    expect(busiestSpan(calls([[0, 0]]))).toBeNull();
    expect(busiestSpan(calls([[0, 9]], { unit: 'ticks', zero: 'relative' }))).toBeNull();
    expect(busiestSpan([...calls([[0, 9]]), ...calls([[1, 9]], { unit: 'ns', zero: 'epoch' })])).toBeNull();
    const relative = { unit: 'ns', zero: 'relative' } as const;
    expect(busiestSpan([...calls([[0, 9]], relative, 1), ...calls([[1, 9]], relative, 2)])).toBeNull();
  });
});
