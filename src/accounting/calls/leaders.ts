// SPDX-License-Identifier: Apache-2.0
/**
 * Leaders: since 6.5 (idempotent_init_module) a finit_module of a file that is being loaded waits for that load and
 * returns its result. A possible leader ran at the same time, finished before the other returned, and returned the same.
 */
import { EINTR } from '../../model/errno.js';
import { addTo } from '../../model/groups.js';
import type { Call } from './call.js';
import { didWork } from './classify.js';

/** For each call that may have been coalesced: the calls whose result it may have shared. */
export function findLeaders(calls: readonly Call[]): ReadonlyMap<Call, readonly Call[]> {
  const leaders = new Map<Call, Call[]>();
  const finit = calls.filter((call) => call.call === 'finit_module' && call.endOrder !== null);
  const ended = [...finit].sort((a, b) => endOf(a) - endOf(b));
  const working = new Set<Call>();
  const waiting = new Set<Call>();
  let next = 0;
  for (const call of ended) {
    for (let one = finit[next]; one && one.startOrder <= endOf(call); one = finit[++next])
      // One that began before the trace may have done work there.
      (didWork(one) || !one.entered ? working : waiting).add(one);
    if (waiting.delete(call)) {
      for (const other of working) {
        // A waiter is woken before its leader leaves the system call.
        if (other.doneOrder <= endOf(call) || call.ret === -EINTR) follow(leaders, call, other);
      }
    } else {
      working.delete(call);
      for (const other of waiting) follow(leaders, other, call);
    }
  }
  return leaders;
}

/** Here all calls have an end. */
const endOf = (call: Call): number => call.endOrder ?? 0;

function follow(leaders: Map<Call, Call[]>, call: Call, leader: Call): void {
  if (leader.ret === call.ret || call.ret === -EINTR) addTo(leaders, call, leader);
}
