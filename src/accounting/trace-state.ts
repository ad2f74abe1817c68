/** Whether the traces of a boot hold all its load calls, and why not. */
import type { DiagnosticCode } from '../model/diagnostic.js';
import type { Event } from '../model/event.js';
import type { Calls } from './calls.js';
import type { TraceState } from './model.js';

/** What a trace can say of its own completeness, and what stands beside it. */
export interface TraceEvidence {
  readonly calls: Calls;
  /** Events of the traces, in order. */
  readonly traced: readonly Event[];
  /** Statistics of the ring buffer, wherever they lie, and the trace's own notes. */
  readonly lost: readonly Event[];
  readonly log: readonly Event[];
  readonly commandLine: string | null;
}

/** A trace that was set up on the command line has its first record soon after the clock was switched. */
const SOON = 5_000_000_000n;

export function judgeTrace(evidence: TraceEvidence): TraceState {
  const reason = reasonOf(evidence);
  return { complete: reason === '', reason };
}

/** What to tell of a trace besides the events that its own source says were lost. */
export function traceLosses({ calls, traced, log, commandLine }: TraceEvidence): TraceLoss[] {
  const losses: TraceLoss[] = [];
  if (clockSwitched(traced, log, commandLine)) losses.push({ code: 'trace-clock-switched', count: 1 });
  if (calls.withoutEnter > 0) losses.push({ code: 'trace-began-late', count: calls.withoutEnter });
  if (calls.withoutExit > 0) losses.push({ code: 'trace-ended-early', count: calls.withoutExit });
  return losses;
}

interface TraceLoss {
  readonly code: DiagnosticCode;
  readonly count: number;
}

function reasonOf({ calls, traced, lost, log, commandLine }: TraceEvidence): string {
  if (lost.some((event) => event.kind === 'lost-events' && event.count !== 0)) return 'the trace lost events';
  if (clockSwitched(traced, log, commandLine))
    return 'the kernel switched the trace clock and threw away what was recorded before';
  if (calls.withoutEnter > 0) return 'the trace began after loading did';
  return calls.withoutExit > 0 ? 'the trace ended before all calls did' : '';
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
