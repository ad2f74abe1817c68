// SPDX-License-Identifier: Apache-2.0
/** Splits bytes into numbered text lines and counts irregularities. */
import { concat } from './bytes.js';
import { LineSplitter, type OnLine } from './line-splitter.js';
import type { ByteFeed } from './prefilter/feed.js';
import { LineFilter, type Prefilter } from './prefilter/line-filter.js';

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
