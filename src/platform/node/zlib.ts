// SPDX-License-Identifier: Apache-2.0
/** Deflate, by zlib. */
import {
  constants,
  createInflateRaw,
  gzipSync,
  type InflateRaw,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';
import type { Inflated } from '../inflated.js';

/** A raw deflate stream at the start of `bytes`, and its length; null if it is damaged, unfinished or unpacks to more. */
export function inflateWhole(
  bytes: Uint8Array,
  most: number,
): { readonly bytes: Uint8Array; readonly taken: number } | null {
  try {
    // The types do not cover the result with `info`.
    const { buffer, engine } = inflateRawSync(bytes, {
      info: true,
      maxOutputLength: most,
    }) as unknown as { buffer: Uint8Array; engine: InflateRaw };
    return { bytes: buffer, taken: engine.bytesWritten };
  } catch {
    return null;
  }
}

/** A raw deflate stream, in pieces. */
export class Inflater {
  // At the end of the input, Z_SYNC_FLUSH yields what a truncated stream holds; the default is an error.
  readonly #engine = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  readonly #given: Uint8Array[] = [];
  #damage: string | null = null;
  #settle = (): void => {};
  #fed = 0;

  constructor() {
    this.#engine.on('data', (chunk: Uint8Array) => this.#given.push(chunk));
    this.#engine.on('error', (error) => {
      this.#damage = error.message;
      this.#settle();
    });
    this.#engine.on('end', () => this.#settle());
  }

  /** Takes the next piece; null: there is none. */
  async push(piece: Uint8Array | null): Promise<Inflated> {
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
      // zlib writes through a callback only after it has emitted all data of the piece.
      if (piece) this.#engine.write(piece, () => resolve());
      else this.#engine.end();
    });
    this.#fed += piece?.length ?? 0;
    const left = this.#damage === null && piece ? this.#fed - this.#engine.bytesWritten : 0;
    return { given: this.#given.splice(0), damage: this.#damage, left };
  }

  close(): void {
    this.#engine.destroy();
  }
}

/** Zlib data; throws if it is damaged, or if it unpacks to more. */
export function unzlib(bytes: Uint8Array, most: number): Uint8Array {
  return inflateSync(bytes, { maxOutputLength: most });
}

export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  // Level 9 takes eight times as long for the columns of a large table, and saves 5 %.
  return gzipSync(bytes);
}
