// SPDX-License-Identifier: Apache-2.0
/** How far two readings of one thing say the same. */
import type { Evidence } from '../../src/ingest/collector.js';
import type { Event } from '../../src/model/event.js';

/** What an event says, without its place and its time, nor the word size: forms that print decimals lack it. */
export type Facts = (event: Event) => string;

export function factsOf(event: Event): string {
  const { source, line, t, wordBits, ...said } = { wordBits: null, ...event };
  return JSON.stringify(said, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
}

/** All events but those that say no more than when a log ends. */
export function allEvents({ events }: Evidence): Event[] {
  return [...events.values()]
    .flat()
    .filter((event) => event.kind !== 'boot-mark' || event.what !== 'last-record');
}

export interface Comparison {
  readonly want: number;
  /** Wanted and not there; there and not wanted. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  /** The largest difference of two times, nanoseconds. */
  readonly apart: bigint;
  /** Events that have no time where the wanted one has. */
  readonly timeless: number;
}

/** Pairs equal facts in the order in which they come. */
export function compare(want: readonly Event[], got: readonly Event[], facts: Facts = factsOf): Comparison {
  const waiting = new Map<string, Event[]>();
  for (const event of want) {
    const key = facts(event);
    const same = waiting.get(key);
    if (same) same.push(event);
    else waiting.set(key, [event]);
  }
  const extra: string[] = [];
  let apart = 0n;
  let timeless = 0;
  for (const event of got) {
    const key = facts(event);
    const other = waiting.get(key)?.shift();
    if (!other) extra.push(key);
    else if (event.t === null || other.t === null) timeless += event.t === other.t ? 0 : 1;
    else {
      const difference = event.t > other.t ? event.t - other.t : other.t - event.t;
      if (difference > apart) apart = difference;
    }
  }
  const missing = [...waiting.values()].flat().map(facts);
  return { want: want.length, missing, extra, apart, timeless };
}
