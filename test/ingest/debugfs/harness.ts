// SPDX-License-Identifier: Apache-2.0
/** Runs one ingester over a text, as the pipeline would. */
import { headOf } from '../../../src/ingest/head.js';
import type { LineIngester } from '../../../src/ingest/ingester.js';
import type { Counter, DuplicateRow, ParsedEvent, Snapshot } from '../../../src/model/event.js';

export interface Outcome {
  readonly form: string | null;
  readonly confidence: number;
  readonly events: readonly ParsedEvent[];
  /** Codes with their details. */
  readonly diagnostics: readonly { code: string; line: number | null; detail: string }[];
}

export function ingest(ingester: LineIngester, text: string, path = 'nameless'): Outcome {
  const bytes = new TextEncoder().encode(text);
  const verdict = ingester.sniff(headOf(bytes, true, path));
  const events: ParsedEvent[] = [];
  const diagnostics: { code: string; line: number | null; detail: string }[] = [];
  const sink = ingester.start({
    form: verdict?.form ?? '',
    path,
    emit: (event) => events.push(event),
    diagnose: (code, line, detail = '') => diagnostics.push({ code, line, detail }),
    clock: () => {},
    isFull: () => false,
    recognised: () => null,
    nothingFound: () => undefined,
    section: () => {
      throw new Error('no sections here');
    },
  });
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) sink.line(line, index + 1);
  sink.end();
  return { form: verdict?.form ?? null, confidence: verdict?.confidence ?? 0, events, diagnostics };
}

/** A snapshot with what belongs to it, in plain values. */
export interface Reading {
  readonly list: Snapshot['list'];
  readonly label: string | null;
  readonly wasted: bigint | undefined;
  readonly counters: Readonly<Record<string, bigint>>;
  readonly rows: readonly (readonly [string, number, number | null])[];
}

export function readings(events: readonly ParsedEvent[]): Reading[] {
  const of = <K extends ParsedEvent['kind']>(kind: K, snapshot: number) =>
    events.filter((event) => event.kind === kind && 'snapshot' in event && event.snapshot === snapshot);
  return events
    .filter((event) => event.kind === 'snapshot')
    .map((event) => ({
      list: event.list,
      label: event.label,
      wasted: event.wastedBytes,
      counters: Object.fromEntries(
        (of('counter', event.snapshot) as Counter[]).map(({ counter, value }) => [counter, value]),
      ),
      rows: (of('duplicate-row', event.snapshot) as DuplicateRow[]).map(
        ({ module, times, reasons }) => [module, times, reasons] as const,
      ),
    }));
}

/** The rows as formatStats takes them. */
export function listed(reading: Reading | undefined): { module: string; times: number; reasons: number }[] {
  return (reading?.rows ?? []).map(([module, times, reasons]) => ({ module, times, reasons: reasons ?? 0 }));
}
