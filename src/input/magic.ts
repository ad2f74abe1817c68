// SPDX-License-Identifier: Apache-2.0
/** Compressions and archives by their magic numbers; file names do not matter. */

import { isCrash, readCrash } from './archive/crash.js';
import { isMail, readMail } from './archive/mail.js';
import { isMbox, readMbox } from './archive/mbox.js';
import type { ReadArchive } from './archive/member.js';
import { readTar } from './archive/tar.js';
import { isTar } from './archive/tar-header.js';
import { isZip, readZip } from './archive/zip.js';
import { ascii, type ByteReader } from './bytes.js';
import { bunzip2, isBzip2 } from './codec/bzip2.js';
import { afterSkippable } from './codec/frames.js';
import { gunzip, isGzip } from './codec/gzip.js';
import { isLz4, unlz4 } from './codec/lz4.js';
import { isXz, unxz } from './codec/xz.js';
import { isZstd, unzstd, ZstdEffort } from './codec/zstd.js';
import type { Report } from './found.js';

export { ZstdEffort };

/** Bytes needed for detection: a mail is recognised by its header, which can be long. */
export const MAGIC_BYTES = 32 * 1024;

/** Decompresses a stream; damage is reported and ends it. */
export type Unpack = (input: ByteReader, report: Report, effort: ZstdEffort) => AsyncIterable<Uint8Array>;

interface Kind<T> {
  readonly is: (head: Uint8Array) => boolean;
  readonly read: T;
}

const COMPRESSIONS: readonly Kind<Unpack>[] = [
  { is: isGzip, read: gunzip },
  { is: isXz, read: unxz },
  { is: isBzip2, read: bunzip2 },
  // Frames to skip are the same in both: what follows them decides.
  { is: (head) => isLz4(afterSkippable(head)), read: unlz4 },
  { is: isZstd, read: unzstd },
];

const ARCHIVES: readonly Kind<ReadArchive>[] = [
  { is: isTar, read: readTar },
  { is: isZip, read: readZip },
  { is: isMbox, read: readMbox },
  { is: isMail, read: readMail },
  { is: isCrash, read: readCrash },
];

const UNSUPPORTED: readonly { readonly magic: string; readonly name: string }[] = [
  { magic: '7z\xbc\xaf\x27\x1c', name: '7z archives' },
  { magic: 'Rar!\x1a\x07', name: 'rar archives' },
  { magic: '\x1f\x9d', name: 'compress (.Z) files' },
  { magic: 'LZIP\x01', name: 'lzip files' },
  { magic: '\x02\x21\x4c\x18', name: 'legacy lz4 files (lz4 -l)' },
  { magic: '\x5d\x00\x00\x80\x00\xff', name: 'old .lzma files' },
];

export function compressionOf(head: Uint8Array): Unpack | null {
  return COMPRESSIONS.find(({ is }) => is(head))?.read ?? null;
}

export function archiveOf(head: Uint8Array): ReadArchive | null {
  return ARCHIVES.find(({ is }) => is(head))?.read ?? null;
}

const OF_TEXT: ReadonlySet<ReadArchive> = new Set([readMbox, readMail, readCrash]);

/** Whether an archive is a text, which may have parts of a few bytes. */
export function isText(read: ReadArchive): boolean {
  return OF_TEXT.has(read);
}

/** What the head is if it is a known but unsupported kind of archive. */
export function unsupportedKind(head: Uint8Array): string | null {
  const start = ascii(head, 0, 8);
  return UNSUPPORTED.find(({ magic }) => start.startsWith(magic))?.name ?? null;
}
