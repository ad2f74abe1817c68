// SPDX-License-Identifier: Apache-2.0
/** Trace lines that are not records: the header (kernel/trace/trace.c) and notes of lost events. */

/** The header of one recording; null for missing values. */
export interface Header {
  line: number;
  tracer: string | null;
  entriesInBuffer: number | null;
  entriesWritten: number | null;
  cpus: number | null;
  kernel: string | null;
  /** Its lines. */
  headLines: number;
}

export function emptyHeader(line: number): Header {
  return {
    line,
    tracer: null,
    entriesInBuffer: null,
    entriesWritten: null,
    cpus: null,
    kernel: null,
    headLines: 0,
  };
}

/** True for the first line of a recording: `# tracer: nop`, or trace-cmd's `cpus=8`. */
export function startsRecording(line: string): boolean {
  return /^#\s*tracer: /.test(line) || /^cpus=\d+\s*$/.test(line);
}

// "# entries-in-buffer/entries-written: 855/9000   #P:8"
// "# latency: 0 us, #2061/2061, CPU#0 | (M:desktop VP:0, KP:0, SP:0 HP:0 #P:8)"
const ENTRIES = /^#\s*(?:entries-in-buffer\/entries-written: |latency: \d+ us, #)(\d+)\/(\d+)/;

/** Adds the values of a header line. */
export function readHeader(line: string, header: Header): void {
  header.headLines++;
  const tracer = /^#\s*tracer: (\S+)/.exec(line)?.[1];
  if (tracer) header.tracer = tracer;
  const entries = ENTRIES.exec(line);
  if (entries) {
    header.entriesInBuffer = Number(entries[1]);
    header.entriesWritten = Number(entries[2]);
  }
  const cpus = /#P:(\d+)|^cpus=(\d+)/.exec(line);
  if (cpus) header.cpus = Number(cpus[1] ?? cpus[2]);
  const kernel = /^# \S+ latency trace v\S+ on (\S+)/.exec(line)?.[1];
  if (kernel) header.kernel = kernel;
}

// "CPU:2 [LOST 123 EVENTS]", "CPU:2 [LOST EVENTS]"          kernel/trace/trace.c:print_lost_events
// "CPU:3 [EVENTS DROPPED]", "CPU:3 [12 EVENTS DROPPED]"     trace-cmd report
// "CPU 0: 123 events lost"                                  trace-cmd record
// "... PERF_RECORD_LOST lost 123"                           perf script --show-lost-events
const LOST = /^\s*CPU:\s*(\d+)\s+\[(?:LOST\s+)?(?:(\d+)\s+)?EVENTS(?:\s+DROPPED)?\]/;
const LOST_WORDS = /^\s*CPU\s*(\d+):\s*(\d+)\s+events lost/;
const PERF_LOST = /PERF_RECORD_LOST(?:_SAMPLES)?\b\D*(\d+)?/;

/** A note of lost events, with CPU and count if printed. */
export function readLost(line: string): { cpu: number | null; count: number | null } | null {
  if (!/EVENTS|events lost|_LOST/.test(line)) return null;
  const match = LOST.exec(line) ?? LOST_WORDS.exec(line);
  if (match) return { cpu: Number(match[1]), count: match[2] === undefined ? null : Number(match[2]) };
  const perf = PERF_LOST.exec(line);
  return perf && { cpu: null, count: perf[1] === undefined ? null : Number(perf[1]) };
}
