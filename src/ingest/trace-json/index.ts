// SPDX-License-Identifier: Apache-2.0
/** Trace JSON of Chrome, Perfetto (`traceconv json`) and exporters of ftrace data (Trace Event Format). */
import type { ParsedEvent } from '../../model/event.js';
import { TRACE_EXPORTER } from '../../model/trace-exporter.js';
import { PiecewiseText, textOfHead } from '../head.js';
import type { Head, IngestContext, StreamIngester, Verdict } from '../ingester.js';
import { ConsoleEvents } from '../trace/console.js';
import { toEvent } from '../trace/meaning.js';
import { type TraceRecord, TraceState } from '../trace/records.js';
import { marked } from '../verdict.js';
import { type DocumentEnd, LARGE_EVENT, TraceDocument } from './document.js';
import { textLines } from './text-lines.js';
import { NO_TASK, TraceEvents } from './trace-events.js';

export const traceJson: StreamIngester = {
  name: 'trace-json',
  title: 'trace JSON of Chrome and Perfetto (traceEvents, systemTraceEvents)',
  priority: 290,
  reads: 'stream',
  sniff,
  ingest,
};

// Quotes inside strings are escaped, so text that mentions a key does not match.
const TRACE_KEY = /(?<!\\)"(traceEvents|systemTraceEvents)"\s*:\s*["[]/;
const PHASE = /(?<!\\)"ph"\s*:\s*"[A-Za-z(){},]"/;
const TIME_OR_NAME = /(?<!\\)"(?:ts|name)"\s*:/;
/** Characters of a bare array used for detection. */
const FIRST_EVENTS = 4096;

/** The form of traces that modwaste wrote: they repeat evidence, and would count it a second time. */
const OWN_EXPORT = 'modwaste export';

function sniff(head: Head): Verdict | null {
  const text = textOfHead(head).text.trimStart();
  if (text.startsWith('{')) {
    if (text.slice(0, FIRST_EVENTS).includes(`"exporter":"${TRACE_EXPORTER}"`)) {
      return marked(OWN_EXPORT, 99, `written by ${TRACE_EXPORTER}`);
    }
    const key = TRACE_KEY.exec(text)?.[1];
    return key ? marked(key, 97, `a JSON object with "${key}"`) : null;
  }
  if (!/^\[\s*\{/.test(text)) return null;
  const first = text.slice(0, FIRST_EVENTS);
  if (!PHASE.test(first) || !TIME_OR_NAME.test(first)) return null;
  return marked('array of trace events', 90, 'a JSON array of objects with "ph" and "ts"');
}

/** Times after 2001: a wall clock rather than time since boot. */
const EPOCH_NS = 10n ** 18n;

async function ingest(bytes: AsyncIterable<Uint8Array>, context: IngestContext): Promise<void> {
  if (context.form === OWN_EXPORT) {
    for await (const _ of bytes);
    context.nothingFound(`written by ${TRACE_EXPORTER}: give the evidence it was made from`);
    return;
  }
  const state = new TraceState();
  const events = new TraceEvents();
  const found: ParsedEvent[] = [];
  const messages: TraceRecord[] = [];
  let line = 0;
  const document = new TraceDocument({
    event: (object, isWhole) => {
      line++;
      let matters = !object.has('ph') || !object.has('name');
      for (const record of events.read(object, line)) {
        if (record.name === 'console') {
          messages.push(record);
          matters = true;
          continue;
        }
        const event = toEvent(record, state);
        if (event === null) continue;
        matters = true;
        if (typeof event === 'string') context.diagnose(event, line, record.name);
        else if (record.pid === NO_TASK)
          context.diagnose('trace-line-unread', line, `${record.name} without a task`);
        else found.push(event);
        if (record.t === null && object.has('ts'))
          context.diagnose('number-out-of-range', line, `the time of ${record.name}`);
      }
      if (!isWhole && matters) context.diagnose('input-limit', line, LARGE_EVENT);
    },
    text: (key) => {
      if (key !== 'systemTraceEvents') return null;
      return textLines(
        () => context.section(key),
        (at) => context.diagnose('line-too-long', at, `in ${key}`),
      );
    },
  });
  let isFull = false;
  const text = new PiecewiseText();
  for await (const piece of bytes) {
    const goesOn = document.write(text.push(piece));
    isFull = context.isFull(found.length + messages.length);
    if (!goesOn || isFull) break;
  }
  if (!isFull) document.write(text.end());
  if (text.invalidBytes > 0) context.diagnose('text-invalid-utf8', null, '', text.invalidBytes);
  const { bare } = document;
  const switches = state.switches.event();
  if (switches) found.push(switches);
  emit(found, events.comms, context);
  const console = new ConsoleEvents(context);
  for (const record of messages.sort(byTime)) console.takes(record);
  console.end();
  const end = document.end();
  if (!isFull) diagnoseEnd(end, bare, line, context);
  // Unless the limit of events has said so.
  else if (!context.isFull(1))
    context.diagnose('input-limit', line, 'more messages than events may be kept (--max-events)');
}

function byTime(a: Pick<ParsedEvent, 't'>, b: Pick<ParsedEvent, 't'>): number {
  return Number((a.t ?? 0n) - (b.t ?? 0n));
}

/** Emits events sorted by time (exporters write thread by thread), with thread names from anywhere in the file. */
function emit(found: ParsedEvent[], comms: ReadonlyMap<number, string>, context: IngestContext): void {
  if (found.length === 0) return;
  found.sort(byTime);
  const epoch = found.some((event) => event.t !== null && event.t >= EPOCH_NS);
  context.clock({ unit: 'ns', zero: epoch ? 'epoch' : 'boot' });
  context.emit({
    kind: 'trace-header',
    line: 1,
    t: null,
    tracer: null,
    entriesInBuffer: null,
    entriesWritten: null,
    cpus: null,
    kernel: null,
  });
  for (const event of found) {
    const comm = 'pid' in event && event.pid !== null ? comms.get(event.pid) : undefined;
    context.emit(comm !== undefined && 'comm' in event ? { ...event, comm } : event);
  }
}

/** A bare array may be unterminated: Chrome writes it while it runs (Trace Event Format, JSON Array Format). */
function diagnoseEnd(end: DocumentEnd, bare: boolean, line: number, context: IngestContext): void {
  switch (end) {
    case 'whole':
      return;
    case 'open':
      if (!bare) context.diagnose('archive-damaged', line || null, 'the JSON is truncated');
      return;
    case 'broken':
      context.diagnose('archive-damaged', line || null, `invalid JSON after event ${line}`);
      return;
    case 'deep':
      context.diagnose('input-limit', line || null, 'the JSON is nested too deeply');
      return;
  }
}
