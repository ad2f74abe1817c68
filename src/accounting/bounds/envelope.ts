// SPDX-License-Identifier: Apache-2.0
/** The least (or greatest) value that a weighted sum of charges can have, by how many calls were becoming. */
import type { Range } from '../../model/bounds.js';
import type { Row, Window } from './problem.js';

/** A weighted sum `p * becoming bytes + q * load bytes` over rows. */
export interface Weights {
  readonly p: number;
  readonly q: number;
}

/**
 * The sums looked at. (1,0) and (0,1) are the two counters, (1,1) all bytes. In (2,1) the split of a plain row
 * cancels (2bL + (c-b)2L = 2cL), which leaves the signature or the compressed calls alone.
 */
export const WEIGHTS: readonly Weights[] = [
  { p: 1, q: 0 },
  { p: 0, q: 1 },
  { p: 2, q: 1 },
  { p: 1, q: 1 },
];

/** A weighted sum; a weight of 0 drops a term that may be infinite. */
const weigh = ({ p, q }: Weights, becoming: number, load: number): number =>
  (p === 0 ? 0 : p * becoming) + (q === 0 ? 0 : q * load);

/** Where the weighted sum must lie. */
function weighWindow(weights: Weights, { becoming, load }: Window): Range {
  return { low: weigh(weights, becoming.low, load.low), high: weigh(weights, becoming.high, load.high) };
}

/**
 * For fixed sizes the sum is linear in each row's becoming calls, so with n of them in all it is least when the
 * rows of least slope take them first: exact, integers included, for one sum at a time. `side` -1 turns all
 * signs, and the least becomes the greatest.
 */
export class Envelope {
  /** Per row: the value at no becoming call, and what each adds. */
  readonly #starts: Float64Array;
  readonly #slopes: Float64Array;
  readonly #rows: readonly Row[];
  /** Per row: its place among all by slope, least first. */
  readonly #places: Uint32Array;
  /** By place, and one more: calls and value of the places before, and the slope there. */
  readonly #callsBefore: Float64Array;
  readonly #valueBefore: Float64Array;
  readonly #slopeAt: Float64Array;
  /** All rows at their fewest becoming calls: how many those are, and the value; and the most calls. */
  readonly #low: number;
  readonly #base: number;
  readonly #high: number;
  /** How many calls more take the value down. */
  readonly #downhill: number;

  constructor(rows: readonly Row[], weights: Weights, side: 1 | -1) {
    const end = side === 1 ? 'low' : 'high';
    const starts = new Float64Array(rows.length);
    const slopes = new Float64Array(rows.length);
    const order: number[] = [];
    for (const row of rows) {
      const i = order.length;
      starts[i] = side * weigh(weights, 0, row.times * row.load[end]);
      slopes[i] = side * weigh(weights, row.becoming[end], -row.load[end]);
      order.push(i);
    }
    order.sort((a, b) => (slopes[a] ?? 0) - (slopes[b] ?? 0));
    const places = new Uint32Array(rows.length);
    const callsBefore = new Float64Array(rows.length + 1);
    const valueBefore = new Float64Array(rows.length + 1);
    const slopeAt = new Float64Array(rows.length + 1);
    let [low, high, base, calls, value, downhill, place] = [0, 0, 0, 0, 0, 0, 0];
    for (const i of order) {
      const row = rows[i];
      const slope = slopes[i] ?? 0;
      if (row === undefined) continue;
      places[i] = place;
      low += row.low;
      high += row.high;
      base += (starts[i] ?? 0) + row.low * slope;
      calls += row.high - row.low;
      value += (row.high - row.low) * slope;
      if (slope < 0) downhill = calls;
      slopeAt[place] = slope;
      place += 1;
      callsBefore[place] = calls;
      valueBefore[place] = value;
    }
    [this.#rows, this.#starts, this.#slopes, this.#places] = [rows, starts, slopes, places];
    [this.#callsBefore, this.#valueBefore, this.#slopeAt] = [callsBefore, valueBefore, slopeAt];
    [this.#low, this.#high, this.#base, this.#downhill] = [low, high, base, downhill];
  }

  /** The least value, times side, that row `i` alone has with `calls` becoming calls. */
  value(i: number, calls: number): number {
    return (this.#starts[i] ?? 0) + calls * (this.#slopes[i] ?? 0);
  }

  /** How many becoming calls all rows but the one at `skip` can have. */
  calls(skip = -1): Range {
    const row = this.#rows[skip];
    return { low: this.#low - (row?.low ?? 0), high: this.#high - (row?.high ?? 0) };
  }

  /**
   * The least sum with low..high becoming calls over all rows but the one at `skip`, times side; Infinity where
   * the rows cannot have that many.
   */
  least(low: number, high: number, skip = -1): number {
    const row = this.#rows[skip];
    if (row === undefined) {
      if (low > this.#high || high < this.#low) return Number.POSITIVE_INFINITY;
      return this.#base + this.#climb(clamp(this.#downhill, low - this.#low, high - this.#low));
    }
    if (low > this.#high - row.high || high < this.#low - row.low) return Number.POSITIVE_INFINITY;
    const fewest = this.#low - row.low;
    const slope = this.#slopes[skip] ?? 0;
    const length = row.high - row.low;
    const more = clamp(this.#downhill - (slope < 0 ? length : 0), low - fewest, high - fewest);
    const base = this.#base - this.value(skip, row.low);
    // Past the row's own place, the climb has taken its calls too.
    if (more <= (this.#callsBefore[this.#places[skip] ?? 0] ?? 0)) return base + this.#climb(more);
    return base + this.#climb(more + length) - length * slope;
  }

  /** What the first `calls` calls above the fewest add. */
  #climb(calls: number): number {
    let [from, to] = [0, this.#rows.length];
    while (from < to) {
      const middle = (from + to + 1) >> 1;
      if ((this.#callsBefore[middle] ?? 0) <= calls) from = middle;
      else to = middle - 1;
    }
    const beyond = calls - (this.#callsBefore[from] ?? 0);
    return (this.#valueBefore[from] ?? 0) + beyond * (this.#slopeAt[from] ?? 0);
  }
}

/** `value`, or the nearer end of low..high; never below 0. */
function clamp(value: number, low: number, high: number): number {
  return Math.max(0, low, Math.min(value, high));
}

/** Both ends of one weighted sum over some rows, and where it must lie. */
export interface Sum {
  readonly weights: Weights;
  readonly target: Range;
  readonly least: Envelope;
  readonly greatest: Envelope;
}

export function sumsOver(rows: readonly Row[], window: Window, weights = WEIGHTS): Sum[] {
  return weights.map((weights) => ({
    weights,
    target: weighWindow(weights, window),
    least: new Envelope(rows, weights, 1),
    greatest: new Envelope(rows, weights, -1),
  }));
}
