/** Bytes into numbered text lines, with everything odd about them counted. */
import { pipeline } from 'node:stream/promises';
import split2 from 'split2';
import { CleanText } from './clean-text.js';

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

const CR = 0x0d;
const NUL = 0x00;

/**
 * Calls `onLine` for every line, numbered from 1 as an editor counts them. A CR before the line end is part of it;
 * other CRs are noise of a serial line: they are dropped at the ends of a line and a blank inside it.
 */
export async function textLines(
  bytes: AsyncIterable<Uint8Array>,
  onLine: (text: string, number: number) => void,
  options: TextOptions = {},
): Promise<TextCounts> {
  const clean = new CleanText(options.maxLineBytes ?? 1024 ** 2);
  let lines = 0;
  let longLines = 0;
  let firstLongLine: number | null = null;
  // split2 hands each line to the mapper; nothing is passed on, so that no line is buffered.
  const splitter = split2('\n', (line: string): undefined => {
    lines += 1;
    let text = line;
    // CleanText drops all NULs and marks the end of a line that it cut with one.
    if (text.charCodeAt(text.length - 1) === NUL) {
      text = text.slice(0, -1);
      longLines += 1;
      firstLongLine ??= lines;
    }
    if (text.charCodeAt(text.length - 1) === CR) text = text.slice(0, -1);
    if (text.includes('\r')) text = text.replace(/^\r+|\r+$/g, '').replace(/\r+/g, ' ');
    onLine(text, lines);
  });
  splitter.resume();
  await pipeline(clean.through(bytes), splitter);
  const { bytes: total, invalidBytes, nulBytes } = clean;
  return { bytes: total, lines, invalidBytes, nulBytes, longLines, firstLongLine };
}
