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
import { type DateFront, type Passed, type Passing, passAll, UNSURE_BYTES } from './passing.js';
import { readPrefix } from './prefix.js';
import { endOf, PROGRAM, STAMP, Word } from './stamped.js';
import { latin1 } from './text.js';
import { later, type Wall } from './wall.js';

/** Date, host, then the kernel with or without its stamp, or a program; what looks like another stamp is left alone. */
const FRONT =
  /([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[+-]\d\d:?\d\d|Z))( [\w.-]{1,253} )(?:kernel: (?:\[ *(\d{1,9})\.(\d{6})\](?: |(?! ))|(?!\[(?![A-Za-z_][\w:.*-]*\])))|([^\s:[\]]{1,48}\[\d+\]: )(?!\[))/y;

/** The date before its seconds, and the zone. */
const MINUTE = /^(.*?:\d\d:)\d\d(?:\.\d+)?([+-]\d\d:?\d\d|Z|)$/;

export class DatedLines {
  readonly #text: string;
  readonly #bracket: Word;
  #date = '';
  #host = '';
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
    FRONT.lastIndex = at;
    const front = FRONT.exec(text);
    if (front === null) return false;
    const message = FRONT.lastIndex;
    const end = text.indexOf('\n', message) + 1;
    if (end === 0) return false;
    for (let open = this.#bracket.from(message); open < end; open = this.#bracket.from(open + 1)) {
      if (endOf(STAMP, text, open) >= 0) return false;
    }
    const [, date = '', host = '', seconds, micros = '', program] = front;
    this.#host = host;
    if (date !== this.#date) {
      this.#date = date;
      this.wall = readPrefix(`${date} `).wall;
    }
    this.micros = seconds === undefined ? null : Number(seconds + micros);
    this.kernel = program === undefined && endOf(PROGRAM, text, message) < 0;
    this.start = at;
    this.end = end;
    return this.wall !== null;
  }

  /** What others of its minute and host begin with. */
  get front(): DateFront | null {
    const [, before = '', zone = ''] = MINUTE.exec(this.#date) ?? [];
    const minute = readPrefix(`${before}00${zone} `).wall;
    return minute && { before, behind: zone + this.#host, minute };
  }
}

/** Whether a text begins with such a line's front. */
export function isDated(text: string): boolean {
  FRONT.lastIndex = 0;
  const [, date] = FRONT.exec(text) ?? [];
  return date !== undefined && readPrefix(`${date} `).wall !== null;
}

export class DatedPasser {
  readonly #log: KernelLog;
  /** Of the last line that was looked at. */
  #front: DateFront | null = null;

  constructor(log: KernelLog) {
    this.#log = log;
  }

  /** Passes over lines from `from` on; gives where the last of them begins, `from` where there is none. */
  pass(passing: Passing, bytes: Uint8Array, from: number, to: number): number {
    return passAll(
      from,
      to,
      (at) => this.#passAlike(passing, bytes, at, to) ?? this.#passOthers(passing, bytes, at, to),
    ).last;
  }

  /** Those of the minute and the host of the last line that was looked at. */
  #passAlike(passing: Passing, bytes: Uint8Array, from: number, to: number): Passed | null {
    const front = this.#front;
    const passed = front && passing.overDated(front, bytes, from, to);
    if (!passed) return null;
    const { time, tied } = passed;
    if (tied) this.#log.passDated(later(front.minute, tied.time), tied.micros);
    this.#log.passDated(later(front.minute, time), null);
    return passed;
  }

  /** A few, one by one; null where there is none. */
  #passOthers(passing: Passing, bytes: Uint8Array, from: number, to: number): Passed | null {
    const lines = new DatedLines(latin1(bytes, from, Math.min(to, from + UNSURE_BYTES)));
    let passed: Passed | null = null;
    while (lines.next() && this.#passOne(lines, passing))
      passed = { last: from + lines.start, to: from + lines.end };
    if (passed) this.#front = lines.front;
    return passed;
  }

  #passOne({ wall, kernel, micros }: DatedLines, passing: Passing): boolean {
    if (wall === null || (kernel && micros !== null && !passing.over(micros))) return false;
    this.#log.passDated(wall, micros);
    return true;
  }
}
