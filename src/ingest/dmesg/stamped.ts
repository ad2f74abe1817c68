// SPDX-License-Identifier: Apache-2.0
/**
 * Adjacent lines with a printk timestamp, read from their bytes: only the timestamp and who wrote the line.
 *
 *     [    1.234567] usb 1-1: new device            <6>[    1.234567] ...         kern  :info  : [    1.234567] ...
 *     [    1.234567][  T123] usb 1-1: new device    [    5.345678] systemd[1]: Starting ...
 *
 * A line with a host before the message (journalctl -o short-monotonic) is excluded, and so is one with a second timestamp:
 * the console text before that had no newline.
 */

import type { SkippedStamps } from './skipping.js';
import { latin1 } from './text.js';

const LEVEL =
  /^(?:<(\d{1,3})>|(kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local\d|res\d) *:(?:emerg|alert|crit|err|warn|notice|info|debug) *: )(?=\[)/;
/** Longer than any level. */
const LEVEL_BYTES = 24;
/** Levels from here on are of other facilities than the kernel's. */
const KERNEL_LEVELS = 8;
const CALLER = /^\[ *[TC]\d+\] ?/;
const CALLER_BYTES = 40;
const HOST = /^(?:[\w.-]{1,253} [^\s:[\]]{1,48}\[\d+\]:|(?:[\w.-]{1,253} )?kernel:)/;
/** A program with its pid, at `lastIndex`. */
export const PROGRAM = /[\w.@()-]{1,40}\[\d+\]:/y;
/** A printk timestamp, at `lastIndex`. */
export const STAMP = /\[ {0,6}\d{1,6}\.\d{6}\](?:\[| )/y;
const NAMED = 'kernel:';
const NAMED_END = 0x6c;

const LF = 0x0a;
const BLANK = 0x20;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const MAX_SECONDS = 999_999_999;
const FRACTION_DIGITS = 6;
/** The longest second timestamp. */
const STAMP_BYTES = 24;

const FRONT = /^(?:<\d{1,3}>|[a-z\d]{3,8} *:\w+ *: )?\[ *\d{1,9}\.\d{6}\]/;

/** Whether a text starts with a timestamp. */
export function isStamped(text: string): boolean {
  return FRONT.test(text);
}

export class StampedLines {
  readonly #bytes: Uint8Array;
  readonly #to: number;
  /** Start and end of the line. */
  start: number;
  end: number;
  /** Its timestamp in microseconds. */
  micros = 0;
  /** False if a program wrote it. */
  kernel = true;

  /** The whole lines of `bytes` in [from, to). */
  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes;
    this.#to = to;
    this.start = from;
    this.end = from;
  }

  /** Advances to the next line; false at the end or at another kind of line. */
  next(): boolean {
    const bytes = this.#bytes;
    const at = this.end;
    if (at >= this.#to) return false;
    this.kernel = true;
    const stampEnd = this.#readStamp(bytes[at] === OPEN ? at : this.#levelEnd(at));
    if (stampEnd < 0) return false;
    let message = bytes[stampEnd] === BLANK ? stampEnd + 1 : stampEnd;
    let hasCaller = false;
    if (bytes[message] === OPEN) {
      const caller = CALLER.exec(this.#text(message, CALLER_BYTES))?.[0].length ?? 0;
      hasCaller = caller > 0;
      message += caller;
    }
    let isNamed = false;
    let end = message;
    for (let byte = bytes[end] ?? LF; byte !== LF; byte = bytes[++end] ?? LF) {
      if (byte > OPEN) continue;
      if (byte === OPEN) {
        if (this.#isStamp(end)) return false;
      } else if (byte === COLON && !isNamed && end > message) {
        const before = bytes[end - 1];
        isNamed =
          before === CLOSE ||
          (before === NAMED_END && this.#text(end + 1 - NAMED.length, NAMED.length) === NAMED);
      }
    }
    if (isNamed) {
      const text = this.#text(message, end - message);
      if (!hasCaller && HOST.test(text)) return false;
      this.kernel &&= matchEnd(PROGRAM, text, 0) < 0;
    }
    this.start = at;
    this.end = end + 1;
    return true;
  }

  #text(from: number, length: number): string {
    return latin1(this.#bytes, from, Math.min(this.#to, from + length));
  }

  /** The end of a level before the timestamp, or -1; it tells whether the kernel wrote the line. */
  #levelEnd(at: number): number {
    const level = LEVEL.exec(this.#text(at, LEVEL_BYTES));
    if (!level) return -1;
    const [whole, number, facility] = level;
    this.kernel = facility === undefined ? Number(number) < KERNEL_LEVELS : facility === 'kern';
    return at + whole.length;
  }

  #isStamp(at: number): boolean {
    const next = this.#bytes[at + 1] ?? 0;
    const mayBe = next === BLANK || (next >= ZERO && next <= NINE);
    return mayBe && matchEnd(STAMP, this.#text(at, STAMP_BYTES), 0) >= 0;
  }

  /** Reads `[   12.345678]` at `at`; returns its end, or -1. */
  #readStamp(at: number): number {
    if (at < 0) return -1;
    const bytes = this.#bytes;
    let from = at + 1;
    while (bytes[from] === BLANK) from++;
    let value = 0;
    let to = from;
    for (let byte = bytes[to] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[++to] ?? 0)
      value = value * 10 + byte - ZERO;
    if (to === from || value > MAX_SECONDS || bytes[to] !== POINT) return -1;
    const last = to + FRACTION_DIGITS;
    for (to++; to <= last; to++) {
      const byte = bytes[to] ?? 0;
      if (byte < ZERO || byte > NINE) return -1;
      value = value * 10 + byte - ZERO;
    }
    if (bytes[to] !== CLOSE) return -1;
    this.micros = value;
    return to + 1;
  }
}

/** The end of the pattern's match at `at`, or -1. */
export function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

const BANNER = 'Linux version ';
/** Enough for the prefix of a banner. */
const FRONT_BYTES = 128;

/**
 * Skips lines from `from` on. Returns the start of the last skipped one, or `from`, because the next line may continue it;
 * or `to` where all are skipped and the line that follows is a later message of the same boot.
 */
export function skipStamped(
  skips: SkippedStamps,
  bytes: Uint8Array,
  from: number,
  to: number,
  followed: boolean,
): number {
  const lines = new StampedLines(bytes, from, to);
  let last = from;
  let end = from;
  while (lines.next() && (!lines.kernel || skips.skip(lines.micros))) {
    last = lines.start;
    end = lines.end;
  }
  return followed && end === to && isLaterMessage(skips, bytes, to) ? to : last;
}

function isLaterMessage(skips: SkippedStamps, bytes: Uint8Array, at: number): boolean {
  const lines = new StampedLines(bytes, at, bytes.length);
  if (!lines.next() || !skips.isHighest(lines.micros)) return false;
  return !latin1(bytes, at, Math.min(lines.end, at + FRONT_BYTES)).includes(BANNER);
}
