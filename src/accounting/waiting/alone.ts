// SPDX-License-Identifier: Apache-2.0
/** When the CPUs ran failed load calls and nothing else, by sched_switch. */
import type { Event } from '../../model/event.js';
import { groupBy } from '../../model/groups.js';
import type { SourceClock } from '../../model/source.js';
import type { Attempt } from '../attempt.js';
import { common, type TimeSpan, union, without } from '../time-span.js';
import { isSpent, type Spent } from './spent.js';

type CpuSwitches = Extract<Event, { kind: 'cpu-switches' }>;

/** The idle task of each CPU. */
const IDLE = 0;

/** A task on a CPU. */
interface Run extends TimeSpan {
  readonly pid: number;
}

/**
 * Null where it cannot be known: no record shows what ran, or not on every CPU. A CPU is known from its first switch to its
 * last, but where records are missing; interrupts count as the task that they interrupt.
 */
export function failedAlone(
  streams: readonly { readonly clock: SourceClock; readonly events: readonly Event[] }[],
  attempts: readonly Attempt[],
  cpus: number | null,
): TimeSpan[] | null {
  let alone: TimeSpan[] | null = null;
  for (const { clock, events } of streams) {
    for (const event of events) {
      if (event.kind !== 'cpu-switches' || clock.unit !== 'ns') continue;
      const calls = attempts.filter(isSpent).filter((one) => isOf(one, clock, event));
      const spans = aloneBy(event, calls, cpus);
      if (spans) alone = union([...(alone ?? []), ...spans]);
    }
  }
  return alone;
}

const isOf = ({ clock, cite }: Attempt, { zero }: SourceClock, { source }: CpuSwitches): boolean =>
  clock.unit === 'ns' && clock.zero === zero && (zero !== 'relative' || cite.source === source);

function aloneBy(switches: CpuSwitches, attempts: readonly Spent[], cpus: number | null): TimeSpan[] | null {
  const calls = groupBy(
    attempts.filter(({ outcome }) => outcome !== 'coalesced'),
    ({ pid }) => pid,
  );
  const failing = new Map([...calls].map(([pid, own]) => [pid, union(own.map(spanOf))]));
  const runsByCpu = runsWithin(switches, union([...failing.values()].flat()));
  if (cpus === null || runsByCpu.size !== cpus) return null;
  const [failed, others]: [TimeSpan[], TimeSpan[]] = [[], []];
  let known: TimeSpan[] | null = null;
  for (const runs of runsByCpu.values()) {
    for (const { pid, from, to } of runs) {
      if (pid === IDLE) continue;
      const run = [{ from, to }];
      const inCall = common(run, failing.get(pid) ?? []);
      for (const span of inCall) failed.push(span);
      for (const span of without(run, inCall)) others.push(span);
    }
    const here = union(runs);
    known = known === null ? here : common(known, here);
  }
  return without(common(union(failed), known ?? []), union(others));
}

const spanOf = ({ start, end }: Spent): TimeSpan => ({ from: start, to: end });

/**
 * By CPU: what ran from each of its switches to the next, where that one says the same, but only what overlaps one of the
 * spans, a union: a recording has millions of switches, most of them far from any failed call.
 */
function runsWithin(switches: CpuSwitches, spans: readonly TimeSpan[]): Map<number, Run[]> {
  const { times, cpus, previous, next } = switches;
  const order = timeOrder(times);
  const runsByCpu = new Map<number, Run[]>();
  const lasts = new Map<number, number>();
  /** Spans that start before the end of the run. */
  let started = 0;
  for (let at = 0; at < times.length; at++) {
    const index = order ? (order[at] ?? 0) : at;
    const cpu = cpus[index] ?? 0;
    const last = lasts.get(cpu);
    lasts.set(cpu, index);
    if (last === undefined) {
      runsByCpu.set(cpu, []);
      continue;
    }
    const pid = next[last] ?? -1;
    if (pid < 0 || pid !== previous[index]) continue;
    const [from, to] = [times[last] ?? 0n, times[index] ?? 0n];
    while ((spans[started]?.from ?? to) < to) started++;
    const span = spans[started - 1];
    if (span && from < to && from < span.to) runsByCpu.get(cpu)?.push({ pid, from, to });
  }
  return runsByCpu;
}

/** Indices in order of time; null where they are in it, as in most recordings: a live trace prints some late. */
function timeOrder(times: BigInt64Array): Uint32Array | null {
  let before = times[0] ?? 0n;
  let sorted = true;
  for (let index = 1; sorted && index < times.length; index++) {
    const t = times[index] ?? 0n;
    sorted = before <= t;
    before = t;
  }
  if (sorted) return null;
  return Uint32Array.from(times.keys()).sort((a, b) => Number((times[a] ?? 0n) - (times[b] ?? 0n)));
}
