// SPDX-License-Identifier: Apache-2.0
/**
 * Bootstrap interval of the difference of two medians. Only the median of each resample matters, and its rank can be
 * drawn directly: the k-th of n uniform numbers has a Beta(k, n - k + 1) distribution. So a draw costs the same for
 * ten boots and for a million.
 */

/** A seeded generator of numbers in [0, 1) (mulberry32, Tommy Ettinger, public domain). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); shape of 1 or more. */
function gamma(shape: number, random: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const v = (1 + c * normal) ** 3;
    if (v <= 0) continue;
    const u = 1 - random();
    if (Math.log(u) < 0.5 * normal * normal + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Index of the median: the lower of two middle values, as in the canned queries. */
const middle = (count: number): number => Math.floor((count - 1) / 2);

/** Values in order, each with how many boots have it or a smaller one; those far from the median may be left out. */
export interface Spread {
  readonly values: readonly number[];
  readonly ends: readonly number[];
  readonly boots: number;
}

/** The value of the boot at a rank from 0, found by halves; the nearest where it was left out. */
function valueAt({ values, ends }: Spread, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const half = (low + high) >> 1;
    if ((ends[half] ?? 0) > rank) high = half;
    else low = half + 1;
  }
  return values[low] ?? Number.NaN;
}

/** The median of one resample with replacement. */
function drawnMedian(spread: Spread, random: () => number): number {
  const k = middle(spread.boots) + 1;
  const below = gamma(k, random);
  const above = gamma(spread.boots - k + 1, random);
  const rank = Math.floor((below / (below + above)) * spread.boots);
  return valueAt(spread, Math.min(rank, spread.boots - 1));
}

export interface Difference {
  readonly difference: number;
  /** The middle 95 % of the differences drawn. */
  readonly low: number;
  readonly high: number;
}

/** Median of `after` minus median of `before`; null where one of them is empty. */
export function medianDifference(
  before: Spread,
  after: Spread,
  seed: number,
  draws: number,
): Difference | null {
  if (before.boots === 0 || after.boots === 0 || draws < 1) return null;
  const random = seeded(seed);
  const drawn = Float64Array.from(
    { length: draws },
    () => drawnMedian(after, random) - drawnMedian(before, random),
  ).sort();
  const at = (part: number): number => drawn[Math.min(Math.floor(part * draws), draws - 1)] ?? Number.NaN;
  const median = (spread: Spread): number => valueAt(spread, middle(spread.boots));
  return { difference: median(after) - median(before), low: at(0.025), high: at(0.975) };
}
