// SPDX-License-Identifier: Apache-2.0
/** The payload of a data object: `FIELD=value`, plain or compressed (systemd's src/basic/compress.c). */

import { Decompress } from 'fzstd';
import { decodeLz4Block } from '../../model/lz4-block.js';
import { readZstdHeader, zstdHeaderFor } from '../../model/zstd-frame.js';
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
  const header = readZstdHeader(bytes.subarray(4));
  if (header === null || header.contentSize === null) throw new Error('a zstd field without a size');
  const size = checkedSize(Number(header.contentSize));
  const pieces: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((piece) => {
    length += piece.length;
    if (length > size) throw new Error(OTHER_SIZE);
    pieces.push(piece);
  });
  // fzstd fills the window that a frame claims.
  stream.push(zstdHeaderFor(size, header.summed));
  stream.push(bytes.subarray(4 + header.length), true);
  if (length !== size) throw new Error(OTHER_SIZE);
  return Buffer.concat(pieces);
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
    await renewXz(error);
    throw error;
  }
  return Buffer.concat(pieces);
}
