// SPDX-License-Identifier: Apache-2.0
/** Lookups among many logs give what a comparison of each with each gives. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Stretch, Stretches } from '../../src/accounting/boots/stretches.js';
import { laterPlace, SortedTimes } from '../../src/accounting/sorted-times.js';
import type { TimeSpan } from '../../src/accounting/time-span.js';

const span = fc.option(
  fc
    .tuple(fc.bigInt(0n, 6n), fc.bigInt(0n, 4n))
    .map(([from, length]): TimeSpan => ({ from, to: from + length })),
);
const stretch: fc.Arbitrary<Stretch> = fc.record({
  span,
  rotation: fc.record({ log: fc.constantFrom('a', 'b'), age: fc.nat(1) }),
});

function share(a: Stretch, b: Stretch): boolean {
  if (a.rotation.log === b.rotation.log && a.rotation.age !== b.rotation.age) return false;
  const [x, y] = [a.span, b.span];
  if (x === null || y === null) return true;
  const within = (inner: TimeSpan, outer: TimeSpan): boolean =>
    outer.from <= inner.from && inner.to <= outer.to;
  return (x.from < y.to && y.from < x.to) || within(x, y) || within(y, x);
}

describe('stretches', () => {
  it('are shared where another log has them', () => {
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 5 }), (all) => {
        const stretches = new Stretches(all);
        for (const one of all)
          expect(stretches.isShared(one)).toBe(all.some((other) => other !== one && share(one, other)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('sorted times', () => {
  it('are found in order, however they were added', () => {
    const times = new SortedTimes();
    const added = Array.from({ length: 3000 }, (_, index) => BigInt((index * 7919) % 3001));
    for (const time of added) times.add(time);
    const read: bigint[] = [];
    for (let at = times.placeOf(-1n), time = times.at(at); time !== null; time = times.at(at)) {
      read.push(time);
      at = times.after(at);
    }
    expect(read).toEqual(added.toSorted((a, b) => Number(a - b)));
    expect(times.at(times.placeOf(2999n))).toBe(2999n);
    expect(times.at(times.placeOf(3002n))).toBeNull();
    expect(laterPlace({ block: 1, index: 0 }, { block: 0, index: 9 })).toEqual({ block: 1, index: 0 });
  });
});
