// SPDX-License-Identifier: Apache-2.0
/** A raw deflate stream inside other data (gzip members, zip members). */
import { Inflater, inflateWhole } from '../../platform/index.js';
import { type ByteReader, concat } from '../bytes.js';
import { pieceBytes } from './piece.js';

/** Streams with less input and output than this are inflated in one step. */
const SMALL_BYTES = 256 * 1024;
const SMALL_UNPACKED_BYTES = 4 * 1024 ** 2;
/** A file may have thousands of streams: the next may be short where more than SMALL_BYTES follow. */
const TRIED_BYTES = 2 * 1024;
const GIVEN_BYTES = 16 * 1024;

/**
 * Inflates a short stream in one step and takes it from `input`. Null, and nothing taken, if it is long, truncated or
 * damaged: reading it in pieces yields what it holds.
 */
async function inflateSmall(input: ByteReader): Promise<Uint8Array | null> {
  const bytes = (await input.peekAll(SMALL_BYTES)) ?? (await input.peek(TRIED_BYTES));
  const whole = inflateWhole(bytes, SMALL_UNPACKED_BYTES);
  if (whole) await input.skip(whole.taken);
  return whole?.bytes ?? null;
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
  const inflater = new Inflater();
  try {
    for (let fed = 0; ; ) {
      const next = await input.read(pieceBytes(fed));
      const piece = next.length > 0 ? next : null;
      const { given, damage, left } = await inflater.push(piece);
      // Together: inflaters give what a piece holds in chunks of their own.
      if (given.length > 0) yield concat(given);
      if (damage !== null || piece === null) return damage;
      fed += piece.length;
      if (left === 0) continue;
      input.unread(piece.subarray(piece.length - left));
      return null;
    }
  } finally {
    inflater.close();
  }
}
