// SPDX-License-Identifier: Apache-2.0
/** What opening inputs yields. */
import type { RandomAccess } from '../model/bytes.js';
import type { DiagnosticCode } from '../model/diagnostic.js';
import type { Source } from '../model/source.js';
import type { ByteFeed } from './prefilter/feed.js';

/** The part of a Source known when it is found. */
export interface SourceNode extends Pick<Source, 'id' | 'parent' | 'path' | 'kind'> {
  /** The text of a mail, which need not hold evidence. */
  readonly letter?: boolean;
  /** The layout whose evidence this is not; null or absent if it may be evidence. */
  readonly incidentalIn?: string | null;
}

/** A plain file, which can be read anywhere at once. */
export interface PlainFile {
  readonly size: number;
  random(): RandomAccess;
  /** Reads it into the reader's own buffer. */
  feed(report: Report): ByteFeed;
  /** Decompresses it beside the reader; null where that does not pay, or cannot be done. */
  unpackBeside(): UnpackBeside | null;
}

export interface UnpackBeside {
  /** The decompressed file, as the same decoder would give it in place. */
  bytes(report: Report): AsyncIterable<Uint8Array>;
  /** Bytes of the file decoded for what was given so far. */
  readonly taken: number;
}

/** A decompressed file or member to read. What is unread when the next thing is requested is skipped. */
export interface Leaf {
  readonly node: SourceNode;
  /** Bytes, if known before reading. */
  readonly size: number | null;
  /** All bytes, once. Damage does not throw: the stream ends, and a problem follows. */
  open(): AsyncIterable<Uint8Array>;
  /** All bytes, once, in place of `open`, where they are in memory already; else null. */
  atHand?(): Uint8Array | null;
  /** All bytes into the reader's own buffer; for plain files on disk, instead of `open`. */
  feed?(): ByteFeed;
  /** Random access, for plain files on disk; valid until the next thing is requested. */
  random?(): RandomAccess;
  /** Bytes of all inputs, as stored on disk, that were read so far. */
  inputBytes?(): number;
  /** Skips the leaf. */
  skip(): Promise<void>;
}

export interface Problem {
  readonly found: 'problem';
  /** A container or leaf found before, a new node (an unreadable file), or none. */
  readonly node: SourceNode | null;
  readonly code: DiagnosticCode;
  readonly detail: string;
  /** The label of the file or member. */
  readonly path: string;
  readonly count: number;
}

export type Found =
  | { readonly found: 'leaf'; readonly leaf: Leaf }
  | { readonly found: 'container'; readonly node: SourceNode }
  | Problem;

/** Reports a problem with data being unpacked; the caller that knows its label makes a Problem of it. */
export type Report = (code: DiagnosticCode, detail: string) => void;
