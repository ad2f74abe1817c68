/** The members of a zip as its directory at the end gives them (yauzl, which takes a while to load). */
import {
  type Entry,
  fromBufferPromise,
  fromFdPromise,
  getFileNameLowLevel,
  type Options,
  type ZipFile,
} from 'yauzl';
import { ByteReader } from '../bytes.js';
import type { Report } from '../found.js';
import { printable } from '../label.js';
import type { ArchiveInput, Member } from './member.js';
import { decodeMember } from './zip-method.js';

// Names are data here: yauzl would refuse `../x`.
const OPTIONS: Options = { decodeStrings: false, autoClose: false, validateEntrySizes: false };

export type Opened =
  | { readonly is: 'open'; readonly zip: ZipFile }
  | { readonly is: 'damaged'; readonly why: string }
  | { readonly is: 'too large' };

export async function openZip({ bytes, disk, bufferBytes }: ArchiveInput): Promise<Opened> {
  try {
    if (disk) return { is: 'open', zip: await fromFdPromise(disk.fd, OPTIONS) };
    const whole = await bytes.peek(bufferBytes + 1);
    if (whole.length > bufferBytes) return { is: 'too large' };
    const buffer = Buffer.from(whole.buffer, whole.byteOffset, whole.length);
    return { is: 'open', zip: await fromBufferPromise(buffer, OPTIONS) };
  } catch (error) {
    return { is: 'damaged', why: reasonOf(error) };
  }
}

export async function* readEntries(zip: ZipFile, given: Set<number>, report: Report): AsyncGenerator<Member> {
  let packed = 0;
  for await (const entry of zip.eachEntry()) {
    packed += entry.compressedSize;
    if (packed > zip.fileSize) {
      report('archive-damaged', 'the members of the zip overlap; the rest was not read');
      return;
    }
    given.add(entry.relativeOffsetOfLocalHeader);
    yield memberOf(zip, entry);
  }
}

function memberOf(zip: ZipFile, entry: Entry): Member {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const name = printable(getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false));
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
        yield* decodeMember(packed, entry.compressionMethod, entry.crc32, reportMember);
      } finally {
        await packed.close();
      }
    },
  };
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
