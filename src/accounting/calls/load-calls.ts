// SPDX-License-Identifier: Apache-2.0
/**
 * Load calls that audit records and strace show. They cover some tasks only. A call that a trace shows as well counts
 * once; this adds the module's name to it. Times of an audit log are converted to the boot's clock where a record ties the two.
 */

import type { Event, LoadCall } from '../../model/event.js';
import { getOrAdd, groupBy } from '../../model/groups.js';
import { BOOT_CLOCK, type SourceClock } from '../../model/source.js';
import { nsFromSeconds } from '../../model/time.js';
import type { Task } from '../requesters/tasks.js';
import { type Call, NO_FACTS } from './call.js';
import type { Calls } from './calls.js';

/** How far apart two records of one call may be, by one clock. */
const SAME_CALL_NS = 2_000_000_000n;
/** Calls that are compared with one further line. */
const MOST_TRIED = 1000;

/** The calls of the traces and those that only `all` shows; `log`: the events of the boot's logs; `sourceClock`: the clock of a source by its id. */
export function withLoadCalls(
  gathered: Calls,
  all: readonly LoadCall[],
  log: Iterable<Event>,
  sourceClock: (source: number) => SourceClock,
  wallOffset: bigint | null,
): Calls {
  if (all.length === 0) return gathered;
  const onBootClock = new BootClock(log, all, sourceClock, wallOffset);
  const clockOf = (source: number): SourceClock => onBootClock.clockOf(source);
  const shown = once(
    all.map((event) => onBootClock.timed(event)),
    clockOf,
  );
  const traced = groupBy(gathered.calls, ({ pid, ret }) => `${pid} ${ret}`);
  const further = shown.filter((event) => {
    const clock = clockOf(event.source);
    const own = traced.get(`${event.pid} ${event.ret}`) ?? [];
    const at = own.findIndex((call) => isSame(call, event, clock));
    const [call] = at < 0 ? [] : own.splice(at, 1);
    if (call) name(call, event);
    return call === undefined;
  });
  const first = gathered.calls.reduce((most, { startOrder }) => Math.max(most, startOrder), 0) + 1;
  const calls = further.map((event, index) => callOf(event, clockOf(event.source), first + index));
  const { seen } = gathered;
  return {
    ...gathered,
    calls: [...gathered.calls, ...calls],
    seen: { ...seen, syscalls: true, whole: seen.whole && calls.length === 0 },
    partial: !seen.syscalls,
  };
}

/** Converts the wall-clock times of an audit log to the boot's clock, where a record ties the two. */
class BootClock {
  readonly #sourceClock: (source: number) => SourceClock;
  /** Epoch nanoseconds of boot time 0. */
  readonly #offset: bigint | null;

  constructor(
    log: Iterable<Event>,
    calls: readonly LoadCall[],
    sourceClock: (source: number) => SourceClock,
    wallOffset: bigint | null,
  ) {
    this.#sourceClock = sourceClock;
    this.#offset = this.#byRecord(calls) ?? wallOffset ?? this.#byMark(log);
  }

  clockOf(source: number): SourceClock {
    const clock = this.#sourceClock(source);
    return this.#offset !== null && clock.zero === 'epoch' ? BOOT_CLOCK : clock;
  }

