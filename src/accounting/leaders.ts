/**
 * Leaders: since 6.5 (idempotent_init_module) a finit_module of a file that is being loaded waits for that load
 * and returns its result. The call whose result another one may have shared was in flight at the same time, was
 * done before the other returned, and returned the same.
 */
import type { Call } from './call.js';
import { didWork } from './classify.js';

const EINTR = -4;

/** For each call that may have been coalesced: the calls whose result it may have shared. */
export function findLeaders(calls: readonly Call[]): ReadonlyMap<Call, readonly Call[]> {
  const leaders = new Map<Call, Call[]>();
  const steps: { order: number; call: Call; end: boolean }[] = [];
  for (const call of calls) {
    if (call.call !== 'finit_module' || call.endOrder === null) continue;
    steps.push({ order: call.startOrder, call, end: false }, { order: call.endOrder, call, end: true });
  }
  steps.sort((a, b) => a.order - b.order);

  const working = new Set<Call>();
  const waiting = new Set<Call>();
  for (const { call, end } of steps) {
    const mine = didWork(call) ? working : waiting;
    if (!end) {
      mine.add(call);
      if (mine === waiting) leaders.set(call, []);
      continue;
    }
    mine.delete(call);
    if (mine === working) {
      for (const other of waiting) leaders.get(other)?.push(call);
    } else {
      const order = call.endOrder ?? 0;
      for (const other of working) {
        // A waiter is woken before its leader leaves the system call.
        if (other.doneOrder <= order || call.ret === EINTR) leaders.get(call)?.push(other);
      }
    }
  }
  for (const [call, candidates] of leaders) {
    const same = candidates.filter((leader) => leader.ret === call.ret || call.ret === EINTR);
    leaders.set(call, same);
  }
  return leaders;
}
