// SPDX-License-Identifier: Apache-2.0
/** Deflate; inflated by pako: DecompressionStream does not tell where a stream ends. */
import { Buffer } from 'buffer/index.js';
import { Inflate } from 'pako';
import type { Inflated } from '../inflated.js';

/** As large as zlib's chunks, so that damaged data yields the same output. */
const CHUNK_BYTES = 16 * 1024;
/** Flushes all output after each piece. */
const SYNC_FLUSH = 2;

/** How much of its input an engine has not read: a private field of pako. */
const unread = (engine: Inflate): number =>
  (engine as unknown as { readonly strm: { readonly avail_in: number } }).strm.avail_in;

class TooLong extends Error {}

/** A whole stream; null if it is unfinished. Throws if it is damaged or unpacks to more than `most`. */
function whole(
  bytes: Uint8Array,
  most: number,
  raw: boolean,
): { readonly bytes: Uint8Array; readonly taken: number } | null {
  const engine = new Inflate({ raw, chunkSize: CHUNK_BYTES });
  const given: Uint8Array[] = [];
  let size = 0;
  engine.onData = (chunk) => {
    size += chunk.length;
    if (size > most) throw new TooLong(`it unpacks to more than ${most} bytes`);
    given.push(chunk);
  };
  engine.push(bytes, SYNC_FLUSH);
  if (engine.err) throw new Error(engine.msg);
  if (!engine.ended) return null;
  return { bytes: Buffer.concat(given), taken: bytes.length - unread(engine) };
}

export function inflateWhole(
  bytes: Uint8Array,
  most: number,
): { readonly bytes: Uint8Array; readonly taken: number } | null {
  try {
    return whole(bytes, most, true);
  } catch {
    return null;
  }
}

export class Inflater {
  readonly #engine = new Inflate({ raw: true, chunkSize: CHUNK_BYTES });
  #given: Uint8Array[] = [];

  constructor() {
    this.#engine.onData = (chunk) => this.#given.push(chunk);
  }

  async push(piece: Uint8Array | null): Promise<Inflated> {
    if (piece === null) return { given: [], damage: null, left: 0 };
    const engine = this.#engine;
    const isOver = engine.ended;
    engine.push(piece, SYNC_FLUSH);
    const given = this.#given;
    this.#given = [];
    const left = isOver ? piece.length : engine.ended ? unread(engine) : 0;
    return engine.err ? { given, damage: engine.msg, left: 0 } : { given, damage: null, left };
  }

  close(): void {
    // Memory is all that it holds.
  }
}

export function unzlib(bytes: Uint8Array, most: number): Uint8Array {
  const unpacked = whole(bytes, most, false);
  if (!unpacked) throw new Error('unexpected end of file');
  return unpacked.bytes;
}

/** By the browser's own encoder, which needs a tenth of the time. */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
