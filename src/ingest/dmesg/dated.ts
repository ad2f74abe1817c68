/**
 * Lines with a date in front, as syslog and journalctl write them, one after the other in a text. Only their times are
 * read, and who wrote them.
 *
 *     Nov 22 10:45:49 lab kernel: [    1.234567] usb 1-1: new device
 *     Nov 22 10:45:49 lab kernel: [drm] Initialized
 *     2026-11-22T10:45:49.123456+00:00 lab systemd[1]: Starting ...
 *
 * A line with a second stamp in it is none of them: what was on the console before that had no newline.
 */
import { readPrefix } from './prefix.js';
import { endOf, PROGRAM, STAMP, Word } from './stamped.js';
import type { Wall } from './wall.js';

/** Date, host, then the kernel with or without its stamp, or a program; what looks like another stamp is left alone. */
const FRONT =
  /([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[+-]\d\d:?\d\d|Z)) [\w.-]{1,253} (?:kernel: (?:\[ *(\d{1,9})\.(\d{6})\](?: |(?! ))|(?!\[(?![A-Za-z_][\w:.*-]*\])))|([^\s:[\]]{1,48}\[\d+\]: )(?!\[))/y;

export class DatedLines {
  readonly #text: string;
  readonly #bracket: Word;
  #end = 0;
  #date = '';
  /** The date; null where it is none after all. */
  wall: Wall | null = null;
  /** Where the line begins. */
  start = 0;
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
    const at = this.#end;
    FRONT.lastIndex = at;
    const front = FRONT.exec(text);
    if (front === null) return false;
    const message = FRONT.lastIndex;
    const end = text.indexOf('\n', message) + 1;
    if (end === 0) return false;
    for (let open = this.#bracket.from(message); open < end; open = this.#bracket.from(open + 1)) {
      if (endOf(STAMP, text, open) >= 0) return false;
    }
    const [, date = '', seconds, micros = '', program] = front;
    if (date !== this.#date) {
      this.#date = date;
      this.wall = readPrefix(`${date} `).wall;
    }
    this.micros = seconds === undefined ? null : Number(seconds + micros);
    this.kernel = program === undefined && endOf(PROGRAM, text, message) < 0;
    this.start = at;
    this.#end = end;
    return this.wall !== null;
  }
}
