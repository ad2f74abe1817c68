// SPDX-License-Identifier: Apache-2.0
/** A raw deflate stream inside other data (gzip members, zip members). */
import { constants, createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import type { ByteReader } from '../bytes.js';
import { pieceBytes } from './piece.js';

/** Streams with less input and output than this are inflated in one step. */
const SMALL_BYTES = 256 * 1024;
const SMALL_UNPACKED_BYTES = 4 * 1024 ** 2;
const GIVEN_BYTES = 16 * 1024;

/**
 * Inflates a short stream in one step and takes it from `input`. Null, and nothing taken, if it is long, truncated or
 * damaged: reading it in pieces yields what it holds.
 */
async function inflateSmall(input: ByteReader): Promise<Uint8Array | null> {
  const bytes = await input.peekAll(SMALL_BYTES);
  if (bytes === null) return null;
  try {
    // The types do not cover the result with `info`.
    const { buffer, engine } = inflateRawSync(bytes, {
      info: true,
      maxOutputLength: SMALL_UNPACKED_BYTES,
    }) as unknown as { buffer: Uint8Array; engine: InflateRaw };
    await input.skip(engine.bytesWritten);
    return buffer;
  } catch {
    return null;
  }
}

/**
 * Takes exactly the deflate stream from `input` and yields its contents. Returns null if the stream or the input ended
 * (what follows tells which), else what is wrong with it.
 */
export async function* inflateRaw(input: ByteReader): AsyncGenerator<Uint8Array, string | null> {
  const small = await inflateSmall(input);
  if (small) {
    // In chunks of zlib's size: limits count what was requested.
    for (let at = 0; at < small.length; at += GIVEN_BYTES) yield small.subarray(at, at + GIVEN_BYTES);
    return null;
  }
  // At the end of the input, Z_SYNC_FLUSH yields what a truncated stream holds; the default is an error.
  const engine = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  const given: Uint8Array[] = [];
  let damage: string | null = null;
  let settle = (): void => {};
  engine.on('data', (chunk: Uint8Array) => given.push(chunk));
  engine.on('error', (error) => {
    damage = error.message;
    settle();
  });
  engine.on('end', () => settle());
  try {
    let fed = 0;
    for (;;) {
      const piece = await input.some(pieceBytes(fed));
      await new Promise<void>((resolve) => {
        settle = resolve;
        // zlib writes through a callback only after it has emitted all data of the piece.
        if (piece) engine.write(piece, () => resolve());
        else engine.end();
      });
      yield* given.splice(0);
      if (damage !== null || piece === null) return damage;
      fed += piece.length;
      const left = fed - engine.bytesWritten;
      if (left > 0) {
        input.unread(piece.subarray(piece.length - left));
        return null;
      }
    }
  } finally {
    engine.destroy();
  }
}
