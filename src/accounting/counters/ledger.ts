// SPDX-License-Identifier: Apache-2.0
/** The ledger: the counters beside the events of each phase. */
import { exactOf } from '../../model/bounds.js';
import { PHASES, type Phase } from '../../model/counters.js';
import type { CountedBytes, LedgerRow, Snapshot, TraceState, Verdict } from '../model.js';
import { countsOf, type PhaseCounts } from '../phase-counts.js';
import { type AttemptTotals, mayMissFailures } from './replay.js';

/** The totals of a boot's traces. */
export interface TraceTotals extends TraceState {
  readonly totals: AttemptTotals;
}

/**
 * Four rows: the counters, as printed, beside the events. `modulus`: where byte counters wrap, if they do; the two then
 * agree where their difference is a multiple of it. `kread`: of a counter that holds error codes, the bytes without.
 */
export function ledgerRows(
  boot: number,
  snapshots: readonly Snapshot[],
  trace: TraceTotals | null,
  modulus: bigint | null,
  kread: CountedBytes | null = null,
): LedgerRow[] {
  const last = snapshots.at(-1) ?? null;
  const agree: Agree = (a, b) => (modulus === null ? a === b : (a - b) % modulus === 0n);
  const since = last && trace ? startOfTrace(snapshots, last, trace, agree) : null;
  return PHASES.map((phase) => {
    const counters = last ? countsOf(last, phase) : null;
    const events = trace ? eventsAt(trace, phase) : null;
    const isOfErrors =
      phase === 'kread' &&
      kread !== null &&
      kread.printed === counters?.bytes &&
      kread.bytes === events?.bytes;
    const { verdict, reason } =
      isOfErrors && events?.failures === counters?.failures
        ? {
            verdict: 'balanced' as const,
            reason: 'the counter holds the error codes of reads, as Linux 6.4 adds them',
          }
        : judgeRow(phase, counters, events, since, trace, agree);
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

/** True where two sums of bytes are equal, up to wrapping. */
type Agree = (a: bigint, b: bigint) => boolean;

function eventsAt({ totals }: TraceTotals, phase: Phase): PhaseCounts {
  const own = totals.phases[phase];
  if (own.failures === 0n && mayMissFailures(totals, phase)) return { failures: null, bytes: null };
  return { failures: own.failures, bytes: exactOf(own.bytes) };
}

/** An earlier snapshot since which the events account for everything up to the last one. */
function startOfTrace(
  snapshots: readonly Snapshot[],
  last: Snapshot,
  trace: TraceTotals,
  agree: Agree,
): Snapshot | null {
  const explains = (from: Snapshot): boolean =>
    PHASES.every((phase) => {
      const events = eventsAt(trace, phase);
      const [then, now] = [countsOf(from, phase), countsOf(last, phase)];
      if (now.failures === null || now.bytes === null) return events.failures === 0n;
      return (
        now.failures - (then.failures ?? 0n) === events.failures &&
        events.bytes !== null &&
        agree(now.bytes - (then.bytes ?? 0n), events.bytes)
      );
    });
  return snapshots.slice(0, -1).find(explains) ?? null;
}

function judgeRow(
  phase: Phase,
  counters: PhaseCounts | null,
  events: PhaseCounts | null,
  since: Snapshot | null,
  trace: TraceTotals | null,
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
    return { verdict: 'events incomplete', reason: `no probe shows which attempts failed in phase ${phase}` };
  }
  if (events.failures < counters.failures) {
    return {
      verdict: 'events incomplete',
      reason: 'the trace does not cover all attempts that the counters counted',
    };
  }
  return { verdict: 'unexplained', reason: 'the events exceed the counters' };
}
