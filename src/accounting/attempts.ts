/** Attempts: the calls of one boot, judged, named and tied to who asked. */
import { type Call, commOf } from './call.js';
import type { Calls } from './calls.js';
import { didWork, type Judgement, judge } from './classify.js';
import { findLeaders } from './leaders.js';
import type { Attempt } from './model.js';
import { parentOf, requesterOf } from './requesters.js';
import { type Requests, sameRequest } from './requests.js';

/** Rows in the order in which the calls began. */
export function buildAttempts(
  boot: number,
  gathered: Calls,
  requests: Requests,
  coalesces: boolean | null,
): Attempt[] {
  const { calls, seen } = gathered;
  const leaders = findLeaders(calls);
  const judged = new Map<Call, Judgement>();
  for (const call of calls) {
    const mine = leaders.get(call) ?? [];
    judged.set(call, judge(call, seen, mine.length > 0, coalesces));
  }
  const names = nameUnnamed(calls, judged, leaders);
  const targets = targetsOf(calls, judged, requests);
  return calls.map((call, index) => {
    const judgement = judged.get(call);
    if (!judgement) throw new Error('every call is judged');
    const comm = commOf(call);
    const join = call.task ? requests.joinFor(call.task) : null;
    const certain = join !== null && (join.certain || targets.get(join.request) === true);
    return {
      boot,
      attempt: index + 1,
      start: call.start,
      end: call.end,
      clock: call.clock,
      pid: call.pid,
      comm,
      call: call.call,
      flags: call.flags,
      module: judgement.module ?? names.get(call) ?? null,
      phase: judgement.phase,
      outcome: judgement.outcome,
      errno: call.ret === null ? null : call.ret < 0 ? -call.ret : 0,
      image: judgement.image,
      compressed: judgement.compressed,
      wasted: judgement.wasted,
      basis: judgement.basis,
      listed: listedAs(call, judgement),
      loadedAt: call.loaded?.t ?? null,
      memory: call.initEntry?.memory ?? null,
      text: call.initEntry?.text ?? null,
      requester: requesterOf(comm, call.task, join !== null),
      callSite: join?.request.event.callSite ?? null,
      requested: join?.request.event.requested ?? null,
      parentComm: parentOf(comm, call.task),
      joinCertain: join === null || certain,
      cite: call.cite,
    };
  });
}

function listedAs(call: Call, judgement: Judgement): Attempt['listed'] {
  if (!call.duplicate) return null;
  const reason =
    call.duplicate.reason ??
    (judgement.phase === 'becoming' || judgement.phase === 'load' ? judgement.phase : null);
  return reason === null ? null : { reason, order: call.duplicateOrder };
}

/**
 * Names for calls whose own evidence has none: a coalesced call has its leader's; a duplicate read as many bytes
 * as the one module of that size that did load.
 */
function nameUnnamed(
  calls: readonly Call[],
  judged: ReadonlyMap<Call, Judgement>,
  leaders: ReadonlyMap<Call, readonly Call[]>,
): Map<Call, string> {
  const names = new Map<Call, string>();
  const bySize = new Map<string, Set<string>>();
  for (const call of calls) {
    const key = sizeKey(call);
    if (!call.loaded || key === null) continue;
    const known = bySize.get(key);
    if (known) known.add(call.loaded.module);
    else bySize.set(key, new Set([call.loaded.module]));
  }
  for (const call of calls) {
    const judgement = judged.get(call);
    if (!judgement || judgement.module !== null) continue;
    if (didWork(call)) {
      const key = sizeKey(call);
      const candidates = judgement.outcome === 'duplicate' && key !== null ? bySize.get(key) : undefined;
      const [only] = candidates ?? [];
      if (only !== undefined && candidates?.size === 1) names.set(call, only);
    } else if (judgement.outcome === 'coalesced') {
      const modules = new Set((leaders.get(call) ?? []).map((leader) => judged.get(leader)?.module ?? null));
      const [only] = modules;
      if (modules.size === 1 && only != null) names.set(call, only);
    }
  }
  return names;
}

function sizeKey(call: Call): string | null {
  if (call.call === 'init_module') return call.len === null ? null : `len ${call.len}`;
  const read = call.read?.ret ?? null;
  return read !== null && read > 0 ? `read ${read}` : null;
}

/** Requests of which a module of the very name was loaded by the modprobe they are joined to. */
function targetsOf(
  calls: readonly Call[],
  judged: ReadonlyMap<Call, Judgement>,
  requests: Requests,
): Map<unknown, boolean> {
  const targets = new Map<unknown, boolean>();
  for (const call of calls) {
    const join = call.task ? requests.joinFor(call.task) : null;
    const module = judged.get(call)?.module ?? null;
    if (join && module !== null && sameRequest(join.request.event.requested, module))
      targets.set(join.request, true);
  }
  return targets;
}
