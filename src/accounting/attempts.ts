// SPDX-License-Identifier: Apache-2.0
/** Attempts: the calls of one boot with outcome, module and requester. */
import { type Call, commOf } from './calls/call.js';
import type { Calls } from './calls/calls.js';
import { didWork, type Judgement, judge, ownName } from './calls/classify.js';
import { concurrentCalls } from './calls/concurrent.js';
import { findLeaders } from './calls/leaders.js';
import { stepsOf } from './calls/steps.js';
import { type Explained, explain } from './failures/explained.js';
import type { LoggedFailures } from './failures/logged-failures.js';
import type { Kernel } from './kernel.js';
import type { Attempt } from './model.js';
import { parentOf, requesterOf } from './requesters/requesters.js';
import { type JoinedRequest, type Requests, sameRequest } from './requesters/requests.js';

const NO_LEADERS: readonly Call[] = [];

/** Rows in order of start, explained by the log. */
export function buildAttempts(
  boot: number,
  gathered: Calls,
  requests: Requests,
  kernel: Kernel,
  logged: LoggedFailures,
): Explained {
  const { calls, seen } = gathered;
  const leaders = findLeaders(calls);
  const concurrent = concurrentCalls(calls);
  const bySize = modulesBySize(calls);
  const targets = targetsOf(calls, requests);
  const judged = calls.map((call, index): Attempt => {
    const leading = leaders.get(call) ?? NO_LEADERS;
    const judgement = judge(call, seen, leading.length > 0, kernel);
    const comm = commOf(call);
    const join = call.task ? requests.joinFor(call.task) : null;
    const certain = join !== null && (join.certain || targets.has(join.request));
    return {
      boot,
      attempt: index + 1,
      start: call.start,
      end: call.end,
      concurrent: concurrent[index] ?? null,
      clock: call.clock,
      pid: call.pid,
      comm,
      call: call.call,
      byProbes: call.implicit,
      wholeRecord: call.wholeRecord === true,
      flags: call.flags,
      module: judgement.module ?? inferredName(call, judgement, leading, bySize),
      phase: judgement.phase,
      outcome: judgement.outcome,
      errno: call.ret === null ? null : call.ret < 0 ? -call.ret : 0,
      image: judgement.image,
      compressed: judgement.compressed,
      wasted: judgement.wasted,
      basis: judgement.basis,
      listed: listedAs(call, judgement),
      loadedAt: call.loaded?.t ?? null,
      memory: call.facts.initEntry?.memory ?? null,
      text: call.facts.initEntry?.text ?? null,
      steps: stepsOf(call, seen),
      requester: requesterOf(comm, call.task, join !== null),
      callSite: join?.request.event.callSite ?? null,
      requested: join?.request.event.requested ?? null,
      parentComm: parentOf(comm, call.task),
      joinCertain: join === null || certain,
      cite: call.cite,
      endLine: call.endLine,
    };
  });
  return explain(judged, logged, ({ attempt }, phase) => {
    const call = calls[attempt - 1];
    return call ? judge(call, seen, leaders.has(call), kernel, phase) : null;
  });
}

function listedAs(call: Call, judgement: Judgement): Attempt['listed'] {
  if (!call.facts.duplicate) return null;
  const reason =
    call.facts.duplicate.reason ??
    (judgement.phase === 'becoming' || judgement.phase === 'load' ? judgement.phase : null);
  return reason === null ? null : { reason, order: call.facts.duplicateOrder };
}

/**
 * Infers the module of a call without a name: a coalesced call has its leader's; a duplicate has that of the only loaded
 * module for which as many bytes were read.
 */
function inferredName(
  call: Call,
  { outcome }: Judgement,
  leaders: readonly Call[],
  bySize: ReadonlyMap<string, ReadonlySet<string>>,
): string | null {
  if (!didWork(call)) return outcome === 'coalesced' ? only(new Set(leaders.map(ownName))) : null;
  const key = outcome === 'duplicate' ? sizeKey(call) : null;
  const names = key === null ? undefined : bySize.get(key);
  return names ? only(names) : null;
}

function only(names: ReadonlySet<string | null>): string | null {
  const [name] = names;
  return names.size === 1 ? (name ?? null) : null;
}

/** The loaded modules, by the size that their calls read. */
function modulesBySize(calls: readonly Call[]): Map<string, Set<string>> {
  const bySize = new Map<string, Set<string>>();
  for (const call of calls) {
    const key = call.loaded ? sizeKey(call) : null;
    if (!call.loaded || key === null) continue;
    const known = bySize.get(key);
    if (known) known.add(call.loaded.module);
    else bySize.set(key, new Set([call.loaded.module]));
  }
  return bySize;
}

function sizeKey(call: Call): string | null {
  if (call.call === 'init_module') return call.len === null ? null : `len ${call.len}`;
  const read = call.facts.read?.ret ?? null;
  return read !== null && read > 0 ? `read ${read}` : null;
}

/** Requests whose joined modprobe loaded a module of the requested name. */
function targetsOf(calls: readonly Call[], requests: Requests): Set<JoinedRequest> {
  const targets = new Set<JoinedRequest>();
  for (const call of calls) {
    const join = call.task ? requests.joinFor(call.task) : null;
    const module = join && ownName(call);
    if (join && module !== null && sameRequest(join.request.event.requested, module))
      targets.add(join.request);
  }
  return targets;
}
