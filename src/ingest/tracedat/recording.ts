// SPDX-License-Identifier: Apache-2.0
/** The contents of a trace.dat, for all versions of the format. */
import { textOfValue } from '../head.js';
import type { RandomAccess } from '../ingester.js';
import { type Cursor, DamagedError } from './bytes.js';
import { readBlock, unpack } from './compression.js';
import type { FileHead } from './head.js';
import type { RecordingFacts } from './options.js';

/** Reports a damaged part of the file; reading continues with the next. */
export type Damage = (what: string) => void;

/** Reports bytes that are no UTF-8, which were replaced. */
export type Invalid = (bytes: number) => void;

/** Runs `read`, and reports a DamagedError, which ends it. */
export function attempt(damage: Damage, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error;
    damage(error.message);
  }
}

/** An event's format file and its system. */
export interface FormatFile {
  readonly system: string;
  readonly text: string;
}

/** One CPU's pages of one ring buffer. */
export interface CpuData {
  readonly cpu: number;
  /** Ring-buffer pages in recording order; damaged ones are reported and skipped. */
  pages(): Iterable<Uint8Array>;
}

/** One ring buffer: the top instance (name ``), or one of `instances/`. */
export interface TraceBuffer {
  readonly name: string;
  readonly clock: string | null;
  readonly cpus: readonly CpuData[];
}

/** A recording kept as the text of `trace` (trace-cmd's latency tracers). */
export interface TraceText {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly source: RandomAccess;
}

export interface Recording {
  readonly head: FileHead;
  readonly facts: RecordingFacts;
  /** The file `events/header_page`, or null. */
  readonly headerPage: string | null;
  readonly formats: readonly FormatFile[];
  /** /proc/kallsyms, read when first needed. */
  readonly kallsyms: () => Uint8Array;
  /** saved_cmdlines: names by pid. */
  readonly comms: ReadonlyMap<number, string>;
  readonly buffers: readonly TraceBuffer[];
  readonly texts: readonly TraceText[];
}

/** Names of tasks; the kernel saves 128 unless told otherwise. */
const MOST_COMMS = 2 ** 18;

/** Kernels are built for no more CPUs. */
const MOST_CPUS = 8192;

export function checkCpus(count: number): number {
  if (count > MOST_CPUS) throw new DamagedError(`${count} CPUs`);
  return count;
}

/** A tracer's internal events (`function`, `funcgraph_exit`): a count and as many files, each after its size. */
export function readFtraceFormats(cursor: Cursor, formats: FormatFile[], invalid: Invalid): void {
  readFiles(cursor, 'ftrace', formats, invalid);
}

/** All other events: a count of systems, each with its name, a count and as many files. */
export function readEventFormats(cursor: Cursor, formats: FormatFile[], invalid: Invalid): void {
  for (let systems = cursor.u32(); systems > 0; systems--)
    readFiles(cursor, cursor.string(), formats, invalid);
}

const UTF8 = new TextDecoder();

function readFiles(cursor: Cursor, system: string, formats: FormatFile[], invalid: Invalid): void {
  for (let files = cursor.u32(); files > 0; files--) {
    formats.push({ system, text: textOfValue(cursor.take(cursor.size()), invalid) });
  }
}

/** `header_page\0`, size, text, then `header_event\0`, size, text; the first is what gives the page's layout. */
export function readHeaderInfo(cursor: Cursor): string {
  if (cursor.string() !== 'header_page') throw new DamagedError('no header_page');
  const page = UTF8.decode(cursor.take(cursor.size()));
  if (cursor.string() !== 'header_event') throw new DamagedError('no header_event');
  cursor.take(cursor.size());
  return page;
}

// The kernel's names have 15 characters, those of workers more in some tools.
const COMM = /^[ \t]*(\d{1,10}) (.{1,64})/gm;

/** `PID COMM` lines. */
export function readComms(cursor: Cursor, invalid: Invalid): Map<number, string> {
  const text = textOfValue(cursor.take(cursor.size()), invalid);
  const comms = new Map<number, string>();
  for (const [, pid, comm = ''] of text.matchAll(COMM)) {
    if (comms.size >= MOST_COMMS) throw new DamagedError(`more than ${MOST_COMMS} names of tasks`);
    comms.set(Number(pid), comm);
  }
  return comms;
}

/** Uncompressed pages; a truncated file gives the whole ones. */
export function plainPages(
  source: RandomAccess,
  place: { readonly offset: number; readonly size: number },
  pageSize: number,
  damage: Damage,
): () => Iterable<Uint8Array> {
  return function* pages() {
    const end = place.offset + place.size;
    for (let offset = place.offset; offset < end; offset += pageSize) {
      const page = source.read(offset, pageSize);
      if (page.length < pageSize) {
        damage(`trace data is truncated at ${source.size} of ${end}`);
        return;
      }
      yield page;
    }
  };
}

/** After this many damaged chunks, the rest is not read. */
const MAX_DAMAGED_CHUNKS = 8;

/**
 * Pages in compressed chunks: a count, then blocks of whole pages. Damaged chunks are skipped.
 */
export function chunkedPages(
  open: () => Cursor,
  algorithm: string,
  pageSize: number,
  damage: Damage,
): () => Iterable<Uint8Array> {
  return function* pages() {
    let damaged = 0;
    try {
      const cursor = open();
      for (let count = cursor.u32(); count > 0; count--) {
        if (damaged === MAX_DAMAGED_CHUNKS) {
          damage(`after ${damaged} damaged chunks the other ${count} are not read`);
          return;
        }
        const block = readBlock(cursor);
        let bytes: Uint8Array = NOTHING;
        attempt(
          (what) => {
            damaged++;
            damage(what);
          },
          () => {
            bytes = unpack(block, algorithm, 'pages');
          },
        );
        for (let offset = 0; offset + pageSize <= bytes.length; offset += pageSize) {
          yield bytes.subarray(offset, offset + pageSize);
        }
        const rest = bytes.length % pageSize;
        if (rest > 0) damage(`a chunk ends with ${rest} bytes of a page`);
      }
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      damage(error.message);
    }
  };
}

const NOTHING = new Uint8Array();
