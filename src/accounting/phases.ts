/** Phase totals and the ledger: counters are the truth for totals, events say what they can. */
import { PHASE_COUNTERS, PHASES, type Phase } from '../model/counters.js';
import type { LedgerRow, PhaseTotal, RemainderRow, SnapshotReading, TraceState, Verdict } from './model.js';
import { type Books, isOpen, type PhaseBooks } from './replay.js';
import type { CountedBytes } from './wraps.js';

/** What the traces of a boot say as a whole. */
export interface TraceBooks extends TraceState {
  readonly books: Books;
}

/** Four rows, in phase order; all unknown where there is neither a counter nor a trace with calls. */
export function phaseTotals(
  boot: number,
  last: SnapshotReading | null,
  trace: TraceBooks | null,
  remainder: readonly RemainderRow[],
  counted: ReadonlyMap<Phase, CountedBytes>,
): PhaseTotal[] {
  return PHASES.map((phase) => {
    const row = remainder.find((one) => one.phase === phase) ?? null;
    const total = last ? fromCounters(boot, phase, last, trace, row, counted.get(phase) ?? null) : null;
    if (total) return total;
    return trace ? fromTrace(boot, phase, trace) : unknownPhase(boot, phase);
  });
}

function unknownPhase(boot: number, phase: Phase): PhaseTotal {
  return {
    boot,
    phase,
    failures: null,
    duplicates: null,
    bytes: null,
    low: 0n,
    high: null,
    allocations: null,
    basis: null,
    origin: null,
  };
}

function fromCounters(
  boot: number,
  phase: Phase,
  reading: SnapshotReading,
  trace: TraceBooks | null,
  remainder: RemainderRow | null,
  counted: CountedBytes | null,
): PhaseTotal | null {
  const failures = reading.counters.get(PHASE_COUNTERS[phase].count)?.value ?? null;
  const bytes = reading.counters.get(PHASE_COUNTERS[phase].bytes)?.value ?? null;
  if (failures === null && bytes === null && counted === null) return null;
  const events = trace?.books.phases[phase] ?? null;
  const told = events !== null && events.failures === failures && trace?.complete === true;
  return {
    boot,
    phase,
    failures,
    duplicates: failures === 0n ? 0n : told ? events.duplicates : exactly(remainder?.duplicates),
    bytes,
    low: counted?.low ?? bytes ?? 0n,
    high: bytes,
    allocations: failures === 0n ? 0n : told ? events.allocations : null,
    basis: counted?.basis ?? (bytes === null ? 'bounded' : 'measured'),
    origin: counted?.origin ?? 'counters',
  };
}

function exactly(span: RemainderRow['duplicates'] | undefined): bigint | null {
  return span && span.low === span.high ? span.low : null;
}

function fromTrace(boot: number, phase: Phase, { books, complete }: TraceBooks): PhaseTotal {
  const own = books.phases[phase];
  const untold = isOpen(books, phase);
  const exactCount = complete && !untold;
  const known = exactCount || own.failures > 0n;
  const exactBytes = exactCount && own.high === own.low;
  return {
    boot,
    phase,
    failures: known ? own.failures : null,
    duplicates: known ? own.duplicates : null,
    bytes: exactBytes ? own.low : null,
    low: own.low,
    high: highOf(own, phase, books, complete),
    allocations: exactCount ? own.allocations : null,
    basis: exactBytes ? 'measured' : 'bounded',
    origin: 'trace',
  };
}

function highOf(own: PhaseBooks, phase: Phase, books: Books, complete: boolean): bigint | null {
  if (!complete || own.high === null || (!books.seesCalls && (phase === 'kread' || own.failures === 0n)))
    return null;
  let high = own.high;
  const open = phase === 'becoming' || phase === 'load' ? [books.untoldDuplicates] : [];
  for (const untold of [...open, books.untoldFailures]) {
    if (untold.high === null) return null;
    high += untold.high;
  }
  return high;
}

/**
 * Four rows: what the counters, as printed, and what the events say. `modulus`: where byte counters wrap, if they do:
 * the two then agree where their difference is a multiple of it.
 */
