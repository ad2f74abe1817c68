/** A raw deflate stream that ends by itself inside other data (gzip members, zip members). */
import { constants, createInflateRaw } from 'node:zlib';
import type { ByteReader } from '../bytes.js';
import { pieceBytes } from './piece.js';

/**
 * Takes exactly the deflate stream from `input` and yields what it holds. Returns null where it ended or the input
 * did (what follows tells which), else what is wrong with it.
 */
export async function* inflateRaw(input: ByteReader): AsyncGenerator<Uint8Array, string | null> {
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
