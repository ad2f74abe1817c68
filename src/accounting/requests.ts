/**
 * Requests: request_module calls, and the modprobe that each one started. A duplicate is told by the kernel's own
 * rule (kernel/module/dups.c): a name asked for again while its first request runs, or within 60 s after it.
 */
import type { ModuleRequest } from '../model/event.js';
import { moduleName } from '../model/module-name.js';
import type { SourceClock } from '../model/source.js';
import type { Followed, Task } from './tasks.js';

const KEPT_NS = 60_000_000_000n;

export interface JoinedRequest {
  readonly event: ModuleRequest;
  readonly clock: SourceClock;
  readonly task: Task | null;
  readonly duplicate: boolean;
}

/** Which request a modprobe works for, by the task that runs it. */
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

/** The name as the kernel compares requests: as written. As a module's name: with `_`. */
export function sameRequest(requested: string, module: string): boolean {
  return moduleName(requested) === module;
}

export function gatherRequests(followed: readonly Followed[]): Requests {
  const requests: JoinedRequest[] = [];
  const joins = new Map<number, RequestJoin>();
  for (const { stream, tasks } of followed) {
    const anchors = new Map<string, { t: bigint | null; done: bigint | null }>();
    const outstanding = new Set<JoinedRequest>();
    const waiting = new Map<number, JoinedRequest>();
    const { events } = stream;
    for (let index = 0; index < events.length; index++) {
      const event = events[index];
      const task = tasks[index];
      if (!event || !task) continue;
      // A task that waits for its request does nothing else: when it shows up again, the request is over.
      const open = event.kind === 'probe' ? undefined : waiting.get(task.pid);
      if (open) {
        const anchor = anchors.get(open.event.requested);
        if (anchor) anchor.done ??= event.t;
        waiting.delete(task.pid);
        outstanding.delete(open);
      }
      if (event.kind === 'module-request') {
        const duplicate = isDuplicate(anchors, event, stream.clock);
        const request = { event, clock: stream.clock, task, duplicate };
        requests.push(request);
        outstanding.add(request);
        if (event.wait !== false) waiting.set(task.pid, request);
      } else if (event.kind === 'exec' && isHelper(task) && !joins.has(task.id)) {
        // Only a kernel that shares results (CONFIG_MODULE_DEBUG_AUTOLOAD_DUPS) starts no modprobe for a duplicate.
        const firsts = [...outstanding].filter((request) => !request.duplicate);
        const candidates = firsts.length > 0 ? firsts : [...outstanding];
        const [oldest] = candidates;
        if (!oldest) continue;
        joins.set(task.id, { request: oldest, certain: candidates.length === 1 });
        outstanding.delete(oldest);
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

/** The task runs a program for the kernel: it was forked by a worker of the kernel's. */
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
