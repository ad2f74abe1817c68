/**
 * Requests: request_module calls, and the modprobe that each one started. A duplicate is told by the kernel's own
 * rule (kernel/module/dups.c): a name asked for again while its first request runs, or within 60 s after it.
 */
import type { Event, ModuleRequest } from '../model/event.js';
import { moduleName } from '../model/module-name.js';
import type { SourceClock } from '../model/source.js';
import type { Request } from './model.js';
import type { Stream } from './recordings.js';
import { type Task, Tasks } from './tasks.js';

const KEPT_NS = 60_000_000_000n;

export interface JoinedRequest {
  readonly event: ModuleRequest;
  readonly clock: SourceClock;
  readonly task: Task | null;
  readonly duplicate: boolean;
}

/** Which request a modprobe works for, by the task that runs it. */
export interface RequestJoin {
  readonly request: JoinedRequest;
  /** False where another outstanding request could have started it as well. */
  certain: boolean;
}

export interface Requests {
  readonly requests: readonly JoinedRequest[];
  /** By the pid of the modprobe and the position of its exec, see `joinAt`. */
  joinFor(task: Task): RequestJoin | null;
}

/** The name as the kernel compares requests: as written. As a module's name: with `_`. */
export function sameRequest(requested: string, module: string): boolean {
  return moduleName(requested) === module;
}

export function gatherRequests(streams: readonly Stream[]): Requests {
  const requests: JoinedRequest[] = [];
  const joins = new Map<Task, RequestJoin>();
  for (const stream of streams) {
    const tasks = new Tasks();
    const anchors = new Map<string, { t: bigint | null; done: bigint | null }>();
    let outstanding: JoinedRequest[] = [];
    for (const event of stream.events) {
      const task = tasks.follow(event);
      if ('pid' in event && 'cpu' in event) {
        // A task that waits for its request does nothing else: when it shows up again, the request is over.
        outstanding = outstanding.filter((open) => !isOver(open, event, anchors));
      }
      if (event.kind === 'module-request') {
        const duplicate = isDuplicate(anchors, event, stream.clock);
        const request = { event, clock: stream.clock, task, duplicate };
        requests.push(request);
        if (!duplicate) outstanding.push(request);
      } else if (event.kind === 'exec' && task && isHelper(task)) {
        const [oldest] = outstanding;
        if (!oldest) continue;
        joins.set(task, { request: oldest, certain: outstanding.length === 1 });
        outstanding = outstanding.slice(1);
      }
    }
  }
  return { requests, joinFor: (task) => joinOf(task, joins) };
}

function joinOf(task: Task, joins: ReadonlyMap<Task, RequestJoin>): RequestJoin | null {
  for (let at: Task | null = task; at; at = at.parent) {
    const join = joins.get(at);
    if (join) return join;
  }
  return null;
}

function isOver(
  open: JoinedRequest,
  event: Event & { pid: number },
  anchors: Map<string, { t: bigint | null; done: bigint | null }>,
): boolean {
  if (event.pid !== open.event.pid || open.event.wait === false) return false;
  if (event === open.event || event.kind === 'probe') return false;
  const anchor = anchors.get(open.event.requested);
  if (anchor) anchor.done ??= event.t;
  return true;
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

/** Rows of a trace's requests. */
export function requestRows(boot: number, requests: readonly JoinedRequest[]): Request[] {
  return requests.map(({ event, clock, task, duplicate }) => ({
    boot,
    t: event.t,
    clock,
    requested: event.requested,
    callSite: event.callSite,
    pid: event.pid,
    comm: task?.comm ?? event.comm,
    wait: event.wait,
    duplicate,
    origin: 'trace',
    cite: { source: event.source, line: event.line },
  }));
}
