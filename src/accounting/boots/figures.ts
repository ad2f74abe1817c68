// SPDX-License-Identifier: Apache-2.0
/** The figures of a snapshot, and whether two snapshots can be of the same boot. */
import { type CounterName, PHASE_COUNTERS, PHASES } from '../../model/counters.js';
import type { Event } from '../../model/event.js';

/** Figures of a snapshot: counters, and the table's own total. */
export type Figures = ReadonlyMap<CounterName | 'wasted', bigint>;

const WORDS_BEFORE =
  /(?<![a-z])(?:before|old|unpatched|unfixed|without|vanilla|stock|baseline|base|master|mainline|orig(?:inal)?)(?![a-z])/i;
const WORDS_AFTER = /(?<![a-z])(?:after|new|patched|fixed|with)(?![a-z])/i;
/** Of a moment, and not of another kernel. */
const WORDS_OF_TIME = /^(?!.*(?:patch|fix|kernel|revert)).*(?<![a-z])(?:before|after)(?![a-z])/i;
const WRAPS = 2n ** 32n;
const BYTES_OF: ReadonlyMap<string, CounterName> = new Map(
  PHASES.map((phase) => [PHASE_COUNTERS[phase].bytes, PHASE_COUNTERS[phase].count]),
);

/** The figures of one snapshot, from its `snapshot` event on. */
export function figuresOf(events: readonly Event[], from = 0): Figures {
  const figures = new Map<CounterName | 'wasted', bigint>();
  for (let i = from; i < events.length; i++) {
    const event = events[i];
    if (event?.kind === 'snapshot') {
      if (i > from) break;
      if (event.wastedBytes !== undefined) figures.set('wasted', event.wastedBytes);
    } else if (event?.kind === 'counter' && !figures.has(event.counter))
      figures.set(event.counter, event.value);
  }
  return figures;
}

/** True where a counter is lower than it was before, as no counter of one boot ever is. */
export function fell(before: Figures, after: Figures): boolean {
  for (const [name, value] of after) {
    const was = before.get(name);
    if (was !== undefined && value < was && !wrapped(name, before, after)) return true;
  }
  return false;
}

/** Failures before and after a wrap are of modules about as large: within this factor. */
const ALIKE = 4n;
const MOST_WRAPS = 16n;

/**
 * A 32-bit kernel's sums of bytes start anew at 4 GiB, while the failures go on: from near the end, or by about as many
 * bytes a failure as before.
 */
function wrapped(name: CounterName | 'wasted', before: Figures, after: Figures): boolean {
  const names = name === 'wasted' ? [...BYTES_OF.values()] : [BYTES_OF.get(name)];
  const total = (figures: Figures): bigint =>
    names.reduce((sum, one) => sum + ((one && figures.get(one)) ?? 0n), 0n);
  const [was, is] = [before.get(name) ?? 0n, after.get(name) ?? 0n];
  const [failures, more] = [total(before), total(after) - total(before)];
  if (more <= 0n || was >= WRAPS || is >= WRAPS) return false;
  if (was >= WRAPS / 2n) return true;
  for (let wraps = 1n; wraps <= MOST_WRAPS; wraps++) {
    const added = (is + wraps * WRAPS - was) * failures;
    if (added <= ALIKE * was * more && added * ALIKE >= was * more) return true;
  }
  return false;
}

/** The figures of a boot after a further snapshot. */
export function highest(a: Figures, b: Figures): Figures {
  const merged = new Map(a);
  for (const [name, value] of b) if (value >= (a.get(name) ?? 0n)) merged.set(name, value);
  return merged;
}

/** 0: before, 1: after, by a snapshot's label; null for neither. */
export function rankOf(label: string | null): 0 | 1 | null {
  if (label === null) return null;
  const [before, after] = [WORDS_BEFORE.test(label), WORDS_AFTER.test(label)];
  return before === after ? null : before ? 0 : 1;
}

/** True where the names say that the kernels differ, or that the second was read before the first. */
function namesDiffer(a: string | null, b: string | null): boolean {
  const [x, y] = [rankOf(a), rankOf(b)];
  if (a === null || b === null || x === null || y === null || x === y) return false;
  return x > y || !(WORDS_OF_TIME.test(a) && WORDS_OF_TIME.test(b));
}

/** Equal for snapshots with equal figures; '' for one with too few figures to compare. */
export function signatureOf(figures: Figures): string {
  return figures.size < 2
    ? ''
    : [...figures]
        .map(([name, value]) => `${name} ${value}`)
        .sort()
        .join();
}

/** The label of a snapshot in a text, and the machine that the text names for it. */
export interface ReadingName {
  readonly label: string | null;
  readonly host: string | null;
  readonly release: string | null;
}

export const NAMELESS: ReadingName = { label: null, host: null, release: null };

/** The name of the snapshot that starts there. */
export function nameAt(events: readonly Event[], at: number): ReadingName {
  const event = events[at];
  if (event?.kind !== 'snapshot') return NAMELESS;
  return { label: event.label, host: event.host ?? null, release: event.release ?? null };
}

/** A snapshot without its own label or machine has those of the one before. */
export function continued(before: ReadingName, next: ReadingName): ReadingName {
  return {
    label: next.label ?? before.label,
    host: next.host ?? before.host,
    release: next.release ?? before.release,
  };
}

/** True where the names mean that the second snapshot is of another boot or machine. */
export function isElsewhere(a: ReadingName, b: ReadingName): boolean {
  const differ = (x: string | null, y: string | null): boolean => x !== null && y !== null && x !== y;
  return namesDiffer(a.label, b.label) || differ(a.host, b.host) || differ(a.release, b.release);
}
