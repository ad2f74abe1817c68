// SPDX-License-Identifier: Apache-2.0
/**
 * A sched_switch record as the kernel prints it, read from its bytes: traces have millions of them, and to make a string of
 * each takes longer than all the rest. Lines in any other form are left to the reader of strings.
 */
import { SAFE_SECOND_DIGITS } from '../../model/time.js';

const [LF, BLANK, AMPERSAND, OPEN, CLOSE, DASH, DOT, ZERO, NINE, COLON, BRACKET, END_BRACKET] = [
  0x0a, 0x20, 0x26, 0x28, 0x29, 0x2d, 0x2e, 0x30, 0x39, 0x3a, 0x5b, 0x5d,
];
/** Task, pid and thread group, with any padding. */
const MOST_FRONT = 64;
const MOST_FLAGS = 12;
/** `<...>`, or TASK_COMM_LEN: 16 with the NUL. */
const MOST_COMM = 16;
const MOST_STATE = 12;
const MOST_CPU_DIGITS = 4;
/** PID_MAX_LIMIT is 4194304. */
const MOST_PID_DIGITS = 7;
const MOST_PRIORITY_DIGITS = 3;
const FRACTION_DIGITS = 9;
/** More digits are no fraction that a clock prints. */
const MOST_FRACTION = 32;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const NAME = bytesOf(' sched_switch: prev_comm=');
const PREVIOUS = bytesOf(' prev_pid=');
const NEXT = bytesOf(' next_pid=');
const PRIORITY = bytesOf(' prev_prio=');
const STATE = bytesOf(' prev_state=');
const NEXT_TASK = bytesOf(' ==> next_comm=');
const NEXT_PRIORITY = bytesOf(' next_prio=');

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;
const isLetterOrDigit = (byte: number): boolean =>
  isDigit(byte) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

/** The record last read. */
export class SwitchLine {
  /** Nanoseconds: a safe integer. */
  ns = 0;
  cpu = 0;
  previous = 0;
  next = 0;
  #value = 0;

  /** Reads the whole line at `from`; returns its end, or `from` where it is no such record or not quite in this form. */
  read(bytes: Uint8Array, from: number): number {
    const bracket = this.#task(bytes, from);
    if (bracket < 0) return from;
    const name = this.#cpuAndTime(bytes, bracket);
    if (name < 0 || !holds(bytes, name, NAME)) return from;
    const end = this.#pids(bytes, name + NAME.length);
    return end < 0 ? from : end;
  }

  /** `TASK-PID ` or `TASK-PID (TGID) `: the offset of the bracket after it, else -1. */
  #task(bytes: Uint8Array, from: number): number {
    const first = bytes[from] ?? LF;
    if (first !== BLANK && !isLetterOrDigit(first)) return -1;
    let at = from;
    for (let byte = first; byte !== BRACKET; byte = bytes[++at] ?? LF)
      if (!isPlain(byte) || at - from > MOST_FRONT) return -1;
    const bracket = at;
    at = blanksBack(bytes, at);
    if (bytes[at - 1] === CLOSE) {
      for (at--; isDigit(bytes[at - 1]) || bytes[at - 1] === BLANK || bytes[at - 1] === DASH; ) at--;
      if (bytes[at - 1] !== OPEN) return -1;
      at = blanksBack(bytes, at - 1);
    }
    const end = at;
    while (isDigit(bytes[at - 1])) at--;
    return at < end && bytes[at - 1] === DASH && at - 2 >= from && bytes[at - 2] !== BLANK ? bracket : -1;
  }

  /** `[CPU] FLAGS SECONDS.FRACTION:`: the offset of what follows, else -1. */
  #cpuAndTime(bytes: Uint8Array, bracket: number): number {
    let at = this.#digits(bytes, bracket + 1, MOST_CPU_DIGITS);
    this.cpu = this.#value;
    if (at < 0 || bytes[at] !== END_BRACKET || bytes[at + 1] !== BLANK) return -1;
    at = blanks(bytes, at + 1);
    if (!isDigit(bytes[at])) {
      const flags = at;
      while (bytes[at] !== BLANK) if (!isPlain(bytes[at++] ?? LF) || at - flags > MOST_FLAGS) return -1;
      at = blanks(bytes, at);
    }
    at = this.#digits(bytes, at, SAFE_SECOND_DIGITS);
    if (at < 0 || bytes[at] !== DOT) return -1;
    let ns = this.#value;
    const fraction = at + 1;
    for (at = fraction; isDigit(bytes[at]) && at - fraction <= MOST_FRACTION; at++)
      if (at < fraction + FRACTION_DIGITS) ns = ns * 10 + (bytes[at] ?? 0) - ZERO;
    for (let place = at - fraction; place < FRACTION_DIGITS; place++) ns *= 10;
    this.ns = ns;
    return bytes[at] === COLON ? at + 1 : -1;
  }

  /**
   * `COMM prev_pid=PID prev_prio=N prev_state=S ==> next_comm=COMM next_pid=PID next_prio=N`: the end of the line, else -1.
   */
  #pids(bytes: Uint8Array, from: number): number {
    let at = this.#digits(bytes, after(bytes, from, PREVIOUS), MOST_PID_DIGITS);
    this.previous = this.#value;
    if (at < 0 || !holds(bytes, at, PRIORITY)) return -1;
    at = this.#digits(bytes, at + PRIORITY.length, MOST_PRIORITY_DIGITS);
    if (at < 0 || !holds(bytes, at, STATE)) return -1;
    const state = at + STATE.length;
    for (at = state; bytes[at] !== BLANK; at++)
      if (!isPlain(bytes[at] ?? LF) || at - state > MOST_STATE) return -1;
    if (!holds(bytes, at, NEXT_TASK)) return -1;
    at = this.#digits(bytes, after(bytes, at + NEXT_TASK.length, NEXT), MOST_PID_DIGITS);
    this.next = this.#value;
    if (at < 0 || !holds(bytes, at, NEXT_PRIORITY)) return -1;
    at = this.#digits(bytes, at + NEXT_PRIORITY.length, MOST_PRIORITY_DIGITS);
    return bytes[at] === LF ? at + 1 : -1;
  }

  /** The end of one to `most` digits, with their value, else -1; also where `from` is. */
  #digits(bytes: Uint8Array, from: number, most: number): number {
    let value = 0;
    let at = from;
    if (from < 0) return -1;
    for (; isDigit(bytes[at]) && at - from <= most; at++) value = value * 10 + (bytes[at] ?? 0) - ZERO;
    this.#value = value;
    return at === from || at - from > most ? -1 : at;
  }
}

/** Printable ASCII that no markup, colour or entity starts with. */
const isPlain = (byte: number): boolean =>
  byte >= BLANK && byte < 0x7f && byte !== AMPERSAND && byte !== BRACKET;

function holds(bytes: Uint8Array, from: number, part: Uint8Array): boolean {
  for (let index = part.length - 1; index >= 0; index--)
    if (bytes[from + index] !== part[index]) return false;
  return true;
}

function blanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === BLANK) at++;
  return at;
}

function blanksBack(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at - 1] === BLANK) at--;
  return at;
}

/** The end of `part`, which follows a name of at most MOST_COMM bytes, else -1. */
function after(bytes: Uint8Array, from: number, part: Uint8Array): number {
  for (let at = from; at <= from + MOST_COMM; at++) {
    const byte = bytes[at] ?? LF;
    if (byte === BLANK && holds(bytes, at, part)) return at + part.length;
    if (!isPlain(byte)) return -1;
  }
  return -1;
}
