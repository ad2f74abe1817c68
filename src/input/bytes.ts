// SPDX-License-Identifier: Apache-2.0
/** Pull-based reading of a byte stream: some bytes, exactly n, ahead, and back. */
import { Buffer } from '../platform/index.js';

const EMPTY = new Uint8Array(0);

/** Bytes per read. */
export const CHUNK_BYTES = 64 * 1024;

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Bytes as latin-1 text, one character per byte, for magic numbers and headers. */
export function ascii(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', start, end);
}

export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  /** Pulled or unread pieces, none empty; those from `#at` on are still to be taken. */
  #held: Uint8Array[] = [];
  #at = 0;
  #heldBytes = 0;
  #ended = false;
  #pulled = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#source = bytes[Symbol.asyncIterator]();
  }

  /** Bytes handed out so far. */
  get taken(): number {
    return this.#pulled - this.#heldBytes;
  }

  /** Bytes pulled from the source and not handed out yet. */
  get ahead(): number {
    return this.#heldBytes;
  }

  /** The next bytes, at most `max`; null at the end. */
  async some(max: number = CHUNK_BYTES): Promise<Uint8Array | null> {
    const next = this.#held[this.#at] ?? (await this.#pull());
    return next === null ? null : this.#take(Math.min(max, next.length));
  }

  /** The next bytes up to and including the first `byte`, at most `max` or what is held; null at the end. */
  async upTo(byte: number, max: number): Promise<Uint8Array | null> {
    const next = this.#held[this.#at] ?? (await this.#pull());
    if (next === null) return null;
    const found = next.subarray(0, max).indexOf(byte);
    return this.#take(found < 0 ? Math.min(max, next.length) : found + 1);
  }

  /** Exactly `count` bytes; fewer only at the end. */
  async read(count: number): Promise<Uint8Array> {
    const next = await this.#hold(count);
    return next === null ? EMPTY : this.#take(Math.min(count, next.length));
  }

  /** The next `count` bytes without taking them; fewer only at the end. */
  async peek(count: number): Promise<Uint8Array> {
    return (await this.#hold(count))?.subarray(0, count) ?? EMPTY;
  }

  /** All remaining bytes without taking them; null if there are more than `most`. */
  async peekAll(most: number): Promise<Uint8Array | null> {
    while (this.#heldBytes <= most && (await this.#pull()) !== null);
    return this.#heldBytes > most ? null : this.peek(most);
  }

  /** Takes all remaining bytes, if they are held in one piece, and not more than `most`; else null. */
  takeAll(most: number): Uint8Array | null {
    const next = this.#held[this.#at];
    const isAll = this.#ended && next?.length === this.#heldBytes && this.#heldBytes <= most;
    return isAll ? this.#take(next.length) : null;
  }

  /** Skips `count` bytes; returns how many there were. */
  async skip(count: number): Promise<number> {
    let skipped = 0;
    while (skipped < count) {
      const bytes = await this.some(count - skipped);
      if (bytes === null) break;
      skipped += bytes.length;
    }
    return skipped;
  }

  /** Puts back the bytes taken last. */
  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#heldBytes += bytes.length;
    if (this.#at > 0) this.#held[--this.#at] = bytes;
    else this.#held.unshift(bytes);
  }

  /** All remaining bytes, or the next `count`. */
  async *rest(count = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
    let left = count;
    while (left > 0) {
      const bytes = await this.some(Math.min(left, CHUNK_BYTES));
      if (bytes === null) return;
      left -= bytes.length;
      yield bytes;
    }
  }

  /** Closes the source. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#held = [];
    this.#at = 0;
    this.#heldBytes = 0;
    await this.#source.return?.();
  }

  /** Takes `count` bytes of the next piece, which has as many. */
  #take(count: number): Uint8Array {
    const piece = this.#held[this.#at] ?? EMPTY;
    this.#heldBytes -= count;
    if (count < piece.length) {
      this.#held[this.#at] = piece.subarray(count);
      return piece.subarray(0, count);
    }
    this.#held[this.#at++] = EMPTY;
    // Half at a time: amortised, each piece moves once.
    if (this.#at * 2 > this.#held.length) {
      this.#held.splice(0, this.#at - 1);
      this.#at = 1;
    }
    return piece;
  }

  /** Makes the next piece at least `count` bytes long if there are as many, and copies no more than that. */
  async #hold(count: number): Promise<Uint8Array | null> {
    while (this.#heldBytes < count && (await this.#pull()) !== null);
    const next = this.#held[this.#at] ?? null;
    const wanted = Math.min(count, this.#heldBytes);
    if (next === null || next.length >= wanted) return next;
    const whole = new Uint8Array(wanted);
    for (let filled = 0; filled < wanted; ) {
      const piece = this.#take(Math.min(wanted - filled, this.#held[this.#at]?.length ?? 0));
      whole.set(piece, filled);
      filled += piece.length;
    }
    this.unread(whole);
    return whole;
  }

  /** Pulls one more piece. */
  async #pull(): Promise<Uint8Array | null> {
    while (!this.#ended) {
      const next = await this.#source.next();
      if (next.done) this.#ended = true;
      else if (next.value.length > 0) {
        this.#pulled += next.value.length;
        this.#heldBytes += next.value.length;
        this.#held.push(next.value);
        return next.value;
      }
    }
    return null;
  }
}

/**
 * Yields from a generator without closing it if the reader stops early, as `for await` and `yield*` would. The owner
 * skips the rest with `drain`.
 */
export async function* keepOpen<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  for (let next = await items.next(); !next.done; next = await items.next()) yield next.value;
}

export async function drain<T>(items: AsyncGenerator<T>): Promise<void> {
  while (!(await items.next()).done);
}
