// SPDX-License-Identifier: Apache-2.0
/**
 * Adjacent lines with a printk timestamp, without making strings of them. Reads only the timestamp and who wrote the line.
 *
 *     [    1.234567] usb 1-1: new device            <6>[    1.234567] ...         kern  :info  : [    1.234567] ...
 *     [    1.234567][  T123] usb 1-1: new device    [    5.345678] systemd[1]: Starting ...
 *
 * A line with a host before the message (journalctl -o short-monotonic) is excluded, and so is one with a second timestamp:
 * the console text before that had no newline.
 */

import { type SkippedRange, type SkippedStamps, skipPieces } from './skipping.js';
import { latin1 } from './text.js';

const LEVEL = /(?:<[0-7]>|kern {2}:(?:emerg|alert|crit|err|warn|notice|info|debug) *: )(?=\[)/y;
const CALLER = /\[ *[TC]\d+\] ?/y;
const HOST = /[\w.-]{1,253} [^\s:[\]]{1,48}\[\d+\]:|(?:[\w.-]{1,253} )?kernel:/y;
export const PROGRAM = /[\w.@()-]{1,40}\[\d+\]:/y;
export const STAMP = /\[ {0,6}\d{1,6}\.\d{6}\](?:\[| )/y;

const BLANK = 0x20;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const MAX_SECONDS = 999_999_999;
const FRACTION_DIGITS = 6;

const FRONT = /^(?:<[0-7]>|kern {2}:\w+ *: )?\[ *\d{1,9}\.\d{6}\]/;

/** Whether a text starts with a timestamp. */
export function isStamped(text: string): boolean {
  return FRONT.test(text);
}

/** Finds the next occurrence of a word from increasing offsets. */
export class WordCursor {
  readonly #text: string;
  readonly #word: string;
  #found = -1;

  constructor(text: string, word: string) {
    this.#text = text;
    this.#word = word;
  }

  from(at: number): number {
    if (this.#found < at) {
      const found = this.#text.indexOf(this.#word, at);
      this.#found = found < 0 ? this.#text.length : found;
    }
    return this.#found;
  }
}

export class StampedLines {
  readonly #text: string;
  readonly #kernel: WordCursor;
  readonly #pid: WordCursor;
  readonly #bracket: WordCursor;
  /** Start and end of the line. */
  start = 0;
  end = 0;
  /** Its timestamp in microseconds. */
  micros = 0;
  /** False if a program wrote it. */
  kernel = true;

  constructor(text: string) {
    this.#text = text;
    this.#kernel = new WordCursor(text, 'kernel:');
    this.#pid = new WordCursor(text, ']:');
    this.#bracket = new WordCursor(text, '[');
  }

  /** Advances to the next line; false at the end or at another kind of line. */
  next(): boolean {
    const text = this.#text;
    const at = this.end;
    const stampEnd = this.#readStamp(text.charCodeAt(at) === OPEN ? at : matchEnd(LEVEL, text, at));
    if (stampEnd < 0) return false;
    const end = text.indexOf('\n', stampEnd) + 1;
    if (end === 0) return false;
    let message = text.charCodeAt(stampEnd) === BLANK ? stampEnd + 1 : stampEnd;
    const caller = text.charCodeAt(message) === OPEN ? matchEnd(CALLER, text, message) : -1;
    if (caller >= 0) message = caller;
    const isNamed = this.#pid.from(message) < end || this.#kernel.from(message) < end;
    if (isNamed && caller < 0 && matchEnd(HOST, text, message) >= 0) return false;
    for (let open = this.#bracket.from(message); open < end; open = this.#bracket.from(open + 1)) {
      if (matchEnd(STAMP, text, open) >= 0) return false;
    }
    this.kernel = !isNamed || matchEnd(PROGRAM, text, message) < 0;
    this.start = at;
    this.end = end;
    return true;
  }

  /** Reads `[   12.345678]` at `at`; returns its end, or -1. */
  #readStamp(at: number): number {
    if (at < 0) return -1;
    const text = this.#text;
    let from = at + 1;
    while (text.charCodeAt(from) === BLANK) from++;
    let value = 0;
    let to = from;
    for (let code = text.charCodeAt(to); code >= ZERO && code <= NINE; code = text.charCodeAt(++to)) {
      value = value * 10 + code - ZERO;
    }
    if (to === from || value > MAX_SECONDS || text.charCodeAt(to) !== POINT) return -1;
    const last = to + FRACTION_DIGITS;
    for (to++; to <= last; to++) {
      const code = text.charCodeAt(to);
      if (code < ZERO || code > NINE) return -1;
      value = value * 10 + code - ZERO;
    }
    if (text.charCodeAt(to) !== CLOSE) return -1;
    this.micros = value;
    return to + 1;
  }
}

/** The end of the pattern's match at `at`, or -1. */
export function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Skips lines from `from` on; returns the start of the last skipped one, or `from`. */
export function skipStamped(skips: SkippedStamps, bytes: Uint8Array, from: number, to: number): number {
  return skipPieces(from, to, (at, end) => skipPiece(skips, bytes, at, end)).last;
}

/** Skips lines of one piece; null if there are none. */
function skipPiece(skips: SkippedStamps, bytes: Uint8Array, from: number, to: number): SkippedRange | null {
  const lines = new StampedLines(latin1(bytes, from, to));
  let skipped: SkippedRange | null = null;
  while (lines.next() && (!lines.kernel || skips.skip(lines.micros)))
    skipped = { last: from + lines.start, to: from + lines.end };
  return skipped;
}
