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
  const ranked = parts
    .map((part) => ({ part, countable: countable(part.events), span: spanOf(part.events) }))
    .sort(
      (a, b) =>
        b.countable - a.countable || timed(b.part) - timed(a.part) || a.part.source.id - b.part.source.id,
    );
  const [first, ...others] = ranked;
  if (!first) return { events: [], repeated: [] };
  const merged: Event[] = [...first.part.events];
  const known = new Map<string, Event[]>();
  remember(known, merged);
  const repeated: Source[] = [];
  for (const other of others) {
    const sameStretch = ranked.some((log) => log !== other && overlap(log.span, other.span));
    const news = newsOf(other.part.events, known, sameStretch);
    if (news.length === 0) repeated.push(other.part.source);
    for (const event of news) merged.push(event);
    remember(known, news);
  }
  // Logs come in pieces; times put them in order, lines without one stay behind the line before them.
  let last = -1n;
  const timeOf = merged.map((event) => {
    last = event.t ?? last;
    return last;
  });
  const order = merged.map((_, index) => index);
  order.sort((a, b) => compare(timeOf[a] ?? 0n, timeOf[b] ?? 0n) || a - b);
  return { events: order.flatMap((index) => merged[index] ?? []), repeated };
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function countable(events: readonly Event[]): number {
  return events.reduce((sum, event) => sum + (keyOf(event) === null ? 0 : 1), 0);
}

function timed(part: Part): number {
  return part.source.clock.zero === 'boot' && part.events.some((event) => event.t !== null) ? 1 : 0;
}

function remember(known: Map<string, Event[]>, events: readonly Event[]): void {
  for (const event of events) {
    const key = keyOf(event);
    if (key === null) continue;
    const same = known.get(key);
    if (same) same.push(event);
    else known.set(key, [event]);
  }
}

/**
 * What of a further log is not known yet. `sameStretch`: the log covers a time that another one does, so that a line
 * whose time fits none is still the same as one that is left over.
 */
function newsOf(
  events: readonly Event[],
  known: ReadonlyMap<string, Event[]>,
  sameStretch: boolean,
): Event[] {
  const mine = new Map<string, Event[]>();
  remember(mine, events);
  const news: Event[] = [];
  for (const [key, own] of mine) {
    const others = known.get(key) ?? [];
    const { unmatched, left } = matchByTime(own, others);
    for (const event of sameStretch ? unmatched.slice(left) : unmatched) news.push(event);
  }
  return news;
}

/** Pairs lines of two logs in the order of time; a line without a time fits any that is left over. */
function matchByTime(own: readonly Event[], others: readonly Event[]): { unmatched: Event[]; left: number } {
  const timed = others.filter((event) => event.t !== null).sort(byTime);
  let left = others.length;
  let at = 0;
  const unmatched: Event[] = [];
  const timeless: Event[] = [];
  for (const event of [...own].sort(byTime)) {
    if (event.t === null) {
      timeless.push(event);
      continue;
    }
    while (at < timed.length && (timed[at]?.t ?? 0n) < event.t - SAME_TIME) at++;
    const other = timed[at];
    if (other && (other.t ?? 0n) <= event.t + SAME_TIME) {
      at++;
      left--;
    } else unmatched.push(event);
  }
  // Lines of the others that have no time, first; then whatever was passed over.
  const fits = Math.min(left, timeless.length);
  return { unmatched: [...unmatched, ...timeless.slice(fits)], left: left - fits };
}

const byTime = (a: Event, b: Event): number => compare(a.t ?? -1n, b.t ?? -1n);

interface Span {
  readonly from: bigint;
  readonly to: bigint;
}

/** True where neither log lies wholly before the other; a log without times may lie anywhere. */
function overlap(a: Span | null, b: Span | null): boolean {
  return a === null || b === null || (a.from <= b.to && b.from <= a.to);
}

function spanOf(events: readonly Event[]): Span | null {
  let from: bigint | null = null;
  let to: bigint | null = null;
  for (const { t } of events) {
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
