/**
 * Lines with a date in front, as syslog and journalctl write them, one after the other in a text. Only their times are
 * read, and who wrote them.
 *
 *     Nov 22 10:45:49 lab kernel: [    1.234567] usb 1-1: new device
 *     Nov 22 10:45:49 lab kernel: [drm] Initialized
 *     Nov 22 10:45:49.123456 lab kernel: usb 1-1: new device
 *     2026-11-22T10:45:49.123456+00:00 lab systemd[1]: Starting ...
 *
 * A line with a second stamp in it is none of them: what was on the console before that had no newline.
 */
import type { KernelLog } from './log.js';
import { type Passed, type Passing, passAll } from './passing.js';
import { readPrefix } from './prefix.js';
import { endOf, PROGRAM, STAMP, Word } from './stamped.js';
import { latin1 } from './text.js';
import type { Wall } from './wall.js';

/** Date, host, then the kernel with or without its stamp, or a program; what looks like another stamp is left alone. */
const FRONT =
  /([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[+-]\d\d:?\d\d|Z))( [\w.-]{1,253} )(?:kernel: (?:\[ *(\d{1,9})\.(\d{6})\](?: |(?! ))|(?!\[(?![A-Za-z_][\w:.*-]*\])))|([^\s:[\]]{1,48}\[\d+\]: )(?!\[))/y;

/** What follows the date of a line that a program wrote; most lines of a journal. */
const BY_PROGRAM = / [\w.-]{1,253} [^\s:[\]]{1,48}\[\d+\]: (?!\[)/y;

export class DatedLines {
  readonly #text: string;
  readonly #bracket: Word;
  #date = '';
  /** The date; null where it is none after all. */
  wall: Wall | null = null;
  /** Where the line begins, and ends. */
  start = 0;
  end = 0;
  /** printk's stamp in microseconds; null where there is none. */
  micros: number | null = null;
  /** False where a program wrote it. */
  kernel = true;

  constructor(text: string) {
    this.#text = text;
    this.#bracket = new Word(text, '[');
  }

  /** Goes to the next line; false where there is none, or it is none of these. */
  next(): boolean {
    const text = this.#text;
    const at = this.end;
    const message = this.#byProgram(at) ?? this.#readFront(at);
    if (message === null) return false;
    const end = text.indexOf('\n', message) + 1;
    if (end === 0) return false;
    for (let open = this.#bracket.from(message); open < end; open = this.#bracket.from(open + 1)) {
      if (endOf(STAMP, text, open) >= 0) return false;
    }
    this.start = at;
    this.end = end;
    return this.wall !== null;
  }

  /** Where the message starts that a program wrote at the time of the line before; null where it is another line. */
  #byProgram(at: number): number | null {
    if (this.#date === '' || !this.#text.startsWith(this.#date, at)) return null;
    const message = endOf(BY_PROGRAM, this.#text, at + this.#date.length);
    if (message < 0) return null;
    this.micros = null;
    this.kernel = false;
    return message;
  }

  /** Reads date and writer; where the message starts, or null. */
  #readFront(at: number): number | null {
    const text = this.#text;
    FRONT.lastIndex = at;
    const front = FRONT.exec(text);
    if (front === null) return null;
    const message = FRONT.lastIndex;
    const [, date = '', , seconds, micros = '', program] = front;
    if (date !== this.#date) {
      this.#date = date;
      this.wall = readPrefix(`${date} `).wall;
    }
    this.micros = seconds === undefined ? null : Number(seconds + micros);
    this.kernel = program === undefined && endOf(PROGRAM, text, message) < 0;
    return message;
  }
}

/** Whether a text begins with such a line's front. */
export function isDated(text: string): boolean {
  FRONT.lastIndex = 0;
  const [, date] = FRONT.exec(text) ?? [];
  return date !== undefined && readPrefix(`${date} `).wall !== null;
}

/** Passes over lines from `from` on; gives where the last of them begins, `from` where there is none. */
export function passDated(
  log: KernelLog,
  passing: Passing,
  bytes: Uint8Array,
  from: number,
  to: number,
): number {
  return passAll(from, to, (at, end) => passPiece(log, passing, bytes, at, end)).last;
}

/** The same of one piece; null where there is none. */
function passPiece(
  log: KernelLog,
  passing: Passing,
  bytes: Uint8Array,
  from: number,
  to: number,
): Passed | null {
  const lines = new DatedLines(latin1(bytes, from, to));
  let passed: Passed | null = null;
  while (lines.next() && passOne(log, lines, passing))
    passed = { last: from + lines.start, to: from + lines.end };
  return passed;
}

function passOne(log: KernelLog, { wall, kernel, micros }: DatedLines, passing: Passing): boolean {
  if (wall === null || (kernel && micros !== null && !passing.over(micros))) return false;
  log.passDated(wall, micros);
  return true;
}
