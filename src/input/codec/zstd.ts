// SPDX-License-Identifier: Apache-2.0
/** Zstandard (RFC 8878): frames and checksums are handled here; fzstd, which checks nothing, decodes the blocks. */

import { Decompress } from 'fzstd';
import type { XXHashAPI } from 'xxhash-wasm';
import { errorMessage } from '../../model/error-message.js';
import { Buffer } from '../../platform/index.js';
import type { ByteReader } from '../bytes.js';
import type { Report } from '../found.js';
import { damaged, exactly, isSkippable, littleEndian, readFrames, Unreadable } from './frames.js';

const MAGIC = 0xfd2fb528;
/** The largest window that zstd accepts without --long. */
const MAX_WINDOW = 128 * 1024 ** 2;
const BLOCK = 128 * 1024;

/** fzstd moves the whole window for each block. Limits on the bytes it may move: a base, and per byte of output. */
const MAX_MOVED = 16 * 1024 ** 3;
const MAX_MOVED_PER_BYTE = 4096;

export function isZstd(head: Uint8Array): boolean {
  return littleEndian(head) === MAGIC || isSkippable(head);
}

export async function* unzstd(input: ByteReader, report: Report): AsyncGenerator<Uint8Array> {
  const { default: xxhash } = await import('xxhash-wasm');
  const hashes = await xxhash();
  const effort = new Effort();
  yield* readFrames(input, report, {
    name: 'zstd',
    magic: MAGIC,
    readFrame: (frame) => readFrame(frame, hashes, effort, report),
  });
}

class Effort {
  #moved = 0;
  #given = 0;

  spend(moved: number, given: number): void {
    this.#moved += moved;
    this.#given += given;
    if (this.#moved > MAX_MOVED + this.#given * MAX_MOVED_PER_BYTE) {
      throw new Unreadable(
        'input-limit',
        `the zstd data has very small blocks: unpack it with zstd, or unpack less than ${this.#given} bytes of it`,
      );
    }
  }
}

interface Header {
  /** As the decoder gets it: without the checksum flag, as it would only skip the checksum. */
  readonly bytes: Uint8Array;
  readonly summed: boolean;
  readonly window: number;
  readonly contentSize: bigint | null;
}

async function readHeader(input: ByteReader): Promise<Header> {
  const [flags = 0] = await exactly(input, 1, 'zstd');
  if (flags & 8) throw damaged('the zstd data is damaged (a reserved bit is set)');
  const single = (flags & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const rest = Buffer.from(await exactly(input, (single ? 0 : 1) + dictionaryBytes + sizeBytes, 'zstd'));
  const sizeAt = rest.length - sizeBytes;
  if (rest.subarray(sizeAt - dictionaryBytes, sizeAt).some((byte) => byte !== 0)) {
    throw new Unreadable('archive-unsupported', 'the zstd data needs a dictionary');
  }
  const contentSize = sizeOf(rest.subarray(sizeAt));
  const window = single ? contentSize : windowOf(rest[0] ?? 0);
  if (window !== null && window > MAX_WINDOW) {
    throw new Unreadable(
      'archive-unsupported',
      'the zstd data needs a window of more than 128 MiB (zstd --long): unpack it with zstd -d --long=31',
    );
  }
  const bytes = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, flags & ~4]), rest]);
  return { bytes, summed: (flags & 4) !== 0, window: Number(window), contentSize };
}

/** Frame_Content_Size; in two bytes it is stored less 256. */
function sizeOf(bytes: Buffer): bigint | null {
  switch (bytes.length) {
    case 0:
      return null;
    case 8:
      return bytes.readBigUInt64LE();
    default:
      return BigInt(bytes.readUIntLE(0, bytes.length) + (bytes.length === 2 ? 256 : 0));
  }
}

/** Window_Descriptor: a power of two plus eighths of it. */
function windowOf(descriptor: number): bigint {
  const base = 1n << BigInt(10 + (descriptor >> 3));
  return base + (base >> 3n) * BigInt(descriptor & 7);
}

async function* readFrame(
  input: ByteReader,
  hashes: XXHashAPI,
  effort: Effort,
  report: Report,
): AsyncGenerator<Uint8Array> {
  const header = await readHeader(input);
  const sum = hashes.create64();
  const out: Uint8Array[] = [];
  const engine = new Decompress((chunk) => out.push(chunk));
  let given = 0;
  engine.push(header.bytes);
  for (let last = false; !last; ) {
    const block = await readBlock(input, header.window);
    last = block.last;
    effort.spend(header.window + BLOCK, 0);
    const failure = failureOf(() => engine.push(block.bytes, last));
    for (const chunk of out.splice(0)) {
      if (chunk.length === 0) continue;
      if (header.summed) sum.update(chunk);
      given += chunk.length;
      effort.spend(0, chunk.length);
      yield chunk;
    }
    if (failure !== null) throw damaged(`the zstd data is damaged (${failure})`);
  }
  if (header.summed) {
    const stated = littleEndian(await exactly(input, 4, 'zstd'));
    if (BigInt(stated) !== (sum.digest() & 0xffffffffn)) {
      report('archive-damaged', 'the zstd checksum does not match');
      return;
    }
  }
  if (header.contentSize !== null && header.contentSize !== BigInt(given)) {
    report('archive-damaged', 'the length of the zstd data does not match its header');
  }
}

/** A block with its three-byte header: last flag, type, size. */
async function readBlock(input: ByteReader, window: number): Promise<{ bytes: Uint8Array; last: boolean }> {
  const head = await exactly(input, 3, 'zstd');
  const word = littleEndian(head);
  const type = (word >> 1) & 3;
  const size = word >> 3;
  if (type === 3 || size > Math.min(window, BLOCK)) {
    throw damaged('the zstd data is damaged (a block has an unknown type or is too large)');
  }
  // An RLE block is one byte, many times.
  const body = await exactly(input, type === 1 ? 1 : size, 'zstd');
  return { bytes: Buffer.concat([head, body]), last: (word & 1) !== 0 };
}

/** Runs a step and returns the decoder's error message, or null. */
function failureOf(step: () => void): string | null {
  try {
    step();
    return null;
  } catch (error) {
    return errorMessage(error);
  }
}
