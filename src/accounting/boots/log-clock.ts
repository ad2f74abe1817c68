// SPDX-License-Identifier: Apache-2.0
/** How far a line of the log is from a call of a trace, whose clocks need not be the same. */

import type { Event } from '../../model/event.js';
import { ascending } from '../../model/order.js';
import type { Attempt } from '../model.js';
import { firstIndex } from '../sorted-times.js';

/** How far apart the log and the trace may stamp one thing, where the distance of their clocks is known or not. */
const NEAR = 5_000_000_000n;
const NEAR_UNTIED = 20_000_000_000n;
/** Boot time never reaches it, the wall clock has long passed it. */
const WALL_CLOCK = 1_000_000_000_000_000_000n;

/** A time in which there were calls. */
export interface Period {
  readonly start: bigint;
  end: bigint;
}

/** The periods of the calls, in order and apart; null where the time of one cannot be compared with a log's. */
export function periodsOf(calls: readonly Attempt[]): Period[] | null {
  const all: Period[] = [];
  for (const { start, end, clock } of calls) {
    if (start === null || clock.unit !== 'ns' || clock.zero !== 'boot') return null;
    all.push({ start, end: end ?? start });
  }
  all.sort((a, b) => ascending(a.start, b.start));
  const apart: Period[] = [];
  for (const period of all) {
    const last = apart.at(-1);
    if (!last || period.start > last.end) apart.push(period);
    else if (period.end > last.end) last.end = period.end;
  }
  return apart;
}

export class LogClock {
  /** What is near enough to be the same thing. */
  readonly near: bigint;
  /** How far a trace's clock may be ahead of the log's: it has the same one, or sched_clock. */
  readonly ahead: readonly bigint[];

  /** `log`: the boot's; `sched_clock: Marking stable (a, b)->(c, d)` prints as d how far that was ahead, negative. */
  constructor(log: readonly Event[]) {
    const mark = log.find((event) => event.kind === 'boot-mark' && event.what === 'sched-clock');
    const ahead = mark?.kind === 'boot-mark' ? /, -?(\d{1,18})\)$/.exec(mark.value)?.[1] : undefined;
    this.ahead = ahead === undefined ? [0n] : [0n, BigInt(ahead)];
    this.near = ahead === undefined ? NEAR_UNTIED : NEAR;
  }

  /** True where no clock brings the time near one of the periods. */
  isFar(t: bigint | null, periods: readonly Period[]): boolean {
    if (t === null || t >= WALL_CLOCK) return false;
    return this.ahead.every((ahead) => {
      const at = t + ahead;
      const next = firstIndex(periods.length, (index) => (periods[index]?.end ?? at) >= at);
      const [before, after] = [periods[next - 1], periods[next]];
      return !(before && at - before.end <= NEAR_UNTIED) && !(after && after.start - at <= NEAR_UNTIED);
    });
  }

  /** By the clock that brings them closer, 0 within the call; null where they have none in common. */
  distance(t: bigint | null, { start, end, clock }: Attempt): bigint | null {
    if (t === null || t >= WALL_CLOCK || start === null || clock.unit !== 'ns' || clock.zero !== 'boot')
      return null;
    const last = end ?? start;
    let least: bigint | null = null;
    for (const ahead of this.ahead) {
      const at = t + ahead;
      const far = at < start ? start - at : at > last ? at - last : 0n;
      if (least === null || far < least) least = far;
    }
    return least;
  }
}
