// SPDX-License-Identifier: Apache-2.0
/**
 * The prefix of a trace line: task, pid, CPU and time, as printed by kernel/trace/trace_output.c, trace-cmd and perf. First
 * finds only offsets: irrelevant lines cost no strings.
 */
import { nsFromDigits, nsFromSeconds } from '../../model/time.js';
import { sharedText } from '../shared-text.js';

export type PrefixForm = 'task' | 'perf' | 'latency' | 'verbose';

/** The start of a line's event, and what precedes it. Reused for all lines. */
export class Prefix {
  form: PrefixForm = 'task';
  pid = 0;
  cpu: number | null = null;
  /** Index of the first character of the event. */
  body = 0;
  #line = '';
  #commStart = 0;
  #commEnd = 0;
  /** For `digits`, the offsets of the time: seconds up to the point, then the fraction. */
  #timeStart = 0;
  #point = 0;
  #timeEnd = 0;
  /** For other forms the digits: seconds and fraction, or a bare count. */
  #seconds = '';
  #fraction = '';
  #unit: 'digits' | 'seconds' | 'us' | 'hex-us' | 'ticks' = 'seconds';

  /** Finds the parts; false if the line is not a record. */
  locate(line: string): boolean {
    this.#line = line;
    return this.#task(line) || this.#latency(line);
  }

  get comm(): string | null {
    const comm = this.#line.slice(this.#commStart, this.#commEnd);
    return comm === '<...>' || comm === '' ? null : sharedText(comm);
  }

  /** Nanoseconds, or ticks if the clock has no seconds. */
  time(): bigint {
    switch (this.#unit) {
      case 'digits':
        return nsFromDigits(this.#line, this.#timeStart, this.#point, this.#timeEnd);
      case 'seconds':
        return nsFromSeconds(this.#seconds, this.#fraction);
      case 'us':
        return BigInt(this.#seconds) * 1000n;
      case 'hex-us':
        return BigInt(`0x${this.#seconds}`) * 1000n;
      case 'ticks':
        return BigInt(this.#seconds);
    }
  }

  /** True for bare counts (clocks counter, uptime, x86-tsc). */
  get ticks(): boolean {
    return this.#unit === 'ticks';
  }

  /** True if the time counts from the first entry (latency format). */
  get relative(): boolean {
    return this.#unit === 'us' || (this.form === 'latency' && this.ticks);
  }

  /** `TASK-PID [(TGID)] [CPU] [flags] TIME: ` and perf's `TASK  PID [CPU] TIME: `. */
  #task(line: string): boolean {
    for (let open = line.indexOf('['); open > 0 && open < MAX_FRONT; open = line.indexOf('[', open + 1)) {
      const close = digitsEnd(line, open + 1);
      if (close === open + 1 || line.charCodeAt(close) !== CLOSE_BRACKET) continue;
      if (this.#taskBefore(line, open) && this.#timeAfter(line, close + 1)) {
        this.cpu = digitsValue(line, open + 1, close);
        return true;
      }
    }
    return false;
  }

  #taskBefore(line: string, bracket: number): boolean {
    let end = blanksBack(line, bracket);
    if (line.charCodeAt(end - 1) === CLOSE_PAREN) {
      const open = line.lastIndexOf('(', end);
      if (open > 0 && isTgid(line, open + 1, end - 1)) end = blanksBack(line, open);
    }
    const digits = digitsBack(line, end);
    if (digits === end || digits < 1) return false;
    this.pid = digitsValue(line, digits, end);
    const before = line.charCodeAt(digits - 1);
    if (before === DASH) {
      this.form = 'task';
      return this.#setComm(line, digits - 1);
    }
    if (!isBlank(before) && before !== SLASH) return false;
    this.form = 'perf';
    // perf -F pid,tid prints PID/TID: the thread is the task.
    return this.#setComm(line, before === SLASH ? digitsBack(line, digits - 1) : digits);
  }

  #setComm(line: string, end: number): boolean {
    let start = blanks(line, 0);
    const colon = line.indexOf(': ', start);
    if (colon > 0 && colon < end) start += BUFFER.exec(line.slice(start, end))?.[0].length ?? 0;
    this.#commStart = start;
    this.#commEnd = this.form === 'perf' ? blanksBack(line, end) : end;
    // `[   12.345678] text` is the kernel log.
    return this.#commEnd > start && !(line.charCodeAt(start) === OPEN_BRACKET && isLogStamp(line, start));
  }

  #timeAfter(line: string, from: number): boolean {
    let at = blanks(line, from);
    if (at === from) return false;
    if (!isDigit(line.charCodeAt(at))) {
      while (at < line.length && !isBlank(line.charCodeAt(at))) at++;
      if (at - from > MAX_FLAGS) return false;
      at = blanks(line, at);
    }
    const whole = digitsEnd(line, at);
    if (whole === at) return false;
    let end = whole;
    if (line.charCodeAt(whole) === DOT) {
      end = digitsEnd(line, whole + 1);
      this.#timeStart = at;
      this.#point = whole;
      this.#timeEnd = end;
      this.#unit = 'digits';
    } else {
      this.#seconds = line.slice(at, whole);
      this.#unit = 'ticks';
    }
    if (line.charCodeAt(end) !== COLON) return false;
    this.body = blanks(line, end + 1);
    return true;
  }

