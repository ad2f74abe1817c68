// SPDX-License-Identifier: Apache-2.0
/**
 * The prefix of a kernel message, in layers: CI or terminal timestamp, facility or level, date and host, printk timestamp,
 * caller, a vendor's additions. They are removed from the outside in, so any combination can be read.
 */
import { datedFront, undatedFront } from '../../stamp-front.js';
import { readAudit } from './audit.js';
import { readDate } from './date.js';
import { readHost } from './host.js';
import { type Prefix, take } from './parts.js';
import { readBracket, readKmsg } from './printk.js';
import { readRecorder, readRunner } from './recorder.js';
import { readVendor } from './vendor.js';

export type { Prefix } from './parts.js';

// kern  :info  :    user  :notice:    syslog:err   :
const FACILITY =
  /^(kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local\d|res\d) *: *(?:emerg|alert|crit|err|warn|notice|info|debug) *: ?/;
// 10.5.0.2: kern:    info: [2024-05-01T10:00:00.123456789Z]: ...     talosctl dmesg
const TALOS =
  /^(?:(\S{1,253}): {1,10})?(kern|user|mail|daemon|auth|syslog|cron|authpriv|local\d): {1,10}(?:emerg|alert|crit|err|error|warn|warning|notice|info|debug): \[(\d{4}-\d\d-\d\dT[\d:.]{8,18}Z)\]: ?/;
const LEVEL = /^<(\d{1,3})>/;
const NEW_SYSLOG =
  /^1 (\d{4}-\d\d-\d\dT\S{8,40}) (\S{1,255}) (\S{1,48}) (\d{1,10}|-) \S{1,32} (?:-|\[[^\]]{0,500}\])(?: \ufeff?|$)/;
