// SPDX-License-Identifier: Apache-2.0
/**
 * Merges the logs of one boot: dmesg, journal and syslog repeat each other, and each message counts once. Two lines are
 * the same message when text and time agree, or, where the times of two logs cannot be compared, when the logs cover the
 * same period and hold the text equally often.
 */

import type { Event } from '../../model/event.js';
import { addTo, getOrAdd, groupBy } from '../../model/groups.js';
import { ascending, orderOf } from '../../model/order.js';
import type { Source } from '../../model/source.js';
import { laterPlace, SortedTimes, type TimePlace } from '../sorted-times.js';
import { spanOf, type TimeSpan } from '../time-span.js';
import type { Part } from './parts.js';
import { type Stretch, Stretches } from './stretches.js';

export interface MergedLog {
  readonly events: readonly Event[];
  /** Logs that added nothing to the others. */
  readonly repeated: readonly Source[];
  /** Logs that start in the middle of the boot, where another one holds its start. */
  readonly continued: readonly Source[];
}

/** Forms with whole seconds (dmesg -T) are off by up to one; wall clocks by a little more. */
const ROUGH_TIME = 2_000_000_000n;
/** printk's stamps are the same microsecond in every form that prints them. */
const EXACT_TIME = 10_000n;

interface Log extends Stretch {
  readonly part: Part;
  readonly events: readonly Event[];
  readonly countable: number;
  /** See SourceClock.roughNs. */
  readonly rough: bigint;
}

/** What a terminal shows below such a command is a run of its own. */
const LOADER_COMMAND = /^(?:sudo )?(?:\S*\/)?(?:insmod|modprobe) /;

/** The logs, each with its events: commands of one terminal repeat none of each other, and are one log. */
function sessionsOf(parts: readonly Part[]): Pick<Log, 'part' | 'events'>[] {
  const groups = groupBy<Part | string, Part>(parts, (part) => {
    const { format, path, parent } = part.source;
    const section = path.slice(path.lastIndexOf('#') + 1);
    return format === 'loader-output' && LOADER_COMMAND.test(section) ? `commands of ${parent}` : part;
  });
  return [...groups.values()].flatMap((group) => {
    const [part] = group;
    return part ? [{ part, events: group.flatMap(({ events }) => events) }] : [];
  });
}

export function mergeLogs(parts: readonly Part[]): MergedLog {
  const timeOf = commonClock(parts);
  const logs = sessionsOf(parts).map(
    ({ part, events }): Log => ({
      part,
      events,
      countable: countable(events),
      span: countedSpan(part, events, timeOf),
      rotation: part.rotation,
      rough: roughOf(part),
    }),
  );
  // Where a message has an exact time too, that one counts.
  const someExact = logs.some(({ span, rough }) => span !== null && rough === 0n);
  const ranked = logs.sort(
    (a, b) =>
      (someExact ? Number(a.rough > 0n) - Number(b.rough > 0n) : 0) ||
      b.countable - a.countable ||
      Number(b.span !== null) - Number(a.span !== null) ||
      ascending(a.rough, b.rough) ||
      // Lines of a text are easier to find than those of JSON.
      Number(isText(b)) - Number(isText(a)) ||
      a.part.source.id - b.part.source.id,
  );
  const [first, ...others] = ranked;
  if (!first) return { events: [], repeated: [], continued: [] };
  const merged: Event[] = [...first.events];
  const stretches = new Stretches(ranked);
  const known = new Map<string, Known>();
  if (others.length > 0) remember(known, merged, timeOf);
  const repeated: Source[] = [];
  for (const other of others) {
    const news = newsOf(other, known, stretches.isShared(other), timeOf);
    // A log that holds nothing to count repeats nothing of one that does.
    if (news.length === 0 && (other.countable > 0 || first.countable === 0)) repeated.push(other.part.source);
    for (const event of news) merged.push(event);
    remember(known, news, timeOf);
  }
  // Order by time; a line without a time stays behind the line before it.
  let last = -1n;
  const times = merged.map((event) => {
    last = timeOf(event) ?? last;
    return last;
  });
  const inOrder = orderOf(times).flatMap((index) => merged[index] ?? []);
  return { events: inOrder, repeated, continued: continuedOf(parts) };
}

const roughOf = ({ source }: Part): bigint => source.clock.roughNs ?? 0n;

const isText = ({ part }: Log): boolean => part.source.format === 'dmesg';

/** The time that the counted lines of a log are of, at most. */
function countedSpan(part: Part, events: readonly Event[], timeOf: TimeOf): TimeSpan | null {
  const span = spanOf(events, (event) => (keyOf(event) === null ? null : timeOf(event)));
  return span && { from: span.from, to: span.to + roughOf(part) };
}

function continuedOf(parts: readonly Part[]): Source[] {
  const holdsStart = ({ events }: Part): boolean =>
    events.some((event) => event.kind === 'boot-start' && event.complete);
  return parts.some(holdsStart) ? parts.filter((part) => !holdsStart(part)).map((part) => part.source) : [];
}

type TimeOf = (event: Event) => bigint | null;

/** Times that can be compared between logs: since boot, else of the wall clock. */
function commonClock(parts: readonly Part[]): TimeOf {
  // Terminal output has no times.
  const timed = parts.filter(({ events }) => events.some(({ t }) => t !== null));
  const zeros = new Set(timed.map(({ source }) => source.clock.zero));
  const zero = zeros.has('boot') ? 'boot' : zeros.has('epoch') ? 'epoch' : null;
  const withThatClock = new Set(
    parts
      .filter(({ source: { clock } }) => clock.unit === 'ns' && clock.zero === zero)
      .map((part) => part.source.id),
  );
  return (event) => (withThatClock.has(event.source) ? event.t : null);
}