export function ledgerRows(
  boot: number,
  readings: readonly SnapshotReading[],
  trace: TraceBooks | null,
  modulus: bigint | null,
): LedgerRow[] {
  const last = readings.at(-1) ?? null;
  const agree: Agree = (a, b) => (modulus === null ? a === b : (a - b) % modulus === 0n);
  const since = last && trace ? startOfTrace(readings, last, trace, agree) : null;
  return PHASES.map((phase) => {
    const counters = last ? countersAt(last, phase) : null;
    const events = trace ? eventsAt(trace, phase) : null;
    const { verdict, reason } = judgeRow(phase, counters, events, since, trace, agree);
    return {
      boot,
      phase,
      counterFailures: counters?.failures ?? null,
      eventFailures: events?.failures ?? null,
      counterBytes: counters?.bytes ?? null,
      eventBytes: events?.bytes ?? null,
      verdict,
      reason,
    };
  });
}

/** Whether two sums of bytes are the same, as far as counters can tell. */
type Agree = (a: bigint, b: bigint) => boolean;

interface Sum {
  readonly failures: bigint | null;
  readonly bytes: bigint | null;
}

function countersAt(reading: SnapshotReading, phase: Phase): Sum {
  return {
    failures: reading.counters.get(PHASE_COUNTERS[phase].count)?.value ?? null,
    bytes: reading.counters.get(PHASE_COUNTERS[phase].bytes)?.value ?? null,
  };
}

function eventsAt({ books }: TraceBooks, phase: Phase): Sum {
  const own = books.phases[phase];
  if (own.failures === 0n && isOpen(books, phase)) return { failures: null, bytes: null };
  return { failures: own.failures, bytes: own.high === own.low ? own.low : null };
}

/** An earlier reading from which the events account for everything up to the last one. */
function startOfTrace(
  readings: readonly SnapshotReading[],
  last: SnapshotReading,
  trace: TraceBooks,
  agree: Agree,
): SnapshotReading | null {
  const explains = (from: SnapshotReading): boolean =>
    PHASES.every((phase) => {
      const events = eventsAt(trace, phase);
      const [then, now] = [countersAt(from, phase), countersAt(last, phase)];
      if (now.failures === null || now.bytes === null) return events.failures === 0n;
      return (
        now.failures - (then.failures ?? 0n) === events.failures &&
        events.bytes !== null &&
        agree(now.bytes - (then.bytes ?? 0n), events.bytes)
      );
    });
  return readings.slice(0, -1).find(explains) ?? null;
}

function judgeRow(
  phase: Phase,
  counters: Sum | null,
  events: Sum | null,
  since: SnapshotReading | null,
  trace: TraceBooks | null,
  agree: Agree,
): { verdict: Verdict; reason: string } {
  if (!counters || counters.failures === null)
    return {
      verdict: 'counters missing',
      reason: trace ? 'no debugfs dump of this boot' : 'neither a debugfs dump nor a trace of this boot',
    };
  if (!events || !trace) return { verdict: 'events incomplete', reason: 'no trace of this boot' };
  const sameBytes = counters.bytes === null || (events.bytes !== null && agree(events.bytes, counters.bytes));
  if (events.failures === counters.failures && sameBytes) {
    const wrapped = counters.bytes !== null && events.bytes !== counters.bytes;
    return { verdict: 'balanced', reason: wrapped ? 'the 32-bit counter wrapped' : '' };
  }
  if (since) return { verdict: 'balanced', reason: `since snapshot ${since.label ?? since.snapshot}` };
  if (!trace.complete) return { verdict: 'events incomplete', reason: trace.reason };
  if (events.failures === null || events.bytes === null) {
    return { verdict: 'events incomplete', reason: `no probe tells which calls failed in phase ${phase}` };
  }
  if (events.failures < counters.failures) {
    return {
      verdict: 'events incomplete',
      reason: 'the trace does not cover all loads that the counters counted',
    };
  }
  return { verdict: 'unexplained', reason: 'the events say more than the counters' };
}
