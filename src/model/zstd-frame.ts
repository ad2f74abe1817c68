// SPDX-License-Identifier: Apache-2.0
/** The header of a Zstandard frame (RFC 8878, 3.1.1.1). */

/** What follows the magic number. */
export interface ZstdHeader {
  /** Bytes with the descriptor. */
  readonly length: number;
  readonly needsDictionary: boolean;
  /** Whether a checksum follows the blocks. */
  readonly summed: boolean;
  /** Bytes. */
  readonly window: bigint;
  /** Bytes, if stated. */
  readonly contentSize: bigint | null;
}

/** The length of a header that starts with this descriptor. */
export function zstdHeaderLength(descriptor: number): number {
  return 1 + (isSingle(descriptor) ? 0 : 1) + dictionaryBytes(descriptor) + sizeBytes(descriptor);
}

/** Reads the header after the magic number; null if it is truncated, or has a reserved bit set. */
export function readZstdHeader(bytes: Uint8Array): ZstdHeader | null {
  const descriptor = bytes[0];
  if (descriptor === undefined || (descriptor & 8) !== 0) return null;
  const length = zstdHeaderLength(descriptor);
  if (bytes.length < length) return null;
  const sizeAt = length - sizeBytes(descriptor);
  const contentSize = sizeOf(bytes.subarray(sizeAt, length));
  return {
    length,
    needsDictionary: bytes.subarray(sizeAt - dictionaryBytes(descriptor), sizeAt).some((byte) => byte !== 0),
    summed: (descriptor & 4) !== 0,
    window: isSingle(descriptor) ? (contentSize ?? 0n) : windowOf(bytes[1] ?? 0),
    contentSize,
  };
}

/** The start of a frame that needs just this window: magic number, and the header of a single segment of that size. */
export function zstdHeaderFor(window: number, summed: boolean): Uint8Array {
  const bytes = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, summed ? 0xa4 : 0xa0, 0, 0, 0, 0);
  new DataView(bytes.buffer).setUint32(5, window, true);
  return bytes;
}

const isSingle = (descriptor: number): boolean => (descriptor & 0x20) !== 0;
const dictionaryBytes = (descriptor: number): number => [0, 1, 2, 4][descriptor & 3] ?? 0;
const sizeBytes = (descriptor: number): number =>
  [isSingle(descriptor) ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;

/** Frame_Content_Size; in two bytes it is stored less 256. */
function sizeOf(bytes: Uint8Array): bigint | null {
  if (bytes.length === 0) return null;
  const size = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return bytes.length === 2 ? size + 256n : size;
}

/** Window_Descriptor: a power of two plus eighths of it. */
function windowOf(descriptor: number): bigint {
  const base = 1n << BigInt(10 + (descriptor >> 3));
  return base + (base >> 3n) * BigInt(descriptor & 7);
}
