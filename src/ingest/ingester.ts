/**
 * What an ingester is: a descriptor of plain facts and two behaviours, `sniff` and `start`. Parsers get lines
 * (or bytes) and emit events; they know no paths, print nothing and wait for nothing.
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
  /** The same as text lines (decoded, without line ends); the last may be cut unless `whole`. */
  readonly lines: readonly string[];
  /** True where the head is the whole source. */
  readonly whole: boolean;
  /**
   * The source's path. Only forms that say nothing of themselves (a counter file that is a bare number)
   * may look at it.
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

export interface IngestContext {
  /** What `sniff` said. */
  readonly form: string;
  /** The source's path, under the same rule as Head.path. */
  readonly path: string;
  emit(event: ParsedEvent): void;
  /** Adds to the code's count in this source; the first call's line and detail are kept. */
  diagnose(code: DiagnosticCode, line: number | null, detail?: string, count?: number): void;
  clock(clock: SourceClock): void;
  /** Whether the lines, as a section of that name, would be taken for a known form. */
  recognises(lines: readonly string[], name: string): boolean;
  /** The source turned out to hold nothing that is known: it counts as not recognised. */
  nothingFound(why: string): void;
  /**
   * Opens a child source for an embedded section; its lines are detected and read on their own. Of an `excerpt`
   * nobody expects a beginning.
   */
  section(name: string, extent?: 'whole' | 'excerpt'): LineSink;
}

export interface LineSink {
  /** One line without its end. `number` is 1-based in the file that holds it. */
  line(text: string, number: number): void;
  /**
   * Where the ingester has needles: asked of whole lines in `bytes` from `from` to `to` that hold none and come next,
   * up to where they may be left out (`from`: the first is wanted, because what came before goes on in it). The line
   * that begins there is given; then it is asked about the rest. Absent: all may be.
   */
  skipLines?(bytes: Uint8Array, from: number, to: number): number;
  /** After the last line: flush what is pending. */
  end(): void;
}

/** For formats whose records are no lines, although lines may be left out of them. */
export interface ByteSink {
  /** Lines up to what comes next; it is set where lines were left out. */
  lines: number;
  /** True once the bytes have shown to be UTF-16, of which nothing is left out. */
  readonly isUtf16: boolean;
  /** The next bytes, cut anywhere. They are only lent. */
  write(bytes: Uint8Array): void;
  /** As that of LineSink. */
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
   * Globs of where its files lie on a machine, without the first slash (`proc/meminfo`): in a copy of the machine's
   * files they are read, whatever else a layout leaves out there.
   */
  readonly places?: readonly string[];
  /** Looks at the head alone; null: not mine. */
  sniff(head: Head): Verdict | null;
}

export interface LineIngester extends Descriptor {
  readonly reads: 'lines';
  /**
   * ASCII strings of which a line must hold one to matter by itself (the newline at its end, or the carriage return
   * before it, may be part of one); null: every line matters. A prefilter leaves out lines without them, but lines
   * that are not all plain ASCII it never does.
   */
  readonly needles: readonly string[] | null;
  start(context: IngestContext): LineSink;
}

export interface ByteIngester extends Descriptor {
  readonly reads: 'bytes';
  /** As those of LineIngester. */
  readonly needles: readonly string[];
  start(context: IngestContext): ByteSink;
}

export interface StreamIngester extends Descriptor {
  readonly reads: 'stream';
  /** Reads to the end; throws only for what is unreadable as a whole. */
  ingest(bytes: AsyncIterable<Uint8Array>, context: IngestContext): Promise<void>;
}

export interface RandomIngester extends Descriptor {
  readonly reads: 'random';
  ingest(bytes: RandomAccess, context: IngestContext): void | Promise<void>;
}

export type Ingester = LineIngester | ByteIngester | StreamIngester | RandomIngester;

export const HEAD_BYTES = 64 * 1024;
