// SPDX-License-Identifier: Apache-2.0
/** Whether the traces of a boot hold all its attempts, and why not. */
import type { DiagnosticCode } from '../../model/diagnostic.js';
import type { Event } from '../../model/event.js';
import type { Source } from '../../model/source.js';
import type { Part } from '../boots/parts.js';
import type { TraceState } from '../model.js';
import type { Calls } from './calls.js';
import { isLoss } from './losses.js';

/** The evidence for a trace's completeness. */
export interface TraceEvidence {
  readonly calls: Calls;
  readonly missing: MissingRecords;
  /** Events of the traces, in order. */
  readonly traced: readonly Event[];
  /** Statistics of the ring buffer, from any file, and the trace's own notes. */
  readonly lost: readonly Event[];
  readonly log: readonly Event[];
  readonly commandLine: string | null;
}

/** Records that the heads of files announce, and how many of them the files lack. */
export interface MissingRecords {
  readonly announced: number;
  readonly missing: number;
}

/** A trace set up on the command line has its first record soon after the clock switch. */
const SOON = 5_000_000_000n;

export function judgeTrace(evidence: TraceEvidence): TraceState {
  const reason = whyIncomplete(evidence);
  return { complete: reason === '', reason };
}

/** Lines that someone took out of a trace by hand, which truncates nothing. */
const LEFT_OUT = 2;

/**
 * Records missing from files of the nop tracer, whose head counts one record per line (the function graph tracer prints
 * two lines for one record). Sources without lines (trace.dat) report their own losses.
 */
export function missingRecords(parts: readonly Part[]): MissingRecords {
  /** Records that the heads announce, and the lines of those heads. */
  const promised = new Map<Source, { records: number; head: number }>();
  for (const { source, events } of parts) {
    // A form without fields (trace_options raw) adds nothing that could be missing.
    if (events.every((event) => event.kind === 'trace-header')) continue;
    for (const event of events) {
      if (event.kind !== 'trace-header' || event.tracer !== 'nop' || event.entriesInBuffer === null) continue;
      const { records, head } = promised.get(source) ?? { records: 0, head: 0 };
      promised.set(source, {
        records: records + event.entriesInBuffer,
        head: head + (event.headLines ?? 0),
      });
    }
  }
  let [announced, missing] = [0, 0];
  for (const [source, { records, head }] of promised) {
    const lacking = records + head - source.lines;
    if (source.lines === 0 || lacking <= LEFT_OUT) continue;
    announced += records;
    missing += Math.min(lacking, records);
  }
  return { announced, missing };
}

const cutText = ({ announced, missing }: MissingRecords): string =>
  `it holds ${announced - missing} of the ${announced} records that its header states`;

/** Diagnostics of a trace besides the losses that its own source reports. */
export function traceLosses({ calls, missing, traced, log, commandLine }: TraceEvidence): TraceLoss[] {
  const losses: TraceLoss[] = [];
  if (missing.missing > 0)
    losses.push({ code: 'trace-cut', count: missing.missing, detail: cutText(missing) });
  if (clockSwitched(traced, log, commandLine)) losses.push({ code: 'trace-clock-switched', count: 1 });
  if (calls.withoutEnter > 0) losses.push({ code: 'trace-began-late', count: calls.withoutEnter });
  if (calls.withoutExit > 0) losses.push({ code: 'trace-ended-early', count: calls.withoutExit });
  if (calls.withoutSyscall > 0) losses.push({ code: 'trace-syscalls-missing', count: calls.withoutSyscall });
  if (calls.contradictory > 0) losses.push({ code: 'trace-probe-contradiction', count: calls.contradictory });
  return losses;
}

interface TraceLoss {
  readonly code: DiagnosticCode;
  readonly count: number;
  readonly detail?: string;
}

function whyIncomplete({ calls, missing, traced, lost, log, commandLine }: TraceEvidence): string {
  if (lost.some(isLoss)) return 'the trace lost events';
  if (clockSwitched(traced, log, commandLine))
    return 'the kernel switched the trace clock and dropped earlier records';
  if (missing.missing > 0) return `the trace is truncated: ${cutText(missing)}`;
  if (calls.withoutEnter > 0) return 'the trace started after module loading';
  if (calls.withoutExit > 0) return 'the trace ended before all attempts did';
  return calls.partial ? 'audit records and strace show the load calls of some tasks only' : '';
}

/**
 * `Unstable clock detected, switching default tracing clock to "global"` (kernel/trace/trace.c): the buffer is
 * reset. It matters to a trace that was running by then, which only trace_event= on the command line makes.
 */
function clockSwitched(traced: readonly Event[], log: readonly Event[], commandLine: string | null): boolean {
  const mark = log.find((event) => event.kind === 'boot-mark' && event.what === 'clock-switch');
  if (!mark) return false;
  if (commandLine !== null) return /(?:^|\s)(?:trace_event|kprobe_event|ftrace)=/.test(commandLine);
  const first = traced.find((event) => event.t !== null)?.t ?? null;
  return first !== null && mark.t !== null && first - mark.t < SOON;
}
