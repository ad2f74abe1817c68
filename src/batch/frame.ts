// SPDX-License-Identifier: Apache-2.0
/**
 * Frames: the results of a few cases, compressed together, which takes a third of what each takes alone. A segment is a
 * file of frames, only ever appended to. A frame is
 *
 *     8 bytes  mark, by which the next frame is found behind damage
 *     4        length of the heads     little-endian
 *     4        length of the rows
 *     4        CRC-32 of the two lengths and of what follows
 *              the heads: JSON, deflated
 *              the rows of all cases: deflated
 */
import { fstatSync } from 'node:fs';
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { CaseRow } from './case.js';
import { readBytes } from './file-bytes.js';

/** What a case adds to one output file. */
export interface Part {
  /** Name of the output: `boots.csv`. */
  readonly file: string;
  readonly rows: Uint8Array;
}

/** What is known of a case that was read, but for its rows. */
export interface CaseHead extends CaseRow {
  readonly bytes: number;
  /** Shows without a read that the inputs are still those: see `stampOf`. Null where nothing does. */
  readonly stamp: string | null;
  /** Digest of the names of its files, where they are several: sources are shown by them, and its own digest leaves them out. */
  readonly names: string | null;
}

export interface CaseResult extends CaseHead {
  readonly parts: readonly Part[];
}

/** The heads of a frame. */
export interface Heads {
  /** Digest of what the results depend on besides the contents of the cases. */
  readonly fingerprint: string;
  readonly files: readonly string[];
  /** With the lengths of its rows, by file; none for a case without rows. */
  readonly cases: readonly (CaseHead & { readonly lengths: readonly number[] })[];
}

const MARK = Buffer.from('\x00mwFRM\r\n', 'latin1');
const HEADER_BYTES = MARK.length + 12;
/** Rows are repetitive: the lowest level compresses nearly as well as the highest. */
const LEVEL = { level: 1 };

export function packFrame(fingerprint: string, results: readonly CaseResult[]): Buffer {
  const files = results.find(({ parts }) => parts.length > 0)?.parts.map(({ file }) => file) ?? [];
  const cases = results.map(({ parts, ...head }) => ({
    ...head,
    lengths: parts.map(({ rows }) => rows.length),
  }));
  const heads = deflateRawSync(JSON.stringify({ fingerprint, files, cases } satisfies Heads), LEVEL);
  const rows = deflateRawSync(
    Buffer.concat(results.flatMap(({ parts }) => parts.map((part) => part.rows))),
    LEVEL,
  );
  const header = Buffer.alloc(HEADER_BYTES);
  MARK.copy(header);
  header.writeUInt32LE(heads.length, 8);
  header.writeUInt32LE(rows.length, 12);
  const frame = Buffer.concat([header, heads, rows]);
  frame.writeUInt32LE(checksum(frame), 16);
  return frame;
}

const checksum = (frame: Buffer): number => crc32(frame.subarray(HEADER_BYTES), crc32(frame.subarray(8, 16)));

/** The results in a frame, in its order. */
export function unpackFrame(frame: Buffer): CaseResult[] {
  const { files, cases } = headsOf(frame);
  const rows = inflateRawSync(frame.subarray(HEADER_BYTES + frame.readUInt32LE(8)));
  let at = 0;
  return cases.map(({ lengths, ...head }) => ({
    ...head,
    parts: lengths.map((length, index) => {
      at += length;
      return { file: files[index] ?? '', rows: rows.subarray(at - length, at) };
    }),
  }));
}

export function headsOf(frame: Buffer): Heads {
  const packed = frame.subarray(HEADER_BYTES, HEADER_BYTES + frame.readUInt32LE(8));
  return JSON.parse(inflateRawSync(packed).toString()) as Heads;
}

/** The frames of a segment from there on, and the stretches between them that are damaged. */
export function* framesOf(
  descriptor: number,
  from: number,
): Generator<{ readonly at: number; readonly length: number; readonly heads: Heads | null }> {
  const { size } = fstatSync(descriptor);
  for (let at = from; at < size; ) {
    const frame = frameAt(descriptor, at, size);
    const length = frame?.length ?? nextMark(descriptor, at + 1, size) - at;
    yield { at, length, heads: frame && headsOf(frame) };
    at += length;
  }
}

/** The frame there; null where its bytes are not as they were written. */
function frameAt(descriptor: number, at: number, size: number): Buffer | null {
  const header = readBytes(descriptor, at, Math.min(HEADER_BYTES, size - at));
  if (header.length < HEADER_BYTES || !header.subarray(0, MARK.length).equals(MARK)) return null;
  const length = HEADER_BYTES + header.readUInt32LE(8) + header.readUInt32LE(12);
  if (at + length > size) return null;
  const frame = readBytes(descriptor, at, length);
  return frame.length === length && checksum(frame) === frame.readUInt32LE(16) ? frame : null;
}

const SEARCH_BYTES = 1024 * 1024;

function nextMark(descriptor: number, from: number, size: number): number {
  for (let at = from; at < size; at += SEARCH_BYTES) {
    const found = readBytes(descriptor, at, Math.min(SEARCH_BYTES + MARK.length, size - at)).indexOf(MARK);
    if (found >= 0) return at + found;
  }
  return size;
}
