// SPDX-License-Identifier: Apache-2.0
/** Reads lines of bytes with their line ends; very long ones come in pieces. */
import { type ByteReader, concat } from '../bytes.js';

const LF = 0x0a;
const CR = 0x0d;
/** Longer lines come in pieces. */
const PIECE_BYTES = 1024 ** 2;

export interface Lines {
  readonly bytes: Uint8Array;
  /** The line that ended them, also taken; null where it has not come yet. */
  readonly end: Uint8Array | null;
}

export class LineReader {
  readonly #bytes: ByteReader;

  constructor(bytes: ByteReader) {
    this.#bytes = bytes;
  }

  /** The next line with its end, or a piece of a long one; null at the end of the stream. */
  async next(): Promise<Uint8Array | null> {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < PIECE_BYTES) {
      const some = await this.#bytes.upTo(LF, PIECE_BYTES - length);
      if (some === null) break;
      parts.push(some);
      length += some.length;
      if (some[some.length - 1] === LF) break;
    }
    return length > 0 ? concat(parts) : null;
  }

  /**
   * The lines at hand up to the first that `isEnd`; null at the end of the stream. Lines over 1 MiB come in pieces. `first`: the
   * byte that such lines start with; others are not asked.
   */
  async upTo(isEnd: (line: Uint8Array) => boolean, first?: number): Promise<Lines | null> {
    const some = await this.#bytes.some();
    if (some === null) return null;
    const whole = some.lastIndexOf(LF) + 1;
    if (whole === 0) {
      this.#bytes.unread(some);
      const line = (await this.next()) ?? some;
      return isEnd(line) ? { bytes: line.subarray(0, 0), end: line } : { bytes: line, end: null };
    }
    for (let at = 0; at < whole; ) {
      const end = some.indexOf(LF, at) + 1;
      const line = first === undefined || some[at] === first ? some.subarray(at, end) : null;
      if (line && isEnd(line)) {
        this.#bytes.unread(some.subarray(end));
        return { bytes: some.subarray(0, at), end: line };
      }
      at = end;
    }
    this.#bytes.unread(some.subarray(whole));
    return { bytes: some.subarray(0, whole), end: null };
  }

  unread(line: Uint8Array): void {
    this.#bytes.unread(line);
  }
}

/** The end of the line's content: before LF or CR LF. */
export function contentEnd(line: Uint8Array): number {
  let end = line.length;
  if (line[end - 1] === LF) end -= 1;
  if (end < line.length && line[end - 1] === CR) end -= 1;
  return end;
}

/** The lines with their ends; the last may have none. */
export function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(LF, at);
    const end = found < 0 ? bytes.length : found + 1;
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** Gathers small parts into chunks. */
export async function* gather(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const part of parts) {
    held.push(part);
    length += part.length;
    if (length < 16 * 1024) continue;
    yield concat(held);
    held = [];
    length = 0;
  }
  if (length > 0) yield concat(held);
}
