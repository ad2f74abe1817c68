// SPDX-License-Identifier: Apache-2.0
/** Detects a text among the context ingesters and reads it with the one that wins. */
import { CONTEXT_INGESTERS } from '../../../src/ingest/context/index.js';
import { detect } from '../../../src/ingest/detect.js';
import { headOf } from '../../../src/ingest/head.js';
import { HEAD_BYTES } from '../../../src/ingest/ingester.js';
import type { ParsedEvent } from '../../../src/model/event.js';

export interface Outcome {
  readonly ingester: string | null;
  readonly form: string | null;
  readonly events: readonly ParsedEvent[];
  readonly diagnostics: readonly string[];
}

export function ingest(text: string, path = 'nameless'): Outcome {
  const bytes = new TextEncoder().encode(text);
  const head = headOf(bytes.subarray(0, HEAD_BYTES), bytes.length <= HEAD_BYTES, path);
  const best = detect(head, CONTEXT_INGESTERS).best;
  const events: ParsedEvent[] = [];
  const diagnostics: string[] = [];
  if (best?.ingester.reads !== 'lines') return { ingester: null, form: null, events, diagnostics };
  const sink = best.ingester.start({
    form: best.verdict.form,
    path,
    emit: (event) => events.push(event),
    diagnose: (code, line, detail = '', count = 1) => diagnostics.push(`${code} ${line} ${count} ${detail}`),
    clock: () => {},
    isFull: () => false,
    recognised: () => null,
    nothingFound: () => undefined,
    section: () => {
      throw new Error('no sections here');
    },
  });
  const lines = text.replace(/\n$/, '').split('\n');
  for (const [index, line] of lines.entries()) sink.line(line.replace(/\r$/, ''), index + 1);
  sink.end();
  return { ingester: best.ingester.name, form: best.verdict.form, events, diagnostics };
}

/** `module bytes of` for each size, in order. */
export function sizes(events: readonly ParsedEvent[]): string[] {
  return events.flatMap((event) =>
    event.kind === 'module-size' ? [`${event.module} ${event.bytes} ${event.of}`] : [],
  );
}
