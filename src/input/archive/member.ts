// SPDX-License-Identifier: Apache-2.0
/** Members of archives: read each before requesting the next. */
import type { RandomAccess } from '../../model/bytes.js';
import type { ByteReader } from '../bytes.js';
import type { ZstdEffort } from '../codec/zstd.js';
import type { Report } from '../found.js';

export interface FileMember {
  readonly is: 'file';
  readonly name: string;
  /** Unpacked bytes, if the archive states them. */
  readonly size: number | null;
  /** Packed bytes consumed so far, if the member is compressed or sparse. */
  readonly taken: (() => number) | null;
  /** The text of a mail rather than an attachment. */
  readonly letter?: boolean;
  /** The bytes, once. The archive reader skips what is left of them. */
  open(report: Report): AsyncIterable<Uint8Array>;
}

/** A directory, link, device or the like: nothing to read. */
interface SpecialMember {
  readonly is: 'special';
  readonly name: string;
  /** `symbolic link to x`; null for a directory, which is not reported. */
  readonly what: string | null;
}

interface EncryptedMember {
  readonly is: 'encrypted';
  readonly name: string;
}

export type Member = FileMember | SpecialMember | EncryptedMember;

export interface ArchiveInput {
  readonly bytes: ByteReader;
  /** Set for a plain file; for archives with an index at the end. */
  readonly random: RandomAccess | null;
  /** Memory limit for an archive that cannot be streamed. */
  readonly bufferBytes: number;
  /** For members that are compressed with zstd. */
  readonly effort: ZstdEffort;
}

export type ReadArchive = (input: ArchiveInput, report: Report) => AsyncGenerator<Member>;
