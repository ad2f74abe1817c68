// SPDX-License-Identifier: Apache-2.0
/** Pieces of files. */
import { closeSync, openSync, readSync } from 'node:fs';

/** Fewer where the file ends before. */
export function readBytes(descriptor: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let got = 0;
  for (let count = 1; got < length && count > 0; got += count)
    count = readSync(descriptor, bytes, got, length - got, at + got);
  return bytes.subarray(0, got);
}

const PIECE_BYTES = 8 * 1024 ** 2;

/** All of a file, in order. */
export function* piecesOf(path: string): Generator<Buffer> {
  const descriptor = openSync(path, 'r');
  try {
    for (let at = 0, piece = readBytes(descriptor, at, PIECE_BYTES); piece.length > 0; ) {
      yield piece;
      at += piece.length;
      piece = readBytes(descriptor, at, PIECE_BYTES);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Throws where the file cannot be read. */
export function firstBytes(path: string | Buffer, most: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    return readBytes(descriptor, 0, most);
  } finally {
    closeSync(descriptor);
  }
}