  #latency(line: string): boolean {
    const front = line.length > MAX_FRONT ? line.slice(0, MAX_FRONT) : line;
    const match =
      (HAS_PID.test(front) ? LATENCY.exec(front) : null) ??
      (front.includes('(+') ? (VERBOSE.exec(front) ?? VERBOSE_TICKS.exec(front)) : null);
    const parts = match?.groups;
    if (!match || !parts) return false;
    this.pid = Number(parts.pid);
    this.cpu = Number(parts.cpu);
    this.body = match[0].length;
    this.#commStart = match[0].length - match[0].trimStart().length;
    this.#commEnd = this.#commStart + (parts.comm ?? '').length;
    this.#seconds = parts.time ?? parts.micros ?? parts.count ?? '0';
    this.#fraction = parts.fraction ?? '';
    this.form = parts.time === undefined ? 'verbose' : 'latency';
    if (parts.micros !== undefined) this.#unit = 'hex-us';
    else if (parts.unit !== undefined) this.#unit = 'us';
    else if (parts.fraction !== undefined) this.#unit = 'seconds';
    else if (parts.count !== undefined) this.#hexCount(parts.count);
    else this.#unit = 'ticks';
    return !isLogStamp(line, this.#commStart);
  }

  #hexCount(count: string): void {
    this.#unit = 'ticks';
    this.#seconds = BigInt(`0x${count}`).toString();
  }
}

// "   racer-430       6..... 25397us*: sched_process_exec: ..."     option latency-format
// "(udev-wo-526     3.....    41.351579: sys_enter_finit_module: ..." trace-cmd report -l
// "    init-1         4.....    3: sched_process_fork: ..."          latency-format, clock counter
const LATENCY =
  /^\s*(?<comm>\S.*?)-(?<pid>\d+)\s+(?<cpu>\d+)[^\s\d]\S{2,7}\s+(?<time>\d+)(?:\.(?<fraction>\d+))?(?<unit>us)?[#!*+$@ ]?:\s*/;
// "   racer     430   6 0 00000000 00000001 [03095e8f] 25.397ms (+16.995ms): sched_process_exec: ..."
// The bracket holds the time in microseconds; the next number counts from the first entry.
const VERBOSE =
  /^\s*(?<comm>\S.*?)\s+(?<pid>\d+)\s+(?<cpu>\d+)\s+\d+\s+[\da-f]{8}\s+[\da-f]{8,}\s+\[(?<micros>[\da-f]+)\]\s+\d+\.\d+ms\s+\(\+\d+\.\d+ms\):\s*/;
// "   racer     430   6 0 00000000 00000001 0000000000000004 1 (+1): sched_process_exec: ..."  clocks without seconds
const VERBOSE_TICKS =
  /^\s*(?<comm>\S.*?)\s+(?<pid>\d+)\s+(?<cpu>\d+)\s+\d+\s+[\da-f]{8}\s+[\da-f]{8,}\s+(?<count>[\da-f]{16})\s+\d+\s+\(\+\d+\):\s*/;

/** What a line needs for LATENCY, quicker to find out. */
const HAS_PID = /-\d+\s+\d/;

/** trace-cmd names the buffer of each record if it reports several: `foo:       modprobe-902   [005] ...` */
const BUFFER = /^[^\s:]{1,64}: {1,64}(?=\S)/;
/** No prefix is longer, in any form: bounds the work on other lines. */
const MAX_FRONT = 256;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const CLOSE_PAREN = 0x29;
const DASH = 0x2d;
const SLASH = 0x2f;
const DOT = 0x2e;
const COLON = 0x3a;
/** Flags between CPU and time: four before Linux 5.x, five or more since, and some blanks. */
const MAX_FLAGS = 24;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isBlank = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0xa0;

function blanks(line: string, from: number): number {
  let at = from;
  while (isBlank(line.charCodeAt(at))) at++;
  return at;
}

function blanksBack(line: string, from: number): number {
  let at = from;
  while (at > 0 && isBlank(line.charCodeAt(at - 1))) at--;
  return at;
}

/** Longer than any number that is told as out of range. */
const MOST_DIGITS = 1000;

/** The end of a number, or inside one that nothing prints. */
function digitsEnd(line: string, from: number): number {
  const most = from + MOST_DIGITS;
  let at = from;
  while (at < most && isDigit(line.charCodeAt(at))) at++;
  return at;
}

function digitsBack(line: string, from: number): number {
  let at = from;
  while (at > 0 && isDigit(line.charCodeAt(at - 1))) at--;
  return at;
}

const SAFE_DIGITS = 15;

/** Without a string, where the value is exact so. */
function digitsValue(line: string, from: number, to: number): number {
  if (to - from > SAFE_DIGITS) return Number(line.slice(from, to));
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + line.charCodeAt(at) - 0x30;
  return value;
}

/** `    430` or `-------` (an unknown thread group). */
function isTgid(line: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = line.charCodeAt(at);
    if (!isDigit(code) && !isBlank(code) && code !== DASH) return false;
  }
  return to > from;
}

/** True if the line starts like the kernel log, `[   12.345678] text`: then it is not a record. */
export function startsWithLogStamp(line: string): boolean {
  return isLogStamp(line, blanks(line, 0));
}

/** `[   12.345678]` at `from`. */
function isLogStamp(line: string, from: number): boolean {
  if (line.charCodeAt(from) !== OPEN_BRACKET) return false;
  const at = digitsEnd(line, blanks(line, from + 1));
  return line.charCodeAt(at) === DOT;
}
