// SPDX-License-Identifier: Apache-2.0
/**
 * Prefixes of console recorders: terminals, serial loggers, `ts`, test runners. A date is when the line arrived.
 */

import { monthNumber, type Wall, wallTime } from '../wall.js';
import { type Prefix, take } from './parts.js';

interface Recorder {
  readonly by: string;
  readonly example: string;
  /** Groups: year, month, day, clock, fraction and zone, as far as printed. */
  readonly pattern: RegExp;
}

// biome-ignore format: a table
export const RECORDERS: readonly Recorder[] = [
  { by: 'grabserial', example: '[23.490190 0.002112] [    0.000000] Linux version 5.15.59', pattern: /^\[ {0,8}\d{1,10}\.\d{3,6} {1,4}-?\d{1,10}\.\d{3,6}\] ?/ },
  {
    by: 'minicom, ts, SecureCRT, grabserial -T',
    example: '[2023/06/16-12:06:53:394] [    0.000000] Linux version 5.10.0+',
    pattern: /^\[(?<year>\d{4})[-/.](?<month>\d\d)[-/.](?<day>\d\d)[ T-]{1,2}(?<clock>\d\d:\d\d:\d\d)(?:[.,:](?<fraction>\d{1,9}))?(?: ?(?<zone>Z|[+-]\d\d:?\d\d|[A-Z]{2,5}))?(?: {1,4}-?\d{1,10}\.\d{1,9})?\] ?/,
  },
  { by: 'Tera Term', example: '[Fri Jun 16 12:06:53.394 2023] [    0.000000] Linux version 5.10.0+', pattern: /^\[\p{L}{2,4} (?<month>\p{L}{3,4}) {1,2}(?<day>\d{1,2}) (?<clock>\d\d:\d\d:\d\d)\.(?<fraction>\d{1,9}) (?<year>\d{4})\] ?/u },
  { by: 'tio, MobaXterm, grabserial -T', example: '[12:06:53.394] [    0.000000] Linux version 5.10.0+', pattern: /^\[(?<clock>\d\d:\d\d:\d\d)(?:[.,:](?<fraction>\d{1,9}))?(?: {1,4}-?\d{1,10}\.\d{1,9})?\] ?/ },
  { by: 'autotest', example: '03/10 11:51:41.236 INFO |             utils:0298| [    0.000000] Linux version 5.10.0+', pattern: /^(?:(?<month>\d\d)\/(?<day>\d\d) )?(?<clock>\d\d:\d\d:\d\d)(?:\.(?<fraction>\d{1,9}))? {1,4}(?=[A-Z]{4,8} {0,4}\|)/ },
];

/** Any digits before a printk timestamp or a level: `12:06:53.394 -> `, `00:00:12 `, `1234.567: `. */
const DIGITS =
  /^\[?(?=\d)[\d:.,/+TZ-]{1,40}\]?(?: {0,2}(?:->|[>|:])| ?UTC)? {0,8}(?=(?:<\d{1,3}>)?\[ {0,8}\d{1,10}\.\d{6}[\] ])/;

/** The part of a test runner that wrote the line, after its date: `__init__  L0085 DEBUG| `, `INFO | utils:0298| [stdout] `. */
const RUNNER =
  /^(?:- )?(?:(?:[\w.]{1,60} {1,20}){1,2}(?:L\d{1,6} |- ))?(?:TRACE|DEBUG|INFO|WARNI?|WARNING|ERROR|CRITICAL) {0,5}(?:\|| - )(?: {0,24}[\w.]{1,40}:\d{1,6}\|)? ?(?:\[std(?:out|err)\] )?/;

/** Removes a recorder's timestamp. */
export function readRecorder(prefix: Prefix): boolean {
  for (const { pattern } of RECORDERS) {
    const match = pattern.exec(prefix.text);
    if (!match) continue;
    const wall = wallOf(match.groups ?? {});
    if (wall === undefined) continue;
    prefix.wall ??= wall;
    take(prefix, match[0], 'recorder');
    return true;
  }
  const digits = DIGITS.exec(prefix.text);
  if (!digits) return false;
  take(prefix, digits[0], 'recorder');
  return true;
}

/** Removes a test runner's prefix after the date. */
export function readRunner(prefix: Prefix): void {
  const match = RUNNER.exec(prefix.text);
  if (match) take(prefix, match[0], 'runner');
}

/** The time, null if none is printed, undefined if it is invalid. */
function wallOf(groups: Readonly<Record<string, string | undefined>>): Wall | null | undefined {
  const { year, month, day, clock, fraction = '', zone = '' } = groups;
  if (clock === undefined) return null;
  const monthAt = month === undefined ? null : monthNumber(month);
  if (month !== undefined && monthAt === null) return undefined;
  return wallTime({
    year: year === undefined ? null : Number(year),
    month: monthAt,
    day: Number(day ?? 1),
    clock,
    fraction,
    zone,
  });
}
