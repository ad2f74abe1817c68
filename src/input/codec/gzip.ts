// SPDX-License-Identifier: Apache-2.0
/** gzip (RFC 1952): any number of members; a truncated or damaged one yields what can be read. */
import { crc32 } from '../../platform/index.js';
import type { ByteReader } from '../bytes.js';
import type { Report } from '../found.js';
import { inflateRaw } from './inflate.js';

const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

export function isGzip(head: Uint8Array): boolean {
  // The three high flag bits are reserved and zero.
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8 && ((head[3] ?? 0) & 0xe0) === 0;
}

export async function* gunzip(input: ByteReader, report: Report): AsyncGenerator<Uint8Array> {
  for (;;) {
    const more = yield* gunzipMember(input, report);
    if (!more) return;
    const head = await input.peek(4);
    if (head.length === 0) return;
    if (!isGzip(head)) {
      await reportTrailing(input, report);
      return;
    }
  }
}

/** False if the member is truncated or damaged: nothing can follow. */
async function* gunzipMember(input: ByteReader, report: Report): AsyncGenerator<Uint8Array, boolean> {
  const truncated = (): boolean => {
    report('archive-damaged', 'the gzip data is truncated');
    return false;
  };
  if (!(await skipHeader(input))) return truncated();
  let crc = 0;
  let size = 0;
  const stream = inflateRaw(input);
  let next = await stream.next();
  try {
    for (; !next.done; next = await stream.next()) {
      crc = crc32(next.value, crc);
      size += next.value.length;
      yield next.value;
    }
  } finally {
    await stream.return(null);
  }
  if (next.value !== null) {
    report('archive-damaged', `the gzip data is damaged (${next.value})`);
    return false;
  }
  const trailer = await input.read(8);
  if (trailer.length < 8) return truncated();
  const view = new DataView(trailer.buffer, trailer.byteOffset, 8);
  if (view.getUint32(0, true) !== crc || view.getUint32(4, true) !== size % 2 ** 32) {
    report('archive-damaged', 'the gzip checksum does not match');
  }
  return true;
}

async function skipHeader(input: ByteReader): Promise<boolean> {
  const fixed = await input.read(10);
  const flags = fixed[3];
  if (fixed.length < 10 || flags === undefined) return false;
  if (flags & FLAG_EXTRA) {
    const [low, high] = await input.read(2);
    if (low === undefined || high === undefined) return false;
    const length = low + high * 256;
    if ((await input.skip(length)) < length) return false;
  }
  if (flags & FLAG_NAME && !(await skipString(input))) return false;
  if (flags & FLAG_COMMENT && !(await skipString(input))) return false;
  if (flags & FLAG_HEADER_CRC && (await input.skip(2)) < 2) return false;
  return true;
}

/** A string that ends with a NUL. */
async function skipString(input: ByteReader): Promise<boolean> {
  for (let bytes = await input.some(); bytes; bytes = await input.some()) {
    const end = bytes.indexOf(0);
    if (end >= 0) {
      input.unread(bytes.subarray(end + 1));
      return true;
    }
  }
  return false;
}

/** Zeros are padding (tapes, tar blocks); reports anything else. */
async function reportTrailing(input: ByteReader, report: Report): Promise<void> {
  for (let bytes = await input.some(); bytes; bytes = await input.some()) {
    if (bytes.some((byte) => byte !== 0)) {
      report('archive-damaged', 'the data after the end of the gzip stream is not gzip and was not read');
      return;
    }
  }
}
