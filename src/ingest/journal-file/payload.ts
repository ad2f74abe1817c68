// SPDX-License-Identifier: Apache-2.0
/** The payload of a data object: `FIELD=value`, plain or compressed (systemd's src/basic/compress.c). */

import { Decompress } from 'fzstd';
import { decodeLz4Block } from '../../model/lz4-block.js';
import { Buffer } from '../../platform/index.js';
import { loadXz, renewXz } from '../../platform/xz.js';
import { u64, viewOf } from './objects.js';

const XZ = 1;
const LZ4 = 2;
const ZSTD = 4;
export const COMPRESSED = XZ | LZ4 | ZSTD;

/** Only core dumps and the like are longer. */
const MAX_BYTES = 1024 * 1024;

/** Unpacks a compressed payload; throws if it is damaged, RangeError if it is too large. */
export async function unpackPayload(bytes: Uint8Array, flags: number): Promise<Uint8Array> {
  switch (flags & COMPRESSED) {
    case XZ:
      return await unxz(bytes);
    case LZ4:
      return unlz4(bytes);
    case ZSTD:
      return unzstd(bytes);
    default:
      throw new Error('two compression flags');
  }
}

const OTHER_SIZE = 'it unpacks to another size than it states';

function checkedSize(size: number): number {
  if (size > MAX_BYTES) throw new RangeError(`a field of ${size} bytes`);
  return size;
}

/** A 64-bit size, then a block. */
function unlz4(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 8) throw new Error('an lz4 field without a size');
  const size = checkedSize(u64(viewOf(bytes), 0));
  const out = new Uint8Array(size);
  if (decodeLz4Block(bytes.subarray(8), out, 0, 0, size) !== size) throw new Error(OTHER_SIZE);
  return out;
}

/** One frame, which states its size. Not decoded into an array of that size: fzstd would fill up what is missing. */
function unzstd(bytes: Uint8Array): Uint8Array {
  const size = zstdSize(bytes);
  if (size === null) throw new Error('a zstd field without a size');
  checkedSize(size);
  const pieces: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((piece) => {
    length += piece.length;
    if (length > size) throw new Error(OTHER_SIZE);
    pieces.push(piece);
  });
  stream.push(bytes, true);
  if (length !== size) throw new Error(OTHER_SIZE);
  return Buffer.concat(pieces);
}

/** The content size in a zstd frame header (RFC 8878, 3.1.1.1), or null. */
function zstdSize(bytes: Uint8Array): number | null {
  const descriptor = bytes[4] ?? 0;
  const single = (descriptor & 0x20) !== 0;
  const width = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  if (width === 0 || bytes.length < at + width) return null;
  const view = viewOf(bytes);
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at, true) + 256;
  return width === 4 ? view.getUint32(at, true) : u64(view, at);
}

async function unxz(bytes: Uint8Array): Promise<Uint8Array> {
  const Xz = await loadXz();
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.slice());
      controller.close();
    },
  });
  const reader = new Xz(source).getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value.slice());
      size = checkedSize(size + piece.value.length);
    }
  } catch (error) {
    await renewXz();
    throw error;
  }
  return Buffer.concat(pieces);
}
