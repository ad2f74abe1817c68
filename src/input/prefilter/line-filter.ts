// SPDX-License-Identifier: Apache-2.0
/**
 * The prefilter: searches bytes for needles and passes on the whole lines that hold one, with their line numbers. A line
 * without a needle cannot matter. Lines with bytes that are not plain ASCII text are always passed on, to be cleaned and
 * counted.
 */
import { nextTurn } from '../../platform/index.js';
import { ENCODING_BYTES } from '../clean-text.js';
import type { ByteFeed } from './feed.js';
import type { Words } from './needles.js';
import { borrowScanner, countNewlines, RUN_WORDS, returnScanner, type Scanner } from './scanner.js';

export interface Prefilter extends Words {
  /**
   * Skips whole lines of `bytes` in [from, to), which hold no needle and come next, and returns the end of those skipped.
   * The line there is passed on; then it is called for the rest. Called once for each line, in order. `followed`: a whole
   * line starts at `to`.
   */
  skipLines?(bytes: Uint8Array, from: number, to: number, followed: boolean): number;
  /**
   * Reads the whole line at `from`, which is needed and has this number, and returns its end; `from`: it is passed on.
   */
  readLine?(bytes: Uint8Array, from: number, number: number): number;
}

/** The receiver of the lines that are not skipped. */
export interface Target {
  /** Lines before the next write. The target counts those written; the filter sets it after a skip. */
  lines: number;
  /** True once the first bytes have shown UTF-16: then nothing is skipped. */
  readonly isUtf16: boolean;
  /** The next bytes: whole lines, except very long ones. Valid only during the call. */
  write(bytes: Uint8Array): void;
}

const LF = 0x0a;
/** Lines passed on singly: most targets want only a few in a row. */
const ONE_BY_ONE = 16;
/** After this many blocks, signals and timers get to run. */
const BLOCKS_PER_TURN = 16;

export class LineFilter {
  readonly #target: Target;
  readonly #prefilter: Prefilter;
  readonly #scanner: Scanner;
  /** True inside a line longer than a block. */
  #inLongLine = false;

  constructor(target: Target, prefilter: Prefilter) {
    this.#target = target;
    this.#prefilter = prefilter;
    this.#scanner = borrowScanner(prefilter);
  }

  /** Reads to the end and returns the number of bytes. */
  async read(feed: ByteFeed): Promise<number> {
    const { block } = this.#scanner;
    let total = 0;
    /** Bytes of the unfinished line at the start of the block. */
    let held = 0;
    for (let blocks = 1; ; blocks++) {
      const got = await feed(block.subarray(held));
      if (got === 0) break;
      const end = held + got;
      held = end - this.#filterBlock(held, end, total === 0);
      block.copyWithin(0, end - held, end);
      total += got;
      if (blocks % BLOCKS_PER_TURN === 0) await nextTurn();
    }
    if (held > 0) this.#target.write(block.subarray(0, held));
    returnScanner(this.#prefilter, this.#scanner);
    return total;
  }

  /** Filters the whole lines of the block and returns where they end. Its first `held` bytes hold no line end. */
  #filterBlock(held: number, end: number, first: boolean): number {
    const { block } = this.#scanner;
    const target = this.#target;
    let at = 0;
    if (first) {
      // The first bytes show the encoding.
      at = end <= ENCODING_BYTES ? end : (this.#lineEnd(ENCODING_BYTES, end) ?? end);
      target.write(block.subarray(0, at));
      this.#inLongLine = block[at - 1] !== LF;
    }
    if (target.isUtf16) {
      target.write(block.subarray(at, end));
      return end;
    }
    if (this.#inLongLine && at < end) {
      const lineEnd = this.#lineEnd(at, end);
      target.write(block.subarray(at, lineEnd ?? end));
      this.#inLongLine = lineEnd === null;
      at = lineEnd ?? end;
    }
    const whole = block.subarray(Math.max(at, held), end).lastIndexOf(LF) + 1;
    if (whole === 0) {
      if (end < block.length || at > 0) return at;
      target.write(block);
      this.#inLongLine = true;
      return end;
    }
    const to = Math.max(at, held) + whole;
    this.#filterLines(at, to);
    return to;
  }

  #lineEnd(from: number, end: number): number | null {
    const found = this.#scanner.block.subarray(from, end).indexOf(LF);
    return found < 0 ? null : from + found + 1;
  }

  /** Passes on lines that hold a needle, and lines between them that must not be skipped. */
  #filterLines(from: number, to: number): void {
    for (let at = from; at < to; ) {
      const { runs, stopped, before } = this.#scanner.scan(at, to, this.#target.lines);
      for (let run = 0; run < runs.length; run += RUN_WORDS) {
        const [start = 0, end = 0, linesBefore = 0] = [runs[run], runs[run + 1], runs[run + 2]];
        this.#skipGap(at, start, linesBefore, true);
        this.#passRun(start, end);
        at = end;
      }
      this.#skipGap(at, stopped, before, false);
      at = stopped;
    }
  }

  /** Passes on lines that hold a needle, but for those that the prefilter reads. */
  #passRun(from: number, to: number): void {
    const { block } = this.#scanner;
    const { readLine } = this.#prefilter;
    if (!readLine) {
      this.#target.write(block.subarray(from, to));
      return;
    }
    /** Lines passed on in a row: after a while more of them at once. */
    let passed = 0;
    for (let at = from; at < to; ) {
      const end = readLine(block, at, this.#target.lines + 1);
      if (end > at) {
        this.#target.lines++;
        passed = 0;
        at = end;
        continue;
      }
      const start = at;
      for (let more = passed < ONE_BY_ONE ? 1 : passed; more > 0 && at < to; more--, passed++)
        at = block.indexOf(LF, at) + 1;
      this.#target.write(block.subarray(start, at));
    }
  }

  /** Skips lines without a needle where that is possible; `before` lines precede their end. */
  #skipGap(from: number, to: number, before: number, followed: boolean): void {
    const { block } = this.#scanner;
    const prefilter = this.#prefilter;
    /** Lines passed on in a row: after a while more of them at once. */
    let wanted = 0;
    /** Lines from `at` on, once it is worth counting them. */
    let left: number | null = null;
    for (let at = from; at < to; ) {
      const skipped = prefilter.skipLines ? prefilter.skipLines(block, at, to, followed) : to;
      if (skipped > at) {
        wanted = 0;
        if (skipped === to) left = 0;
        else
          left = left === null ? countNewlines(block, skipped, to) : left - countNewlines(block, at, skipped);
        at = skipped;
        this.#target.lines = before - left;
        continue;
      }
      for (let more = wanted < ONE_BY_ONE ? 1 : wanted; more > 0 && at < to; more--, wanted++) {
        at = block.indexOf(LF, at) + 1;
        if (left !== null) left--;
      }
      this.#target.write(block.subarray(skipped, at));
    }
  }
}
