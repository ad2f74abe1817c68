// SPDX-License-Identifier: Apache-2.0
/** The kernel's `stats` table of one boot, rebuilt from snapshots and traces. */
import { COUNTER_LABELS, COUNTERS, type CounterName } from '../../model/counters.js';
import { WRAPS_AT } from '../kernel.js';
import type { Boot, CaseModel, ListRow } from '../model.js';
import { countersOf, totalAttempts } from './replay.js';
import type { ListedModule } from './stats-table.js';

export interface RebuiltStats {
  readonly boot: number;
  readonly counters: ReadonlyMap<CounterName, bigint>;
  /** Where byte counters and their sum wrap, as on 32 bits; null where they do not. */
  readonly modulus: bigint | null;
  /** The duplicate list, newest name first; null where unknown. */
  readonly duplicates: readonly ListedModule[] | null;
  /** What the table lacks, and how to capture it: one sentence each. */
  readonly missing: readonly string[];
}

/** A sentence about the counters that neither a snapshot nor the trace gives. */
function missingCounters(counters: ReadonlyMap<CounterName, bigint>, { trace }: Boot): string[] {
  const absent = COUNTERS.filter((counter) => !counters.has(counter));
  if (absent.length === 0) return [];
  const labels = absent.map((counter) => COUNTER_LABELS[counter]).join(', ');
  const why = !trace
    ? 'there is no trace of attempts'
    : trace.complete
      ? 'the trace does not show them'
      : `${trace.reason}, so its sums are lower bounds`;
  return [`omitted: ${labels}; ${why}; capture a copy of /sys/kernel/debug/modules`];
}

const hasReasons = (row: ListRow): row is ListRow & { reasons: number } => row.reasons !== null;

/** Counters from the last snapshot where it has them, else summed over the trace. */
export function rebuildStats(model: CaseModel, boot: Boot): RebuiltStats {
  const last = model.snapshots.filter((snapshot) => snapshot.boot === boot.boot).at(-1);
  const attempts = model.attempts.filter((attempt) => attempt.boot === boot.boot);
  const complete = boot.trace?.complete ?? false;
  const totals = totalAttempts(attempts);
  const summed = countersOf(totals, complete);

  const counters = new Map<CounterName, bigint>();
  for (const counter of COUNTERS) {
    const value = last?.counters.get(counter)?.value ?? summed.get(counter);
    if (value === undefined) continue;
    counters.set(counter, boot.wordBits === 32 ? value % WRAPS_AT : value);
  }

  const missing = missingCounters(counters, boot);
  const replayed = complete && totals.listIsKnown ? totals.list : null;
  const printed = last && last.list !== 'absent' ? last.rows : null;
  const list = last?.list === 'cut' ? (replayed ?? printed) : (printed ?? replayed);
  if (list === null) {
    missing.push(
      "omitted: the duplicate list; capture the kernel's stats file, or a probe on try_add_failed_module",
    );
  } else if (list === printed && last?.list === 'cut') {
    missing.push('the duplicate list is truncated, by the kernel or in the copy: its oldest names are lost');
  }
  const duplicates = list?.filter(hasReasons) ?? null;
  if (list && duplicates && duplicates.length < list.length) {
    missing.push(`omitted: ${list.length - duplicates.length} duplicates without a printed reason`);
  }
  return { boot: boot.boot, counters, modulus: boot.wordBits === 32 ? WRAPS_AT : null, duplicates, missing };
}