/** A weekday or a month in any language: `Sun`, `авг`, `févr.`, `木`, `5月`. */
const NAME = '(?:[^\\s\\d[\\]:]{1,6}|\\d\\d?[月월])';
/** How an unmistakable prefix starts. */
const START = [
  // [    1.234567] ...     <6>[    1.234567] ...     [Sun Nov 22 10:45:49 2026] ...     [2026-11-22 10:45:49] ...
  '(?:<\\d{1,3}>)?\\[ *\\d{1,10}\\.\\d{6}',
  `\\[(?:${NAME} ${NAME} [ \\d]\\d|\\d{4}-\\d\\d-\\d\\d)[ T]\\d\\d:`,
  // Nov 22 10:45:49 lab ...     2026-11-22T10:45:49+0000 lab ...     Sun 2026-11-22 10:45:49 UTC lab ...
  `(?:${NAME} )?${NAME} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d`,
  `(?:${NAME} )?\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d`,
  // 11-22 10:45:49.345     0     0 I ...
  '\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}',
  // kern  :info  : ...     6,123,1234567,-;...     <6>...     dmesg.txt:12:[    1.234567] ...
  '(?:kern|user|daemon|syslog) *:[a-z]{3,6} *:',
  '\\d{1,3},\\d{1,20},\\d{1,20},[-c]',
  '<\\d{1,3}>',
  '[\\w./+@-]{1,160}(?::\\d{1,9})?:\\[ *\\d{1,10}\\.\\d{6}',
].join('|');
/** A comment's mark before what `dmesg -T` printed; before a printk timestamp it may be a test's. */
const COMMENTED = /^(?:# {1,3}){1,3}(?=\[(?:[^\s\d[\]:]{1,6}|\d\d?[月월]) )/;
/** Indented by a mail or tracker, which may have made the lines a list, or numbered (`cat -n`). */
const INDENTED = new RegExp(`^(?:\\s+(?:\\d{1,6}\\s+)?|\\d{1,6}\\t|\\s{0,8}[*•-] )(?=${START})`);
/** The file name printed by grep. */
const FOUND_IN = /^(?:[\w.+@-]*\/)*[\w.+@-]{1,80}(?::\d{1,9})?:(?=[[<A-Z\d])/;
const CALLER = /^\[ *([TC]\d+)\] ?/;
const LOGGER_LEVEL = /^(?:TRACE|DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL):[ \t]*/;
/** Parses and removes the prefix of a clean line. */
export function readPrefix(line: string): Prefix {
  const prefix: Prefix = {
    boot: null,
    badStamp: null,
    delta: null,
    wall: null,
    caller: null,
    ident: null,
    pid: null,
    sequence: null,
    serial: null,
    kernel: true,
    form: '',
    text: line,
  };
  const first = line.charCodeAt(0);
  if (first === 0x5b) {
    if (!readBracket(prefix)) {
      if (readRecorder(prefix)) readOuter(prefix);
      else if (!readVendor(prefix, true)) return prefix;
    }
  } else if (first === 0x20 || first === 0x09 || Number.isNaN(first)) {
    return readFound(prefix, line);
  } else {
    readOuter(prefix);
    if (prefix.form === '') readVendor(prefix, true);
    if (prefix.form === '') return readFound(prefix, line);
  }
  readInner(prefix);
  return prefix;
}

/** A line after an indentation, a list bullet, grep's file name or what a runner put before it. */
function readFound(bare: Prefix, line: string): Prefix {
  const front =
    (FOUND_IN.exec(line) ?? INDENTED.exec(line) ?? COMMENTED.exec(line))?.[0].length ?? undatedFront(line);
  if (front === 0) return bare;
  const found = readPrefix(line.slice(front));
  return found.form === '' || found.form.startsWith('vendor') ? bare : found;
}

/** The layers before the printk timestamp: facility, level, record head, dates. */
function readOuter(prefix: Prefix): void {
  if (readAudit(prefix)) return;
  readTalos(prefix);
  readDate(prefix);
  if (prefix.form === '') readRecorder(prefix);
  if (prefix.wall !== null) readRunner(prefix);
  let match = LOGGER_LEVEL.exec(prefix.text);
  if (match && prefix.wall?.year && !prefix.wall.absolute) take(prefix, match[0], 'logger');
  match = FACILITY.exec(prefix.text);
  if (match) {
    prefix.kernel = match[1] === 'kern';
    take(prefix, match[0], '-x');
  }
  match = LEVEL.exec(prefix.text);
  if (match) {
    prefix.kernel &&= Number(match[1]) < 8;
    take(prefix, match[0], '-r');
    prefix.text = asOldSyslog(prefix.text);
  }
  if (readKmsg(prefix)) return;
  if (prefix.wall === null) readDate(prefix);
  readHost(prefix);
  if (prefix.wall !== null && prefix.ident === null && prefix.boot === null) readShipper(prefix);
  readBracket(prefix);
}

/** Removes what stands between a date and a printk timestamp. */
function readShipper(prefix: Prefix): void {
  const front = datedFront(prefix.text);
  if (front > 0) take(prefix, prefix.text.slice(0, front), 'recorder');
}

/** The facility of Talos Linux, and its date, as one of a syslog. */
function readTalos(prefix: Prefix): void {
  const [whole, host = 'host', facility, date] = TALOS.exec(prefix.text) ?? [];
  if (whole === undefined) return;
  prefix.kernel = facility === 'kern';
  take(prefix, '', 'talos');
  prefix.text = `${date} ${prefix.kernel ? `${host} kernel: ` : ''}${prefix.text.slice(whole.length)}`;
}

/** `1 2023-11-14T08:00:01.1+00:00 host kernel - - - text` (RFC 5424) as `2023-11-14T08:00:01.1+00:00 host kernel: text`. */
function asOldSyslog(text: string): string {
  const [whole, date, host, name, pid] = text.startsWith('1 2') ? (NEW_SYSLOG.exec(text) ?? []) : [];
  if (whole === undefined) return text;
  return `${date} ${host} ${name}${pid === '-' || name === 'kernel' ? '' : `[${pid}]`}: ${text.slice(whole.length)}`;
}

/** Host and program after a printk timestamp (short-monotonic), the caller, a vendor's additions. */
function readInner(prefix: Prefix): void {
  const stamped = (prefix.boot ?? prefix.delta ?? prefix.badStamp) !== null;
  if (prefix.ident === null && prefix.boot !== null) readHost(prefix);
  const caller = prefix.text.startsWith('[') ? CALLER.exec(prefix.text) : null;
  if (caller?.[1] && (stamped || prefix.wall !== null)) {
    prefix.caller = caller[1];
    take(prefix, caller[0], 'caller');
  }
  if (stamped) {
    const level = LEVEL.exec(prefix.text);
    if (level) take(prefix, level[0], '-r');
    readVendor(prefix);
  }
  if (prefix.ident !== null && prefix.ident !== 'kernel') prefix.kernel = false;
}