function countable(events: readonly Event[]): number {
  return events.reduce((sum, event) => sum + (keyOf(event) === null ? 0 : 1), 0);
}

/** The lines that say one thing, in all logs so far. */
interface Known {
  count: number;
  readonly times: SortedTimes;
}

function remember(known: Map<string, Known>, events: readonly Event[], timeOf: TimeOf): void {
  for (const event of events) {
    const key = keyOf(event);
    if (key === null) continue;
    const same = getOrAdd(known, key, () => ({ count: 0, times: new SortedTimes() }));
    same.count++;
    const t = timeOf(event);
    if (t !== null) same.times.add(t);
  }
}

/** The lines of one log by what they say, each in the order of time. */
function linesByKey(events: readonly Event[], timeOf: TimeOf): Map<string, Event[]> {
  const lines = new Map<string, Event[]>();
  for (const event of events) {
    const key = keyOf(event);
    if (key !== null) addTo(lines, key, event);
  }
  for (const same of lines.values()) same.sort((a, b) => ascending(timeOf(a) ?? -1n, timeOf(b) ?? -1n));
  return lines;
}

/**
 * The lines of a further log that are not known yet. Where most of its lines are known at exactly the same time, the
 * clocks are the same, and a line at another time is another message. Else, with `sameStretch` (the log covers a period
 * that another one covers), nearly equal times suffice, and a line with any other time pairs with one that is left over:
 * a journal may have received it much later.
 */
function newsOf(
  { events, rough }: Log,
  known: ReadonlyMap<string, Known>,
  sameStretch: boolean,
  timeOf: TimeOf,
): Event[] {
  const mine = linesByKey(events, timeOf);
  let same = 0;
  let comparable = 0;
  const exactly: Match[] = [];
  for (const [key, own] of mine) {
    const others = known.get(key) ?? NONE;
    const match = matchByTime(own, others, EXACT_TIME, timeOf);
    comparable += Math.min(own.length, others.count);
    same += own.length - match.unmatched.length;
    exactly.push(match);
  }
  // The first lines of a sum agree, and some of those in whole seconds.
  if (!sameStretch || (rough === 0n && same > 0 && same * 2 >= comparable)) {
    return exactly.flatMap(({ unmatched, left }) => {
      const timeless = unmatched.filter((event) => timeOf(event) === null);
      const fits = sameStretch ? Math.min(left, timeless.length) : 0;
      return [...unmatched.filter((event) => timeOf(event) !== null), ...timeless.slice(fits)];
    });
  }
  return [...mine].flatMap(([key, own]) => {
    const { unmatched, left } = matchByTime(own, known.get(key) ?? NONE, rough + ROUGH_TIME, timeOf);
    return unmatched.slice(left);
  });
}

interface Match {
  readonly unmatched: readonly Event[];
  /** How many of the other log's lines are not matched either. */
  readonly left: number;
}

const NONE: Known = { count: 0, times: new SortedTimes() };

/** Pairs lines, in the order of time, with those of other logs; those without a time have no pair. */
function matchByTime(own: readonly Event[], { count, times }: Known, within: bigint, timeOf: TimeOf): Match {
  let left = count;
  let next: TimePlace = { block: 0, index: 0 };
  const unmatched: Event[] = [];
  for (const event of own) {
    const t = timeOf(event);
    if (t !== null) next = laterPlace(next, times.placeOf(t - within));
    const other = t === null ? null : times.at(next);
    if (t !== null && other !== null && other <= t + within) {
      next = times.after(next);
      left--;
    } else unmatched.push(event);
  }
  return { unmatched, left };
}

/** The content of a line without time and place; null for events that need no merging. */
export function keyOf(event: Event): string | null {
  switch (event.kind) {
    case 'duplicate-request':
      return `duplicate-request ${event.requested}`;
    case 'initcall':
      return `initcall ${event.point} ${event.module} ${event.func} ${event.ret ?? ''}`;
    case 'load-failure':
      return `load-failure ${event.reason} ${event.module ?? ''} ${event.message}`;
    case 'user-load':
      return `user-load ${event.tool} ${event.pid ?? ''} ${event.what} ${event.module} ${event.errno ?? ''}`;
    case 'allocation-failure':
      return `allocation-failure ${event.by} ${event.bytes ?? ''} ${event.module ?? ''}`;
    case 'allocations-suppressed':
      return `allocations-suppressed ${event.count ?? ''}`;
    case 'throttle':
      return `throttle ${event.what} ${event.requested ?? ''} ${event.count ?? ''}`;
    case 'stuck-load':
      return `stuck-load ${event.what} ${event.comm ?? ''} ${event.pid ?? ''} ${event.message}`;
    case 'unit-failure':
      return `unit-failure ${event.what} ${event.unit}`;
    case 'request-failure':
      return `request-failure ${event.what} ${event.requested ?? ''} ${event.pid ?? ''} ${event.comm ?? ''}`;
    case 'load-call':
      return `load-call ${event.stamp ?? ''} ${event.pid ?? ''} ${event.call} ${event.ret} ${event.module ?? ''}`;
    case 'init-refusal':
      return `init-refusal ${event.message}`;
    case 'not-understood':
      return `not-understood ${event.message}`;
    case 'taint':
      return `taint ${event.what} ${event.module}`;
    case 'list-cut-warning':
      return 'list-cut-warning';
    default:
      return null;
  }
}
