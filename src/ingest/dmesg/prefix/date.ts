// SPDX-License-Identifier: Apache-2.0
/** Dates that loggers and journalctl put before a message. */

import { monthNumber, wallTime } from '../wall.js';
import { PROGRAM_WITHOUT_PID, type Prefix, take } from './parts.js';

// 2026-11-22T10:25:53,091042+00:00   2026-11-22T10:45:48+0000   2024-05-01T10:00:00.1234567Z
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d:\d\d)(?:([.,])(\d{1,9}))?( ?[+-]\d\d:?\d\d|Z| (?!TRACE|DEBUG|INFO|WARN|ERROR)(?:[A-Z]{2,5}|[+-]\d\d)(?= ))?(?=\s|$) ?/;
// Sun 2026-11-22 10:48:47 UTC   Sun 2026-11-22 10:48:47.654283 UTC
const WEEKDAY = /^\p{L}{1,6}\.? (?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/u;
const MICROSECONDS = 6;
// 01-31 00:00:12.345     0     0 I         : ...     logcat -v threadtime
const LOGCAT =
  /^(\d\d)-(\d\d) (\d\d:\d\d:\d\d)\.(\d{3,9}) (?= {0,6}(?:\w{1,16} {1,8})?\d{1,7} {1,6}\d{1,7} [VDIWEF] )/;
// Wed Nov 11 20:10:03 2020 kern.notice kernel: ...     OpenWrt's logread; with -t also [1605125403.123]
const CTIME =
  /^\p{L}{1,6}\.? ([\p{L}.]{3,6}|\d\d?[月월]) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})(?: \[\d{1,10}\.\d{1,9}\])?:? /u;
const SYSLOG = /^([\p{L}.]{3,6}|\d\d?[月월]) +(\d{1,2}) (?:(\d{4}) )?(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))? /u;
// Nov 22 10:45:49
const PLAIN_SYSLOG = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) /;
// 15:05:43 lab systemd[1]: ...     15:05:43 systemd[1]: ...     15:05:43 systemd-modules: ...
const TIME_ONLY = new RegExp(
  `^(\\d\\d:\\d\\d:\\d\\d) (?=\\S+ \\S+: |[^\\s:[\\]]{1,48}\\[\\d{1,10}\\]: |(?:kernel|${PROGRAM_WITHOUT_PID}): )`,
);

export function readDate(prefix: Prefix): void {
  if (readPlainDate(prefix)) return;
  const weekday = WEEKDAY.exec(prefix.text);
  if (weekday) prefix.text = prefix.text.slice(weekday[0].length);
  let match = ISO.exec(prefix.text);
  if (match?.[1]) {
    // dmesg prints a comma before the microseconds, journald and syslog a point.
    const computed = match[5] === ',' && match[6]?.length === MICROSECONDS && /^[+-]/.test(match[7] ?? '');
    prefix.wall = wallTime({
      year: Number(match[1]),
      month: Number(match[2]) - 1,
      day: Number(match[3]),
      clock: match[4] ?? '',
      fraction: match[6] ?? '',
      zone: (match[7] ?? '').trim(),
      computed,
    });
    take(prefix, match[0], computed ? 'iso' : 'date');
    return;
  }
  match = SYSLOG.exec(prefix.text);
  const month = match?.[1] ? monthNumber(match[1]) : null;
  if (match && month !== null) {
    prefix.wall = wallTime({
      year: match[3] ? Number(match[3]) : null,
      month,
      day: Number(match[2]),
      clock: match[4] ?? '',
      fraction: match[5] ?? '',
    });
    take(prefix, match[0], 'date');
    return;
  }
  match = CTIME.exec(prefix.text);
  const named = match?.[1] ? monthNumber(match[1]) : null;
  if (match && named !== null) {
    const year = Number(match[4]);
    prefix.wall = wallTime({ year, month: named, day: Number(match[2]), clock: match[3] ?? '' });
    take(prefix, match[0], 'date');
    return;
  }
  match = LOGCAT.exec(prefix.text);
  if (match) {
    const [taken, monthDigits, day, clock = '', fraction = ''] = match;
    const month = Number(monthDigits) - 1;
    prefix.wall = wallTime({ month, day: Number(day), clock, fraction });
    take(prefix, taken, 'date');
    return;
  }
  match = TIME_ONLY.exec(prefix.text);
  if (match?.[1]) {
    prefix.wall = wallTime({ month: null, day: 1, clock: match[1] });
    take(prefix, match[0], 'time');
  }
}

/** The date of most syslogs. */
function readPlainDate(prefix: Prefix): boolean {
  const match = PLAIN_SYSLOG.exec(prefix.text);
  const month = match?.[1] ? monthNumber(match[1]) : null;
  if (!match || month === null) return false;
  prefix.wall = wallTime({ month, day: Number(match[2]), clock: match[3] ?? '' });
  take(prefix, match[0], 'date');
  return true;
}
