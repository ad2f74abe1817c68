// SPDX-License-Identifier: Apache-2.0
/**
 * Matches logs of one boot by their lines: printk's stamps are the same in every log, so the same message at the same
 * microsecond means the same boot, and the same messages at other times mean another boot.
 */
import { keyOf } from './logs.js';
import type { Part } from './parts.js';

/** The messages of a log with printk's stamps. */
export interface StampedLines {
  /** Each message with its stamp. */
  readonly at: Set<string>;
  /** The messages without stamps. */
  readonly texts: Set<string>;
  from: bigint;
  to: bigint;
}

/** A clock that ticks with the jiffies gives the same stamps in every boot. */
const FINE_NS = 1_000_000n;
/** Least number of messages at other times that show another boot. */
export const ENOUGH = 2;

/** Null where the log has none, or does not have stamps. */
export function stampedLines({ events }: Part): StampedLines | null {
  if (!events.some((event) => event.kind === 'boot-start' && event.stamped === true)) return null;
  let lines: StampedLines | null = null;
  for (const event of events) {
    const key = event.t === null ? null : keyOf(event);
    if (event.t === null || key === null) continue;
    lines ??= { at: new Set(), texts: new Set(), from: event.t, to: event.t };
    lines.at.add(lineAt(event.t, key));
    lines.texts.add(key);
    if (event.t < lines.from) lines.from = event.t;
    if (event.t > lines.to) lines.to = event.t;
  }
  return lines;
}

const lineAt = (t: bigint, key: string): string => `${t / 1000n} ${key}`;

/** The lines that are unique to a boot. */
export function* tiesOf(lines: StampedLines): Generator<string> {
  for (const line of lines.at) {
    const micros = BigInt(line.slice(0, line.indexOf(' ')));
    if (micros > 0n && (micros * 1000n) % FINE_NS !== 0n) yield line;
  }
}

export function addLines(to: StampedLines, lines: StampedLines): void {
  for (const line of lines.at) to.at.add(line);
  for (const text of lines.texts) to.texts.add(text);
  if (lines.from < to.from) to.from = lines.from;
  if (lines.to > to.to) to.to = lines.to;
}

/**
 * True where the logs cover the same seconds and hold most messages that both have at different times. Some are at the same
 * microsecond by chance: two machines of one type print a thousand messages within milliseconds of each other.
 */
export function areOfOtherBoots(known: StampedLines, lines: StampedLines): boolean {
  let same = 0;
  let other = 0;
  for (const line of lines.at) {
    if (known.at.has(line)) {
      same++;
      continue;
    }
    const at = line.indexOf(' ');
    const t = BigInt(line.slice(0, at)) * 1000n;
    if (t >= known.from && t <= known.to && known.texts.has(line.slice(at + 1))) other++;
  }
  return other >= ENOUGH && other > same;
}
