// SPDX-License-Identifier: Apache-2.0
/** Integer search on convex and concave functions, for ranges of any length. */
import type { Range } from '../../model/bounds.js';

/** Where `f`, convex on low..high, is least (the leftmost such place, up to plateaus of the least value). */
export function leastAt(f: (x: number) => number, { low, high }: Range): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (f(middle + 1) < f(middle)) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The part of low..high where `f`, convex, is at most 0; null where it nowhere is. */
export function whereAtMostZero(f: (x: number) => number, range: Range): Range | null {
  if (f(range.low) <= 0 && f(range.high) <= 0) return range;
  const best = leastAt(f, range);
  if (f(best) > 0) return null;
  return {
    low: firstWhere((x) => f(x) <= 0, range.low, best),
    high: 0 - firstWhere((x) => f(-x) <= 0, -range.high, -best),
  };
}

/** The first x of low..high where `holds`, which stays true once it is; it is true at `high`. */
function firstWhere(holds: (x: number) => boolean, low: number, high: number): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
