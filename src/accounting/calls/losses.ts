// SPDX-License-Identifier: Apache-2.0
/** Where a trace lost records: what a task's records on both sides of a loss show may be of different calls. */
import type { Event, ProbeFact } from '../../model/event.js';
import type { Call } from './call.js';
import { hasFailedStep } from './facts.js';
import { CHARGED, CHECKED, LOADED, RETURNED, stepOf } from './load-steps.js';

/** A note that events were lost; statistics of a buffer that lost none say 0. */
export function isLoss(event: Event): boolean {
  return event.kind === 'lost-events' && event.count !== 0;
}

/**
 * For each event, up to which place among the events records may be lost that are older than it; null: none are lost.
 * A CPU's note stands before its next record: it lost what came since its last one. A head knows only that the oldest
 * records were overwritten, on any CPU before the first that is left of it. One record is not both an end and a start.
 */
export function lostUntil(events: readonly Event[]): Int32Array | null {
  if (!events.some(isLoss)) return null;
  const until = new Int32Array(events.length + 1).fill(-1);
  const last = new Map<number, number>();
  let newest = -1;
  let overwritten = false;
  events.forEach((event, index) => {
    if (event.kind === 'lost-events') {
      if (!isLoss(event) || event.count === 1) return;
      if (event.cpu === null && last.size === 0) overwritten = true;
      const from = event.cpu === null ? index : (last.get(event.cpu) ?? 0);
      until[from + 1] = Math.max(until[from + 1] ?? -1, index);
    } else if ('cpu' in event && event.cpu !== null) {
      if (!last.has(event.cpu)) newest = index;
      last.set(event.cpu, index);
    }
  });
  if (overwritten) until[0] = newest;
  for (let index = 1; index < until.length; index++)
    until[index] = Math.max(until[index] ?? -1, until[index - 1] ?? -1);
  return until;
}

/** True where the call's records show by themselves how it ended, whatever comes after a loss. */
export function isDecided(call: Call): boolean {
  const { charge, duplicate, loadReturn, fromFile } = call.facts;
  return (
    call.loaded !== null || (charge ?? duplicate ?? loadReturn ?? fromFile) !== null || hasFailedStep(call)
  );
}

/** Whether a record after a loss belongs to a call that is decided; null where unknown. */
export function isOwn({ facts, loaded }: Call, fact: ProbeFact): boolean | null {
  const { charge, duplicate, loadReturn, fromFile, patient } = facts;
  const step = stepOf(fact);
  if (loadReturn ?? fromFile) return step >= RETURNED ? null : false;
  if (loaded) return step > LOADED ? null : false;
  if (charge) return step > CHARGED ? null : false;
  if (fact.fact === 'charge') {
    const listed = duplicate ?? patient.findLast(({ ret }) => ret !== null && ret < 0) ?? null;
    const named = listed === null ? null : listed.module;
    if (named === null) return null;
    return fact.module === named && (duplicate?.reason == null || duplicate.reason === fact.phase);
  }
  if (duplicate) return step >= CHECKED ? null : false;
  return step > CHECKED ? null : false;
}
