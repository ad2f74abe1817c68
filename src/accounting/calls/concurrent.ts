// SPDX-License-Identifier: Apache-2.0
/** How many calls were running at once. */

import { addTo } from '../../model/groups.js';
import { ascending } from '../../model/order.js';
import { clockKey } from '../time-span.js';
import type { Call } from './call.js';

type Timed = Pick<Call, 'start' | 'end' | 'clock' | 'cite'>;

/**
 * By index of the call: calls of the same clock started by then, including itself, minus those that ended. Null where
 * its start or end is unknown, or the clock counts ticks. At equal times, ends come before starts.
 */
export function concurrentCalls(calls: readonly Timed[]): readonly (number | null)[] {
  const running = calls.map((): number | null => null);
  const clocks = new Map<string, number[]>();
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index];
    if (!call || call.start === null || call.end === null || call.clock.unit === 'ticks') continue;
    addTo(clocks, clockKey(call.clock, call.cite.source), index);
  }
  for (const timed of clocks.values()) {
    const startOf = (index: number): bigint => calls[index]?.start ?? 0n;
    timed.sort((a, b) => ascending(startOf(a), startOf(b)));
    // Sorted without a comparison of ours: there may be hundreds of thousands.
    const ends = BigInt64Array.from(timed, (index) => calls[index]?.end ?? 0n).sort();
    let ended = 0;
    let end = ends[0];
    timed.forEach((index, order) => {
      const start = startOf(index);
      while (end !== undefined && end <= start) end = ends[++ended];
      running[index] = order + 1 - ended;
    });
  }
  return running;
}

/** The most of these calls that ran at once by one clock; null where no clock in seconds shows any from start to end. */
export function mostAtOnce(calls: readonly Timed[]): number | null {
  let most: number | null = null;
  for (const running of concurrentCalls(calls))
    if (running !== null && running > (most ?? -1)) most = running;
  return most;
}
