// SPDX-License-Identifier: Apache-2.0
/** The byte stage before the line splitter: UTF-16 to UTF-8, no NULs, lines of bounded length. */

import { countInvalidBytes, unfinishedTail } from '../model/utf8.js';
import { Buffer, isUtf8 } from '../platform/index.js';
import { concat } from './bytes.js';

const LF = 0x0a;

/** Bytes used to detect the encoding. */
export const ENCODING_BYTES = 512;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export class CleanText {
  readonly #maxLine: number;
  #decoder: InstanceType<typeof TextDecoder> | null = null;
  /** The start of an unfinished UTF-8 sequence. */
  #carry: Uint8Array = new Uint8Array(0);
  /** False until the first bytes have shown the encoding; it is UTF-8 where they were read elsewhere. */
  isStarted = false;
  /** Bytes of the unfinished line so far. */
  #line = 0;
  invalidBytes = 0;
  nulBytes = 0;

  constructor(maxLineBytes: number) {
    this.#maxLine = maxLineBytes;
  }

  /** True if the first bytes show UTF-16. */
  get isUtf16(): boolean {
    return this.#decoder !== null;
  }

  /** Cleans the next bytes. The first call should pass at least ENCODING_BYTES if there are as many. */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    let block = bytes;
    if (!this.isStarted) {
      const { encoding, mark } = detectEncoding(block);
      if (encoding !== 'utf-8') this.#decoder = new TextDecoder(encoding, { ignoreBOM: true });
      block = block.subarray(mark);
      this.isStarted = true;
    }
    if (this.#decoder) block = this.#encode(this.#decoder.decode(block, { stream: true }));
    block = this.#withoutNul(block);
    if (!this.#decoder) {
      if (this.#carry.length > 0) block = concat([this.#carry, block]);
      const whole = block.length - unfinishedTail(block);
      this.#carry = block.slice(whole);
      block = block.subarray(0, whole);
      if (!isUtf8(block)) this.invalidBytes += countInvalidBytes(block);
    }
    yield* this.#bounded(block);
  }

  /** Flushes what is left after the last bytes. */
  *end(): Generator<Uint8Array> {
    const rest = this.#decoder ? this.#encode(this.#decoder.decode()) : this.#carry;
    if (!this.#decoder) this.invalidBytes += rest.length;
    this.#carry = new Uint8Array(0);
    yield* this.#bounded(rest);
  }

  /** Text decoded from UTF-16. Each unpaired surrogate became U+FFFD: two bytes. */
  #encode(text: string): Uint8Array {
    for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1))
      this.invalidBytes += 2;
    return Buffer.from(text);
  }

  #withoutNul(block: Uint8Array): Uint8Array {
    if (!block.includes(0)) return block;
    const kept = new Uint8Array(block.length);
    let count = 0;
    // Holes of sparse files are millions of them: skipped four at a time.
    const before = -block.byteOffset & 3;
    const words =
      block.length < 4
        ? null
        : new Int32Array(block.buffer, block.byteOffset + before, (block.length - before) >> 2);
    for (let at = 0; at < block.length; ) {
      const byte = block[at] ?? 0;
      at++;
      if (byte !== 0) kept[count++] = byte;
      else if (words && ((at - before) & 3) === 0) {
        at = before + 4 * pastZeros(words, (at - before) / 4);
      }
    }
    this.nulBytes += block.length - count;
    return kept.subarray(0, count);
  }

  /** Truncates lines over the limit and marks them with a NUL. */
  *#bounded(block: Uint8Array): Generator<Uint8Array> {
    if (block.length === 0) return;
    if (this.#line + block.length <= this.#maxLine) {
      const last = block.lastIndexOf(LF);
      this.#line = last < 0 ? this.#line + block.length : block.length - last - 1;
      yield block;
      return;
    }
    const parts: Uint8Array[] = [];
    for (let at = 0; at < block.length; ) {
      const found = block.indexOf(LF, at);
      const end = found < 0 ? block.length : found;
      const room = Math.max(0, this.#maxLine - this.#line);
      if (end - at > room) {
        parts.push(block.subarray(at, at + room - unfinishedTail(block.subarray(at, at + room))));
        // Once per line: from here on it is over the limit.
        if (this.#line <= this.#maxLine) parts.push(TRUNCATED);
        this.#line = this.#maxLine + 1;
      } else {
        parts.push(block.subarray(at, end));
        this.#line += end - at;
      }
      if (found >= 0) {
        parts.push(END);
        this.#line = 0;
      }
      at = end + 1;
    }
    yield concat(parts);
  }
}

/** The index of the first word from `from` on that is not 0. */
function pastZeros(words: Int32Array, from: number): number {
  let at = from;
  while (at < words.length && words[at] === 0) at++;
  return at;
}

const TRUNCATED = Uint8Array.of(0);
const END = Uint8Array.of(LF);

/** By byte order mark, or UTF-16 without one by NULs in every other byte. */
function detectEncoding(block: Uint8Array): { encoding: Encoding; mark: number } {
  if (block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf) return { encoding: 'utf-8', mark: 3 };
  if (block[0] === 0xff && block[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (block[0] === 0xfe && block[1] === 0xff) return { encoding: 'utf-16be', mark: 2 };
  const head = block.subarray(0, ENCODING_BYTES);
  if (!head.includes(0)) return { encoding: 'utf-8', mark: 0 };
  const nuls = [0, 0];
  head.forEach((byte, index) => {
    if (byte === 0) nuls[index % 2] = (nuls[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = nuls;
  const half = head.length / 2;
  if (head.length >= 8 && odd > half * 0.7 && even < half * 0.1) return { encoding: 'utf-16le', mark: 0 };
  if (head.length >= 8 && even > half * 0.7 && odd < half * 0.1) return { encoding: 'utf-16be', mark: 0 };
  return { encoding: 'utf-8', mark: 0 };
}
