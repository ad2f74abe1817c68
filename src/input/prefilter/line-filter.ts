/**
 * The prefilter: bytes are searched for the needles without which a line cannot matter to its reader, and only whole
 * lines that hold one are handed on, with their true numbers. Lines that are not all plain ASCII
 * are handed on as well, so that whatever cleans and counts them sees them.
 */
import { ENCODING_BYTES } from '../clean-text.js';
import type { ByteFeed } from './feed.js';
import { borrowScanner, countNewlines, returnScanner, type Scanner } from './scanner.js';

export interface Prefilter {
  readonly needles: readonly string[];
  /**
   * Asked of whole lines in `bytes` from `from` to `to` that hold no needle, and come next: up to where they may be
   * left out. What begins there is handed on, and the rest is asked about again. It is told once, and in order.
   */
  mayLeaveOut?(bytes: Uint8Array, from: number, to: number): number;
}

/** Who gets what is left. */
export interface Target {
  /** Lines up to what comes next: it counts those that it gets, and is told of those that it does not. */
  lines: number;
  /** True once the first bytes have shown that it is UTF-16: then it gets all. */
  readonly recoded: boolean;
  /** The next bytes, whole lines but where they are long. They are only lent. */
  write(bytes: Uint8Array): void;
}

const LF = 0x0a;
/** Most who want a line want only a few. */
const ONE_BY_ONE = 16;
/** After so many blocks, others get to run: signals, timers. */
const BLOCKS_AT_A_TIME = 16;

export class LineFilter {
  readonly #target: Target;
  readonly #prefilter: Prefilter;
  readonly #scanner: Scanner;
  /** True within a line that is longer than a block. */
  #inLong = false;

  constructor(target: Target, prefilter: Prefilter) {
    this.#target = target;
    this.#prefilter = prefilter;
    this.#scanner = borrowScanner(prefilter.needles);
  }

  /** Reads to the end; gives the number of bytes. */
  async read(feed: ByteFeed): Promise<number> {
    const { block } = this.#scanner;
    let total = 0;
    /** Bytes of the unfinished line at the beginning of the block. */
    let held = 0;
    for (let blocks = 1; ; blocks++) {
      const got = await feed(block.subarray(held));
      if (got === 0) break;
      const end = held + got;
      held = end - this.#whole(held, end, total === 0);
      block.copyWithin(0, end - held, end);
      total += got;
      if (blocks % BLOCKS_AT_A_TIME === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (held > 0) this.#target.write(block.subarray(0, held));
    returnScanner(this.#prefilter.needles, this.#scanner);
    return total;
  }

  /** Takes the whole lines of the block; those in its first `held` bytes are not finished there. Gives where they end. */
  #whole(held: number, end: number, first: boolean): number {
    const { block } = this.#scanner;
    const target = this.#target;
    let at = 0;
    if (first) {
      // The encoding is told by the first bytes.
      at = end <= ENCODING_BYTES ? end : (this.#lineEnd(ENCODING_BYTES, end) ?? end);
      target.write(block.subarray(0, at));
      this.#inLong = block[at - 1] !== LF;
    }
    if (target.recoded) {
      target.write(block.subarray(at, end));
      return end;
    }
    if (this.#inLong && at < end) {
      const lineEnd = this.#lineEnd(at, end);
      target.write(block.subarray(at, lineEnd ?? end));
      this.#inLong = lineEnd === null;
      at = lineEnd ?? end;
    }
    const whole = block.subarray(Math.max(at, held), end).lastIndexOf(LF) + 1;
    if (whole === 0) {
      if (end < block.length || at > 0) return at;
      target.write(block);
      this.#inLong = true;
      return end;
    }
    const to = Math.max(at, held) + whole;
    this.#lines(at, to);
    return to;
  }

  #lineEnd(from: number, end: number): number | null {
    const found = this.#scanner.block.subarray(from, end).indexOf(LF);
    return found < 0 ? null : from + found + 1;
  }

  /** Whole lines: what is found, and of what is not what may not be left out. */
  #lines(from: number, to: number): void {
    for (let at = from; at < to; ) {
      const { runs, stopped, before } = this.#scanner.scan(at, to, this.#target.lines);
      for (const run of runs) {
        this.#gap(at, run.start, run.before);
        this.#target.write(this.#scanner.block.subarray(run.start, run.end));
        at = run.end;
      }
      this.#gap(at, stopped, before);
      at = stopped;
    }
  }

  /** Lines without a needle; `before` lines are before their end. */
  #gap(from: number, to: number, before: number): void {
    const { block } = this.#scanner;
    const prefilter = this.#prefilter;
    /** Lines handed on one by one so far: for readers who want many, they become more and more at once. */
    let wanted = 0;
    for (let at = from; at < to; ) {
      const needed = prefilter.mayLeaveOut ? prefilter.mayLeaveOut(block, at, to) : to;
      if (needed > at) {
        wanted = 0;
        at = needed;
        this.#target.lines = before - (at < to ? countNewlines(block, at, to) : 0);
        continue;
      }
      for (let more = wanted < ONE_BY_ONE ? 1 : wanted; more > 0 && at < to; more--, wanted++)
        at = block.indexOf(LF, at) + 1;
      this.#target.write(block.subarray(needed, at));
    }
  }
}