  timed(event: LoadCall): LoadCall {
    const offset = this.#offset;
    if (offset === null || event.t === null || this.#sourceClock(event.source).zero !== 'epoch') return event;
    return { ...event, t: event.t - offset };
  }

  /** A record that the kernel's log and the audit log both hold. */
  #byRecord(calls: readonly LoadCall[]): bigint | null {
    const logged = new Map<string, bigint>();
    for (const { stamp, t, source } of calls)
      if (stamp !== null && t !== null && this.#sourceClock(source).zero === 'boot') logged.set(stamp, t);
    for (const { stamp, t, source } of calls) {
      const boot = stamp === null ? undefined : logged.get(stamp);
      if (boot !== undefined && t !== null && this.#sourceClock(source).zero === 'epoch') return t - boot;
    }
    return null;
  }

  /** The audit subsystem's first message has both times. */
  #byMark(log: Iterable<Event>): bigint | null {
    for (const event of log) {
      if (event.kind !== 'boot-mark' || event.what !== 'audit' || event.t === null) continue;
      const [, seconds, millis] = /^(\d{9,10})\.(\d{3}):/.exec(event.value) ?? [];
      if (seconds !== undefined && millis !== undefined && this.#sourceClock(event.source).zero === 'boot')
        return nsFromSeconds(seconds, millis) - event.t;
    }
    return null;
  }
}

/** Each call once, whatever logs and forms repeat it; journald prints no number of the event, strace need not print a pid. */
function once(events: readonly LoadCall[], clockOf: (source: number) => SourceClock): LoadCall[] {
  const kept: LoadCall[] = [];
  /** Indices of those that another form may repeat; the source, while one holds all of them, without numbers of events. */
  const open = new Map<string, { readonly indices: number[]; only: number | null }>();
  const stamps = new Set<string>();
  const isRepeated = (known: LoadCall, event: LoadCall): boolean => {
    // Two events of the audit subsystem, or two lines of strace, are two calls.
    if (
      event.stamp === known.stamp
        ? event.source === known.source
        : event.stamp !== null && known.stamp !== null
    )
      return false;
    if (!agree(known.pid, event.pid) || !agree(known.module, event.module)) return false;
    return clockOf(known.source).zero !== clockOf(event.source).zero || isNear(known.t, event.t);
  };
  for (const event of [...events].sort((a, b) => Number(a.stamp === null) - Number(b.stamp === null))) {
    const { stamp, pid, call, ret } = event;
    if (stamp !== null && stamps.has(`${stamp} ${pid} ${ret}`)) continue;
    if (stamp !== null) stamps.add(`${stamp} ${pid} ${ret}`);
    const key = `${call} ${ret}`;
    const same = getOrAdd(open, key, () => ({ indices: [], only: event.source }));
    // Records with numbers come first, and repeat nothing that has another.
    const at =
      stamp === null && same.only !== event.source
        ? same.indices
            .slice(0, MOST_TRIED)
            .findIndex((index) => kept[index] !== undefined && isRepeated(kept[index], event))
        : -1;
    const [known] = at < 0 ? [] : same.indices.splice(at, 1);
    if (stamp !== null || same.only !== event.source) same.only = null;
    if (known === undefined) same.indices.push(kept.push(event) - 1);
    else if (kept[known]) kept[known] = joined(kept[known], event);
  }
  return kept;
}

function agree<T>(a: T | null, b: T | null): boolean {
  return a === null || b === null || a === b;
}

/** What one form of a call lacks, by the other. */
function joined(a: LoadCall, b: LoadCall): LoadCall {
  return {
    ...a,
    pid: a.pid ?? b.pid,
    comm: a.comm ?? b.comm,
    module: a.module ?? b.module,
    len: a.len ?? b.len,
    flags: a.flags ?? b.flags,
    durationNs: a.durationNs ?? b.durationNs,
  };
}

function isNear(a: bigint | null, b: bigint | null): boolean {
  if (a === null || b === null) return true;
  return (a < b ? b - a : a - b) <= SAME_CALL_NS;
}

function isSame(call: Call, event: LoadCall, clock: SourceClock): boolean {
  if (call.call !== null && call.call !== event.call) return false;
  const comparable =
    call.clock.unit === 'ns' && call.clock.zero !== 'relative' && call.clock.zero === clock.zero;
  return !comparable || isNear(call.end ?? call.start, endOf(event) ?? event.t);
}

function endOf({ t, durationNs }: LoadCall): bigint | null {
  return t === null || durationNs === null ? null : t + durationNs;
}

function name(call: Call, { module, comm }: LoadCall): void {
  call.comm ??= comm;
  if (module !== null && call.facts.idempotent === null)
    call.facts = { ...call.facts, idempotent: { fact: 'idempotent', file: `${module}.ko`, ret: null } };
}

function callOf(event: LoadCall, clock: SourceClock, order: number): Call {
  const { call, pid, comm, ret, len, flags, t, source, line } = event;
  const task: Task | null =
    pid === null
      ? null
      : {
          id: -order,
          pid,
          comm,
          parent: null,
          parentComm: null,
          filename: null,
          formerComm: null,
          isTraced: false,
        };
  const made: Call = {
    clock,
    task,
    comm,
    pid,
    call,
    flags,
    len,
    start: t,
    end: endOf(event),
    ret,
    cite: { source, line },
    entered: true,
    implicit: false,
    wholeRecord: true,
    facts: NO_FACTS,
    freed: false,
    loaded: null,
    startOrder: order,
    doneOrder: order,
    endOrder: null,
    endLine: null,
  };
  name(made, event);
  return made;
}
