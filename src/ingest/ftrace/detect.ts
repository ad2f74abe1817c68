// SPDX-License-Identifier: Apache-2.0
/** Detects ftrace text by the share and form of trace records in the head. */
import { textOfHead, unstampedLines } from '../head.js';
import type { Head, Verdict } from '../ingester.js';
import { plainHead } from '../plain-line.js';
import { FunctionGraph } from './graph.js';
import { readLost } from './header.js';
import { isWrapped, unusableForm } from './lines.js';
import { Prefix, type PrefixForm, startsWithLogStamp } from './prefix.js';

const TRIED_LINES = 400;

/** The highest confidence. */
export const MOST = 98;
/** The same without a header, which alone is certain. */
const WITHOUT_HEADER = 95;

type LineForm = PrefixForm | 'graph' | 'raw' | 'hex' | 'nocontext-info';

/** What no text with a header or a record is without: a CPU in brackets, a pid before another number, a relative time. */
const HINT = /^(?:#|cpus=)|\[\d+\]|-\d+\s+\d|\(\+/m;

export function sniff(head: Head, _?: unknown, needed = 0): Verdict | null {
  const { lines: all } = plainHead(head);
  if (needed > WITHOUT_HEADER && !textOfHead(plainHead(head)).text.includes('tracer: ')) return null;
  const unstamped = unstampedLines(plainHead(head));
  // Of a log few lines are looked at.
  if (unstamped.length * 2 > all.length && !HINT.test(textOfHead(plainHead(head)).text)) return null;
  const lines = head.whole ? all : all.slice(0, -1);
  const prefix = new Prefix();
  // Without a header and records it is no trace, whatever else it holds.
  const mayBe = (line: string): boolean => /^(?:#|cpus=)/.test(line) || prefix.locate(line);
  if (!unstamped.some(mayBe)) return null;
  const graph = new FunctionGraph();
  const forms = new Map<LineForm, number>();
  let tracer: string | null = null;
  let report = false;
  let tried = 0;
  let before = '';
  for (const line of lines) {
    if (line.startsWith('#')) {
      tracer ??= /^#\s*tracer: (\S+)/.exec(line)?.[1] ?? null;
      continue;
    }
    if (line.trim() === '' || readLost(line)) continue;
    if (tried === 0 && /^cpus=\d+$/.test(line.trimEnd())) {
      report = true;
      continue;
    }
    const form = formOf(line, prefix, graph, tracer !== null);
    // Wrapped lines belong to the line before.
    if (!form && isWrapped(before, line)) continue;
    before = line;
    if (++tried > TRIED_LINES) break;
    if (form) forms.set(form, (forms.get(form) ?? 0) + 1);
    if (form === 'task' && isReport(line, prefix.body)) report = true;
  }
  const [best, matched] = [...forms].sort((a, b) => b[1] - a[1])[0] ?? [null, 0];
  tried = Math.min(tried, TRIED_LINES);
  const confidence = confidenceOf(tracer !== null, report, matched, tried);
  if (confidence === null) return null;
  const header = tracer === null ? '' : `header of tracer ${tracer}, `;
  return {
    form: formName(best, tracer, report),
    confidence,
    matched,
    tried,
    why: `${header}${matched} of ${tried} lines are trace records`,
  };
}

function formOf(line: string, prefix: Prefix, graph: FunctionGraph, headed: boolean): LineForm | null {
  if (!startsWithLogStamp(line) && prefix.locate(line))
    return /^[\w(]/.test(line.slice(prefix.body)) ? prefix.form : null;
  // Other forms are unspecific: they count only with a header.
  if (!headed) return null;
  return graph.read(line, 0) === null ? unusableForm(line) : 'graph';
}

/** trace-cmd report pads the event's name: `module_put:           x`. */
function isReport(line: string, body: number): boolean {
  return /^[\w.]+: {2,}\S/.test(line.slice(body));
}

/** Null: not a trace. A header is certain; without one the share of records decides. */
function confidenceOf(headed: boolean, report: boolean, matched: number, tried: number): number | null {
  if (headed) return matched > 0 || tried === 0 ? MOST : null;
  if (tried === 0) return report ? 70 : null;
  const share = matched / tried;
  if (share >= 0.5) return Math.round(60 + (WITHOUT_HEADER - 60) * share);
  return matched >= 5 && share >= 0.2 ? 30 : null;
}

function formName(best: LineForm | null, tracer: string | null, report: boolean): string {
  switch (best) {
    case 'perf':
      return 'perf script';
    case 'latency':
      return tracer === null ? 'trace-cmd report -l' : 'latency-format';
    case 'verbose':
      return 'verbose latency-format';
    case 'graph':
      return 'function_graph';
    case 'raw':
    case 'hex':
    case 'nocontext-info':
      return best;
    case 'task':
    case null:
      return report ? 'trace-cmd report' : tracer === null ? 'trace_pipe' : 'trace';
  }
}
