// SPDX-License-Identifier: Apache-2.0
/** The header of a trace.dat (trace-cmd.dat.v6(5), trace-cmd.dat.v7(5)): magic, version, byte order, sizes. */
import type { RandomAccess } from '../ingester.js';
import { Cursor, DamagedError } from './bytes.js';

const MAGIC = [0x17, 0x08, 0x44, ...new TextEncoder().encode('tracing')];

/** Sub-buffers have at most 64 pages of 64 KiB. */
const MAX_PAGE = 64 * 64 * 1024;

export interface FileHead {
  readonly version: number;
  readonly littleEndian: boolean;
  /** Bytes of a `long` of the recording user space; the kernel's own is in header_page. */
  readonly longSize: 4 | 8;
  readonly pageSize: number;
  /** `none`, `zlib` or `zstd`; others are not supported. */
  readonly compression: string;
  /** Version 7: offset of the first options section. */
  readonly options: number;
  /** End of the header. */
  readonly end: number;
}

export function hasMagic(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.every((byte, index) => bytes[index] === byte);
}

export function checkPageSize(size: number): number {
  if (size < 64 || size > MAX_PAGE || size % 4 !== 0) throw new DamagedError(`page size ${size}`);
  return size;
}

/** Throws DamagedError if the header is truncated or invalid. */
export function readHead(source: RandomAccess): FileHead {
  if (!hasMagic(source.read(0, MAGIC.length))) throw new DamagedError('no trace.dat magic');
  const versionAt = new Cursor(source, true, MAGIC.length);
  const version = Number(versionAt.string());
  const littleEndian = versionAt.u8() === 0;
  const cursor = new Cursor(source, littleEndian, versionAt.offset);
  const longSize = cursor.u8();
  if (longSize !== 4 && longSize !== 8) throw new DamagedError(`long of ${longSize} bytes`);
  const pageSize = checkPageSize(cursor.u32());
  let compression = 'none';
  let options = 0;
  if (version >= 7) {
    compression = cursor.string();
    cursor.string();
    options = cursor.size();
  }
  return { version, littleEndian, longSize, pageSize, compression, options, end: cursor.offset };
}
