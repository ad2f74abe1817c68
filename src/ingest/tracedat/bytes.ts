// SPDX-License-Identifier: Apache-2.0
/** Reads numbers and strings of a trace.dat; every read is bounds-checked. */
import type { RandomAccess } from '../ingester.js';

/** The file is damaged here; what was read before stays valid. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError';
}

/** Bytes in memory (a decompressed section) as RandomAccess. */
export function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, Math.min(bytes.length, offset + length)),
  };
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const UTF8 = new TextDecoder();

/** What is before the first NUL. */
export function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Text up to the first NUL. */
export function textOf(bytes: Uint8Array): string {
  return UTF8.decode(untilNul(bytes));
}

/** Limit for NUL-terminated strings. */
const MAX_STRING = 4096;

/** A position that advances with each read; a read past the end throws DamagedError. */
export class Cursor {
  offset: number;

  constructor(
    readonly source: RandomAccess,
    readonly littleEndian: boolean,
    offset = 0,
    readonly end = source.size,
  ) {
    if (offset > end || end > source.size) throw new DamagedError(`offset ${offset} is outside the file`);
    this.offset = offset;
  }

  get left(): number {
    return this.end - this.offset;
  }

  take(length: number): Uint8Array {
    const bytes = length <= this.left ? this.source.read(this.offset, length) : null;
    if (bytes?.length !== length) {
      throw new DamagedError(`${length} bytes expected at offset ${this.offset}, only ${this.left} left`);
    }
    this.offset += length;
    return bytes;
  }

  u8(): number {
    return viewOf(this.take(1)).getUint8(0);
  }

  u16(): number {
    return viewOf(this.take(2)).getUint16(0, this.littleEndian);
  }

  u32(): number {
    return viewOf(this.take(4)).getUint32(0, this.littleEndian);
  }

  u64(): bigint {
    return viewOf(this.take(8)).getBigUint64(0, this.littleEndian);
  }

  /** A 64-bit size or file offset; throws if no file can have it. */
  size(): number {
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new DamagedError(`size ${value} at ${this.offset - 8}`);
    return Number(value);
  }

  /** A NUL-terminated string. */
  string(): string {
    const bytes = this.source.read(this.offset, Math.min(MAX_STRING, this.left));
    const end = bytes.indexOf(0);
    if (end < 0) throw new DamagedError(`unterminated string at offset ${this.offset}`);
    this.offset += end + 1;
    return UTF8.decode(bytes.subarray(0, end));
  }
}
