// SPDX-License-Identifier: Apache-2.0
/** trace.dat: the binary files of `trace-cmd record` and `trace-cmd extract`. */

import type { SourceClock } from '../../model/source.js';
import { PiecewiseText } from '../head.js';
import type { Head, IngestContext, RandomAccess, RandomIngester, Verdict } from '../ingester.js';
import { ConsoleEvents } from '../trace/console.js';
import { toEvent } from '../trace/meaning.js';
import { type Machine, TraceState } from '../trace/records.js';
import { marked } from '../verdict.js';
import { DamagedError } from './bytes.js';
import { Decoder } from './decode.js';
import { parseHeaderPage } from './format.js';
import { type FileHead, hasMagic, readHead } from './head.js';
import { cappedSum } from './options.js';
import type { Damage, Invalid, Recording, TraceBuffer, TraceText } from './recording.js';
import { CpuStream, inTimeOrder } from './ring-buffer.js';
import { readVersion6 } from './v6.js';
import { readVersion7 } from './v7.js';

export const traceDat: RandomIngester = {
  name: 'trace-dat',
  title: 'binary trace of trace-cmd (trace.dat, versions 6 and 7)',
  priority: 240,
  reads: 'random',
  sniff,
  ingest,
};

function sniff(head: Head): Verdict | null {
  if (!hasMagic(head.bytes)) return null;
  const version = /^\d{1,3}(?=\0)/.exec(String.fromCharCode(...head.bytes.subarray(10, 14)))?.[0];
  const form = version ? `trace.dat version ${version}` : 'trace.dat';
  return marked(form, 100, 'it starts with the magic number of trace-cmd');
}

function ingest(bytes: RandomAccess, context: IngestContext): void {
  const damage: Damage = (what) => context.diagnose('archive-damaged', null, what);
  const invalid: Invalid = (count) => context.diagnose('text-invalid-utf8', null, '', count);
  let recording: Recording;
  try {
    const head = readHead(bytes);
    recording = read(bytes, head, damage, invalid);
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error;
    damage(error.message);
    return;
  }
  emitHead(recording, context);
  emitRecords(recording, context, damage, invalid);
  for (const text of recording.texts) feedText(text, context, invalid);
}

function read(bytes: RandomAccess, head: FileHead, damage: Damage, invalid: Invalid): Recording {
  switch (head.version) {
    case 6:
      return readVersion6(bytes, head, damage, invalid);
    case 7:
      return readVersion7(bytes, head, damage, invalid);
    default:
      throw new DamagedError(`unknown file format version ${head.version}`);
  }
}

/** Emits the facts of the whole recording, cited as record 1. */
function emitHead(recording: Recording, context: IngestContext): void {
  const { facts, buffers } = recording;
  const uname = facts.uname?.split(' ') ?? [];
  const release = uname[2] ?? null;
  const kept = cappedSum(facts.cpuStats.map((cpu) => cpu.kept));
  const lost = cappedSum(facts.cpuStats.map((cpu) => cpu.lost));
  const known = facts.cpuStats.length > 0;
  context.clock(clockOf(recording));
  context.emit({
    kind: 'trace-header',
    line: 1,
    t: null,
    tracer: null,
    entriesInBuffer: known ? kept : null,
    entriesWritten: known ? cappedSum([kept, lost]) : null,
    cpus: facts.cpus ?? buffers[0]?.cpus.length ?? null,
    kernel: release,
  });
  if (facts.uname !== null && release !== null) {
    const machine = uname[3] ?? null;
    context.emit({ kind: 'kernel-version', line: 1, t: null, release, machine, banner: facts.uname });
  }
  if (facts.wallOffset !== 0n) {
    const value = facts.wallOffset.toString();
    context.emit({ kind: 'boot-mark', line: 1, t: null, what: 'wall-offset', value });
  }
}

/** Trace clocks by name (kernel/trace/trace.c:trace_clocks); those not in nanoseconds have no known zero. */
function clockOf({ facts, buffers }: Recording): SourceClock {
  const clock = buffers[0]?.clock ?? facts.clock ?? 'local';
  switch (clock) {
    case 'tai':
      return { unit: 'ns', zero: 'epoch' };
    case 'local':
    case 'global':
    case 'perf':
    case 'mono':
    case 'mono_raw':
    case 'boot':
      return { unit: 'ns', zero: 'boot' };
    default:
      return facts.tsc ? { unit: 'ns', zero: 'relative' } : { unit: 'ticks', zero: 'relative' };
  }
}

/** The largest time that a signed 64-bit column holds; a damaged page can claim any. */
const MAX_TIME = 2n ** 63n - 1n;

