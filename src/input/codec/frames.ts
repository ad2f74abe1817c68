// SPDX-License-Identifier: Apache-2.0
/** What LZ4 and Zstandard frames have in common: magic numbers and skippable frames. */
import type { ByteReader } from '../bytes.js';
import type { Report } from '../found.js';

/** Frames with user data, 0x184d2a50 to 0x184d2a5f in both formats. */
const SKIPPABLE = 0x184d2a50;

/** Why the data cannot be read any further. */
export class Unreadable extends Error {
  constructor(
    readonly code: 'archive-damaged' | 'archive-unsupported' | 'input-limit',
    message: string,
  ) {
    super(message);
  }
}

export const damaged = (what: string): Unreadable => new Unreadable('archive-damaged', what);

export interface FrameFormat {
  readonly name: string;
  readonly magic: number;
  /** Reads a frame after its magic number. */
  readonly readFrame: (input: ByteReader, report: Report) => AsyncGenerator<Uint8Array>;
}

export function isSkippable(head: Uint8Array): boolean {
  return (littleEndian(head) & 0xfffffff0) >>> 0 === SKIPPABLE;
}

/** The head from the first frame on that is not to be skipped, as far as it goes. */
export function afterSkippable(head: Uint8Array): Uint8Array {
  let rest = head;
  while (isSkippable(rest)) rest = rest.subarray(8 + littleEndian(rest.subarray(4)));
  return rest;
}

/** Reads one frame after the other. A damaged frame yields what was read before the damage. */
export async function* readFrames(
  input: ByteReader,
  report: Report,
  { name, magic, readFrame }: FrameFormat,
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const head = await input.read(4);
      if (head.length === 0) return;
      if (head.length === 4 && littleEndian(head) === magic) yield* readFrame(input, report);
      else if (isSkippable(head)) await skipFrame(input, name);
      else if (head.length < 4) throw damaged(`the ${name} data is truncated`);
      else throw damaged(`the data after the end of the ${name} stream is not ${name} and was not read`);
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    report(error.code, error.message);
  }
}

async function skipFrame(input: ByteReader, name: string): Promise<void> {
  const length = littleEndian(await exactly(input, 4, name));
  if ((await input.skip(length)) < length) throw damaged(`the ${name} data is truncated`);
}

export async function exactly(input: ByteReader, count: number, name: string): Promise<Uint8Array> {
  const bytes = await input.read(count);
  if (bytes.length < count) throw damaged(`the ${name} data is truncated`);
  return bytes;
}

export function littleEndian(bytes: Uint8Array): number {
  return ((bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 24)) >>> 0;
}
