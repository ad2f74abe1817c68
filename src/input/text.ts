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
const LF = 0x0a;

/**
 * Calls `onLine` for every line, numbered from 1 as in an editor. A CR before the LF belongs to the line end. Other CRs
 * are noise from a serial line: dropped at either end of a line, a blank inside it.
 */
export async function textLines(
  bytes: AsyncIterable<Uint8Array>,
  onLine: OnLine,
  options: TextOptions = {},
): Promise<TextCounts> {
  const splitter = new LineSplitter(onLine, options.maxLineBytes ?? MAX_LINE_BYTES);
  let total = 0;
  for await (const block of blocks(bytes)) {
    total += block.length;
    splitter.write(block);
  }
  await splitter.end();
  return countsOf(total, splitter);
}

/** The same with a prefilter; skipped lines are counted. */
export async function neededLines(
  feed: ByteFeed,
  onLine: OnLine,
  prefilter: Prefilter,
  options: TextOptions = {},
): Promise<TextCounts> {
  const splitter = new LineSplitter(onLine, options.maxLineBytes ?? MAX_LINE_BYTES);
  const total = await new LineFilter(splitter, prefilter).read(feed);
  await splitter.end();
  return countsOf(total, splitter);
}

/**
 * Calls `onLine` for the lines numbered in `wanted` and some of their neighbours, as `textLines` would; blocks without
 * any are only counted, and nothing is read after the last.
 */
export async function wantedLines(
  bytes: AsyncIterable<Uint8Array>,
  wanted: ReadonlySet<number>,
  onLine: OnLine,
): Promise<void> {
  const splitter = new LineSplitter(onLine, MAX_LINE_BYTES);
  const numbers = [...wanted].sort((a, b) => a - b);
  const last = numbers.at(-1) ?? 0;
  let next = 0;
  let first = true;
  let carry: Uint8Array = new Uint8Array(0);
  /** The splitter is within a line: after the first block, which tells the encoding, and in lines too long to carry. */
  let within = true;
  for await (const block of blocks(bytes)) {
    if (splitter.lines >= last) break;
    let data = concat([carry, block]);
    carry = new Uint8Array(0);
    if (within) {
      const end = first || splitter.isUtf16 ? 0 : data.indexOf(LF) + 1;
      splitter.write(end === 0 ? data : data.subarray(0, end));
      first = false;
      if (end === 0) continue;
      within = false;
      data = data.subarray(end);
    }
    const end = data.lastIndexOf(LF) + 1;
    const lines = countNewlines(data, 0, end);
    while ((numbers[next] ?? Number.POSITIVE_INFINITY) <= splitter.lines) next++;
    const isWanted = (numbers[next] ?? Number.POSITIVE_INFINITY) <= splitter.lines + lines;
    if (isWanted) splitter.write(data.subarray(0, end));
    else splitter.lines += lines;
    carry = data.slice(end);
    if (carry.length <= MAX_LINE_BYTES) continue;
    splitter.write(carry);
    carry = new Uint8Array(0);
    within = true;
  }
  splitter.write(carry);
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
