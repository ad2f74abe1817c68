// SPDX-License-Identifier: Apache-2.0
/** The calls of one boot as the charts take them: plain columns, in the order of their start. */
import type { Outcome } from '../../../accounting/model.js';

/** The order in which outcomes are stacked, from the axis up. */
export const OUTCOMES: readonly Outcome[] = [
  'loaded',
  'duplicate',
  'coalesced',
  'failed',
  'refused',
  'unknown',
];

/**
 * Times are in the unit of the clock (ns or ticks), counted from `zero` so that they are exact as numbers.
 * All columns are equally long.
 */
export interface Calls {
  /** What 0 stands for on the clock. */
  readonly zero: bigint;
  readonly unit: 'ns' | 'ticks';
  readonly start: readonly number[];
  /** The start again where the end was not seen. */
  readonly end: readonly number[];
  /** Index into OUTCOMES. */
  readonly outcome: readonly number[];
  /** Bytes wasted, at least. */
  readonly wasted: readonly number[];
  /** Calls that are omitted: no start time, or one on another clock. */
  readonly undrawn: number;
}

/** First and last moment of the calls. */
export function extent(calls: Calls): { readonly from: number; readonly to: number } {
  let to = 0;
  for (const end of calls.end) if (end > to) to = end;
  return { from: calls.start[0] ?? 0, to };
}

/**
 * The clock that most of the calls are on, and those that are on it and have a time, as their places in order of
 * time. `times` count from any zero that all calls of that clock share.
 */
export function drawable(
  times: readonly (number | null)[],
  clocks: readonly string[],
): { readonly clock: string; readonly places: readonly number[] } {
  const counts = new Map<string, number>();
  for (const [place, time] of times.entries()) {
    const clock = clocks[place] ?? '';
    if (time !== null) counts.set(clock, (counts.get(clock) ?? 0) + 1);
  }
  const [main] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const clock = main?.[0] ?? 'boot';
  const places: number[] = [];
  for (const [place, time] of times.entries())
    if (time !== null && clocks[place] === clock) places.push(place);
  places.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  return { clock, places };
}
