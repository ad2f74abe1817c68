// SPDX-License-Identifier: Apache-2.0
/**
 * Records that a log holds twice, one right behind the other, as where two consoles write to one port. No clock that ticks
 * finely gives two loads the same microsecond; one that ticks with jiffies does.
 */
import type { Event, LoadFailure } from '../../model/event.js';

const MICROSECOND = 1_000n;
/** Clocks that tick with jiffies do so no more often; stamps that are multiples of it may be of such a clock. */
const TICK = 1_000_000n;

/** The lines that say the same once more, with the same timestamp. */
export function sameRecords(events: readonly Event[]): ReadonlySet<LoadFailure> {
  const again = new Set<LoadFailure>();
  let last: Event | null = null;
  /** Other records have a timestamp together. */
  let shared = false;
  for (const event of events) {
    const step = last === null ? null : stepTo(last, event);
    if (step !== null && step > 0n && step < TICK) return pairsOf(events);
    if (event.kind === 'load-failure' && last !== null && isSame(last, event)) again.add(event);
    else if (step === 0n && event.t !== 0n) shared = true;
    last = event;
  }
  return shared ? new Set() : again;
}

function pairsOf(events: readonly Event[]): ReadonlySet<LoadFailure> {
  return new Set(
    events.filter((event, index): event is LoadFailure => {
      const last = events[index - 1];
      return event.kind === 'load-failure' && last !== undefined && isSame(last, event);
    }),
  );
}

/** Between two records of one log. */
function stepTo(last: Event, next: Event): bigint | null {
  if (last.source !== next.source || last.line === next.line || last.t === null || next.t === null)
    return null;
  return last.kind === 'boot-start' ? null : next.t - last.t;
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
