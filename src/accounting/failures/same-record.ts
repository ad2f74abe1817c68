// SPDX-License-Identifier: Apache-2.0
/**
 * Records that a log holds twice, one right behind the other, as where two consoles write to one port, or a post quotes a line
 * again. Two loads cannot print one message in the same microsecond, but they can where the clock ticks with jiffies, in whole
 * milliseconds or, as that of some guests does, to any microsecond: other stamps must show that it ticks finely, if there are any.
 */
import type { AllocationFailure, Event, LoadFailure } from '../../model/event.js';

const MICROSECOND = 1_000n;
/** Jiffies are no shorter; stamps that are multiples of it may be of such a clock. */
const TICK = 1_000_000n;
/** Events with one timestamp that are passed over to find the next one. */
const MOST_EQUAL = 50;
/** A post may put an empty line between two lines. */
const MOST_APART = 2;

type Failure = LoadFailure | AllocationFailure;

/** The lines that say the same once more, with the same timestamp. */
export function sameRecords(events: readonly Event[]): ReadonlySet<Event> {
  return new Set(
    events.filter((event, at) => {
      const last = events[at - 1];
      if (!isFailure(event) || last === undefined || !isSame(last, event)) return false;
      const ticks = [tickOf(events, at, -1), tickOf(events, at, 1)];
      return ticks.includes('fine') || !ticks.includes('coarse');
    }),
  );
}

const isFailure = (event: Event): event is Failure =>
  event.kind === 'load-failure' || event.kind === 'allocation-failure';

/** What the nearest other timestamp shows: closer than two ticks of a coarse clock can be, or not; nothing before the clock runs. */
function tickOf(events: readonly Event[], at: number, direction: 1 | -1): 'fine' | 'coarse' | null {
  const here = events[at];
  for (let passed = 1; passed <= MOST_EQUAL; passed++) {
    const other = events[at + direction * passed];
    if (!here || !other || other.source !== here.source || other.t === null || here.t === null) return null;
    const step = (other.t - here.t) * BigInt(direction);
    if (step !== 0n) return step > 0n && step < TICK ? 'fine' : other.t === 0n ? null : 'coarse';
    if (isFailure(other) && isFailure(here) && other.message !== here.message) return 'coarse';
  }
  return null;
}

function isSame(last: Event, event: Failure): boolean {
  const { kind, source, line, t, module, message } = event;
  return (
    isFailure(last) &&
    last.kind === kind &&
    last.source === source &&
    last.line < line &&
    line - last.line <= MOST_APART &&
    t !== null &&
    last.t === t &&
    t % MICROSECOND === 0n &&
    t % TICK !== 0n &&
    // A stack below one of them may name the module of an allocation.
    (kind === 'allocation-failure' || last.module === module) &&
    last.message === message
  );
}
