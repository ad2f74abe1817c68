/**
 * Lines with printk's stamp in front, one after the other in a text, of which no string is made. Only the stamp is
 * read, and who wrote what follows.
 *
 *     [    1.234567] usb 1-1: new device            <6>[    1.234567] ...         kern  :info  : [    1.234567] ...
 *     [    1.234567][  T123] usb 1-1: new device    [    5.345678] systemd[1]: Starting ...
 *
 * A line with a host in front of the message (journalctl -o short-monotonic) is none, nor is one with a second stamp in
 * it: what was on the console before that had no newline.
 */

import { type Passed, type Passing, passAll } from './passing.js';
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
const MOST_SECONDS = 999_999_999;
const FRACTION_DIGITS = 6;

const FRONT = /^(?:<[0-7]>|kern {2}:\w+ *: )?\[ *\d{1,9}\.\d{6}\]/;

/** Whether a text begins with a stamp. */
export function isStamped(text: string): boolean {
  return FRONT.test(text);
}

/** Where a word stands next, asked from places ever further on. */
export class Word {
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
  readonly #kernel: Word;
  readonly #pid: Word;
  readonly #bracket: Word;
  /** Where the line begins, and ends. */
  start = 0;
  end = 0;
  /** Its stamp in microseconds. */
  micros = 0;
  /** False where a program wrote it to the kernel's log. */
  kernel = true;

  constructor(text: string) {
    this.#text = text;
    this.#kernel = new Word(text, 'kernel:');
    this.#pid = new Word(text, ']:');
    this.#bracket = new Word(text, '[');
  }

  /** Goes to the next line; false where there is none, or it is none of these. */
  next(): boolean {
    const text = this.#text;
    const at = this.end;
    const stampEnd = this.#readStamp(text.charCodeAt(at) === OPEN ? at : endOf(LEVEL, text, at));
    if (stampEnd < 0) return false;
    const end = text.indexOf('\n', stampEnd) + 1;
    if (end === 0) return false;
    let message = text.charCodeAt(stampEnd) === BLANK ? stampEnd + 1 : stampEnd;
    const caller = text.charCodeAt(message) === OPEN ? endOf(CALLER, text, message) : -1;
    if (caller >= 0) message = caller;
    const isNamed = this.#pid.from(message) < end || this.#kernel.from(message) < end;
    if (isNamed && caller < 0 && endOf(HOST, text, message) >= 0) return false;
    for (let open = this.#bracket.from(message); open < end; open = this.#bracket.from(open + 1)) {
      if (endOf(STAMP, text, open) >= 0) return false;
    }
    this.kernel = !isNamed || endOf(PROGRAM, text, message) < 0;
    this.start = at;
    this.end = end;
    return true;
  }

  /** Reads `[   12.345678]` at `at`; gives where it ends, or -1. */
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
    if (to === from || value > MOST_SECONDS || text.charCodeAt(to) !== POINT) return -1;
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

/** Where what the pattern matches at `at` ends; -1 where it does not. */
export function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Passes over lines from `from` on; gives where the last of them begins, `from` where there is none. */
export function passStamped(passing: Passing, bytes: Uint8Array, from: number, to: number): number {
  return passAll(from, to, (at, end) => passPiece(passing, bytes, at, end)).last;
}

/** The same of one piece; null where there is none. */
function passPiece(passing: Passing, bytes: Uint8Array, from: number, to: number): Passed | null {
  const lines = new StampedLines(latin1(bytes, from, to));
  let passed: Passed | null = null;
  while (lines.next() && (!lines.kernel || passing.over(lines.micros)))
    passed = { last: from + lines.start, to: from + lines.end };
  return passed;
}
