// SPDX-License-Identifier: Apache-2.0
/** The members of a zip by its central directory (yauzl; loaded on demand, as that takes a while). */

import {
  type Entry,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  type Options,
  RandomAccessReader,
  type ZipFile,
} from 'yauzl';
import type { RandomAccess } from '../../model/bytes.js';
import { errorMessage } from '../../model/error-message.js';
import { escapeLine } from '../../model/escape.js';
import { type Buffer, Readable } from '../../platform/index.js';
import { ascii, ByteReader, CHUNK_BYTES } from '../bytes.js';
import type { ZstdEffort } from '../codec/zstd.js';
import type { Report } from '../found.js';
import type { ArchiveInput, Member } from './member.js';
import { decodeMember } from './zip-method.js';

// Names are data here: yauzl would refuse `../x`.
const OPTIONS: Options = { decodeStrings: false, autoClose: false, validateEntrySizes: false };

/** The bytes of the zip. A read outside them is an error, which yauzl does not check. */
class ZipBytes extends RandomAccessReader {
  readonly #bytes: RandomAccess;

  constructor(bytes: RandomAccess) {
    super();
    this.#bytes = bytes;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, count?: number) => void,
  ): void {
    let failure: Error | null = null;
    try {
      buffer.set(this.#at(position, length), offset);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(errorMessage(error));
    }
    queueMicrotask(() => callback(failure, length));
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#range(start, end), { objectMode: false });
  }

  *#range(start: number, end: number): Generator<Uint8Array> {
    for (let at = start; at < end; at += CHUNK_BYTES) yield this.#at(at, Math.min(CHUNK_BYTES, end - at));
  }

  #at(position: number, length: number): Uint8Array {
    const { size } = this.#bytes;
    if (!Number.isSafeInteger(position) || position < 0 || position + length > size) {
      throw new Error('an offset is outside the file');
    }
    const bytes = this.#bytes.read(position, length);
    if (bytes.length < length) throw new Error('the file shrank while it was read');
    return bytes;
  }
}

/** The zip with random access; null if it is too large to buffer. */
export async function wholeZip({ bytes, random, bufferBytes }: ArchiveInput): Promise<RandomAccess | null> {
  if (random) return random;
  const whole = await bytes.peekAll(bufferBytes);
  return whole && { size: whole.length, read: (offset, length) => whole.subarray(offset, offset + length) };
}

const openZip = (bytes: RandomAccess): Promise<ZipFile> =>
  fromRandomAccessReaderPromise(new ZipBytes(bytes), bytes.size, OPTIONS);

/** Adds the offsets of the members to `given`; throws if the directory cannot be read. */
export async function* readEntries(
  bytes: RandomAccess,
  given: Set<number>,
  report: Report,
  effort: ZstdEffort,
): AsyncGenerator<Member> {
  const overlapping = await overlappingEntries(await openZip(bytes));
  if (overlapping.size > 0) {
    report('archive-damaged', `${overlapping.size} members of the zip overlap others and were not read`);
  }
  const zip = await openZip(bytes);
  let index = 0;
  for await (const entry of zip.eachEntry()) {
    given.add(entry.relativeOffsetOfLocalHeader);
    if (!overlapping.has(index++)) yield memberOf(zip, entry, effort);
  }
  if (!isEndOfDirectory(bytes, zip)) throw new Error(`it counts ${index} members, and more follow`);
}

/** What follows the last entry: the end of the directory, that of a zip64, or a signature (APPNOTE 4.3.13 to 4.3.16). */
const AFTER_ENTRIES: ReadonlySet<string> = new Set(['PK\x05\x06', 'PK\x06\x06', 'PK\x05\x05']);

/** False where a damaged or forged end of the directory counts too few entries, which yauzl does not see. */
function isEndOfDirectory(bytes: RandomAccess, zip: ZipFile): boolean {
  // A number, whatever its type says.
  const at = Number(zip.readEntryCursor);
  const next = at + 4 <= bytes.size ? bytes.read(at, 4) : new Uint8Array(0);
  return AFTER_ENTRIES.has(ascii(next));
}

const LOCAL_HEADER_BYTES = 30;

/**
 * Indexes of entries that overlap an earlier one. No program writes these, but a 42 KB bomb holds its data thousands of
 * times this way. Of a damaged directory, the entries before the damage count.
 */
async function overlappingEntries(zip: ZipFile): Promise<ReadonlySet<number>> {
  const places: { readonly index: number; readonly start: number; readonly end: number }[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const start = entry.relativeOffsetOfLocalHeader;
      const end = start + LOCAL_HEADER_BYTES + entry.compressedSize;
      places.push({ index: places.length, start, end });
    }
  } catch {
    // Reading the members meets the same error and reports it.
  }
  places.sort((a, b) => a.start - b.start || a.index - b.index);
  const overlapping = new Set<number>();
  let reached = 0;
  for (const { index, start, end } of places) {
    if (start < reached) overlapping.add(index);
    else reached = end;
  }
  return overlapping;
}

function memberOf(zip: ZipFile, entry: Entry, effort: ZstdEffort): Member {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const name = escapeLine(getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false));
  if (name.endsWith('/')) return { is: 'special', name, what: null };
  // The upper half holds a Unix mode; a link's target is its data.
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000) {
    return { is: 'special', name, what: 'symbolic link' };
  }
  if (entry.isEncrypted()) return { is: 'encrypted', name };
  let packed: ByteReader | null = null;
  return {
    is: 'file',
    name,
    size: entry.uncompressedSize,
    taken: () => packed?.taken ?? 0,
    async *open(reportMember) {
      packed = new ByteReader(await zip.openReadStreamPromise(entry, { decodeFileData: false }));
      try {
        yield* decodeMember(packed, entry.compressionMethod, entry.crc32, reportMember, effort);
      } finally {
        await packed.close();
      }
    },
  };
}
