/** Finding the lines of a block that hold a needle: with WebAssembly where it has SIMD, else needle by needle. */
import { compileProgram } from '../../model/wasm.js';
import { needleTables } from './needles.js';
import { SAMPLE_BYTES } from './places.js';
import { SCAN_WASM } from './scan-wasm.js';

/** Lines that were found and lie side by side. */
export interface Run {
  readonly start: number;
  /** Behind the newline of the last. */
  readonly end: number;
  /** Lines of the source before the first. */
  readonly before: number;
}

export interface Scanned {
  readonly runs: readonly Run[];
  /** How far it came: to the end, or less where there was much to find. */
  readonly stopped: number;
  /** Lines of the source before that. */
  readonly before: number;
}

export interface Scanner {
  /** Where the bytes to be scanned are put. */
  readonly block: Uint8Array;
  /**
   * Finds lines with a needle, or with a byte that is no plain ASCII text, in whole lines from `from` to `to`, of
   * which `before` came before.
   */
  scan(from: number, to: number, before: number): Scanned;
}

/** Enough that a call costs nothing beside its scan, and few enough to stay in the processor's cache. */
const BLOCK_BYTES = 1024 ** 2;
const MOST_RUNS = 8192;

/** Where things lie; the same in wasm/scan.ts. */
const RUNS_AT = 65_536;
const RUN_WORDS = 3;
const BLOCK_AT = 262_144;

interface ScanExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly stopped: { readonly value: number };
  readonly lines: { readonly value: number };
  scan(from: number, to: number, before: number, most: number): number;
}

class WasmScanner implements Scanner {
  readonly block: Uint8Array;
  readonly #needles: readonly string[];
  readonly #exports: ScanExports;
  readonly #runs: Uint32Array;
  /** Bytes of text by which the needles were placed. */
  #sampled = -1;

  constructor(needles: readonly string[], exports: ScanExports) {
    this.#needles = needles;
    this.#exports = exports;
    const { buffer } = exports.memory;
    this.block = new Uint8Array(buffer, BLOCK_AT, BLOCK_BYTES);
    this.#runs = new Uint32Array(buffer, RUNS_AT, MOST_RUNS * RUN_WORDS);
  }

  scan(from: number, to: number, before: number): Scanned {
    this.#place(from, to);
    const count = this.#exports.scan(BLOCK_AT + from, BLOCK_AT + to, before, MOST_RUNS);
    const words = this.#runs;
    const runs = Array.from({ length: count }, (_, index): Run => {
      const at = index * RUN_WORDS;
      return {
        start: (words[at] ?? 0) - BLOCK_AT,
        end: (words[at + 1] ?? 0) - BLOCK_AT,
        before: words[at + 2] ?? 0,
      };
    });
    return {
      runs,
      stopped: this.#exports.stopped.value - BLOCK_AT,
      before: this.#exports.lines.value,
    };
  }

  /** Places the needles by the first text that comes, and again where that was short and more of it is here. */
  #place(from: number, to: number): void {
    const size = Math.min(to - from, SAMPLE_BYTES);
    if (this.#sampled >= 0 && (this.#sampled === SAMPLE_BYTES || size < SAMPLE_BYTES)) return;
    this.#sampled = size;
    const tables = needleTables(this.#needles, this.block.subarray(from, from + size));
    new Uint8Array(this.#exports.memory.buffer).set(tables);
  }
}

/** A byte that is no plain ASCII text, where it is not a newline or the carriage return before one. */
const STRANGE = /[^\n -\u007f](?<!\r(?=\n))/g;
const LF = 0x0a;

/** The same, in plain JavaScript. */
export class PortableScanner implements Scanner {
  readonly block = Buffer.alloc(BLOCK_BYTES);
  readonly #needles: readonly Buffer[];

  constructor(needles: readonly string[]) {
    this.#needles = needles.map((needle) => Buffer.from(needle));
  }

  scan(from: number, to: number, before: number): Scanned {
    const bytes = this.block.subarray(0, to);
    const hits = this.#needles.flatMap((needle) => [...positions(bytes, needle, from)]);
    for (const match of bytes.toString('latin1', from).matchAll(STRANGE)) hits.push(from + match.index);
    hits.sort((a, b) => a - b);
    const runs: { start: number; end: number; before: number }[] = [];
    let at = from;
    let lines = before;
    for (const hit of hits) {
      if (hit < at) continue;
      // A negative offset would count from the end.
      const start = hit === 0 ? 0 : Math.max(from, bytes.lastIndexOf(LF, hit - 1) + 1);
      lines += countNewlines(bytes, at, start);
      at = bytes.indexOf(LF, hit) + 1;
      const last = runs.at(-1);
      if (last?.end === start) last.end = at;
      else runs.push({ start, end: at, before: lines });
      lines += 1;
    }
    return { runs, stopped: to, before: lines + countNewlines(bytes, at, to) };
  }
}

/** Where the needle is found, once a line. */
function* positions(bytes: Buffer, needle: Buffer, from: number): Generator<number> {
  for (let at = bytes.indexOf(needle, from); at >= 0; at = bytes.indexOf(needle, at)) {
    yield at;
    at = bytes.indexOf(LF, at) + 1;
    if (at === 0) return;
  }
}

export function countNewlines(bytes: Uint8Array, from: number, to: number): number {
  // What is searched ends at `to`: a search that finds none goes to the end of what it is given.
  const part = bytes.subarray(from, to);
  let count = 0;
  for (let at = part.indexOf(LF); at >= 0; at = part.indexOf(LF, at + 1)) count++;
  return count;
}

let compiled: (() => ScanExports) | null | undefined;

/** Scanners that nobody uses at the moment; making one costs more than reading a small file. */
const idle = new Map<readonly string[], Scanner[]>();

/** A scanner for the needles, to be given back by `returnScanner`. */
export function borrowScanner(needles: readonly string[]): Scanner {
  const known = idle.get(needles)?.pop();
  if (known) return known;
  if (compiled === undefined) compiled = compileProgram<ScanExports>(SCAN_WASM);
  return compiled ? new WasmScanner(needles, compiled()) : new PortableScanner(needles);
}

/** Making a scanner takes as long as parsing so many bytes of text. */
const WORTHWHILE_BYTES = 1024 ** 2;
const asked = new Map<readonly string[], number>();

/** Whether a prefilter saves time, after as many bytes as were asked about; `size` is null where it is not known. */
export function isWorthwhile(needles: readonly string[], size: number | null): boolean {
  const bytes = (asked.get(needles) ?? 0) + (size ?? WORTHWHILE_BYTES);
  asked.set(needles, bytes);
  return bytes >= WORTHWHILE_BYTES;
}

export function returnScanner(needles: readonly string[], scanner: Scanner): void {
  const others = idle.get(needles);
  if (others) others.push(scanner);
  else idle.set(needles, [scanner]);
}
