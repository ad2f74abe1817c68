// SPDX-License-Identifier: Apache-2.0
/**
 * Replays attempts as kernel/module/stats.c counts them: the eleven counters and the duplicate list after these calls.
 */

import { add, type Bounds, big, exactOf, NONE } from '../../model/bounds.js';
import {
  type CounterName,
  hasDuplicates,
  PHASE_COUNTERS,
  PHASES,
  type Phase,
  REASON_BECOMING,
  REASON_LOAD,
} from '../../model/counters.js';
import { hasFailed } from '../attempt.js';
import { allocations } from '../charges.js';
import type { Attempt, ListRow } from '../model.js';

/** Sums of attempts in one phase; low equals high where every attempt is known exactly. */
interface PhaseSums {
  failures: bigint;
  duplicates: bigint;
  bytes: Bounds;
  /** Of the duplicates among them. */
  duplicateBytes: Bounds;
  /** Null where it is unknown whether an attempt was compressed. */
  allocations: bigint | null;
}

interface WithoutPhase {
  calls: bigint;
  bytes: Bounds;
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
  const duplicatesWithoutPhase: WithoutPhase = { calls: 0n, bytes: NONE };
  const failuresWithoutPhase: WithoutPhase = { calls: 0n, bytes: NONE };
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
    const failed = hasFailed(attempt);
    if (failed && attempt.phase !== null && attempt.phase !== 'init')
      post(phases[attempt.phase], attempt.phase, attempt);
    else if ((failed && attempt.phase === null) || (attempt.outcome === 'unknown' && attempt.errno !== 0)) {
      const sums = attempt.outcome === 'duplicate' ? duplicatesWithoutPhase : failuresWithoutPhase;
      sums.calls++;
      sums.bytes = add(sums.bytes, big(attempt.wasted));
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
    bytes: NONE,
    duplicateBytes: NONE,
    allocations: 0n,
  };
}

function post(totals: PhaseSums, phase: Phase, attempt: Attempt): void {
  totals.failures++;
  const bytes = big(attempt.wasted);
  totals.bytes = add(totals.bytes, bytes);
  if (attempt.outcome === 'duplicate') {
    totals.duplicates++;
    totals.duplicateBytes = add(totals.duplicateBytes, bytes);
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
    const { failures, bytes } = totals.phases[phase];
    if (mayMissFailures(totals, phase)) continue;
    counters.set(PHASE_COUNTERS[phase].count, failures);
    const exact = exactOf(bytes);
    if (exact !== null) counters.set(PHASE_COUNTERS[phase].bytes, exact);
  }
  return counters;
}

/** True where attempts with an unknown phase may belong to this one. */
export function mayMissFailures(totals: AttemptTotals, phase: Phase): boolean {
  // No probe shows a failed copy (init_module): without syscall events, kread is never complete.
  if (!totals.seesCalls && (phase === 'kread' || totals.phases[phase].failures === 0n)) return true;
  const duplicates = hasDuplicates(phase) ? totals.duplicatesWithoutPhase.calls : 0n;
  return duplicates + totals.failuresWithoutPhase.calls > 0n;
}
