// SPDX-License-Identifier: Apache-2.0
/**
 * Requests: request_module calls, and the modprobe that each one started. Duplicates follow the kernel's rule
 * (kernel/module/dups.c): a request for a name while its first request runs, or within 60 s after it.
 */
import type { ModuleRequest } from '../../model/event.js';
import { moduleName } from '../../model/module-name.js';
import type { SourceClock } from '../../model/source.js';
import type { Followed, Task } from './tasks.js';

const KEPT_NS = 60_000_000_000n;

export interface JoinedRequest {
  readonly event: ModuleRequest;
  readonly clock: SourceClock;
  readonly task: Task | null;
  readonly duplicate: boolean;
}

/** The request that a modprobe was started for. */
interface RequestJoin {
  readonly request: JoinedRequest;
  /** False where another outstanding request could have started it as well. */
  certain: boolean;
}

export interface Requests {
  readonly requests: readonly JoinedRequest[];
  /** The request that a task, or one of its ancestors, was started for. */
  joinFor(task: Task): RequestJoin | null;
}

/** True where the requested name is the module's: requests keep `-` as written, modules have `_`. */
export function sameRequest(requested: string, module: string): boolean {
  return moduleName(requested) === module;
}

export function gatherRequests(followed: readonly Followed[]): Requests {
  const requests: JoinedRequest[] = [];
  const joins = new Map<number, RequestJoin>();
  for (const { stream, tasks } of followed) {
    const anchors = new Map<string, { t: bigint | null; done: bigint | null }>();
    const outstanding = new Set<JoinedRequest>();
    /** Those that are not duplicates. */
    const firsts = new Set<JoinedRequest>();
    const waiting = new Map<number, JoinedRequest>();
    const { events } = stream;
    for (let index = 0; index < events.length; index++) {
      const event = events[index];
      const task = tasks[index];
      if (!event || !task) continue;
      // A task waits for its request and does nothing else: its next event shows that the request is over.
      const open = event.kind === 'probe' ? undefined : waiting.get(task.pid);
      if (open) {
        const anchor = anchors.get(open.event.requested);
        if (anchor) anchor.done ??= event.t;
        waiting.delete(task.pid);
        outstanding.delete(open);
        firsts.delete(open);
      }
      if (event.kind === 'module-request') {
        const duplicate = isDuplicate(anchors, event, stream.clock);
        const request = { event, clock: stream.clock, task, duplicate };
        requests.push(request);
        outstanding.add(request);
        if (!duplicate) firsts.add(request);
        if (event.wait !== false) waiting.set(task.pid, request);
      } else if (event.kind === 'exec' && isHelper(task) && !joins.has(task.id)) {
        // Only a kernel that shares results (CONFIG_MODULE_DEBUG_AUTOLOAD_DUPS) starts no modprobe for a duplicate.
        const candidates = firsts.size > 0 ? firsts : outstanding;
        const [oldest] = candidates;
        if (!oldest) continue;
        joins.set(task.id, { request: oldest, certain: candidates.size === 1 });
        outstanding.delete(oldest);
        firsts.delete(oldest);
      }
    }
  }
  return { requests, joinFor: (task) => (joins.size === 0 ? null : joinOf(task, joins)) };
}

function joinOf(task: Task, joins: ReadonlyMap<number, RequestJoin>): RequestJoin | null {
  for (let at: Task | null = task; at; at = at.parent) {
    const join = joins.get(at.id);
    if (join) return join;
  }
  return null;
}

/** True for a usermode helper: a task forked by a kernel worker. */
export function isHelper(task: Task): boolean {
  const { parentComm } = task;
  return (
    parentComm !== null &&
    (parentComm.startsWith('kworker/') || parentComm === 'khelper' || parentComm === 'kthreadd')
  );
}

function isDuplicate(
  anchors: Map<string, { t: bigint | null; done: bigint | null }>,
  event: ModuleRequest,
  clock: SourceClock,
): boolean {
  const anchor = anchors.get(event.requested);
  if (anchor) {
    const since = anchor.done ?? anchor.t;
    if (clock.unit === 'ticks' || since === null || event.t === null || event.t - since <= KEPT_NS)
      return true;
  }
  // Only a request that waits is an anchor: nowait ones cannot share their result.
  if (event.wait !== false) anchors.set(event.requested, { t: event.t, done: null });
  return false;
}
