// SPDX-License-Identifier: Apache-2.0
/** Zstandard (RFC 8878): frames and checksums are handled here; fzstd, which checks nothing, decodes the blocks. */

import { Decompress } from 'fzstd';
import type { XXHashAPI } from 'xxhash-wasm';
import { errorMessage } from '../../model/error-message.js';
import { readZstdHeader, type ZstdHeader, zstdHeaderFor, zstdHeaderLength } from '../../model/zstd-frame.js';
import { Buffer } from '../../platform/index.js';
import type { ByteReader } from '../bytes.js';
import type { Report } from '../found.js';
import { damaged, exactly, isSkippable, littleEndian, readFrames, Unreadable } from './frames.js';

const MAGIC = 0xfd2fb528;
/** The largest window that zstd accepts without --long. */
const MAX_WINDOW = 128 * 1024 ** 2;
const BLOCK = 128 * 1024;
/** A frame that ends within so many blocks gets a window of their size: fzstd fills and moves all of one. */
const BLOCKS_AHEAD = 8;

/** fzstd moves the whole window for each block. Limits on the bytes it may move: a base, and per byte of output. */
const MAX_MOVED = 4 * 1024 ** 3;
const MAX_MOVED_PER_BYTE = 4096;

export function isZstd(head: Uint8Array): boolean {
  return littleEndian(head) === MAGIC || isSkippable(head);
}

export async function* unzstd(
  input: ByteReader,
  report: Report,
  effort: ZstdEffort,
): AsyncGenerator<Uint8Array> {
  const { default: xxhash } = await import('xxhash-wasm');
  const hashes = await xxhash();
  yield* readFrames(input, report, {
    name: 'zstd',
    magic: MAGIC,
    readFrame: (frame) => readFrame(frame, hashes, effort, report),
  });
}

/** What fzstd has moved, over all streams and members of a run. */
export class ZstdEffort {
  #moved = 0;
  #given = 0;

  spend(moved: number, given: number): void {
    this.#moved += moved;
    this.#given += given;
    if (this.#moved > MAX_MOVED + this.#given * MAX_MOVED_PER_BYTE) {
      throw new Unreadable(
        'input-limit',
        'the blocks of the zstd data are very small for its window, which makes it slow to read here: unpack it with zstd first',
      );
    }
  }
}

async function readHeader(input: ByteReader): Promise<ZstdHeader> {
  const descriptor = await exactly(input, 1, 'zstd');
  const rest = await exactly(input, zstdHeaderLength(descriptor[0] ?? 0) - 1, 'zstd');
  const header = readZstdHeader(Buffer.concat([descriptor, rest]));
  if (!header) throw damaged('the zstd data is damaged (a reserved bit is set)');
  if (header.needsDictionary) {
    throw new Unreadable('archive-unsupported', 'the zstd data needs a dictionary');
  }
  if (header.window > MAX_WINDOW) {
    throw new Unreadable(
      'archive-unsupported',
      'the zstd data needs a window of more than 128 MiB (zstd --long): unpack it with zstd -d --long=31',
    );
  }
  return header;
}

async function* readFrame(
  input: ByteReader,
  hashes: XXHashAPI,
  effort: ZstdEffort,
  report: Report,
): AsyncGenerator<Uint8Array> {
  const header = await readHeader(input);
  const { first, ends, all } = await lookAhead(readBlocks(input, Number(header.window)));
  const window = Math.min(Number(header.window), ends ? first * BLOCK : MAX_WINDOW);
  const sum = hashes.create64();
  const out: Uint8Array[] = [];
  const engine = new Decompress((chunk) => out.push(chunk));
  let given = 0;
  // Without a checksum, which fzstd would only skip.
  engine.push(zstdHeaderFor(window, false));
  for await (const { bytes, last } of all) {
    effort.spend(window + BLOCK, 0);
    const failure = failureOf(() => engine.push(bytes, last));
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

interface Block {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** The first blocks of a frame, and all of them. What is damaged after the first ones is thrown only behind them. */
async function lookAhead(blocks: AsyncGenerator<Block>): Promise<{
  first: number;
  ends: boolean;
  all: AsyncGenerator<Block>;
}> {
  const first: Block[] = [];
  let failure: unknown = null;
  try {
    while (first.length < BLOCKS_AHEAD && first.at(-1)?.last !== true) {
      const { value } = await blocks.next();
      if (value) first.push(value);
    }
  } catch (error) {
    failure = error;
  }
  async function* all(): AsyncGenerator<Block> {
    yield* first;
    if (failure !== null) throw failure;
    yield* blocks;
  }
  return { first: first.length, ends: failure !== null || first.at(-1)?.last === true, all: all() };
}

async function* readBlocks(input: ByteReader, window: number): AsyncGenerator<Block, undefined> {
  for (;;) {
    const block = await readBlock(input, window);
    yield block;
    if (block.last) return;
  }
}

/** A block with its three-byte header: last flag, type, size. */
async function readBlock(input: ByteReader, window: number): Promise<Block> {
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
