/**
 * LZ4 frames (lz4_Frame_format.md). No maintained library reads them as a stream without native code; the format is
 * small: a frame of blocks, each a run of literals and copies out of the last 64 KiB.
 */
import { type ByteReader, concat } from '../bytes.js';
import type { Report } from '../found.js';

const MAGIC = 0x184d2204;
const SKIPPABLE = 0x184d2a50;
const WINDOW = 64 * 1024;

class Damaged extends Error {}

export function isLz4(head: Uint8Array): boolean {
  // The version in the descriptor's two high bits is 01, and a reserved bit is zero.
  return littleEndian(head) === MAGIC && ((head[4] ?? 0) & 0xc2) === 0x40;
}

export async function* unlz4(input: ByteReader, report: Report): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const head = await input.read(4);
      if (head.length === 0) return;
      const magic = littleEndian(head);
      if (magic === MAGIC) yield* readFrame(input);
      else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE)
        await input.skip(littleEndian(await exactly(input, 4)));
      else throw new Damaged('what follows the end of the lz4 data is no lz4 and was not read');
    }
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    report('archive-damaged', error.message);
  }
}

async function* readFrame(input: ByteReader): AsyncGenerator<Uint8Array> {
  const [flags = 0, sizes = 0] = await exactly(input, 2);
  const contentSize = (flags & 8) !== 0;
  const dictionary = (flags & 1) !== 0;
  const independent = (flags & 0x20) !== 0;
  const blockSum = (flags & 0x10) !== 0;
  const frameSum = (flags & 4) !== 0;
  // The descriptor ends with a byte of its own checksum.
  await exactly(input, (contentSize ? 8 : 0) + (dictionary ? 4 : 0) + 1);
  const blockMax = 1 << (8 + 2 * ((sizes >> 4) & 7));
  let window: Uint8Array = new Uint8Array(0);
  for (;;) {
    const size = littleEndian(await exactly(input, 4));
    if (size === 0) break;
    const length = size & 0x7fffffff;
    if (length > blockMax) throw new Damaged('the lz4 data is damaged (a block is too large)');
    const data = await exactly(input, length);
    // The high bit marks a block that is stored as it is.
    const block = size >>> 31 ? data : decodeBlock(data, window, blockMax);
    if (blockSum) await exactly(input, 4);
    if (!independent) window = concat([window, block]).slice(-WINDOW);
    yield block;
  }
  if (frameSum) await exactly(input, 4);
}

/** lz4_Block_format.md. Copies may reach back into the window, which lies in front of the block. */
function decodeBlock(data: Uint8Array, window: Uint8Array, max: number): Uint8Array {
  const out = new Uint8Array(window.length + max);
  out.set(window);
  let to = window.length;
  let at = 0;
  const next = (): number => {
    const byte = data[at++];
    if (byte === undefined) throw new Damaged('the lz4 data is damaged (a block ends early)');
    return byte;
  };
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) {
      let byte: number;
      do {
        byte = next();
        length += byte;
      } while (byte === 255);
    }
    return length;
  };
  for (;;) {
    const token = next();
    const literals = lengthOf(token >> 4);
    if (at + literals > data.length || to + literals > out.length) {
      throw new Damaged('the lz4 data is damaged (a run is too long)');
    }
    out.set(data.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence of a block has no copy.
    if (at >= data.length) return out.subarray(window.length, to);
    const distance = next() | (next() << 8);
    const length = lengthOf(token & 15) + 4;
    if (distance === 0 || distance > to || to + length > out.length) {
      throw new Damaged('the lz4 data is damaged (a copy reaches outside)');
    }
    // A copy may overlap what it makes, so that it repeats.
    for (let index = 0; index < length; index++) out[to + index] = out[to + index - distance] ?? 0;
    to += length;
  }
}

async function exactly(input: ByteReader, count: number): Promise<Uint8Array> {
  const bytes = await input.read(count);
  if (bytes.length < count) throw new Damaged('the lz4 data is cut');
  return bytes;
}

function littleEndian(bytes: Uint8Array): number {
  return ((bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 24)) >>> 0;
}
