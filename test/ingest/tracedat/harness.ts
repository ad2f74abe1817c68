// SPDX-License-Identifier: Apache-2.0
/** Runs the ingester over bytes and keeps what it says. */

import { ftrace } from '../../../src/ingest/ftrace/index.js';
import type { RandomAccess } from '../../../src/ingest/ingester.js';
import { traceDat } from '../../../src/ingest/tracedat/index.js';
import type { DiagnosticCode } from '../../../src/model/diagnostic.js';
import type { ParsedEvent } from '../../../src/model/event.js';
import type { SourceClock } from '../../../src/model/source.js';

export interface LogFact {
  readonly events: ParsedEvent[];
  readonly diagnostics: { code: DiagnosticCode; line: number | null; detail: string; count: number }[];
  readonly sections: { name: string; lines: string[] }[];
  clock: SourceClock | null;
}

export function access(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.slice(offset, Math.min(bytes.length, offset + length)),
  };
}

export function ingestBytes(bytes: Uint8Array): LogFact {
  const said: LogFact = { events: [], diagnostics: [], sections: [], clock: null };
  void traceDat.ingest(access(bytes), {
    form: 'trace.dat',
    path: 'trace.dat',
    emit: (event) => said.events.push(event),
    diagnose: (code, line, detail = '', count = 1) => said.diagnostics.push({ code, line, detail, count }),
    clock: (clock) => {
      said.clock = clock;
    },
    isFull: () => false,
    recognised: () => null,
    nothingFound: () => undefined,
    section: (name) => {
      const section = { name, lines: [] as string[] };
      said.sections.push(section);
      return { line: (text) => section.lines.push(text), end: () => undefined };
    },
  });
  return said;
}

/** The same from the lines of a text, read by the ftrace ingester. */
export function ingestText(text: string): LogFact {
  const said: LogFact = { events: [], diagnostics: [], sections: [], clock: null };
  const sink = ftrace.start({
    form: 'trace-cmd report',
    path: 'trace.txt',
    emit: (event) => said.events.push(event),
    diagnose: (code, line, detail = '', count = 1) => said.diagnostics.push({ code, line, detail, count }),
    clock: (clock) => {
      said.clock = clock;
    },
    isFull: () => false,
    recognised: () => null,
    nothingFound: () => undefined,
    section: () => ({ line: () => undefined, end: () => undefined }),
  });
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) sink.line(line, index + 1);
  sink.end();
  return said;
}

/**
 * Events as all forms of a recording have them: not what only the file's head says, and no numbers of lines. Times
 * are rounded to the precision of the text (trace-cmd rounds to microseconds).
 */
export function comparable(said: LogFact, precision: bigint): unknown[] {
  return said.events
    .filter((event) => event.kind !== 'trace-header' && event.kind !== 'kernel-version')
    .map((event) => ({
      ...event,
      line: 0,
      t: event.t === null ? null : ((event.t + precision / 2n) / precision) * precision,
    }));
}
