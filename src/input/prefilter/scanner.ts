// SPDX-License-Identifier: Apache-2.0
/** Finds the lines of a block that hold a needle: with WebAssembly SIMD, else needle by needle. */

import { addTo } from '../../model/groups.js';
import { compileProgram } from '../../model/wasm.js';
import { Buffer } from '../../platform/index.js';
import { harmlessPlaces, needleTables, type Words } from './needles.js';
import { SAMPLE_BYTES } from './places.js';
import { SCAN_WASM } from './scan-wasm.js';

export interface Scanned {
  /**
   * Runs of adjacent lines that were found, RUN_WORDS each: start, the end of its last line, and the lines of the source
   * before it. Valid until the next scan.
   */
  readonly runs: Uint32Array;
  /** Where the scan stopped: the end, or earlier if it found many runs. */
  readonly stopped: number;
  /** Lines of the source before `stopped`. */
  readonly before: number;
}

export interface Scanner {
  /** The buffer for the bytes to scan. */
  readonly block: Uint8Array;
  /**
   * Finds the lines in [from, to) that hold a needle outside harmless phrases, or a byte that is not plain ASCII text. `before` is the number of
   * lines before `from`.
   */
  scan(from: number, to: number, before: number): Scanned;
}

/** Large enough that calls cost little, small enough for the CPU cache. */
const BLOCK_BYTES = 1024 ** 2;
const MAX_RUNS = 8192;

/** The memory layout, as in wasm/scan.ts. */
const RUNS_AT = 65_536;
export const RUN_WORDS = 3;
const BLOCK_AT = 262_144;

interface ScanExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly stopped: { readonly value: number };
  readonly lines: { readonly value: number };
  scan(from: number, to: number, before: number, most: number): number;
}

class WasmScanner implements Scanner {
  readonly block: Uint8Array;
  readonly #words: Words;
  readonly #exports: ScanExports;
  readonly #runs: Uint32Array;
  /** Bytes of the sample that placed the needles. */
  #sampled = -1;

  constructor(words: Words, exports: ScanExports) {
    this.#words = words;
    this.#exports = exports;
    const { buffer } = exports.memory;
    this.block = new Uint8Array(buffer, BLOCK_AT, BLOCK_BYTES);
    this.#runs = new Uint32Array(buffer, RUNS_AT, MAX_RUNS * RUN_WORDS);
  }

  scan(from: number, to: number, before: number): Scanned {
    this.#placeNeedles(from, to);
    const count = this.#exports.scan(BLOCK_AT + from, BLOCK_AT + to, before, MAX_RUNS);
    return {
      runs: this.#runs.subarray(0, count * RUN_WORDS),
      stopped: this.#exports.stopped.value - BLOCK_AT,
      before: this.#exports.lines.value,
    };
  }

  /** Places the needles by the first text, and again if that was short and more text is here. */
  #placeNeedles(from: number, to: number): void {
    const size = Math.min(to - from, SAMPLE_BYTES);
    if (this.#sampled >= 0 && (this.#sampled === SAMPLE_BYTES || size < SAMPLE_BYTES)) return;
    this.#sampled = size;
    const tables = needleTables(this.#words, this.block.subarray(from, from + size));
    new Uint8Array(this.#exports.memory.buffer).set(tables);
  }
}

/** A byte that is not plain ASCII text, a newline, or the carriage return before one. */
const NOT_PLAIN = /[^\n -\u007f](?<!\r(?=\n))/g;
const LF = 0x0a;

/** The same in plain JavaScript. */
export class PortableScanner implements Scanner {
  readonly #buffer = Buffer.alloc(BLOCK_BYTES);
  readonly block: Uint8Array = this.#buffer;
  readonly #words: Words;

  constructor(words: Words) {
    this.#words = words;
  }

  scan(from: number, to: number, before: number): Scanned {
    const bytes = this.#buffer.subarray(0, to);
    const text = bytes.toString('latin1', from);
    const hits = this.#words.needles.flatMap((needle) => [...this.#offsets(text, needle)]);
    for (const match of text.matchAll(NOT_PLAIN)) hits.push(match.index);
    hits.sort((a, b) => a - b);
    const runs: number[] = [];
    let at = from;
    let lines = before;
    for (const offset of hits) {
      const hit = from + offset;
      if (hit < at) continue;
      // A negative offset would count from the end.
      const start = hit === 0 ? 0 : Math.max(from, bytes.lastIndexOf(LF, hit - 1) + 1);
      lines += countNewlines(bytes, at, start);
      at = bytes.indexOf(LF, hit) + 1;
      if (runs.at(1 - RUN_WORDS) === start) runs[runs.length - 2] = at;
      else runs.push(start, at, lines);
      lines += 1;
    }
    return { runs: Uint32Array.from(runs), stopped: to, before: lines + countNewlines(bytes, at, to) };
  }

  /** Offsets of a needle outside harmless phrases, one per line. */
  *#offsets(text: string, needle: string): Generator<number> {
    const phrases = [...harmlessPlaces([needle], this.#words.harmless ?? [])];
    for (let at = text.indexOf(needle); at >= 0; ) {
      const start = at;
      const isHarmless = phrases.some(
        ({ phrase, from }) => text.startsWith(phrase, start - from) && start >= from,
      );
      if (!isHarmless) {
        yield at;
        at = text.indexOf('\n', at);
      }
      at = at < 0 ? at : text.indexOf(needle, at + 1);
    }
  }
}

export function countNewlines(bytes: Uint8Array, from: number, to: number): number {
  // A subarray: a search without a match would go on past `to`.
  const part = bytes.subarray(from, to);
  let count = 0;
  for (let at = part.indexOf(LF); at >= 0; at = part.indexOf(LF, at + 1)) count++;
  return count;
}

let compiled: (() => ScanExports) | null | undefined;

/** Unused scanners: making one costs more than reading a small file. */
const idle = new Map<readonly string[], Scanner[]>();

/** A scanner for the words; give it back with `returnScanner`. */
export function borrowScanner(words: Words): Scanner {
  const known = idle.get(words.needles)?.pop();
  if (known) return known;
  if (compiled === undefined) compiled = compileProgram<ScanExports>(SCAN_WASM);
  return compiled ? new WasmScanner(words, compiled()) : new PortableScanner(words);
}

/** Making a scanner takes as long as parsing this many bytes. */
const WORTHWHILE_BYTES = 1024 ** 2;
const bytesByNeedles = new Map<readonly string[], number>();

/** Counts bytes to read, null if unknown, and tells whether a prefilter for them saves time by now. */
export function isWorthwhile(needles: readonly string[], size: number | null): boolean {
  const bytes = (bytesByNeedles.get(needles) ?? 0) + (size ?? WORTHWHILE_BYTES);
  bytesByNeedles.set(needles, bytes);
  return bytes >= WORTHWHILE_BYTES;
}

export function returnScanner({ needles }: Words, scanner: Scanner): void {
  addTo(idle, needles, scanner);
}
