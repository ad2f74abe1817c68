/**
 * The many prefixes of one kernel message. They are layers (mail quoting, CI stamp, facility or level, date and
 * host, printk's own stamp, caller) and are peeled off from the outside in, so that any mixture can be read.
 */
import { nsFromSeconds } from '../../model/time.js';
import { monthNumber, type Wall, wallTime } from './wall.js';

export interface Prefix {
  boot: bigint | null;
  delta: bigint | null;
  wall: Wall | null;
  caller: string | null;
  /** `kernel`, another program, or null where none is printed. */
  ident: string | null;
  pid: number | null;
  /** /dev/kmsg's number of the record. */
  sequence: number | null;
  /** False where the line says that a program wrote it (`user  :notice:`). */
  kernel: boolean;
  /** What the message had in front, outermost first; '' for a bare message. Names the form in a verdict. */
  form: string;
  text: string;
}

// kern  :info  :    user  :notice:    syslog:err   :
const FACILITY =
  /^(kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local\d|res\d) *: *(?:emerg|alert|crit|err|warn|notice|info|debug) *: ?/;
const LEVEL = /^<(\d{1,3})>/;
// [    1.875564]   [    1.875564 <    0.018697>]
const BOOT = /^\[ *(\d{1,10})\.(\d{6,9})( +< *-?\d+\.\d+>)?\] ?/;
/** Indented as a whole by a mail or a tracker. */
const INDENTED = /^\s+(?=(?:<\d+>)?\[ *\d+\.\d{6}\])/;
const BOOT_NO_BRACKET = /^(\d{1,7})\.(\d{6})\] /;
// [<    0.018697>]   [  +0.009008]   [  -0.000002]: times fall where several CPUs print
const DELTA = /^\[(?:< *(-?)(\d+)\.(\d+)>| *([+-])(\d+)\.(\d+))\] ?/;
const RELTIME = /^\[([\p{L}.]{2,6}|\d\d?月) ?(\d{1,2}) (\d\d:\d\d)\] ?/u;
// [Mon Nov 17 06:11:16 2025]   [Mo Nov 17 06:11:16 2025]   [lun. nov. 17 06:11:16 2025]   [月 11月 17 06:11:16 2025]
const CTIME = /^\[\S{1,8} +(\S{1,8}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})\] ?/u;
const KMSG = /^(\d{1,4}),(\d+),(\d+),([-c+])(?:,[^;]*?caller=([TC]\d+))?[^;]{0,200};/;
const CALLER = /^\[ *([TC]\d+)\] ?/;
// 2026-11-22T10:25:53,091042+00:00   2026-11-22T10:45:48+0000   2024-05-01T10:00:00.1234567Z
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d:\d\d)(?:([.,])(\d{1,9}))?( ?[+-]\d\d:?\d\d|Z| (?:[A-Z]{2,5}|[+-]\d\d)(?= ))?(?=\s|$) ?/;
// Sun 2026-11-22 10:48:47 UTC   Sun 2026-11-22 10:48:47.654283 UTC
const WEEKDAY = /^\p{L}{2,5}\.? (?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/u;
const SYSLOG = /^([\p{L}.]{3,6}|\d\d?月) +(\d{1,2}) (?:(\d{4}) )?(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))? /u;
// Nov 22 10:45:49
const PLAIN_SYSLOG = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) /;
// Behind what it is spread into: V8 takes fifty times as long to add to what was spread.
const YEARLESS = { year: null, fraction: '', zone: '', computed: false } as const;
const TIME_ONLY = /^(\d\d:\d\d:\d\d) (?=\S+ \S+: )/;
const LOGGER_LEVEL = /^(?:TRACE|DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL):[ \t]*/;
const HOST_KERNEL = /^(?:([\w.-]{1,253}) )?kernel: ?/;
const HOST_TOOL = /^([\w.-]{1,253}) ([^\s:[\]]{1,48})\[(\d+)\]: ?/;
const HOST_TOOL_NO_PID =
  /^([\w.-]{1,253}) (systemd(?:-[\w-]+)?|\(udev-worker\)|udevd|modprobe|insmod|kmod|dracut[\w-]*): /;

/** Peels the prefix off a clean line. */
export function readPrefix(line: string): Prefix {
  const prefix: Prefix = {
    boot: null,
    delta: null,
    wall: null,
    caller: null,
    ident: null,
    pid: null,
    sequence: null,
    kernel: true,
    form: '',
    text: line,
  };
  const first = line.charCodeAt(0);
  if (first === 0x5b) {
    if (!readBracket(prefix)) return prefix;
  } else if (first === 0x20 || first === 0x09 || Number.isNaN(first)) {
    const indented = INDENTED.exec(line);
    if (!indented) return prefix;
    prefix.text = line.slice(indented[0].length);
    readOuter(prefix);
  } else {
    readOuter(prefix);
  }
  readInner(prefix);
  return prefix;
}

/** Facility, level, record head and dates: what stands before printk's own stamp. */
function readOuter(prefix: Prefix): void {
  readDate(prefix);
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
  }
  match = KMSG.exec(prefix.text);
  if (match?.[3] !== undefined) {
    prefix.kernel = Number(match[1]) < 8;
    prefix.sequence = Number(match[2]);
    prefix.boot = BigInt(match[3]) * 1000n;
    prefix.caller = match[5] ?? null;
    take(prefix, match[0], 'kmsg');
    prefix.text = unescapeKmsg(prefix.text);
    return;
  }
  if (prefix.wall === null) readDate(prefix);
  readHost(prefix);
  readBracket(prefix);
}

