// SPDX-License-Identifier: Apache-2.0
/** Runs the ftrace ingester over lines, as the pipeline would. */
import { readFileSync } from 'node:fs';
import { ftrace } from '../../../src/ingest/ftrace/index.js';
import { headOfLines } from '../../../src/ingest/head.js';
import type { Verdict } from '../../../src/ingest/ingester.js';
import type { DiagnosticCode } from '../../../src/model/diagnostic.js';
import type { EventKind, ParsedEvent } from '../../../src/model/event.js';
import type { SourceClock } from '../../../src/model/source.js';

export interface Ingested {
  readonly verdict: Verdict | null;
  readonly events: readonly ParsedEvent[];
  readonly diagnostics: ReadonlyMap<DiagnosticCode, number>;
  readonly clock: SourceClock | null;
}

export function ingest(text: string): Ingested {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const events: ParsedEvent[] = [];
  const diagnostics = new Map<DiagnosticCode, number>();
  let clock: SourceClock | null = null;
  const sink = ftrace.start({
    form: '',
    path: 'hidden',
    emit: (event) => events.push(event),
    diagnose: (code, _line, _detail, count = 1) => {
      diagnostics.set(code, (diagnostics.get(code) ?? 0) + count);
    },
    clock: (said) => {
      clock = said;
    },
    isFull: () => false,
    recognised: () => null,
    nothingFound: () => undefined,
    section: () => {
      throw new Error('a trace has no sections');
    },
  });
  for (const [index, line] of lines.entries()) {
    sink.line(line, index + 1);
  }
  sink.end();
  return { verdict: ftrace.sniff(headOfLines(lines, true, 'hidden')), events, diagnostics, clock };
}

export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

export function ofKind<K extends EventKind>(
  events: readonly ParsedEvent[],
  kind: K,
): Extract<ParsedEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<ParsedEvent, { kind: K }> => event.kind === kind);
}

/** Events without heads and line numbers, for comparing forms of one recording. */
export function records(events: readonly ParsedEvent[]): Omit<ParsedEvent, 'line'>[] {
  return events.filter((event) => event.kind !== 'trace-header').map(({ line: _line, ...rest }) => rest);
}

/** The one event of a line. */
export function eventOf(line: string): ParsedEvent | undefined {
  return ingest(line).events.find((event) => event.kind !== 'trace-header');
}
