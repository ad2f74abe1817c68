// SPDX-License-Identifier: Apache-2.0
/** Reads a text, or bytes, through one of the kernel log ingesters, as the pipeline would. */
import { dmesg, kernelRecordIngesters } from '../../../src/ingest/dmesg/index.js';
import type { Head, IngestContext, Ingester } from '../../../src/ingest/ingester.js';
import type { ParsedEvent } from '../../../src/model/event.js';
import type { SourceClock } from '../../../src/model/source.js';

export interface Read {
  readonly ingester: string;
  readonly form: string;
  readonly confidence: number;
  readonly clock: SourceClock | null;
  readonly events: readonly ParsedEvent[];
  /** When the last record of each boot was written, where no event says so. */
  readonly ends: readonly (bigint | null)[];
  /** Counts by code. */
  readonly diagnostics: Readonly<Record<string, number>>;
}

function headOf(bytes: Uint8Array): Head {
  const head = bytes.subarray(0, 64 * 1024);
  const lines = new TextDecoder().decode(head).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return {
    bytes: head,
    lines: lines.map((line) => line.replace(/\r$/, '')),
    whole: head.length === bytes.length,
    path: 'x',
  };
}

/** The ingester whose verdict is best. */
export function recognise(
  bytes: Uint8Array,
): { ingester: Ingester; form: string; confidence: number } | null {
  const head = headOf(bytes);
  const verdicts = [dmesg, ...kernelRecordIngesters].flatMap((ingester) => {
    const verdict = ingester.sniff(head);
    return verdict ? [{ ingester, form: verdict.form, confidence: verdict.confidence }] : [];
  });
  verdicts.sort((a, b) => b.confidence - a.confidence || b.ingester.priority - a.ingester.priority);
  return verdicts[0] ?? null;
}

export async function read(input: string | Uint8Array, chunk = 7919): Promise<Read> {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const known = recognise(bytes);
  if (!known) throw new Error('no kernel log');
  const events: ParsedEvent[] = [];
  const diagnostics: Record<string, number> = {};
  let clock: SourceClock | null = null;
  const context: IngestContext = {
    form: known.form,
    path: 'x',
    emit: (event) => events.push(event),
    diagnose: (code, _line, _detail, count = 1) => {
      diagnostics[code] = (diagnostics[code] ?? 0) + count;
    },
    clock: (given) => {
      clock = given;
    },
    isFull: () => false,
    recognised: () => null,
    nothingFound: () => undefined,
    section: () => {
      throw new Error('no sections');
    },
  };
  const { ingester } = known;
  if (ingester.reads === 'lines') {
    const sink = ingester.start(context);
    const lines = new TextDecoder().decode(bytes).split('\n');
    if (lines.at(-1) === '') lines.pop();
    lines.forEach((line, index) => {
      sink.line(line, index + 1);
    });
    sink.end();
  } else if (ingester.reads === 'bytes') {
    const sink = ingester.start(context);
    for await (const piece of chunks(bytes, chunk)) sink.write(piece);
    sink.end();
  } else if (ingester.reads === 'stream') {
    await ingester.ingest(chunks(bytes, chunk), context);
  }
  return {
    ingester: ingester.name,
    form: known.form,
    confidence: known.confidence,
    clock,
    events: events.filter((event) => !isEnd(event)),
    ends: events.filter(isEnd).map(({ t }) => t),
    diagnostics,
  };
}

const isEnd = (event: ParsedEvent): boolean => event.kind === 'boot-mark' && event.what === 'last-record';

async function* chunks(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** An event without line and time, and without what is the form's own, as a string to compare. */
export function fact(event: ParsedEvent): string {
  const { line, t, ...said } = event;
  const { stamped, printed, ...fields } = { stamped: undefined, printed: undefined, ...said };
  return JSON.stringify(fields, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
}
