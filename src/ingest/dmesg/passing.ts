/** Records of which only the stamps matter: what is kept of these, and a program that passes over most of them. */
import { compileProgram } from '../../model/wasm.js';
import { PASSING_WASM } from './passing-wasm.js';
import type { Wall } from './wall.js';

/** printk stamps of one boot may fall by as much (CPUs, late readers) without a new boot having begun. */
export const REORDERING_MICROS = 5_000_000;

/** Bytes that the program is given at once: few enough that it costs little to give them again. */
const PIECE_BYTES = 16 * 1024;
/** Bytes that are looked at without it where it is not sure, before it is asked again. */
export const UNSURE_BYTES = 1024;
/** Where the program has things; the same in passing.wat. */
const BEFORE_AT = 64;
const BEHIND_AT = 128;
const PIECE_AT = 192;
/** Bytes of a front that the program can compare. */
const FRONT_BYTES = 32;

/** What passing.wat exports. */
interface Program {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly passed: { readonly value: number };
  readonly last: { readonly value: number };
  readonly time: { readonly value: number };
  readonly tiedTime: { readonly value: number };
  readonly tied: { readonly value: number };
  stamped(at: number, end: number, highest: number): number;
  json(at: number, end: number, highest: number): number;
  dated(at: number, end: number, highest: number, before: number, behind: number): number;
}

interface Loaded {
  readonly program: Program;
  readonly piece: Uint8Array;
  /** The last that lines were compared with. */
  front: DateFront | null;
}

let loaded: Loaded | null | undefined;

/** Null where WebAssembly is not there, or has no SIMD. */
function load(): Loaded | null {
  const program = compileProgram<Program>(PASSING_WASM)?.();
  return program
    ? { program, piece: new Uint8Array(program.memory.buffer, PIECE_AT, PIECE_BYTES), front: null }
    : null;
}

/** Puts some of the bytes where the program has them, and gives their number. */
function put({ piece }: Loaded, bytes: Uint8Array, from: number, to: number): number {
  const some = bytes.subarray(from, Math.min(to, from + PIECE_BYTES));
  piece.set(some);
  return some.length;
}

function putFront(to: Loaded, front: DateFront): void {
  to.front = front;
  for (const [at, text] of [[BEFORE_AT, front.before] as const, [BEHIND_AT, front.behind] as const]) {
    const bytes = new Uint8Array(to.program.memory.buffer, at, 2 * FRONT_BYTES).fill(0);
    bytes.set(Buffer.from(text, 'latin1'));
    bytes.fill(0xff, FRONT_BYTES, FRONT_BYTES + text.length);
  }
}

/** What lines with dates of one minute and one host have in front of the message. */
export interface DateFront {
  /** `2026-11-22T10:45:` */
  readonly before: string;
  /** `+00:00 lab `, behind the seconds */
  readonly behind: string;
  /** When the minute begins. */
  readonly minute: Wall;
}

/** Records side by side that were passed over. */
export interface Passed {
  /** Where the last of them begins. */
  readonly last: number;
  /** Behind that. */
  readonly to: number;
}

/** Passes over records step by step, until a step passes over none; an empty range where there are none at all. */
export function passAll(from: number, to: number, step: (at: number) => Passed | null): Passed {
  let all: Passed = { last: from, to: from };
  while (all.to < to) {
    const passed = step(all.to);
    if (!passed) break;
    all = passed;
  }
  return all;
}

/** Lines with dates. */
export interface PassedDated extends Passed {
  /** Microseconds of the minute at which the last was written. */
  readonly time: number;
  /** Time and stamp of the line that came the least later than its stamp; null where none had one. */
  readonly tied: { readonly time: number; readonly micros: number } | null;
}

/** Records that are passed over, in whole microseconds: for every line of a log, bigints would cost too much. */
export class Passing {
  #highest: number;
  #passed = -1;
  readonly #onEnd: (highest: number) => void;

  /** `highest`: the highest stamp before, rounded up. */
  constructor(highest: number, onEnd: (highest: number) => void) {
    this.#highest = highest;
    this.#onEnd = onEnd;
  }

  /** Passes over a record with that stamp; false where it must be read, because another boot may begin with it. */
  over(micros: number): boolean {
    if (micros + REORDERING_MICROS < this.#highest) return false;
    if (micros > this.#passed) this.#passed = micros;
    if (micros > this.#highest) this.#highest = micros;
    return true;
  }

  /** Passes over some of the records from `from` to `to`; null where it is not sure of the first. */
  overSome(form: 'stamped' | 'json', bytes: Uint8Array, from: number, to: number): Passed | null {
    if (loaded === undefined) loaded = load();
    if (!loaded) return null;
    const { program } = loaded;
    const end = PIECE_AT + put(loaded, bytes, from, to);
    return this.#some(program, from, program[form](PIECE_AT, end, this.#highest));
  }

  /** The same of lines with such a front. */
  overDated(front: DateFront, bytes: Uint8Array, from: number, to: number): PassedDated | null {
    if (loaded === undefined) loaded = load();
    const { before, behind } = front;
    if (!loaded || before.length > FRONT_BYTES || behind.length > FRONT_BYTES) return null;
    if (loaded.front !== front) putFront(loaded, front);
    const { program } = loaded;
    const end = PIECE_AT + put(loaded, bytes, from, to);
    const stop = program.dated(PIECE_AT, end, this.#highest, before.length, behind.length);
    const passed = this.#some(program, from, stop);
    if (!passed) return null;
    const micros = program.tied.value;
    return {
      last: passed.last,
      to: passed.to,
      time: program.time.value,
      tied: micros < 0 ? null : { time: program.tiedTime.value, micros },
    };
  }

  #some(program: Program, from: number, stop: number): Passed | null {
    if (stop === PIECE_AT) return null;
    if (program.passed.value >= 0) this.over(program.passed.value);
    return { last: from + program.last.value - PIECE_AT, to: from + stop - PIECE_AT };
  }

  /** They are all passed over. */
  end(): void {
    if (this.#passed >= 0) this.#onEnd(this.#passed);
  }
}
