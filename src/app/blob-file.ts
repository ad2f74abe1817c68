// SPDX-License-Identifier: Apache-2.0
/** One file that was given to the page. */
import { CHUNK_BYTES } from '../input/bytes.js';
import { type ByteFeed, feedOf, type Report } from '../input/index.js';
import type { RandomAccess } from '../model/bytes.js';
import { errorMessage } from '../model/error-message.js';

/** Called with the bytes that were read since the last call. */
export type OnBytes = (bytes: number) => void;

const PIECE_BYTES = 1024 ** 2;

/** Reads pieces into the buffer given, which moves along with the piece; null at the end. */
type ReadPiece = (into: ArrayBuffer) => Promise<Uint8Array<ArrayBuffer> | null>;

/** Readers with a read that is not done. Chromium collects those that nothing else holds, and the read never ends. */
const reading = new Set<object>();

async function held<T>(reader: object, read: Promise<{ readonly value?: T | undefined }>): Promise<T | null> {
  reading.add(reader);
  try {
    return (await read).value ?? null;
  } finally {
    reading.delete(reader);
  }
}

/**
 * A browser that cannot read into a buffer (Safari before 26) makes a new one for each piece, which costs more memory
 * until it is collected.
 */
function pieceReader(blob: Blob): { read: ReadPiece; cancel(): Promise<void> } {
  const stream = blob.stream();
  try {
    const reader = stream.getReader({ mode: 'byob' });
    return {
      read: (into) => held(reader, reader.read(new Uint8Array(into))),
      cancel: () => reader.cancel(),
    };
  } catch {
    const reader = stream.getReader();
    return { read: () => held(reader, reader.read()), cancel: () => reader.cancel() };
  }
}

/** All bytes; a piece is valid until the next is requested. */
async function* pieces(blob: Blob, report: Report, onBytes: OnBytes): AsyncGenerator<Uint8Array> {
  const reader = pieceReader(blob);
  let buffer = new ArrayBuffer(Math.min(PIECE_BYTES, blob.size));
  let at = 0;
  try {
    for (let piece = await reader.read(buffer); piece?.length; piece = await reader.read(buffer)) {
      at += piece.length;
      onBytes(piece.length);
      yield piece;
      buffer = piece.buffer;
    }
  } catch (error) {
    report('input-unreadable', `${reasonOf(error)} after ${at} bytes`);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Browsers give the reason by a name, and a sentence that fits many of them. */
function reasonOf(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotReadableError' || name === 'NotFoundError') {
    return `the file changed or cannot be read any more (${name})`;
  }
  return errorMessage(error);
}

/** All bytes, in chunks that stay valid, as long as those of files on disk: some limits depend on what was read so far. */
export async function* blobBytes(blob: Blob, report: Report, onBytes: OnBytes): AsyncGenerator<Uint8Array> {
  if (blob.size === 0) return;
  const source = pieces(blob, report, onBytes);
  const feed = feedOf(source);
  try {
    for (;;) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, blob.size));
      const count = await feed(chunk);
      if (count === 0) return;
      yield chunk.subarray(0, count);
    }
  } finally {
    await source.return(undefined);
  }
}

/** The same into the reader's own buffer. */
export const blobFeed = (blob: Blob, report: Report, onBytes: OnBytes): ByteFeed =>
  feedOf(pieces(blob, report, onBytes));

/** Only threads have it, whose types do not go together with those of pages. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer };

/** Throws where the file has changed or gone since it was given. */
export const randomAccess = (blob: Blob): RandomAccess => ({
  size: blob.size,
  read: (offset, length) => {
    const part = blob.slice(offset, Math.min(blob.size, offset + length));
    return new Uint8Array(new FileReaderSync().readAsArrayBuffer(part));
  },
});
