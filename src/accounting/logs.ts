/**
 * Brings the logs of one boot into one: dmesg, journal and syslog say the same things, and each thing is counted
 * once. Two lines are the same when they say the same at the same time, or, where a log has no usable times, when
 * the logs cover the same stretch and say it equally often.
 */
import type { Event } from '../model/event.js';
import type { Source } from '../model/source.js';
import type { Part } from './parts.js';

export interface MergedLog {
  readonly events: readonly Event[];
  /** Logs that added nothing to the others. */
  readonly repeated: readonly Source[];
}

/** Forms with whole seconds (dmesg -T) are off by up to one; wall clocks by a little more. */
const SAME_TIME = 2_000_000_000n;

export function mergeLogs(parts: readonly Part[]): MergedLog {
  const ranked = [...parts].sort(
    (a, b) => countable(b.events) - countable(a.events) || timed(b) - timed(a) || a.source.id - b.source.id,
  );
  const [first, ...others] = ranked;
  if (!first) return { events: [], repeated: [] };
  const merged: Event[] = [...first.events];
  const repeated: Source[] = [];
  for (const part of others) {
    const news = newsOf(part, merged, ranked);
    if (news.every((event) => keyOf(event) === null)) repeated.push(part.source);
    merged.push(...news);
  }
  // Logs come in pieces; times put them in order, lines without one stay behind the line before them.
  let last = -1n;
  const order = new Map<Event, bigint>();
  for (const event of merged) {
    last = event.t ?? last;
    order.set(event, last);
  }
  const events = [...merged].sort((a, b) => {
    const [x, y] = [order.get(a) ?? 0n, order.get(b) ?? 0n];
    return x < y ? -1 : x > y ? 1 : 0;
  });
  return { events, repeated };
}

function countable(events: readonly Event[]): number {
  return events.reduce((sum, event) => sum + (keyOf(event) === null ? 0 : 1), 0);
}

function timed(part: Part): number {
  return part.source.clock.zero === 'boot' && part.events.some((event) => event.t !== null) ? 1 : 0;
}

/** What of a further log the merged events do not say yet. */
function newsOf(part: Part, merged: readonly Event[], all: readonly Part[]): Event[] {
  const known = new Map<string, Event[]>();
  for (const event of merged) {
    const key = keyOf(event);
    if (key === null) continue;
    const list = known.get(key);
    if (list) list.push(event);
    else known.set(key, [event]);
  }
  const sameStretch = all.some((other) => other !== part && overlap(other, part));
  const news: Event[] = [];
  const unmatched = new Map<string, Event[]>();
  for (const event of part.events) {
    const key = keyOf(event);
    if (key === null) continue;
    const candidates = known.get(key) ?? [];
    const index = candidates.findIndex((other) => sameTime(event, other));
    if (index >= 0) candidates.splice(index, 1);
    else unmatched.set(key, [...(unmatched.get(key) ?? []), event]);
  }
  for (const [key, events] of unmatched) {
    const left = sameStretch ? (known.get(key)?.length ?? 0) : 0;
    news.push(...events.slice(left));
  }
  return news;
}

function sameTime(a: Event, b: Event): boolean {
  if (a.t === null || b.t === null) return true;
  const distance = a.t > b.t ? a.t - b.t : b.t - a.t;
  return distance <= SAME_TIME;
}

/** True where neither log lies wholly before the other; a log without times may lie anywhere. */
function overlap(a: Part, b: Part): boolean {
  const [x, y] = [span(a), span(b)];
  return x === null || y === null || (x.from <= y.to && y.from <= x.to);
}

function span(part: Part): { from: bigint; to: bigint } | null {
  let from: bigint | null = null;
  let to: bigint | null = null;
  for (const { t } of part.events) {
    if (t === null) continue;
    from = from === null || t < from ? t : from;
    to = to === null || t > to ? t : to;
  }
  return from === null || to === null ? null : { from, to };
}

/** What a line says, apart from when and where; null for what need not be counted. */
function keyOf(event: Event): string | null {
  switch (event.kind) {
    case 'duplicate-request':
      return `duplicate-request ${event.requested}`;
    case 'initcall':
      return `initcall ${event.point} ${event.module} ${event.func} ${event.ret ?? ''}`;
    case 'load-failure':
      return `load-failure ${event.reason} ${event.module ?? ''} ${event.message}`;
    case 'user-load':
      return `user-load ${event.tool} ${event.pid ?? ''} ${event.what} ${event.module}`;
    case 'allocation-failure':
      return `allocation-failure ${event.what} ${event.bytes ?? ''} ${event.module ?? ''}`;
    case 'throttle':
      return `throttle ${event.what} ${event.requested ?? ''} ${event.count ?? ''}`;
    case 'taint':
      return `taint ${event.what} ${event.module}`;
    case 'list-cut-warning':
      return 'list-cut-warning';
    default:
      return null;
  }
}
