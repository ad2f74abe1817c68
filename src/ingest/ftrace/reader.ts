// SPDX-License-Identifier: Apache-2.0
/** Reads the lines of a trace and emits events. */
import { latin1 } from '../dmesg/text.js';
import type { IngestContext, LineSink } from '../ingester.js';
import { plainLine } from '../plain-line.js';
import { ConsoleEvents } from '../trace/console.js';
import { toEvent } from '../trace/meaning.js';
import { TraceState } from '../trace/records.js';
import { type Body, readBody } from './body.js';
import { nextPid, previousPid } from './fields.js';
import { FunctionGraph, type GraphRecord } from './graph.js';
import { emptyHeader, type Header, readHeader, readLost, startsRecording } from './header.js';
import { isWatched, isWrapped, unusableForm } from './lines.js';
import { Prefix } from './prefix.js';
import { SwitchLine } from './switch-line.js';

/** Maximum lines per record: it may hold newlines (hdaudio modaliases end in one) or be wrapped. */
const MAX_JOINED = 4;
/** The continuation of a line that ends after its time or event name. */
const EVENT_START = /^[\w(]/;
const SWITCH = 'sched_switch: ';
const HASH = 0x23;
const LF = 0x0a;
/** Times after 2001 are from a clock with zero in 1970 (tai); no uptime is that long. */
const EPOCH_FROM = 1_000_000_000n * 1_000_000_000n;

export class TraceReader implements LineSink {
  readonly #context: IngestContext;
  readonly #prefix = new Prefix();
  readonly #switchLine = new SwitchLine();
  #state = new TraceState();
  #graph = new FunctionGraph();
  readonly #console: ConsoleEvents;
  #header: Header | null = null;
  #started = false;
  #clockKnown = false;
  /** The last relevant record, until it is clear that the next line does not continue it. */
  #held: Held | null = null;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#console = new ConsoleEvents(context);
  }

  line(text: string, number: number): void {
    const line = plainLine(text);
    if (line.charCodeAt(0) === HASH) this.#head(line, number);
    else if (this.#prefix.locate(line)) this.#record(line, number);
    else if (!this.#held || !this.#join(this.#held, line)) this.#other(line, number);
  }

  /** Every line matters before the first record, while a record may continue, and with function_graph. */
  skipLines(bytes: Uint8Array, from: number, to: number): number {
    if (!this.#started || this.#graph.seen) return from;
    if (this.#held === null) return to;
    // Another record does not continue it.
    if (!this.#prefix.locate(plainLine(latin1(bytes, from, bytes.indexOf(LF, from))))) return from;
    this.#release();
    return to;
  }

  /** A sched_switch record, once the recording has started and its clock is known. */
  readLine(bytes: Uint8Array, from: number, number: number): number {
    if (!this.#started || !this.#clockKnown) return from;
    const record = this.#switchLine;
    const end = record.read(bytes, from);
    if (end === from) return from;
    this.#release();
    const { ns, cpu, previous, next } = record;
    return this.#state.switches.add(number, BigInt(ns), cpu, previous, next) ? end : from;
  }

  end(): void {
    this.#endRecording();
  }

  #head(line: string, number: number): void {
    this.#release();
    if (startsRecording(line) && this.#started) this.#endRecording();
    this.#header ??= emptyHeader(number);
    readHeader(line, this.#header);
  }

  /** Emits the header before the first record. */
  #start(number: number): void {
    if (this.#started) return;
    this.#started = true;
    const { line, ...header } = this.#header ?? emptyHeader(number);
    this.#context.emit({ kind: 'trace-header', line, t: null, ...header });
    const { entriesInBuffer, entriesWritten } = header;
    if (entriesInBuffer !== null && entriesWritten !== null && entriesWritten > entriesInBuffer)
      this.#lost(line, null, entriesWritten - entriesInBuffer);
  }

  #endRecording(): void {
    this.#release();
    this.#console.end();
    for (const record of this.#graph.unfinished()) this.#graphRecord(record);
    if (this.#header) this.#start(this.#header.line);
    const switches = this.#state.switches.event();
    if (switches) this.#context.emit(switches);
    this.#header = null;
    this.#started = false;
    this.#state = new TraceState();
    this.#graph = new FunctionGraph();
  }

  #lost(line: number, cpu: number | null, count: number | null): void {
    if (cpu !== null) this.#state.switches.lost(cpu);
    this.#context.emit({ kind: 'lost-events', line, t: null, cpu, count });
    const where = cpu === null ? 'according to the header' : `on CPU ${cpu}`;
    this.#context.diagnose('trace-lost-events', line, where, count ?? 1);
  }

  #record(line: string, number: number): void {
    this.#release();
    this.#start(number);
    const prefix = this.#prefix;
    if (line.startsWith('console: ', prefix.body) || line.startsWith('printk:console: ', prefix.body)) {
      const t = prefix.time();
      if (!this.#clockKnown) this.#setClock(t);
      this.#console.read(line.slice(prefix.body), prefix.ticks ? null : t, number);
      return;
    }
    if (line.startsWith(SWITCH, prefix.body) && this.#switch(line, number)) return;
    const graph = line.startsWith('funcgraph_', prefix.body);
    const body = graph ? null : readBody(line, prefix.body);
    if (body === null && !graph) return;
    const t = prefix.time();
    if (!this.#clockKnown) this.#setClock(t);
    const task = { line: number, t, pid: prefix.pid, comm: prefix.comm, cpu: prefix.cpu };
    if (body === null) {
      const graphLine = this.#graph.reported(line.slice(prefix.body), task);
      if (graphLine !== null && typeof graphLine !== 'string') this.#graphRecord(graphLine);
      return;
    }
    this.#held = { text: line, last: line, body, bodyAt: prefix.body, task, lines: 1 };
  }

  /** False where the record is not whole, or in another form. */
  #switch(line: string, number: number): boolean {
    const prefix = this.#prefix;
    const from = prefix.body + SWITCH.length - 1;
    const previous = previousPid(line, from);
    const next = nextPid(line, from);
    if (previous < 0 || next < 0) return false;
    const t = prefix.time();
    if (!this.#clockKnown) this.#setClock(t);
    return this.#state.switches.add(number, t, prefix.cpu, previous, next);
  }

  /** Emits the held record, which is complete. */
  #release(): void {
    const held = this.#held;
    this.#held = null;
    if (!held) return;
    if (held.body !== 'open') this.#event(held.body, held.task);
    else if (isWatched(held.text) || held.text.includes('="')) this.#unread(held.task.line, held.text);
  }

  #event(body: Body, task: TaskStamp): void {
    const { line, t, pid, comm, cpu } = task;
    const { system, name, fields, point } = body;
    const event = toEvent({ line, t, pid, comm, cpu, system, name, fields, point }, this.#state);
    if (event === null) return;
    if (typeof event === 'string') this.#context.diagnose(event, line, name);
    else this.#context.emit(event);
  }

  #setClock(t: bigint): void {
    this.#clockKnown = true;
    const prefix = this.#prefix;
    const zero = prefix.relative ? 'relative' : !prefix.ticks && t >= EPOCH_FROM ? 'epoch' : 'boot';
    this.#context.clock({ unit: prefix.ticks ? 'ticks' : 'ns', zero });
  }

  /** Joins a line that is not a record to the held one, if possible. */
  #join(held: Held, line: string): boolean {
    if (held.lines === MAX_JOINED) return false;
    const bare = held.text.length <= held.bodyAt;
    const wrapped = bare || held.text.endsWith(':') ? EVENT_START.test(line) : isWrapped(held.last, line);
    if (!wrapped && held.body !== 'open') return false;
    // An open record that is not wrapped has a newline in a name.
    held.text += (bare ? '' : wrapped ? ' ' : '\n') + line;
    held.last = line;
    held.lines++;
    const body = readBody(held.text, held.bodyAt);
    if (body !== null) held.body = body;
    if (wrapped && body !== null)
      this.#context.diagnose('text-repaired', held.task.line, 'wrapped lines were joined');
    return true;
  }

  #other(line: string, number: number): void {
    this.#release();
    if (line === '') return;
    const lost = readLost(line);
    if (lost) {
      this.#start(number);
      this.#lost(number, lost.cpu, lost.count);
      return;
    }
    if (startsRecording(line)) {
      this.#head(line, number);
      return;
    }
    const graphLine = this.#graph.read(line, number);
    if (graphLine === 'other') return;
    if (graphLine === 'no-task') {
      this.#context.diagnose('trace-unusable-form', number, 'function_graph without funcgraph-proc');
      return;
    }
    if (graphLine) {
      this.#start(number);
      this.#graphRecord(graphLine);
      return;
    }
    const form = unusableForm(line);
    if (form) this.#context.diagnose('trace-unusable-form', number, form);
    else if (isWatched(line)) this.#unread(number, line);
  }

  #graphRecord({ body, ...task }: GraphRecord): void {
    this.#event(body, task);
  }

  #unread(number: number, line: string): void {
    this.#context.diagnose('trace-line-unread', number, line.slice(0, 120));
  }
}

interface Held {
  text: string;
  /** The last line of `text`. */
  last: string;
  body: Body | 'open';
  readonly bodyAt: number;
  readonly task: TaskStamp;
  lines: number;
}

interface TaskStamp {
  readonly line: number;
  readonly t: bigint | null;
  readonly pid: number;
  readonly comm: string | null;
  readonly cpu: number | null;
}
