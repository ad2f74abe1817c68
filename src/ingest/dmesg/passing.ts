/** Records of which only the stamps matter: what is kept of these, and a program that passes over most of them. */
import { PASSING_WASM } from './passing-wasm.js';

/** printk stamps of one boot may fall by as much (CPUs, late readers) without a new boot having begun. */
export const REORDERING_MICROS = 5_000_000;

/** Bytes looked at together, of a record at most: few enough that it costs nothing to look at them again. */
export const PIECE_BYTES = 16 * 1024;
/** Where the program has them; the same in passing.wat. */
const PIECE_AT = 64;

/** What passing.wat exports. */
interface Program {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly passed: { readonly value: number };
  readonly last: { readonly value: number };
  stamped(at: number, end: number, highest: number): number;
  json(at: number, end: number, highest: number): number;
}

/** The parts of WebAssembly that are used; the types of Node do not have them. */
interface Engine {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

interface Loaded {
  readonly program: Program;
  readonly piece: Uint8Array;
}

let loaded: Loaded | null | undefined;

/** Null where WebAssembly is not there, or has no SIMD. */
function load(): Loaded | null {
  const engine = (globalThis as { readonly WebAssembly?: Engine }).WebAssembly;
  const bytes = Buffer.from(PASSING_WASM, 'base64');
  if (!engine?.validate(bytes)) return null;
  const program = new engine.Instance(new engine.Module(bytes)).exports as Program;
  return { program, piece: new Uint8Array(program.memory.buffer, PIECE_AT, PIECE_BYTES) };
}

/** Records side by side that were passed over. */
export interface Passed {
  /** Where the last of them begins. */
  readonly last: number;
  /** Behind that. */
  readonly to: number;
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
    loaded ??= load();
    if (!loaded) return null;
    const { program, piece } = loaded;
    const some = bytes.subarray(from, Math.min(to, from + PIECE_BYTES));
    piece.set(some);
    const end = program[form](PIECE_AT, PIECE_AT + some.length, this.#highest) - PIECE_AT;
    if (end === 0) return null;
    if (program.passed.value >= 0) this.over(program.passed.value);
    return { last: from + program.last.value - PIECE_AT, to: from + end };
  }

  /** They are all passed over. */
  end(): void {
    if (this.#passed >= 0) this.#onEnd(this.#passed);
  }
}
