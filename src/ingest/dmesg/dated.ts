// SPDX-License-Identifier: Apache-2.0
/**
 * Adjacent lines with a date, as written by syslog and journalctl. Reads only their times and who wrote them.
 *
 *     Nov 22 10:45:49 lab kernel: [    1.234567] usb 1-1: new device
 *     Nov 22 10:45:49 lab kernel: [drm] Initialized
 *     Nov 22 10:45:49.123456 lab kernel: usb 1-1: new device
 *     2026-11-22T10:45:49.123456+00:00 lab systemd[1]: Starting ...
 *
 * A line with a second timestamp is excluded: the text before it on the console had no newline.
 */
import type { KernelLog } from './log.js';
import { readPrefix } from './prefix/prefix.js';
import { type SkippedRange, type SkippedStamps, skipPieces } from './skipping.js';
import { matchEnd, PROGRAM, STAMP } from './stamped.js';
import { latin1 } from './text.js';
import type { Wall } from './wall.js';

/** Date, host, then the kernel with or without its stamp, or a program; what looks like another timestamp does not match. */
const FRONT =
  /([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[+-]\d\d:?\d\d|Z))( [\w.-]{1,253} )(?:kernel: (?:\[ *(\d{1,9})\.(\d{6})\](?: |(?! ))|(?!\[(?![A-Za-z_][\w:.*-]*\])))|([^\s:[\]]{1,48}\[\d+\]: )(?!\[))/y;

/** What follows the date if a program wrote the line; most lines of a journal. */
const BY_PROGRAM = / [\w.-]{1,253} [^\s:[\]]{1,48}\[\d+\]: (?!\[)/y;

/** Finds the next occurrence of a word from increasing offsets. */
class WordCursor {
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

const BLANK = 0x20;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const CLOSE = 0x5d;
const MAX_DIGITS = 9;
const FRACTION_DIGITS = 6;

export class DatedLines {
  readonly #text: string;
  readonly #bracket: WordCursor;
  #date = '';
  /** Date, host and `kernel: [` of the last line with a stamp; empty before one, or after another date. */
  #kernelFront = '';
  /** The date; null if it is invalid. */
  wall: Wall | null = null;
  /** Start and end of the line. */
  start = 0;
  end = 0;
  /** The printk timestamp in microseconds, or null. */
  micros: number | null = null;
  /** False if a program wrote it. */
  kernel = true;

  constructor(text: string) {
    this.#text = text;
    this.#bracket = new WordCursor(text, '[');
  }

  /** Advances to the next line; false at the end or at another kind of line. */
  next(): boolean {
    const text = this.#text;
    const at = this.end;
    const message = this.#byProgram(at) ?? this.#byKernel(at) ?? this.#readFront(at);
    if (message === null) return false;
    const end = text.indexOf('\n', message) + 1;
    if (end === 0) return false;
    for (let open = this.#bracket.from(message); open < end; open = this.#bracket.from(open + 1)) {
      if (matchEnd(STAMP, text, open) >= 0) return false;
    }
    this.start = at;
    this.end = end;
    return this.wall !== null;
  }

  /** The start of a program's message at the same time as the line before; null for another line. */
  #byProgram(at: number): number | null {
    if (this.#date === '' || !this.#text.startsWith(this.#date, at)) return null;
    const message = matchEnd(BY_PROGRAM, this.#text, at + this.#date.length);
    if (message < 0) return null;
    this.micros = null;
    this.kernel = false;
    return message;
  }

  /** The same for a stamped message of the kernel, which the pattern would take most of the time to find. */
  #byKernel(at: number): number | null {
    const text = this.#text;
    const front = this.#kernelFront;
    if (front === '' || !text.startsWith(front, at)) return null;
    let from = at + front.length;
    while (text.charCodeAt(from) === BLANK) from++;
    const point = digitsEnd(text, from);
    const end = digitsEnd(text, point + 1);
    const isStamp = text.charCodeAt(point) === POINT && text.charCodeAt(end) === CLOSE;
    if (!isStamp || point === from || point - from > MAX_DIGITS || end - point - 1 !== FRACTION_DIGITS)
      return null;
    this.micros = Number(text.slice(from, point) + text.slice(point + 1, end));
    const message = text.charCodeAt(end + 1) === BLANK ? end + 2 : end + 1;
    this.kernel = matchEnd(PROGRAM, text, message) < 0;
    return message;
  }

  /** Reads date and writer; returns the start of the message, or null. */
  #readFront(at: number): number | null {
    const text = this.#text;
    FRONT.lastIndex = at;
    const front = FRONT.exec(text);
    if (front === null) return null;
    const message = FRONT.lastIndex;
    const [, date = '', host = '', seconds, micros = '', program] = front;
    if (date !== this.#date) {
      this.#date = date;
      this.#kernelFront = '';
      this.wall = wallOf(date);
    }
    if (seconds !== undefined) this.#kernelFront = `${date}${host}kernel: [`;
    this.micros = seconds === undefined ? null : Number(seconds + micros);
    this.kernel = program === undefined && matchEnd(PROGRAM, text, message) < 0;
    return message;
  }
}

function digitsEnd(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= ZERO && code <= NINE; code = text.charCodeAt(++at));
  return at;
}

let known: { readonly date: string; readonly wall: Wall | null } = { date: '', wall: null };

/** The time that a date says, or null. The last is kept: lines are read in pieces, many of them of one second. */
function wallOf(date: string): Wall | null {
  if (date !== known.date) known = { date, wall: readPrefix(`${date} `).wall };
  return known.wall;
}

/** Whether a text starts with such a line. */
export function isDated(text: string): boolean {
  FRONT.lastIndex = 0;
  const [, date] = FRONT.exec(text) ?? [];
  return date !== undefined && wallOf(date) !== null;
}

/** Skips lines from `from` on; returns the start of the last skipped one, or `from`. */
export function skipDated(
  log: KernelLog,
  skips: SkippedStamps,
  bytes: Uint8Array,
  from: number,
  to: number,
): number {
  return skipPieces(from, to, (at, end) => skipPiece(log, skips, bytes, at, end)).last;
}

/** Skips lines of one piece; null if there are none. */
function skipPiece(
  log: KernelLog,
  skips: SkippedStamps,
  bytes: Uint8Array,
  from: number,
  to: number,
): SkippedRange | null {
  const lines = new DatedLines(latin1(bytes, from, to));
  let skipped: SkippedRange | null = null;
  while (lines.next() && skipOne(log, lines, skips))
    skipped = { last: from + lines.start, to: from + lines.end };
  return skipped;
}

function skipOne(log: KernelLog, { wall, kernel, micros }: DatedLines, skips: SkippedStamps): boolean {
  if (wall === null || (kernel && micros !== null && !skips.skip(micros))) return false;
  log.skipDated(wall, micros);
  return true;
}
