// SPDX-License-Identifier: Apache-2.0
/** A 512-byte tar header: v7, ustar, GNU (tar(5), GNU tar's src/tar.h). */
import { Buffer } from '../../platform/index.js';
import { ascii } from '../bytes.js';

export const BLOCK = 512;

export interface Extent {
  readonly offset: number;
  readonly length: number;
}

export interface TarHeader {
  /** As bytes: a name may be in any encoding. */
  readonly name: Uint8Array;
  readonly link: Uint8Array;
  /** Bytes that follow in the archive. */
  readonly size: number;
  /** The type flag; `0` for the NUL of old headers. */
  readonly type: string;
  /** GNU sparse files (type S): extents, size with holes, and whether more extents follow. */
  readonly sparse: {
    readonly extents: readonly Extent[];
    readonly realSize: number;
    readonly more: boolean;
  } | null;
}

/** Null if the block is not a tar header: a bad checksum or number. */
export function parseHeader(block: Uint8Array): TarHeader | null {
  if (block.length < BLOCK || !checksumMatches(block)) return null;
  const size = numberAt(block, 124, 12);
  if (size === null) return null;
  const type = String.fromCharCode(block[156] || 0x30);
  const magic = ascii(block, 257, 263);
  const prefixed = magic === 'ustar\0' && type !== 'S';
  const name = stringAt(block, 0, 100);
  const prefix = prefixed ? stringAt(block, 345, 155) : new Uint8Array(0);
  return {
    name: prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name,
    link: stringAt(block, 157, 100),
    size,
    type,
    sparse: type === 'S' ? sparseOf(block) : null,
  };
}

/** A block of further extents after a GNU sparse header: 21 pairs, then a flag for another block. */
export function parseSparseBlock(block: Uint8Array): { extents: Extent[]; more: boolean } {
  return { extents: extentsAt(block, 0, 21), more: block[504] === 1 };
}

export function isTar(head: Uint8Array): boolean {
  const header = parseHeader(head.subarray(0, BLOCK));
  return header !== null && (header.name.length > 0 || ascii(head, 257, 262) === 'ustar');
}

function sparseOf(block: Uint8Array): TarHeader['sparse'] {
  const realSize = numberAt(block, 483, 12);
  return realSize === null ? null : { extents: extentsAt(block, 386, 4), realSize, more: block[482] === 1 };
}

function extentsAt(block: Uint8Array, start: number, count: number): Extent[] {
  const extents: Extent[] = [];
  for (let index = 0; index < count; index++) {
    const at = start + index * 24;
    if (block[at] === 0) break;
    const offset = numberAt(block, at, 12);
    const length = numberAt(block, at + 12, 12);
    if (offset === null || length === null) break;
    extents.push({ offset, length });
  }
  return extents;
}

/** The sum of all bytes, with blanks as the checksum; some old tars summed signed bytes. */
function checksumMatches(block: Uint8Array): boolean {
  const stated = numberAt(block, 148, 8);
  if (stated === null || stated === 0) return false;
  let unsigned = 0;
  let signed = 0;
  for (let index = 0; index < BLOCK; index++) {
    const byte = index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return stated === unsigned || stated === signed;
}

/** Octal digits, or base-256 with the high bit set; null for anything else and for unsafe integers. */
function numberAt(block: Uint8Array, start: number, length: number): number | null {
  const first = block[start] ?? 0;
  if (first & 0x80) {
    let value = BigInt(first & 0x7f);
    for (let index = start + 1; index < start + length; index++) {
      value = (value << 8n) | BigInt(block[index] ?? 0);
    }
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
  }
  const digits = ascii(block, start, start + length)
    .replace(/\0.*$/s, '')
    .trim();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

function stringAt(block: Uint8Array, start: number, length: number): Uint8Array {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}