/** Host and program after a printk stamp (short-monotonic), the stamp after a program (kern.log), the caller. */
function readInner(prefix: Prefix): void {
  if (prefix.ident === null && prefix.boot !== null) readHost(prefix);
  const caller = CALLER.exec(prefix.text);
  if (caller?.[1] && (prefix.boot !== null || prefix.wall !== null || prefix.delta !== null)) {
    prefix.caller = caller[1];
    take(prefix, caller[0], 'caller');
  }
  if (prefix.ident !== null && prefix.ident !== 'kernel') prefix.kernel = false;
}

function readBracket(prefix: Prefix): boolean {
  const text = prefix.text;
  if (text.charCodeAt(0) !== 0x5b) {
    const bare = prefix.form === '' ? BOOT_NO_BRACKET.exec(text) : null;
    if (!bare?.[1]) return false;
    prefix.boot = nsFromSeconds(bare[1], bare[2] ?? '');
    take(prefix, bare[0], 'cut');
    return true;
  }
  let match = BOOT.exec(text);
  if (match?.[1]) {
    prefix.boot = nsFromSeconds(match[1], match[2] ?? '');
    take(prefix, match[0], match[3] === undefined ? 'plain' : '-d');
    return true;
  }
  match = DELTA.exec(text);
  if (match) {
    const size = nsFromSeconds(match[2] ?? match[5] ?? '0', match[3] ?? match[6] ?? '');
    prefix.delta = (match[1] ?? match[4]) === '-' ? -size : size;
    take(prefix, match[0], match[1] === undefined ? 'reltime' : 'delta');
    return true;
  }
  match = RELTIME.exec(text);
  const month = match?.[1] ? monthNumber(match[1]) : null;
  if (match && month !== null) {
    const clock = match[3] ?? '';
    prefix.wall = wallTime({ month, day: Number(match[2]), clock, ...YEARLESS });
    prefix.delta = 0n;
    take(prefix, match[0], 'reltime');
    return true;
  }
  match = CTIME.exec(text);
  if (match?.[1]) {
    prefix.wall = wallTime({
      year: Number(match[4]),
      month: monthNumber(match[1]),
      day: Number(match[2]),
      clock: match[3] ?? '',
      fraction: '',
      zone: '',
      computed: true,
    });
    take(prefix, match[0], '-T');
    return true;
  }
  return false;
}

function readDate(prefix: Prefix): void {
  if (readPlainDate(prefix)) return;
  const weekday = WEEKDAY.exec(prefix.text);
  if (weekday) prefix.text = prefix.text.slice(weekday[0].length);
  let match = ISO.exec(prefix.text);
  if (match?.[1]) {
    // dmesg writes a comma before the microseconds, journald and syslog a point.
    const computed = match[5] === ',' && match[7] !== undefined;
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
      zone: '',
      computed: false,
    });
    take(prefix, match[0], 'date');
    return;
  }
  match = TIME_ONLY.exec(prefix.text);
  if (match?.[1]) {
    prefix.wall = wallTime({ month: null, day: 1, clock: match[1], ...YEARLESS });
    take(prefix, match[0], 'time');
  }
}

/** As most syslogs have it. */
function readPlainDate(prefix: Prefix): boolean {
  const match = PLAIN_SYSLOG.exec(prefix.text);
  const month = match?.[1] ? monthNumber(match[1]) : null;
  if (!match || month === null) return false;
  prefix.wall = wallTime({ month, day: Number(match[2]), clock: match[3] ?? '', ...YEARLESS });
  take(prefix, match[0], 'date');
  return true;
}

function readHost(prefix: Prefix): void {
  let match = HOST_KERNEL.exec(prefix.text);
  if (match) {
    prefix.ident = 'kernel';
    take(prefix, match[0], 'kernel');
    return;
  }
  if (prefix.wall?.computed) return;
  match = HOST_TOOL.exec(prefix.text);
  if (match?.[2]) {
    prefix.ident = match[2];
    prefix.pid = Number(match[3]);
    take(prefix, match[0], 'tool');
    return;
  }
  if (prefix.wall === null || prefix.boot !== null) return;
  match = HOST_TOOL_NO_PID.exec(prefix.text);
  if (match?.[2]) {
    prefix.ident = match[2];
    take(prefix, match[0], 'tool');
  }
}

function take(prefix: Prefix, taken: string, form: string): void {
  prefix.text = prefix.text.slice(taken.length);
  prefix.form = prefix.form === '' ? form : `${prefix.form} ${form}`;
}

/** /dev/kmsg writes what is not printable, and the backslash, as `\xNN` (kernel/printk/printk.c:msg_add_ext_text). */
function unescapeKmsg(text: string): string {
  if (!text.includes('\\x')) return text;
  return text.replace(/(?:\\x[0-9a-f]{2})+/g, (run) => {
    const bytes = run
      .split('\\x')
      .slice(1)
      .map((hex) => Number.parseInt(hex, 16));
    return new TextDecoder().decode(Uint8Array.from(bytes));
  });
}
