/** The kernel's `stats` table of one boot, rebuilt from whatever tells its numbers. */
import { COUNTER_LABELS, COUNTERS, type CounterName } from '../model/counters.js';
import { WRAPS_AT } from './kernel.js';
import type { Boot, CaseModel, ListRow } from './model.js';
import { countersOf, totalAttempts } from './replay.js';
import type { ListedModule } from './stats-table.js';

export interface RebuiltStats {
  readonly boot: number;
  readonly counters: ReadonlyMap<CounterName, bigint>;
  /** Where byte counters and their sum wrap, as on 32 bits; null where they do not. */
  readonly modulus: bigint | null;
  /** The duplicate list, newest name first; null where nothing tells it. */
  readonly duplicates: readonly ListedModule[] | null;
  /** What is left out of the table, and what would tell it: one sentence each. */
  readonly missing: readonly string[];
}

/** The counters that neither a dump nor the trace gives, why not, and what would. */
function missingCounters(counters: ReadonlyMap<CounterName, bigint>, { trace }: Boot): string[] {
  const absent = COUNTERS.filter((counter) => !counters.has(counter));
  if (absent.length === 0) return [];
  const labels = absent.map((counter) => COUNTER_LABELS[counter]).join(', ');
  const why = !trace
    ? 'there is no trace of load calls'
    : trace.complete
      ? 'no event of the trace tells them'
      : `${trace.reason}, so its sums are no totals`;
  return [`left out: ${labels}; ${why}; a copy of /sys/kernel/debug/modules would tell`];
}

const hasReasons = (row: ListRow): row is ListRow & { reasons: number } => row.reasons !== null;

/** Counters from the last debugfs snapshot where it has them, else summed over the trace. */
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
      "left out: the duplicate list; a probe on try_add_failed_module or the kernel's own table tells it",
    );
  } else if (list === printed && last?.list === 'cut') {
    missing.push('the duplicate list was cut by the kernel, or the copy is: its oldest names are lost');
  }
  const duplicates = list?.filter(hasReasons) ?? null;
  if (list && duplicates && duplicates.length < list.length) {
    missing.push(`left out: ${list.length - duplicates.length} duplicates whose reason was not printed`);
  }
  return { boot: boot.boot, counters, modulus: boot.wordBits === 32 ? WRAPS_AT : null, duplicates, missing };
}
