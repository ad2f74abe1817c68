// SPDX-License-Identifier: Apache-2.0
/** What log shippers, containers and test runners put before a printk timestamp, with or without a date of their own. */
import { DAY, SYSLOG_DATE, TIME, ZONE } from './date-patterns.js';

/** A printk timestamp, and a level that may stand before it. */
const STAMP = /\[ {0,8}\d{1,10}\.\d{6}\](?=[[ ]|$)/y;
const LEVEL = /<\d{1,3}>$/;
/** `2024-05-01T10:00:00.123Z`, `[10:00:00.123]`, `May  1 10:00:00`. */
const DATE = `\\[?(?:${DAY}[T ])?${TIME}[\\d.,:]{0,12}${ZONE}?\\]?|${SYSLOG_DATE}`;
const DATED = new RegExp(`^(?:${DATE})`);
/**
 *     vm-1  | [    0.0...     n1: [    0.0...     +[    0.0...     E       [    0.0...     2024-05-01,x86,"[    0.0...
 */
const MARK = '[\\w./@-]{1,80} {0,20}\\| {0,4}|[\\w./@-]{1,80}: {1,8}|\\+|E {3,8}|(?:[^\\s",]{0,80},){1,16}"?';
/** Columns: `build\tRun vm\t2024-05-01T10:00:00.1234567Z [    0.0...` */
const COLUMNS = '(?:[^\\t\\n]{1,80}\\t){1,3}';
const MARKED = new RegExp(`^(?:${MARK}|${COLUMNS})$`);
const BEFORE_DATE = new RegExp(`^${COLUMNS}(?=(?:${DATE}) )`);
/** A host and a program, or the kernel, whose message it is. */
const OF_PROGRAM = /^(?:\S{1,253} )?[^\s:]{1,48}: $/;
/** No front is longer. */
const LONGEST = 200;

/** What stands before the first timestamp of a line: `i-0abc `, `| controller | `, `{job="kernel"} `; '' if nothing does. */
function frontOf(line: string): string {
  for (let at = line.indexOf('['); at >= 0 && at <= LONGEST; at = line.indexOf('[', at + 1)) {
    STAMP.lastIndex = at;
    if (STAMP.test(line)) return line.slice(0, at).replace(LEVEL, '');
  }
  return '';
}

/** Whether anything stands before a timestamp in a line. */
export function hasFront(line: string): boolean {
  return frontOf(line) !== '';
}

/** Takes away what stands before the timestamp of each line of a text, and the end of the string or element that it is in. */
export class Fronts {
  /** The last one, of which a line without a timestamp has a copy with other digits. */
  #front = '';

  /** The message with its timestamp, or what continues one. */
  without(line: string): string {
    const front = frontOf(line);
    if (front !== '') this.#front = front;
    else if (shapeOf(line.slice(0, this.#front.length)) !== shapeOf(this.#front)) return line;
    return unwrapped(line.slice(this.#front.length), this.#front);
  }
}

const shapeOf = (text: string): string => text.replace(/\d/g, '0');

/** The text up to the end of the string or element that started in front of it. */
function unwrapped(rest: string, front: string): string {
  if (front.endsWith('>')) return rest.split('</', 1)[0] ?? '';
  const quote = front.split('"').length % 2 === 0 ? '"' : (/^[[( ]{0,40}[bru]?(')/.exec(front)?.[1] ?? null);
  if (quote === null) return rest;
  const [text = ''] = (quote === '"' ? IN_QUOTES : IN_APOSTROPHES).exec(rest) ?? [];
  return text
    .replace(/(?:\\[rn])+$/, '')
    .replace(/\\(["'\\])|""/g, (pair, own?: string) => own ?? pair.charAt(0));
}

const IN_QUOTES = /^(?:[^"\\]|\\.|"")*/;
const IN_APOSTROPHES = /^(?:[^'\\]|\\.)*/;

/** The length of what stands before a timestamp, or before a date and a timestamp, at the start of a line; 0: nothing does. */
export function undatedFront(line: string): number {
  const front = frontOf(line);
  if (front !== '' && MARKED.test(front)) return front.length;
  return line.includes('\t') ? (BEFORE_DATE.exec(line)?.[0].length ?? 0) : 0;
}

/** The same, where a date was before. */
export function datedFront(rest: string): number {
  const front = frontOf(rest);
  return OF_PROGRAM.test(front) ? 0 : front.length;
}

/** Whether a line has a printk timestamp after something else. */
export function hasStampAfter(line: string): boolean {
  if (frontOf(line) === '') return false;
  const bare = line.slice(undatedFront(line));
  if (bare !== line && bare.startsWith('[')) return true;
  const date = DATED.exec(bare)?.[0];
  return date !== undefined && datedFront(bare.slice(date.length)) > 0;
}
