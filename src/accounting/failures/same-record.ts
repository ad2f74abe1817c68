// SPDX-License-Identifier: Apache-2.0
/**
 * Records that a log holds twice, one right behind the other, as where two consoles write to one port. Two loads cannot print one
 * message in the same microsecond, but where the clock ticks with jiffies, as that of some guests does to any microsecond: it must
 * be seen to tick finely by then.
 */
import type { Event, LoadFailure } from '../../model/event.js';

const MICROSECOND = 1_000n;
/** Jiffies are no shorter; stamps that are multiples of it may be of such a clock. */
const TICK = 1_000_000n;
/** Events with one timestamp that are passed over to find the next one. */
const MOST_EQUAL = 50;

/** The lines that say the same once more, with the same timestamp. */
export function sameRecords(events: readonly Event[]): ReadonlySet<LoadFailure> {
  return new Set(
    events.filter((event, at): event is LoadFailure => {
      const last = events[at - 1];
      if (event.kind !== 'load-failure' || last === undefined || !isSame(last, event)) return false;
      return ticksFinely(events, at, -1) || ticksFinely(events, at, 1);
    }),
  );
}

/** Whether the nearest other timestamp is closer than two ticks of a coarse clock can be. */
function ticksFinely(events: readonly Event[], at: number, direction: 1 | -1): boolean {
  const here = events[at];
  for (let passed = 1; passed <= MOST_EQUAL; passed++) {
    const other = events[at + direction * passed];
    if (!here || !other || other.source !== here.source || other.t === null || here.t === null) return false;
    const step = (other.t - here.t) * BigInt(direction);
    if (step !== 0n) return step > 0n && step < TICK;
  }
  return false;
}

function isSame(last: Event, { source, line, t, module, message }: LoadFailure): boolean {
  return (
    last.kind === 'load-failure' &&
    last.source === source &&
    last.line === line - 1 &&
    t !== null &&
    last.t === t &&
    t % MICROSECOND === 0n &&
    t % TICK !== 0n &&
    last.module === module &&
    last.message === message
  );
}
