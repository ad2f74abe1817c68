// SPDX-License-Identifier: Apache-2.0
/**
 * An ingester: a descriptor and two functions, `sniff` and `start`. Parsers get lines (or bytes) and emit events; they
 * know no paths, print nothing, and do not wait.
 */
import type { RandomAccess } from '../model/bytes.js';
import type { DiagnosticCode } from '../model/diagnostic.js';
import type { ParsedEvent } from '../model/event.js';
import type { SourceClock } from '../model/source.js';

export type { RandomAccess };

/** The start of a source, for detection. */
export interface Head {
  /** The first bytes, at most HEAD_BYTES. */
  readonly bytes: Uint8Array;
  /** The same as decoded lines without line ends; the last may be truncated unless `whole`. */
  readonly lines: readonly string[];
  /** True if the head is the whole source. */
  readonly whole: boolean;
  /**
   * The source's path. Only formats without distinct contents (a counter file is a bare number) may use it.
   */
  readonly path: string;
}

/** Why a head is taken for a format. */
export interface Verdict {
  /** The variant: `dmesg -x`, `trace_pipe`, ... */
  readonly form: string;
  /** 1 (could be) to 100 (certain: a magic number, a unique head). */
  readonly confidence: number;
  /** Lines (or fields) that matched, of those tried. */
  readonly matched: number;
  readonly tried: number;
  /** One clause: `12 of 12 lines are ftrace records`. */
  readonly why: string;
}

/** A format, and why a head is taken for it. */
export interface Candidate {
  readonly ingester: Ingester;
  readonly verdict: Verdict;
}

export interface Recognised {
  readonly ingester: string;
  readonly confidence: number;
}

/** What an ingester tells of a source: events, doubts, its clock, sections inside it. */
export interface IngestContext {
  /** The form from `sniff`. */
  readonly form: string;
  /** The source's path; see Head.path. */
  readonly path: string;
  emit(event: ParsedEvent): void;
  /** Adds to the code's count in this source; the first call's line and detail are kept. */
  diagnose(code: DiagnosticCode, line: number | null, detail?: string, count?: number): void;
  clock(clock: SourceClock): void;
  /** Whether the limit of events is reached with `held` that are not emitted yet: then no more can be kept. */
  isFull(held: number): boolean;
  /** What the lines would be recognised as in a section of this name: an ingester, and its confidence; null: nothing. */
  recognised(lines: readonly string[], name: string): Recognised | null;
  /** Marks the source as not recognised: it holds nothing known. */
  nothingFound(why: string): void;
  /**
   * Opens a child source for an embedded section, whose lines are detected and read separately. An `excerpt` need not have
   * the start of a log; a `text` may hold several kinds of evidence. `format`: the ingester that takes lines of which none is
   * recognised. `before`: the length of the text before it; the longer, the more small sections it may have.
   */
  section(name: string, extent?: 'whole' | 'excerpt' | 'text', format?: string, before?: number): LineSink;
}

/** Takes the lines of one source, in order. */
export interface LineSink {
  /** One line without its end. `number` is 1-based in the file that holds it. */
  line(text: string, number: number): void;
  /**
   * For ingesters with needles: skips whole lines of `bytes` in [from, to), which hold no needle and come next, and returns
   * the end of those skipped (`from`: the first is needed, as it continues an earlier line). The line there is passed to
   * `line`; then skipLines is called for the rest. `followed`: a whole line starts at `to`. Absent: all lines without a
   * needle are skipped.
   */
  skipLines?(bytes: Uint8Array, from: number, to: number, followed: boolean): number;
  /**
   * For ingesters with needles: reads the whole line at `from` of `bytes`, which holds one, in place of `line`, and returns
   * its end (`from`: it must be passed to `line`). For lines of which a source has millions.
   */
  readLine?(bytes: Uint8Array, from: number, number: number): number;
  /** After the last line: flush what is pending. */
  end(): void;
}

/** For formats whose records are not lines but from which lines may be skipped. */
export interface ByteSink {
  /** Lines before the next write; the caller sets it after a skip. */
  lines: number;
  /** True once the bytes have shown UTF-16: then nothing is skipped. */
  readonly isUtf16: boolean;
  /** The next bytes, split anywhere. Valid only during the call. */
  write(bytes: Uint8Array): void;
  /** See LineSink. */
  skipLines(bytes: Uint8Array, from: number, to: number): number;
  end(): void;
}

interface Descriptor {
  /** Short and stable: `dmesg`, `ftrace`, `debugfs`, ... (Source.format). */
  readonly name: string;
  readonly title: string;
  /** Higher wins among equal confidences; unique over the registry. */
  readonly priority: number;
  /**
   * Globs of its files' paths on a machine, without the first slash (`proc/meminfo`). In a copy of the machine's files they
   * are read whatever else a layout skips.
   */
  readonly places?: readonly string[];
  /** The highest confidence of its verdicts; absent: 100. It is not asked where another format is surer. */
  readonly most?: number;
  /** A table or a listing: a message of the kernel or of a loader among its lines is none of them. */
  readonly isTable?: true;
  /**
   * Judges the head alone; null if it is another format. `recognise`, for a format that holds texts of others: the best verdict on
   * such a text, on the head itself that of the formats asked so far. A verdict with less confidence than `needed` is of no use.
   */
  sniff(head: Head, recognise?: (text: Head) => Candidate | null, needed?: number): Verdict | null;
}

/** A format that is read line by line; the prefilter may skip lines that cannot matter. */
export interface LineIngester extends Descriptor {
  readonly reads: 'lines';
  /**
   * ASCII strings: a line must hold one to matter by itself; null: every line matters. A needle may end in the line end. The
   * prefilter skips lines without needles, but never lines with bytes that are not plain ASCII text.
   */
  readonly needles: readonly string[] | null;
  /** ASCII phrases in which a needle does not count. */
  readonly harmless?: readonly string[];
  start(context: IngestContext): LineSink;
}

/** A format whose records span lines, read as bytes as they come. */
export interface ByteIngester extends Descriptor {
  readonly reads: 'bytes';
  /** See LineIngester. */
  readonly needles: readonly string[];
  /** See LineIngester. */
  readonly harmless?: readonly string[];
  start(context: IngestContext): ByteSink;
}

/** A format that is read as a stream, at its own pace. */
export interface StreamIngester extends Descriptor {
  readonly reads: 'stream';
  /** Reads to the end; throws only if the source is unreadable as a whole. */
  ingest(bytes: AsyncIterable<Uint8Array>, context: IngestContext): Promise<void>;
}

/** A format that needs any byte at any time: recordings with an index, journals. */
export interface RandomIngester extends Descriptor {
  readonly reads: 'random';
  ingest(bytes: RandomAccess, context: IngestContext): void | Promise<void>;
}

/** A format: how it is recognised, and how it is read. */
export type Ingester = LineIngester | ByteIngester | StreamIngester | RandomIngester;

export const HEAD_BYTES = 64 * 1024;
