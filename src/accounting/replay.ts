// SPDX-License-Identifier: Apache-2.0
/**
 * Replays attempts as kernel/module/stats.c counts them: the eleven counters and the duplicate list after these calls.
 */
import {
  type CounterName,
  PHASE_COUNTERS,
  PHASES,
  type Phase,
  REASON_BECOMING,
  REASON_LOAD,
} from '../model/counters.js';
import { allocations } from './charges.js';
import type { Attempt, ListRow } from './model.js';

/** Sums of attempts in one phase; low equals high where every attempt is known exactly. */
interface PhaseSums {
  failures: bigint;
  duplicates: bigint;
  low: bigint;
  high: bigint | null;
  /** Bytes of the duplicates among them. */
  duplicateLow: bigint;
  duplicateHigh: bigint | null;
  /** Null where it is unknown whether an attempt was compressed. */
  allocations: bigint | null;
}

interface WithoutPhase {
  calls: bigint;
  low: bigint;
  high: bigint | null;
}

export interface AttemptTotals {
  readonly phases: Readonly<Record<Phase, PhaseSums>>;
  /** Duplicates with an unknown phase: becoming or load, or coalesced at no cost. */
  readonly duplicatesWithoutPhase: WithoutPhase;
  /** Other failures with an unknown phase: any phase, or none. */
  readonly failuresWithoutPhase: WithoutPhase;
  /**
   * True where the trace shows every call: tasks without syscall events may have failures in a phase that no probe hit.
   */
  readonly seesCalls: boolean;
  readonly loaded: bigint;
  /** Successful calls that may or may not have loaded a module. */
  readonly unknownSuccess: bigint;
  readonly memory: bigint | null;
  readonly text: bigint | null;
  /** Newest name first, as the kernel prints it. */
  readonly list: readonly ListRow[];
  /** Duplicates that are known to be in the list, or known as duplicates only by their result. */
  readonly listIsKnown: boolean;
}

export function totalAttempts(attempts: readonly Attempt[]): AttemptTotals {
  const phases = { kread: noSums(), decompress: noSums(), becoming: noSums(), load: noSums() };
  const duplicatesWithoutPhase: WithoutPhase = { calls: 0n, low: 0n, high: 0n };
  const failuresWithoutPhase: WithoutPhase = { calls: 0n, low: 0n, high: 0n };
  let loaded = 0n;
  let unknownSuccess = 0n;
  let memory: bigint | null = 0n;
  let text: bigint | null = 0n;
  let listIsKnown = true;

  for (const attempt of attempts) {
    if (attempt.outcome === 'loaded') {
      loaded++;
      memory = memory === null || attempt.memory === null ? null : memory + BigInt(attempt.memory);
      text = text === null || attempt.text === null ? null : text + BigInt(attempt.text);
    }
    if (attempt.outcome === 'duplicate' && attempt.listed === null) listIsKnown = false;
    if (attempt.outcome === 'unknown' && attempt.errno === 0) unknownSuccess++;
    const failed = attempt.outcome === 'failed' || attempt.outcome === 'duplicate';
    if (failed && attempt.phase !== null && attempt.phase !== 'init')
      post(phases[attempt.phase], attempt.phase, attempt);
    else if ((failed && attempt.phase === null) || (attempt.outcome === 'unknown' && attempt.errno !== 0)) {
      const sums = attempt.outcome === 'duplicate' ? duplicatesWithoutPhase : failuresWithoutPhase;
      sums.calls++;
      sums.low += BigInt(attempt.wasted.low);
      sums.high = plus(sums.high, attempt.wasted.high);
    }
  }
  return {
    seesCalls: attempts.every((attempt) => !attempt.byProbes),
    phases,
    duplicatesWithoutPhase,
    failuresWithoutPhase,
    loaded,
    unknownSuccess,
    memory,
    text,
    list: replayList(attempts),
    listIsKnown,
  };
}

function noSums(): PhaseSums {
  return {
    failures: 0n,
    duplicates: 0n,
    low: 0n,
    high: 0n,
    duplicateLow: 0n,
    duplicateHigh: 0n,
    allocations: 0n,
  };
}

const plus = (sum: bigint | null, bytes: number | null): bigint | null =>
  sum === null || bytes === null ? null : sum + BigInt(bytes);

function post(totals: PhaseSums, phase: Phase, attempt: Attempt): void {
  totals.failures++;
  const { low, high } = attempt.wasted;
  totals.low += BigInt(low);
  totals.high = plus(totals.high, high);
  if (attempt.outcome === 'duplicate') {
    totals.duplicates++;
    totals.duplicateLow += BigInt(low);
    totals.duplicateHigh = plus(totals.duplicateHigh, high);
  }
  const known = attempt.compressed !== null || phase === 'kread' || phase === 'decompress';
  totals.allocations =
    totals.allocations === null || !known
      ? null
      : totals.allocations + allocations(phase, attempt.wasted.low > 0, (attempt.compressed ?? 0) > 0);
}

/** stats.c:try_add_failed_module: a known name counts up and gains a reason, a new one is put in front. */
function replayList(attempts: readonly Attempt[]): ListRow[] {
  const listed = attempts
    .flatMap((attempt) =>
      attempt.listed && attempt.module !== null
        ? [{ attempt, ...attempt.listed, module: attempt.module }]
        : [],
    )
    .sort((a, b) => a.order - b.order);
  const rows = new Map<string, { module: string; times: number; reasons: number; cite: Attempt['cite'] }>();
  for (const { attempt, reason, module } of listed) {
    const bit = reason === 'becoming' ? REASON_BECOMING : REASON_LOAD;
    const row = rows.get(module);
    if (row) {
      row.times++;
      row.reasons |= bit;
    } else rows.set(module, { module, times: 1, reasons: bit, cite: attempt.cite });
  }
  return [...rows.values()].reverse();
}

/**
 * The counters that the totals determine. A counter that an attempt leaves uncertain is omitted.
 * `complete` false: the trace lost events, so nothing is a total.
 */
export function countersOf(totals: AttemptTotals, complete: boolean): Map<CounterName, bigint> {
  const counters = new Map<CounterName, bigint>();
  if (!complete) return counters;
  if (totals.unknownSuccess === 0n && totals.seesCalls) {
    counters.set('modcount', totals.loaded);
    if (totals.memory !== null) counters.set('total_mod_size', totals.memory);
    if (totals.text !== null) counters.set('total_text_size', totals.text);
  }
  for (const phase of PHASES) {
    const { failures, low, high } = totals.phases[phase];
    if (mayMissFailures(totals, phase)) continue;
    counters.set(PHASE_COUNTERS[phase].count, failures);
    if (high === low) counters.set(PHASE_COUNTERS[phase].bytes, low);
  }
  return counters;
}

/** True where attempts with an unknown phase may belong to this one. */
export function mayMissFailures(totals: AttemptTotals, phase: Phase): boolean {
  // No probe shows a failed copy (init_module): without syscall events, kread is never complete.
  if (!totals.seesCalls && (phase === 'kread' || totals.phases[phase].failures === 0n)) return true;
  const duplicates = phase === 'becoming' || phase === 'load' ? totals.duplicatesWithoutPhase.calls : 0n;
  return duplicates + totals.failuresWithoutPhase.calls > 0n;
}
