/** Zstandard (RFC 8878), by fzstd. */
import { Decompress, type ZstdError, ZstdErrorCode } from 'fzstd';
import type { ByteReader } from '../bytes.js';
import type { Report } from '../found.js';

const PIECE_BYTES = 4 * 1024;

/** A piece that unpacks to more than this is a bomb (an RLE block makes 128 KiB of 4 bytes). */
const PIECE_LIMIT = 64 * 1024 ** 2;

export function isZstd(head: Uint8Array): boolean {
  const magic = head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  if (head[0] === 0x28 && magic) return true;
  const skippable = head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
  return skippable && ((head[0] ?? 0) & 0xf0) === 0x50;
}

class TooMuch extends Error {}

export async function* unzstd(input: ByteReader, report: Report): AsyncGenerator<Uint8Array> {
  const given: Uint8Array[] = [];
  let held = 0;
  const engine = new Decompress((chunk) => {
    held += chunk.length;
    if (held > PIECE_LIMIT) throw new TooMuch();
    given.push(chunk);
  });
  for (;;) {
    const piece = await input.some(PIECE_BYTES);
    held = 0;
    try {
      if (piece) engine.push(piece);
      else engine.push(new Uint8Array(0), true);
    } catch (error) {
      yield* given.splice(0);
      if (error instanceof TooMuch) {
        report('input-limit', `${PIECE_LIMIT} bytes came out of ${PIECE_BYTES} zstd bytes (--max-ratio)`);
      } else {
        report('archive-damaged', describe(error as ZstdError));
      }
      return;
    }
    yield* given.splice(0);
    if (piece === null) return;
  }
}

function describe(error: ZstdError): string {
  return error.code === ZstdErrorCode.UnexpectedEOF
    ? 'the zstd data is cut'
    : `the zstd data is damaged (${error.message})`;
}
