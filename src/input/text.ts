// SPDX-License-Identifier: Apache-2.0
/** Splits bytes into numbered text lines and counts irregularities. */
import { concat } from './bytes.js';
import { LineSplitter, type OnLine } from './line-splitter.js';
import type { ByteFeed } from './prefilter/feed.js';
import { LineFilter, type Prefilter } from './prefilter/line-filter.js';
import { countNewlines } from './prefilter/scanner.js';

export interface TextOptions {
  /** Longer lines are truncated. 1 MiB by default. */
  readonly maxLineBytes?: number;
}

export interface TextCounts {
  /** Before decoding. */
  readonly bytes: number;
  readonly lines: number;
  /** Bytes of invalid UTF-8 (or of unpaired UTF-16 surrogates), replaced by U+FFFD. */
  readonly invalidBytes: number;
  readonly nulBytes: number;
  /** Truncated lines, and the number of the first. */
  readonly longLines: number;
  readonly firstLongLine: number | null;
}

/** Minimum size of a block to split: the splitter's work per block grows with the unfinished line. */
const BLOCK_BYTES = 64 * 1024;
const MAX_LINE_BYTES = 1024 ** 2;
/** Lines that are passed on or counted together. */
const PIECE_BYTES = 8 * 1024;
const LF = 0x0a;

/**
 * Calls `onLine` for every line, numbered from 1 as in an editor. A CR before the LF belongs to the line end. Other CRs
 * are noise from a serial line: dropped at either end of a line, a blank inside it.
 */
export async function textLines(
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
  onLine: OnLine,
  options: TextOptions = {},
): Promise<TextCounts> {
  const splitter = new LineSplitter(onLine, options.maxLineBytes ?? MAX_LINE_BYTES);
  let total = 0;
  for await (const block of bytes instanceof Uint8Array ? [bytes] : blocks(bytes)) {
    total += block.length;
    splitter.write(block);
  }
  await splitter.end();
  return countsOf(total, splitter);
}

/** The same with a prefilter; skipped lines are counted. */
export async function neededLines(feed: ByteFeed, onLine: OnLine, prefilter: Prefilter): Promise<TextCounts> {
  const splitter = new LineSplitter(onLine, MAX_LINE_BYTES);
  const total = await new LineFilter(splitter, prefilter).read(feed);
  await splitter.end();
  return countsOf(total, splitter);
}

/**
 * Calls `onLine` for the lines numbered in `wanted` and some of their neighbours, as `textLines` would; pieces without
 * any are only counted, and nothing is read after the last.
 */
export async function wantedLines(
  feed: ByteFeed,
  wanted: ReadonlySet<number>,
  onLine: OnLine,
): Promise<void> {
  const splitter = new LineSplitter(onLine, MAX_LINE_BYTES);
  const numbers = [...wanted].sort((a, b) => a - b);
  const last = numbers.at(-1) ?? 0;
  let next = 0;
  /** Passes on whole lines, or counts them. */
  const take = (piece: Uint8Array): void => {
    const lines = countNewlines(piece, 0, piece.length);
    while ((numbers[next] ?? Number.POSITIVE_INFINITY) <= splitter.lines) next++;
    if ((numbers[next] ?? Number.POSITIVE_INFINITY) <= splitter.lines + lines) splitter.write(piece);
    else splitter.lines += lines;
  };
  // One buffer for all: a new one for each piece would fill the memory before it is collected.
  const block = new Uint8Array(MAX_LINE_BYTES);
  /** Bytes of the unfinished line at the start of the block. */
  let held = 0;
  let first = true;
  /** The splitter is within a line: after the first bytes, which tell the encoding, and in lines longer than the block. */
  let within = true;
  while (splitter.lines < last) {
    const got = await feed(block.subarray(held));
    if (got === 0) break;
    const filled = block.subarray(0, held + got);
    let at = 0;
    if (within) {
      const end = first || splitter.isUtf16 ? 0 : filled.indexOf(LF) + 1;
      at = end || filled.length;
      splitter.write(filled.subarray(0, at));
      first = false;
      within = end === 0;
    }
    const whole = Math.max(at, filled.lastIndexOf(LF) + 1);
    while (at < whole) {
      const near = filled.subarray(at, Math.min(whole, at + PIECE_BYTES)).lastIndexOf(LF);
      const end = near < 0 ? filled.indexOf(LF, at) + 1 : at + near + 1;
      take(filled.subarray(at, end));
      at = end;
    }
    held = filled.length - at;
    if (held === block.length) {
      splitter.write(block);
      held = 0;
      within = true;
    } else block.copyWithin(0, at, filled.length);
  }
  splitter.write(block.subarray(0, held));
  await splitter.end();
}

function countsOf(bytes: number, splitter: LineSplitter): TextCounts {
  const { lines, invalidBytes, nulBytes, longLines, firstLongLine } = splitter;
  return { bytes, lines, invalidBytes, nulBytes, longLines, firstLongLine };
}

/** Gathers small chunks into blocks. */
async function* blocks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    parts.push(chunk);
    length += chunk.length;
    if (length < BLOCK_BYTES) continue;
    yield concat(parts);
    parts = [];
    length = 0;
  }
  if (length > 0) yield concat(parts);
}
