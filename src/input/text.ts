/** Bytes into numbered text lines, with everything odd about them counted. */
import { concat } from './bytes.js';
import { LineSplitter, type OnLine } from './line-splitter.js';
import type { ByteFeed } from './prefilter/feed.js';
import { LineFilter, type Prefilter } from './prefilter/line-filter.js';

export interface TextOptions {
  /** Bytes of a line that are kept; the rest of a longer one is dropped. 1 MiB by default. */
  readonly maxLineBytes?: number;
}

export interface TextCounts {
  /** As they came, before decoding. */
  readonly bytes: number;
  readonly lines: number;
  /** Bytes that are no UTF-8 (or halves of a UTF-16 pair); each became or is part of one U+FFFD. */
  readonly invalidBytes: number;
  readonly nulBytes: number;
  /** Lines that were cut, and the number of the first. */
  readonly longLines: number;
  readonly firstLongLine: number | null;
}

/** Blocks split at once are at least this large: the splitter's work for each grows with the line it is in. */
const BLOCK_BYTES = 64 * 1024;
const MAX_LINE_BYTES = 1024 ** 2;

/**
 * Calls `onLine` for every line, numbered from 1 as an editor counts them. A CR before the line end is part of it;
 * other CRs are noise of a serial line: they are dropped at the ends of a line and a blank inside it.
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

/** The same, of a text whose lines need not all be seen: what may be left out is counted all the same. */
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

/** Small chunks gathered into blocks. */
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
