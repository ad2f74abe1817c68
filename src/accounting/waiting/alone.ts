// SPDX-License-Identifier: Apache-2.0
/** When the CPUs ran failed load calls and nothing else, by sched_switch. */
import type { Event } from '../../model/event.js';
import type { SourceClock } from '../../model/source.js';
import type { Attempt } from '../attempt.js';
import { groupBy } from '../group-by.js';
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
  const byCpu = groupBy(switches.cpus.keys(), (index) => switches.cpus[index]);
  if (cpus === null || byCpu.size !== cpus) return null;
  const calls = groupBy(
    attempts.filter(({ outcome }) => outcome !== 'coalesced'),
    ({ pid }) => pid,
  );
  const failing = new Map([...calls].map(([pid, own]) => [pid, union(own.map(spanOf))]));
  const [failed, others]: [TimeSpan[], TimeSpan[]] = [[], []];
  let known: TimeSpan[] | null = null;
  for (const indices of byCpu.values()) {
    const runs = runsOf(switches, indices);
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

/** What ran from each switch of a CPU to the next, where that one says the same. */
function runsOf({ times, previous, next }: CpuSwitches, indices: number[]): Run[] {
  const runs: Run[] = [];
  // A live trace prints some late.
  indices.sort((a, b) => Number((times[a] ?? 0n) - (times[b] ?? 0n)));
  for (let order = 1; order < indices.length; order++) {
    const [before, after] = [indices[order - 1] ?? 0, indices[order] ?? 0];
    const pid = next[before] ?? -1;
    const [from, to] = [times[before] ?? 0n, times[after] ?? 0n];
    if (pid >= 0 && pid === previous[after] && from < to) runs.push({ pid, from, to });
  }
  return runs;
}
