// SPDX-License-Identifier: Apache-2.0
/** Names by their digests: a million in 24 MB, where a Map of strings takes 200, and no limit of 16 million entries. */
import { hash } from 'node:crypto';

/** The SHA-256 of a name, which its shard and its key in a KeyMap come from. */
export function nameDigest(name: string): Buffer {
  return hash('sha256', name, 'buffer');
}

/** Maps names, by 64 bits of their digests, to numbers below 2^32 - 1. */
export class KeyMap {
  /** Two words a key. */
  #keys = new Uint32Array(2 * 1024);
  /** One more than the value; 0 where the place is free. */
  #values = new Uint32Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(digest: Buffer): number | undefined {
    const value = this.#values[this.#place(digest.readUInt32LE(8), digest.readUInt32LE(12))] ?? 0;
    return value === 0 ? undefined : value - 1;
  }

  set(digest: Buffer, value: number): void {
    if (2 * this.#size >= this.#values.length) this.#grow();
    this.#put(digest.readUInt32LE(8), digest.readUInt32LE(12), value + 1);
  }

  /** The place of a key, or the free one where it belongs: the next after its own that is not taken. */
  #place(high: number, low: number): number {
    const mask = this.#values.length - 1;
    let place = low & mask;
    while (
      this.#values[place] !== 0 &&
      (this.#keys[2 * place] !== high || this.#keys[2 * place + 1] !== low)
    ) {
      place = (place + 1) & mask;
    }
    return place;
  }

  #put(high: number, low: number, stored: number): void {
    const place = this.#place(high, low);
    if (this.#values[place] === 0) this.#size++;
    this.#keys[2 * place] = high;
    this.#keys[2 * place + 1] = low;
    this.#values[place] = stored;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Uint32Array(2 * keys.length);
    this.#values = new Uint32Array(2 * values.length);
    this.#size = 0;
    for (const [place, stored] of values.entries()) {
      if (stored !== 0) this.#put(keys[2 * place] ?? 0, keys[2 * place + 1] ?? 0, stored);
    }
  }
}

const LENGTH_BYTES = 4;

/** Texts by their places, outside the heap, where V8 would let as much garbage pile up. */
export class Texts {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #end = 0;

  /** Gives its place. */
  add(text: string): number {
    const [at, length] = [this.#end, Buffer.byteLength(text)];
    this.#end += LENGTH_BYTES + length;
    if (this.#end > this.#bytes.length) {
      const before = this.#bytes;
      this.#bytes = Buffer.allocUnsafe(2 * this.#end);
      before.copy(this.#bytes, 0, 0, at);
    }
    this.#bytes.writeUInt32LE(length, at);
    this.#bytes.write(text, at + LENGTH_BYTES);
    return at;
  }

  get(at: number): string {
    const start = at + LENGTH_BYTES;
    return this.#bytes.toString('utf8', start, start + this.#bytes.readUInt32LE(at));
  }
}
