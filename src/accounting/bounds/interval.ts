// SPDX-License-Identifier: Apache-2.0
/** Sound bounds of every row from the weighted sums, one at a time. */
import type { Range } from '../../model/bounds.js';
import { leastAt, sum, whereAtMostZero } from './convex.js';
import { type Sum, sumsOver } from './envelope.js';
import type { Row, Window } from './problem.js';

/** What the sums leave of a set of rows. */
export interface Hull {
  /** The rows, their becoming calls narrowed. */
  readonly rows: readonly Row[];
  /** Bytes of each row, both phases. */
  readonly bytes: readonly Range[];
  /** Sums over all rows: becoming calls, becoming bytes, load bytes, all bytes. */
  readonly calls: Range;
  readonly becoming: Range;
  readonly load: Range;
  readonly total: Range;
}

/** Narrows until nothing changes; rounds beyond this only shave what is left of long ranges. */
const ROUNDS = 12;

/** The hull of all solutions of the window, or null where there is certainly none. */
export function intervalHull(rows: readonly Row[], window: Window): Hull | null {
  let current = rows;
  for (let round = 0; ; round++) {
    const sums = sumsOver(current, window);
    if (!possible(sums, window.calls)) return null;
    const narrowed = narrow(current, sums, window.calls);
    if (narrowed === null) return null;
    if (narrowed === current || round === ROUNDS) return hullOf(current, sums, window.calls);
    current = narrowed;
  }
}

function possible(sums: readonly Sum[], { low, high }: Range): boolean {
  return sums.every(
    ({ target, least, greatest }) =>
      least.least(low, high) <= target.high && -greatest.least(low, high) >= target.low,
  );
}

/** The same array where nothing could be narrowed. */
function narrow(rows: readonly Row[], sums: readonly Sum[], calls: Range): readonly Row[] | null {
  const all = { low: sum(rows.map((row) => row.low)), high: sum(rows.map((row) => row.high)) };
  const narrowed: Row[] = [];
  for (const [i, row] of rows.entries()) {
    let range: Range | null = {
      low: Math.max(row.low, calls.low - (all.high - row.high)),
      high: Math.min(row.high, calls.high - (all.low - row.low)),
    };
    if (range.low > range.high) return null;
    for (const { target, least, greatest } of row.low < row.high ? sums : []) {
      for (const excess of [
        (b: number) => least.value(i, b) + least.least(calls.low - b, calls.high - b, i) - target.high,
        (b: number) => greatest.value(i, b) + greatest.least(calls.low - b, calls.high - b, i) + target.low,
      ]) {
        range = range && whereAtMostZero(excess, range);
      }
    }
    if (range === null) return null;
    narrowed.push({ ...row, ...range });
  }
  return narrowed.some((row, i) => row.low !== rows[i]?.low || row.high !== rows[i]?.high) ? narrowed : rows;
}

function hullOf(rows: readonly Row[], sums: readonly Sum[], calls: Range): Hull | null {
  const [becoming, load, , total] = sums;
  if (!becoming || !load || !total) return null;
  const clip = ({ target, least, greatest }: Sum): Range => ({
    low: Math.max(target.low, least.least(calls.low, calls.high)),
    high: Math.min(target.high, -greatest.least(calls.low, calls.high)),
  });
  const each = rows.map((row, i) => rowBytes(row, i, becoming, load, total, calls));
  const whole = { becoming: clip(becoming), load: clip(load), total: clip(total) };
  return {
    rows,
    bytes: each,
    calls: {
      low: Math.max(calls.low, sum(rows.map((row) => row.low))),
      high: Math.min(calls.high, sum(rows.map((row) => row.high))),
    },
    becoming: whole.becoming,
    load: whole.load,
    total: {
      low: Math.max(whole.total.low, whole.becoming.low + whole.load.low),
      high: Math.min(whole.total.high, whole.becoming.high + whole.load.high),
    },
  };
}

/**
 * A row's bytes at `b` becoming calls are what its own sizes allow and what the other rows leave of each counter;
 * the most is concave in `b`, the least convex.
 */
function rowBytes(row: Row, i: number, becoming: Sum, load: Sum, total: Sum, calls: Range): Range {
  const most = (of: Sum, b: number): number =>
    Math.min(-of.greatest.value(i, b), of.target.high - of.least.least(calls.low - b, calls.high - b, i));
  const fewest = (of: Sum, b: number): number =>
    Math.max(of.least.value(i, b), of.target.low + of.greatest.least(calls.low - b, calls.high - b, i));
  const high = (b: number): number => Math.min(most(becoming, b) + most(load, b), most(total, b));
  const low = (b: number): number => Math.max(fewest(becoming, b) + fewest(load, b), fewest(total, b));
  return {
    low: low(leastAt(low, row)),
    high: high(leastAt((b) => -high(b), row)),
  };
}
