// SPDX-License-Identifier: Apache-2.0
/** The outcome of loads for which an allocation failed. */

import { ENOMEM } from '../../model/errno.js';
import type { AllocationFailure, UserLoad } from '../../model/event.js';
import { groupBy } from '../../model/groups.js';
import { ascending } from '../../model/order.js';
import type { LogClock } from '../boots/log-clock.js';
import type { Attempt } from '../model.js';
import { firstIndex } from '../sorted-times.js';

/** At most this many calls are compared, from the one that started last. */
const MOST_RUNNING = 500;

interface Call {
  readonly attempt: Attempt;
  readonly start: bigint;
  readonly end: bigint;
  /** The latest end of this call and all that started before it. */
  latest: bigint;
}

/** The calls of a boot in time. */
export class CallsInTime {
  readonly #clock: LogClock;
  readonly #calls: readonly Call[];
  readonly #byComm: ReadonlyMap<string | null, readonly Call[]>;
  readonly #byPid: ReadonlyMap<number | null, readonly Call[]>;

  constructor(attempts: readonly Attempt[], clock: LogClock) {
    this.#clock = clock;
    const timed = attempts.flatMap((attempt): Call[] => {
      const { start, end, clock: own } = attempt;
      if (start === null || own.unit !== 'ns' || own.zero !== 'boot') return [];
      return [{ attempt, start, end: end ?? start, latest: start }];
    });
    timed.sort((a, b) => ascending(a.start, b.start));
    this.#calls = withLatest(timed);
    this.#byComm = listed(groupBy(timed, ({ attempt }) => attempt.comm));
    this.#byPid = listed(groupBy(timed, ({ attempt }) => attempt.pid));
  }

  /** The task's attempts that were running then; or, of a known thread, the one nearby that got ENOMEM. */
  runningAt(t: bigint | null, comm: string | null, pid: number | null): Attempt[] {
    // By the thread where it is known: a trace may print a name that the task got later.
    const own = pid !== null ? this.#byPid.get(pid) : comm !== null ? this.#byComm.get(comm) : this.#calls;
    if (t === null || !own) return [];
    const running = this.#within(own, t, 0n);
    if (running.length > 0 || pid === null) return running;
    return this.#within(own, t, this.#clock.near).filter(({ errno }) => errno === ENOMEM);
  }

  #within(calls: readonly Call[], t: bigint, distance: bigint): Attempt[] {
    const found = new Set<Attempt>();
    for (const ahead of this.#clock.ahead) {
      const at = t + ahead;
      const last = firstIndex(calls.length, (index) => (calls[index]?.start ?? at) > at + distance) - 1;
      for (let index = last; index >= 0 && index > last - MOST_RUNNING; index--) {
        const call = calls[index];
        if (!call || call.latest < at - distance) break;
        if (call.end >= at - distance) found.add(call.attempt);
      }
    }
    // In the order of time.
    return [...found].reverse();
  }
}

function listed<K>(groups: ReadonlyMap<K, readonly Call[]>): Map<K, readonly Call[]> {
  const copies = [...groups].map(([key, calls]) => [key, withLatest(calls.map((call) => ({ ...call })))]);
  return new Map(copies as [K, readonly Call[]][]);
}

function withLatest(calls: readonly Call[]): readonly Call[] {
  let latest: bigint | null = null;
  for (const call of calls) {
    latest = latest === null || call.end > latest ? call.end : latest;
    call.latest = latest;
  }
  return calls;
}

/** Loads that a tool reported as failed with ENOMEM. */
export class RefusedLoads {
  readonly #times: readonly bigint[];
  readonly #lines: ReadonlyMap<number, readonly number[]>;
  readonly #timelessLines: ReadonlyMap<number, readonly number[]>;

  constructor(loads: readonly UserLoad[]) {
    this.#times = loads.flatMap(({ t }) => t ?? []).sort(ascending);
    this.#lines = linesOf(loads);
    this.#timelessLines = linesOf(loads.filter(({ t }) => t === null));
  }

  /** True where one was reported within `time` after the line, or, where one of them has no time, within `lines`. */
  hasAfter({ t, source, line }: AllocationFailure, time: bigint, lines: number): boolean {
    const below = (t === null ? this.#lines : this.#timelessLines).get(source) ?? [];
    const next = below[firstIndex(below.length, (index) => (below[index] ?? 0) > line)];
    if (next !== undefined && next - line <= lines) return true;
    if (t === null) return false;
    const at = this.#times[firstIndex(this.#times.length, (index) => (this.#times[index] ?? t) >= t)];
    return at !== undefined && at - t <= time;
  }
}

function linesOf(loads: readonly UserLoad[]): Map<number, number[]> {
  const bySource = groupBy(loads, ({ source }) => source);
  return new Map(
    [...bySource].map(([source, own]) => [source, own.map(({ line }) => line).sort((a, b) => a - b)]),
  );
}