function emitRecords(recording: Recording, context: IngestContext, damage: Damage, invalid: Invalid): void {
  const { head, facts } = recording;
  const layout = parseHeaderPage(recording.headerPage, head.longSize);
  const decoder = new Decoder(recording, layout.commitSize, damage, invalid);
  if (!decoder.knowsEvents) context.diagnose('trace-unusable-form', null, 'no event formats in the file');
  const state = new TraceState();
  state.machine = machineOf(facts.uname);
  // The page header's `commit` is a long of the kernel.
  state.wordBits = layout.commitSize === 8 ? 64 : 32;
  const time = (t: bigint, line: number): bigint | null => {
    const ns = (facts.tsc ? (t * facts.tsc.mult) >> facts.tsc.shift : t) + facts.offset;
    if (ns >= 0n && ns <= MAX_TIME) return ns;
    context.diagnose('number-out-of-range', line, `a time of ${ns} ns`);
    return null;
  };
  const open = (buffer: TraceBuffer): CpuStream[] =>
    buffer.cpus.map((data) => new CpuStream(data.cpu, data, head.littleEndian, layout, damage));
  const lost = new LostRecords(context);
  const console = new ConsoleEvents(context);
  let line = 0;
  let unknown = 0;
  const streams = recording.buffers.flatMap(open);
  inTimeOrder(streams, (stream) => {
    line++;
    if (stream.lost !== 0) {
      lost.before(line, stream.cpu, stream.lost);
      state.switches.lost(stream.cpu);
    }
    const record = decoder.record(stream, line, time(stream.t, line));
    if (record === null && decoder.knowsEvents && !decoder.describes(stream)) unknown++;
    if (record && console.takes(record)) return;
    const event = record && toEvent(record, state);
    if (typeof event === 'string') context.diagnose(event, line, record?.name ?? '');
    else if (event) context.emit(event);
  });
  console.end();
  // Lost after the last record.
  for (const { cpu, lost: count } of streams) if (count !== 0) lost.before(Math.max(line, 1), cpu, count);
  if (unknown > 0) damage(`records of types that no format in the file describes: ${unknown}`);
  const switches = state.switches.event();
  if (switches) context.emit(switches);
  for (const stat of facts.cpuStats) lost.inAll(stat.cpu, stat.lost);
}

/** Lost records: those marked in pages, and those known only from the CPU's counters. */
class LostRecords {
  readonly #context: IngestContext;
  /** By CPU; null: an unknown number. */
  readonly #seen = new Map<number, number | null>();

  constructor(context: IngestContext) {
    this.#context = context;
  }

  before(line: number, cpu: number, count: number | null): void {
    const seen = this.#seen.get(cpu);
    this.#seen.set(cpu, seen === null || count === null ? null : (seen ?? 0) + count);
    this.#report(line, cpu, count);
  }

  inAll(cpu: number, count: number): void {
    const seen = this.#seen.get(cpu) ?? (this.#seen.has(cpu) ? null : 0);
    if (seen !== null && count > seen) this.#report(1, cpu, count - seen);
  }

  #report(line: number, cpu: number, count: number | null): void {
    this.#context.emit({ kind: 'lost-events', line, t: null, cpu, count });
    this.#context.diagnose('trace-lost-events', line, `on CPU ${cpu}`, count ?? 1);
  }
}

function machineOf(uname: string | null): Machine | null {
  const machine = uname?.split(' ')[3] ?? '';
  if (machine === 'x86_64' || machine === 'aarch64') return machine;
  return /^i[3-6]86$/.test(machine) ? 'i386' : null;
}

const TEXT_PART = 64 * 1024;
/** Longer lines are truncated. */
const MAX_LINE = 1024 * 1024;

/** Passes a recording kept as text to a section. */
function feedText(text: TraceText, context: IngestContext, invalid: Invalid): void {
  const sink = context.section(text.name || 'trace');
  const decoder = new PiecewiseText();
  let rest = '';
  let number = 0;
  /** Lines before the one that was truncated last. */
  let long = -1;
  for (let offset = text.start; offset < text.end; offset += TEXT_PART) {
    const part = text.source.read(offset, Math.min(TEXT_PART, text.end - offset));
    const lines = (rest + decoder.push(part)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) sink.line(line, ++number);
    if (rest.length <= MAX_LINE) continue;
    if (long !== number) context.diagnose('line-too-long', number + 1);
    long = number;
    rest = rest.slice(0, MAX_LINE);
  }
  rest += decoder.end();
  if (rest !== '') sink.line(rest, number + 1);
  sink.end();
  if (decoder.invalidBytes > 0) invalid(decoder.invalidBytes);
}
