// SPDX-License-Identifier: Apache-2.0
/** zip without its central directory, by the members' local headers (APPNOTE 4.3.7). */
import { ByteReader, drain, keepOpen } from '../bytes.js';
import type { ZstdEffort } from '../codec/zstd.js';
import type { Report } from '../found.js';
import { decodeName } from '../label.js';
import type { Member } from './member.js';
import { DEFLATED, decodeMember } from './zip-method.js';

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const DIRECTORY_END_64 = 0x06064b50;
const HEADER_BYTES = 30;
const FLAG_ENCRYPTED = 1;
/** Sizes and checksum follow the data. */
const FLAG_DESCRIPTOR = 8;

interface LocalHeader {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
}

/** Skips the members at the offsets `given`. */
export async function* streamZip(
  bytes: ByteReader,
  given: ReadonlySet<number>,
  report: Report,
  effort: ZstdEffort,
): AsyncGenerator<Member> {
  const start = bytes.taken;
  for (;;) {
    const at = bytes.taken - start;
    const next = await bytes.peek(4);
    if (next.length === 0) return;
    const signature =
      next.length < 4 ? null : new DataView(next.buffer, next.byteOffset, 4).getUint32(0, true);
    if (signature === DIRECTORY_ENTRY || signature === DIRECTORY_END || signature === DIRECTORY_END_64)
      return;
    const header = signature === LOCAL_HEADER ? await readHeader(bytes) : null;
    if (!header) {
      report('archive-damaged', 'the zip is truncated or damaged in a header');
      if (!(await seekHeader(bytes))) return;
      continue;
    }
    const open = (header.flags & FLAG_DESCRIPTOR) !== 0;
    const encrypted = (header.flags & FLAG_ENCRYPTED) !== 0;
    if (!open) yield* readSized(bytes, header, encrypted, given.has(at), report, effort);
    else if (header.method === DEFLATED && !encrypted)
      yield* readOpen(bytes, header, given.has(at), report, effort);
    else {
      if (encrypted) yield { is: 'encrypted', name: header.name };
      else report('archive-damaged', `the size of ${header.name} is only in the zip's directory`);
      if (!(await seekHeader(bytes))) return;
    }
  }
}

/** A member that states its size. */
async function* readSized(
  bytes: ByteReader,
  header: LocalHeader,
  encrypted: boolean,
  skip: boolean,
  report: Report,
  effort: ZstdEffort,
): AsyncGenerator<Member> {
  const { name, method, crc, packedSize, size } = header;
  const end = bytes.taken + packedSize;
  if (!skip) {
    if (encrypted) yield { is: 'encrypted', name };
    else if (name.endsWith('/')) yield { is: 'special', name, what: null };
    else {
      const packed = new ByteReader(bytes.rest(packedSize));
      const taken = (): number => packed.taken;
      yield { is: 'file', name, size, taken, open: (r) => decodeMember(packed, method, crc, r, effort) };
    }
  }
  const left = end - bytes.taken;
  if ((await bytes.skip(left)) < left) report('archive-damaged', `the zip is truncated in ${name}`);
}

/** A deflated member of unknown size: its data has its own end. */
async function* readOpen(
  bytes: ByteReader,
  header: LocalHeader,
  skip: boolean,
  report: Report,
  effort: ZstdEffort,
): AsyncGenerator<Member> {
  const { name, method } = header;
  const before = bytes.taken;
  const stream = decodeMember(bytes, method, null, report, effort);
  if (!skip) {
    const taken = (): number => bytes.taken - before;
    yield { is: 'file', name, size: null, taken, open: () => keepOpen(stream) };
  }
  await drain(stream);
  // Skips the descriptor: with or without a signature, with sizes of 4 or 8 bytes.
  await seekHeader(bytes);
}

async function readHeader(bytes: ByteReader): Promise<LocalHeader | null> {
  const fixed = await bytes.read(HEADER_BYTES);
  if (fixed.length < HEADER_BYTES) return null;
  const view = new DataView(fixed.buffer, fixed.byteOffset, HEADER_BYTES);
  const nameBytes = view.getUint16(26, true);
  const extraBytes = view.getUint16(28, true);
  const rest = await bytes.read(nameBytes + extraBytes);
  if (rest.length < nameBytes + extraBytes) return null;
  const sizes = sizesOf(view.getUint32(22, true), view.getUint32(18, true), rest.subarray(nameBytes));
  return {
    name: decodeName(rest.subarray(0, nameBytes)),
    flags: view.getUint16(6, true),
    method: view.getUint16(8, true),
    crc: view.getUint32(14, true),
    ...sizes,
  };
}

/** Sizes of 0xffffffff are in the zip64 field, the unpacked size first. */
function sizesOf(size: number, packedSize: number, extra: Uint8Array): { size: number; packedSize: number } {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1 || at + 20 > extra.length) continue;
    if (size !== 0xffffffff || packedSize !== 0xffffffff) continue;
    return {
      size: Number(view.getBigUint64(at + 4, true)),
      packedSize: Number(view.getBigUint64(at + 12, true)),
    };
  }
  return { size, packedSize };
}

/** Skips to the next header of any kind; false if there is none. */
async function seekHeader(bytes: ByteReader): Promise<boolean> {
  for (;;) {
    const block = await bytes.read(8 * 1024);
    const found = findHeader(block);
    if (found >= 0) {
      bytes.unread(block.subarray(found));
      return true;
    }
    if (block.length < 8 * 1024) return false;
    // A signature may cross the block boundary.
    bytes.unread(block.subarray(-3));
  }
}

function findHeader(block: Uint8Array): number {
  for (let at = block.indexOf(0x50); at >= 0; at = block.indexOf(0x50, at + 1)) {
    if (block[at + 1] !== 0x4b) continue;
    const pair = `${block[at + 2]},${block[at + 3]}`;
    if (pair === '3,4' || pair === '1,2' || pair === '5,6' || pair === '6,6') return at;
  }
  return -1;
}
