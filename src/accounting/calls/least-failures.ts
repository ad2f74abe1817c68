// SPDX-License-Identifier: Apache-2.0
/** How many calls in an unknown phase failed on their own, at least: the others may have waited for another load, at no cost. */

import { EINTR, EPERM } from '../../model/errno.js';
import { addTo } from '../../model/groups.js';
import { ascending } from '../../model/order.js';
import { hasFailed } from '../attempt.js';
import { holds } from '../kernel.js';
import type { Attempt } from '../model.js';
import { firstIndex } from '../sorted-times.js';

export const isPhaseUnknown = (attempt: Attempt): boolean => attempt.phase === null && hasFailed(attempt);

/**
 * Calls with an unknown phase that failed on their own, at least. Without CAP_SYS_MODULE a call ends with EPERM before
 * it reads anything. Since 6.5 (idempotent_init_module) a finit_module may wait for another load of the file and return
 * its error: of calls that end with the same one, any that do not overlap waited for different loads, or for none.
 * `whole`: the trace lost nothing; else the steps of a call may be those of the one before.
 */
export function leastFailures(attempts: readonly Attempt[], release: string | null, whole: boolean): number {
  const mayWait = holds('coalescing', release) !== false;
  const waiting = new Map<number, Attempt[]>();
  const working = new Map<number, Attempt[]>();
  let certain = 0;
  for (const attempt of attempts) {
    const { errno, call, start } = attempt;
    if (errno === null || errno === 0) continue;
    if (!isPhaseUnknown(attempt)) {
      if (call === 'finit_module') addTo(working, errno, attempt);
      // What a call without a start did before it may stand for itself, and count.
    } else if (start === null) continue;
    else if (whole && Object.keys(attempt.steps.at).length > 0) certain++;
    else if (errno === EPERM) continue;
    else if (!mayWait || call === 'init_module') certain++;
    // After a loss, a call without its arguments may have started at any time.
    else if (errno !== EINTR)
      addTo(waiting, errno, whole || attempt.flags !== null ? attempt : { ...attempt, start: 0n });
  }
  for (const [errno, calls] of waiting) certain += apart(calls, working.get(errno) ?? []);
  return certain;
}

/** As many of the calls as do not overlap each other, nor any of the others. */
function apart(calls: readonly Attempt[], others: readonly Attempt[]): number {
  const busy = others.flatMap(({ start, end }) => (end === null ? [] : [{ start: start ?? 0n, end }]));
  busy.sort((a, b) => ascending(a.end, b.end));
  /** The earliest start of each and all that end later. */
  const starts: bigint[] = [];
  for (const { start } of busy.toReversed()) {
    const later = starts.at(-1);
    starts.push(later !== undefined && later < start ? later : start);
  }
  starts.reverse();
  const timed = calls.flatMap(({ start, end }) => (start === null || end === null ? [] : [{ start, end }]));
  timed.sort((a, b) => ascending(a.end, b.end));
  let [count, last] = [0, null as bigint | null];
  for (const { start, end } of timed) {
    const next = starts[firstIndex(busy.length, (index) => (busy[index]?.end ?? 0n) >= start)];
    if ((next !== undefined && next <= end) || (last !== null && start <= last)) continue;
    count++;
    last = end;
  }
  return count;
}
