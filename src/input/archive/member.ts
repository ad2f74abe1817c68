/** What archive readers give: one member after another, each to be read before the next is asked for. */
import type { RandomAccess } from '../../model/bytes.js';
import type { ByteReader } from '../bytes.js';
import type { Report } from '../found.js';

export interface FileMember {
  readonly is: 'file';
  readonly name: string;
  /** Bytes after unpacking, where the archive says. */
  readonly size: number | null;
  /** Where the bytes come out of a compression of their own (or out of holes): how many it has taken in. */
  readonly taken: (() => number) | null;
  /** The words of a mail, and none of its attachments. */
  readonly letter?: boolean;
  /** The bytes, once. The reader passes over what is left of them. */
  open(report: Report): AsyncIterable<Uint8Array>;
}

/** A directory, link, device or the like: nothing to read. */
export interface SpecialMember {
  readonly is: 'special';
  readonly name: string;
  /** `symbolic link to x`; null for a directory, which says nothing of its own. */
  readonly what: string | null;
}

export interface EncryptedMember {
  readonly is: 'encrypted';
  readonly name: string;
}

export type Member = FileMember | SpecialMember | EncryptedMember;

export interface ArchiveInput {
  readonly bytes: ByteReader;
  /** Set for a plain file on disk, for archives that are read from their end. */
  readonly disk: RandomAccess | null;
  /** How much an archive that cannot be streamed may hold in memory. */
  readonly bufferBytes: number;
}

export type ReadArchive = (input: ArchiveInput, report: Report) => AsyncGenerator<Member>;
