// SPDX-License-Identifier: Apache-2.0
/**
 * Numbers that are known between two ends, and their arithmetic. A result holds for every choice of numbers within its
 * operands. Counts and bytes are `bigint` where they add up, `number` where they are of one call.
 */

/** At least `low`, at most `high`; high null: nothing bounds it. */
export interface Bounds<N extends number | bigint = bigint> {
  readonly low: N;
  readonly high: N | null;
}

/** Both ends are known. */
export interface Range<N extends number | bigint = number> extends Bounds<N> {
  readonly high: N;
}

export const NONE: Range<bigint> = { low: 0n, high: 0n };
/** The same of one call. */
export const NOTHING: Range = { low: 0, high: 0 };
export const UNKNOWN: Bounds<number> = { low: 0, high: null };

export function exactly<N extends number | bigint>(value: N): Range<N> {
  return { low: value, high: value };
}

/** The number, where the ends agree. */
export function exactOf<N extends number | bigint>({ low, high }: Bounds<N>): N | null {
  return low === high ? low : null;
}

/** The largest; -Infinity if empty. `Math.max(...values)` throws from about 100,000 values on. */
export function largest(values: Iterable<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** The smallest; Infinity if empty. */
export function smallest(values: Iterable<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) least = Math.min(least, value);
  return least;
}

/** The same lower end, without an upper one. */
export function atLeast<N extends number | bigint>({ low }: Bounds<N>): Bounds<N> {
  return { low, high: null };
}

/** Bytes of one call, to be added up. */
export function big({ low, high }: Bounds<number>): Bounds {
  return { low: BigInt(low), high: high === null ? null : BigInt(high) };
}

export function add<N extends number | bigint>(a: Bounds<N>, b: Bounds<N>): Bounds<N> {
  return { low: plus(a.low, b.low), high: a.high === null || b.high === null ? null : plus(a.high, b.high) };
}

const plus = <N extends number | bigint>(a: N, b: N): N => ((a as number) + (b as number)) as N;

/** `none`: the sum of no parts. */
export function total<N extends number | bigint>(parts: Iterable<Bounds<N>>, none: Bounds<N>): Bounds<N> {
  let sum = none;
  for (const part of parts) sum = add(sum, part);
  return sum;
}

/** What is left of `whole` without `part`; unknown for a null whole. */
export function rest(whole: bigint | null, part: Bounds): Bounds {
  if (whole === null) return { low: 0n, high: null };
  return { low: part.high === null ? 0n : whole - part.high, high: whole - part.low };
}

/** The bounds with a lower end of at least `least`. */
export function noLessThan(least: bigint, { low, high }: Bounds): Bounds {
  return { low: larger(low, least), high };
}

/** Values that both allow. */
export function intersection(a: Bounds, b: Bounds): Bounds {
  const high = a.high === null ? b.high : b.high === null ? a.high : smaller(a.high, b.high);
  return { low: larger(a.low, b.low), high };
}

/** The range that covers all; null if empty. */
export function hull(ranges: readonly Range[]): Range | null;
export function hull(ranges: readonly Range<bigint>[]): Range<bigint> | null;
export function hull<N extends number | bigint>(ranges: readonly Range<N>[]): Range<N> | null {
  const [first, ...others] = ranges;
  if (!first) return null;
  let { low, high } = first;
  for (const range of others) {
    if (range.low < low) low = range.low;
    if (range.high > high) high = range.high;
  }
  return { low, high };
}

/** The value within the bounds that is nearest. */
export function clamp(value: bigint, { low, high }: Bounds): bigint {
  if (value < low) return low;
  return high !== null && value > high ? high : value;
}

export const smaller = (a: bigint, b: bigint): bigint => (b < a ? b : a);
export const larger = (a: bigint, b: bigint): bigint => (b > a ? b : a);
