/** A raw deflate stream that ends by itself inside other data (gzip members, zip members). */
import { constants, createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import type { ByteReader } from '../bytes.js';
import { pieceBytes } from './piece.js';

/** A stream whose input is no longer than this is unpacked at once, to no more than that. */
const SMALL_BYTES = 256 * 1024;
const SMALL_UNPACKED_BYTES = 4 * 1024 ** 2;
const GIVEN_BYTES = 16 * 1024;

/**
 * What a short whole stream holds, taken from `input`; null where it is long, cut or damaged, and nothing is taken: by
 * pieces it gives what can be had.
 */
async function inflateSmall(input: ByteReader): Promise<Uint8Array | null> {
  const bytes = await input.peekAll(SMALL_BYTES);
  if (bytes === null) return null;
  try {
    // With `info`, what is returned is not what the types say.
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
 * Takes exactly the deflate stream from `input` and yields what it holds. Returns null where it ended or the input
 * did (what follows tells which), else what is wrong with it.
 */
export async function* inflateRaw(input: ByteReader): AsyncGenerator<Uint8Array, string | null> {
  const small = await inflateSmall(input);
  if (small) {
    // In chunks as zlib gives them: limits are reckoned with what was asked for.
    for (let at = 0; at < small.length; at += GIVEN_BYTES) yield small.subarray(at, at + GIVEN_BYTES);
    return null;
  }
  // At the end of the input Z_SYNC_FLUSH gives what a cut stream holds, where the default would be an error.
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
