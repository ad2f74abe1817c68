/** What opening inputs finds, one thing after another. */
import type { RandomAccess } from '../model/bytes.js';
import type { DiagnosticCode } from '../model/diagnostic.js';
import type { Source } from '../model/source.js';
import type { ByteFeed } from './prefilter/feed.js';

/** The part of a Source that is known when it is found. */
export interface SourceNode extends Pick<Source, 'id' | 'parent' | 'path' | 'kind'> {
  /** The words of a mail, which need not hold evidence. */
  readonly letter?: boolean;
  /** The layout of which it is a part that need not be evidence. */
  readonly incidentalIn?: string | null;
}

/** One file or member to be read, decompressed. What is not read of it when the next thing is asked for is skipped. */
export interface Leaf {
  readonly node: SourceNode;
  /** Bytes, where they are known before reading. */
  readonly size: number | null;
  /** The bytes from the start; once. It never throws for damage: the stream ends, and a problem follows. */
  open(): AsyncIterable<Uint8Array>;
  /** The bytes from the start, put where the reader wants them, for plain files on disk only; instead of `open`. */
  feed?(): ByteFeed;
  /** Reading anywhere, for plain files on disk only; valid until the next thing is asked for. */
  random?(): RandomAccess;
  /** Bytes of all inputs until now, as they lie on disk. */
  inputBytes?(): number;
  /** Gives the leaf up. */
  skip(): Promise<void>;
}

export interface Problem {
  readonly found: 'problem';
  /** What it is about: a container or leaf found before, a node of its own (an unreadable file), or nothing. */
  readonly node: SourceNode | null;
  readonly code: DiagnosticCode;
  readonly detail: string;
  /** The label of the file or member it is about. */
  readonly path: string;
  readonly count: number;
}

export type Found =
  | { readonly found: 'leaf'; readonly leaf: Leaf }
  | { readonly found: 'container'; readonly node: SourceNode }
  | Problem;

/** Says that something is wrong with the data being unpacked; whoever knows its label makes a Problem of it. */
export type Report = (code: DiagnosticCode, detail: string) => void;
