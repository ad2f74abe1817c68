/**
 * The kernel's books, kept from attempts: the eleven counters and the duplicate list as kernel/module/stats.c
 * would hold them after these calls.
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

/** What attempts add up to in one phase; bounds are equal where every attempt is told exactly. */
export interface PhaseBooks {
  failures: bigint;
  duplicates: bigint;
  low: bigint;
  high: bigint | null;
  /** Of these bytes, the duplicates'. */
  duplicateLow: bigint;
  duplicateHigh: bigint | null;
  /** Null where an attempt does not say whether it was compressed. */
  allocations: bigint | null;
}

interface Untold {
  calls: bigint;
  low: bigint;
  high: bigint | null;
}

export interface Books {
  readonly phases: Readonly<Record<Phase, PhaseBooks>>;
  /** Duplicates whose phase is not told: becoming or load, or coalesced and free of cost. */
  readonly untoldDuplicates: Untold;
  /** Other failed calls whose phase is not told: any phase, or none. */
  readonly untoldFailures: Untold;
  /**
   * Whether the trace shows every call: of tasks without system call events, a phase that no probe hit may have had
   * failures all the same.
   */
  readonly seesCalls: boolean;
  readonly loaded: bigint;
  /** Successful calls of which it is not known whether they loaded anything. */
  readonly unknownSuccess: bigint;
  readonly memory: bigint | null;
  readonly text: bigint | null;
  /** Newest name first, as the kernel prints it. */
  readonly list: readonly ListRow[];
  /** Duplicates that are known to be in the list, or known as duplicates only by their result. */
  readonly listIsKnown: boolean;
}

export function keepBooks(attempts: readonly Attempt[]): Books {
  const phases = { kread: open(), decompress: open(), becoming: open(), load: open() };
  const untoldDuplicates: Untold = { calls: 0n, low: 0n, high: 0n };
  const untoldFailures: Untold = { calls: 0n, low: 0n, high: 0n };
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
      const untold = attempt.outcome === 'duplicate' ? untoldDuplicates : untoldFailures;
      untold.calls++;
      untold.low += BigInt(attempt.wasted.low);
      untold.high = plus(untold.high, attempt.wasted.high);
    }
  }
  return {
    seesCalls: attempts.every((attempt) => !attempt.byProbes),
    phases,
    untoldDuplicates,
    untoldFailures,
    loaded,
    unknownSuccess,
    memory,
    text,
    list: replayList(attempts),
    listIsKnown,
  };
}

function open(): PhaseBooks {
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

function post(books: PhaseBooks, phase: Phase, attempt: Attempt): void {
  books.failures++;
  const { low, high } = attempt.wasted;
  books.low += BigInt(low);
  books.high = plus(books.high, high);
  if (attempt.outcome === 'duplicate') {
    books.duplicates++;
    books.duplicateLow += BigInt(low);
    books.duplicateHigh = plus(books.duplicateHigh, high);
  }
  const known = attempt.compressed !== null || phase === 'kread' || phase === 'decompress';
  books.allocations =
    books.allocations === null || !known
      ? null
      : books.allocations + allocations(phase, attempt.wasted.low > 0, (attempt.compressed ?? 0) > 0);
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
 * The counters that the books determine. A counter is left out where an attempt leaves it open.
 * `complete` false: the trace lost events, so nothing is a total.
 */
export function countersOf(books: Books, complete: boolean): Map<CounterName, bigint> {
  const counters = new Map<CounterName, bigint>();
  if (!complete) return counters;
  if (books.unknownSuccess === 0n && books.seesCalls) {
    counters.set('modcount', books.loaded);
    if (books.memory !== null) counters.set('total_mod_size', books.memory);
    if (books.text !== null) counters.set('total_text_size', books.text);
  }
  for (const phase of PHASES) {
    const { failures, low, high } = books.phases[phase];
    if (isOpen(books, phase)) continue;
    counters.set(PHASE_COUNTERS[phase].count, failures);
    if (high === low) counters.set(PHASE_COUNTERS[phase].bytes, low);
  }
  return counters;
}

/** Whether calls whose phase is not told could belong to this one. */
export function isOpen(books: Books, phase: Phase): boolean {
  // No probe shows a copy that failed (init_module): reads without system calls are never all of the phase.
  if (!books.seesCalls && (phase === 'kread' || books.phases[phase].failures === 0n)) return true;
  const duplicates = phase === 'becoming' || phase === 'load' ? books.untoldDuplicates.calls : 0n;
  return duplicates + books.untoldFailures.calls > 0n;
}
