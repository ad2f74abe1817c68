// SPDX-License-Identifier: Apache-2.0
/**
 * Merges the trace parts of one boot into streams: several forms of one recording count once, consecutive parts are
 * joined, clocks that cannot be compared stay separate.
 */

import type { Event } from '../../model/event.js';
import { groupBy } from '../../model/groups.js';
import { ascending, orderOf } from '../../model/order.js';
import type { Source, SourceClock } from '../../model/source.js';
import { clockKey, spanOf, type TimeSpan } from '../time-span.js';
import type { Part } from './parts.js';

/** Events of one clock in order of time. */
export interface Stream {
  readonly clock: SourceClock;
  readonly events: readonly Event[];
}

export interface Recordings {
  readonly streams: readonly Stream[];
  /** Sources that only repeat another one. */
  readonly repeated: readonly Source[];
}

/** Two parts are forms of one recording where this share of the smaller is in the larger. */
const REPEATED = 0.9;
/** ... and overlap where this share is. */
const OVERLAPS = 0.1;

/** Recordings that each other one is compared with: nobody attaches as many of one boot, but a hostile archive may. */
const MOST_COMPARED = 200;

/** A part with what is compared of it. */
interface Recording extends Signature {
  readonly part: Part;
  readonly clock: string;
  readonly span: TimeSpan | null;
}

interface Signature {
  readonly signature: ReadonlyMap<string, number>;
  readonly size: number;
}

export function mergeRecordings(parts: readonly Part[]): Recordings {
  const kept: Recording[] = [];
  const repeated: Source[] = [];
  const ranked = parts
    .map((part): Recording => {
      // A part that is alone repeats nothing.
      const signature = signatureOf(parts.length > 1 ? part.events : []);
      return {
        part,
        clock: clockKey(part.source.clock, part.source.id),
        span: spanOf(part.events, ({ t }) => t),
        ...signature,
      };
    })
    .sort((a, b) => rank(b.part) - rank(a.part) || b.size - a.size || a.part.source.id - b.part.source.id);

  for (const candidate of ranked) {
    const isRepeated =
      candidate.size > 0 &&
      kept
        .slice(0, MOST_COMPARED)
        .some((other) => sameTime(candidate, other) && shares(candidate, other, REPEATED));
    if (isRepeated) repeated.push(candidate.part.source);
    else kept.push(candidate);
  }
  kept.sort((a, b) => a.part.source.id - b.part.source.id);

  const streams: Stream[] = [];
  for (const group of groupBy(kept, ({ clock }) => clock).values()) {
    const [first] = group;
    if (!first) continue;
    const events = group.length === 1 ? first.part.events : weave(group);
    streams.push({ clock: first.part.source.clock, events });
  }
  return { streams, repeated };
}

/**
 * False where comparable clocks show different times: a program that repeats itself leaves similar parts.
 */
function sameTime(a: Recording, b: Recording): boolean {
  const [x, y] = [a.span, b.span];
  if (a.clock !== b.clock || !x || !y) return true;
  const shorter = x.to - x.from <= y.to - y.from ? x : y;
  const [from, until] = [x.from > y.from ? x : y, x.to < y.to ? x : y];
  return (until.to - from.from) * 10n >= (shorter.to - shorter.from) * 9n;
}

/** Boot times rank first, then other clocks, then ticks. */
function rank(part: Part): number {
  const { clock } = part.source;
  return clock.unit === 'ticks' ? 0 : clock.zero === 'relative' ? 1 : 2;
}

function signatureOf(events: readonly Event[]): Signature {
  const signature = new Map<string, number>();
  let size = 0;
  for (const event of events) {
    const key = signatureKey(event);
    if (key === null) continue;
    signature.set(key, (signature.get(key) ?? 0) + 1);
    size++;
  }
  return { signature, size };
}

/** The content of an event that is the same in every form of a recording: no time, no comm. */
function signatureKey(event: Event): string | null {
  switch (event.kind) {
    case 'syscall-enter':
      return `> ${event.pid} ${event.call} ${event.len ?? ''}`;
    case 'syscall-exit':
      return `< ${event.pid} ${event.call} ${event.ret}`;
    case 'module-load':
      return `+ ${event.pid} ${event.module}`;
    case 'module-request':
      return `? ${event.pid} ${event.requested}`;
    case 'fork':
      return `f ${event.pid} ${event.childPid}`;
    case 'probe':
      return `p ${event.pid} ${event.fact.fact}`;
    default:
      return null;
  }
}

/** True where that part of the smaller is in the larger. */
function shares(a: Signature, b: Signature, part: number): boolean {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  if (small.size === 0) return false;
  let common = 0;
  let other = 0;
  for (const [key, count] of small.signature) {
    const both = Math.min(count, large.signature.get(key) ?? 0);
    common += both;
    other += count - both;
    if (common >= small.size * part) return true;
    if (other > small.size * (1 - part)) return false;
  }
  return false;
}

/** True where two of them are of the same time and hold the same. */
function overlap(recordings: readonly Recording[]): boolean {
  // Events before the first that has a time may be of any.
  const fromOf = ({ part, span }: Recording): bigint =>
    part.events[0]?.t == null ? -1n : (span?.from ?? -1n);
  const byStart = recordings
    .map((one) => ({ one, from: fromOf(one) }))
    .sort((a, b) => ascending(a.from, b.from));
  let open: Recording[] = [];
  for (const { one, from } of byStart) {
    open = open.filter(({ span }) => (span?.to ?? -1n) >= from);
    if (open.length > MOST_COMPARED || open.some((other) => shares(one, other, OVERLAPS))) return true;
    open.push(one);
  }
  return false;
}

/** Merges parts of one clock by time; events that several of them hold are taken once. */
function weave(recordings: readonly Recording[]): Event[] {
  const parts = recordings.map(({ part }) => part);
  const tagged: { event: Event; part: number; order: number }[] = [];
  parts.forEach((part, index) => {
    part.events.forEach((event, order) => {
      tagged.push({ event, part: index, order });
    });
  });
  let last: bigint | null = null;
  const times = tagged.map(({ event, order }) => {
    if (order === 0) last = null;
    last = event.t ?? last;
    return last ?? -1n;
  });
  const overlapping = overlap(recordings);
  const seen = new Map<string, number>();
  const woven: Event[] = [];
  for (const index of orderOf(times)) {
    const item = tagged[index];
    if (!item) continue;
    if (overlapping) {
      const key = `${times[index] ?? ''} ${signatureKey(item.event) ?? `${item.event.kind} ${item.part} ${item.order}`}`;
      const owner = seen.get(key);
      if (owner !== undefined && owner !== item.part) continue;
      seen.set(key, item.part);
    }
    woven.push(item.event);
  }
  return woven;
}
