// SPDX-License-Identifier: Apache-2.0
/**
 * LZ4 frames (lz4_Frame_format.md). No maintained library streams them without native code. The format is small: a frame
 * of blocks of literals and copies from the last 64 KiB.
 */

import type { XXHashAPI } from 'xxhash-wasm';
import { decodeLz4Block, Lz4Error } from '../../model/lz4-block.js';
import { Buffer } from '../../platform/index.js';
import type { ByteReader } from '../bytes.js';
import type { Report } from '../found.js';
import { damaged, exactly, littleEndian, readFrames } from './frames.js';

const MAGIC = 0x184d2204;
const WINDOW = 64 * 1024;
/** Buffer size shared by small blocks, to move the window rarely. */
const SHARED = 1024 ** 2;

export function isLz4(head: Uint8Array): boolean {
  // The version in the descriptor's two high bits is 01, and a reserved bit is zero.
  return littleEndian(head) === MAGIC && ((head[4] ?? 0) & 0xc2) === 0x40;
}

export async function* unlz4(input: ByteReader, report: Report): AsyncGenerator<Uint8Array> {
  const { default: xxhash } = await import('xxhash-wasm');
  const hashes = await xxhash();
  // A file may have thousands of frames of some bytes, and a window has a megabyte.
  let last: Window | null = null;
  const windowFor = (blockMax: number): Window => {
    if (last?.blockMax === blockMax) last.reset();
    else last = new Window(blockMax);
    return last;
  };
  yield* readFrames(input, report, {
    name: 'lz4',
    magic: MAGIC,
    readFrame: (frame) => readFrame(frame, hashes, report, windowFor),
  });
}

interface Descriptor {
  readonly independent: boolean;
  readonly blockSum: boolean;
  readonly frameSum: boolean;
  readonly contentSize: bigint | null;
  readonly blockMax: number;
}

async function readDescriptor(input: ByteReader, hashes: XXHashAPI, report: Report): Promise<Descriptor> {
  const fixed = await exactly(input, 2, 'lz4');
  const [flags = 0, sizes = 0] = fixed;
  const sized = (flags & 8) !== 0;
  const rest = await exactly(input, (sized ? 8 : 0) + (flags & 1 ? 4 : 0), 'lz4');
  const [sum] = await exactly(input, 1, 'lz4');
  if (((hashes.h32Raw(Buffer.concat([fixed, rest])) >>> 8) & 0xff) !== sum) {
    report('archive-damaged', 'the checksum of an lz4 header does not match');
  }
  return {
    independent: (flags & 0x20) !== 0,
    blockSum: (flags & 0x10) !== 0,
    frameSum: (flags & 4) !== 0,
    contentSize: sized ? Buffer.from(rest).readBigUInt64LE() : null,
    blockMax: 1 << (8 + 2 * ((sizes >> 4) & 7)),
  };
}

async function* readFrame(
  input: ByteReader,
  hashes: XXHashAPI,
  report: Report,
  windowFor: (blockMax: number) => Window,
): AsyncGenerator<Uint8Array> {
  const frame = await readDescriptor(input, hashes, report);
  const window = windowFor(frame.blockMax);
  const content = hashes.create32();
  let given = 0n;
  for (;;) {
    const size = littleEndian(await exactly(input, 4, 'lz4'));
    if (size === 0) break;
    const length = size & 0x7fffffff;
    if (length > frame.blockMax) throw damaged('the lz4 data is damaged (a block is too large)');
    const data = await exactly(input, length, 'lz4');
    const sum = frame.blockSum ? littleEndian(await exactly(input, 4, 'lz4')) : null;
    if (frame.independent) window.clear();
    // The high bit marks an uncompressed block.
    const block = size >>> 31 ? window.store(data) : window.decode(data);
    if (frame.frameSum) content.update(block);
    given += BigInt(block.length);
    yield block;
    if (sum !== null && hashes.h32Raw(data) !== sum) {
      report('archive-damaged', 'the checksum of an lz4 block does not match');
    }
  }
  if (frame.frameSum && littleEndian(await exactly(input, 4, 'lz4')) !== content.digest()) {
    report('archive-damaged', 'the lz4 checksum does not match');
  } else if (frame.contentSize !== null && frame.contentSize !== given) {
    report('archive-damaged', 'the length of the lz4 data does not match its header');
  }
}

/** The latest output, followed by room for the next block. */
class Window {
  readonly blockMax: number;
  readonly #bytes: Uint8Array;
  #start = 0;
  #end = 0;

  constructor(blockMax: number) {
    this.blockMax = blockMax;
    this.#bytes = new Uint8Array(WINDOW + Math.max(blockMax, SHARED));
  }

  /** For the next frame. */
  reset(): void {
    this.#start = 0;
    this.#end = 0;
  }

  /** The next block may not reach back. */
  clear(): void {
    this.#start = this.#end;
  }

  store(data: Uint8Array): Uint8Array {
    this.#makeRoom();
    this.#bytes.set(data, this.#end);
    this.#end += data.length;
    return data;
  }

  /** Decodes a block. Copies may reach back to earlier blocks. */
  decode(data: Uint8Array): Uint8Array {
    this.#makeRoom();
    const from = this.#end;
    try {
      this.#end = decodeLz4Block(data, this.#bytes, this.#start, from, from + this.blockMax);
    } catch (error) {
      throw error instanceof Lz4Error ? damaged(`the lz4 data is damaged (${error.message})`) : error;
    }
    return this.#bytes.slice(from, this.#end);
  }

  #makeRoom(): void {
    if (this.#end + this.blockMax <= this.#bytes.length) return;
    const from = Math.max(this.#start, this.#end - WINDOW);
    this.#bytes.copyWithin(0, from, this.#end);
    this.#start = 0;
    this.#end -= from;
  }
}
