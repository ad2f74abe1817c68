// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel's counters of one boot: corrected where they wrapped or hold error codes, shared out between duplicates and
 * other failures, and compared with the events.
 */
import { hasDuplicates, PHASES, type Phase } from '../../model/counters.js';
import { type Kernel, type WordBits, WRAPS_AT } from '../kernel.js';
import type {
  Attempt,
  AttributionRow,
  Cite,
  CountedBytes,
  FailureRow,
  LedgerRow,
  RemainderRow,
  SizeRow,
  Snapshot,
} from '../model.js';
import { countsOf } from '../phase-counts.js';
import { attribute } from './attribution.js';
import { errorsAdded, withoutErrors } from './kread-errors.js';
import { ledgerRows, type TraceTotals } from './ledger.js';
import { remainderRows, withRemainder } from './remainder.js';
import { unwrapCounters, wrapNotes } from './wraps.js';

export interface CounterEvidence {
  readonly boot: number;
  /** Oldest first. */
  readonly snapshots: readonly Snapshot[];
  readonly attempts: readonly Attempt[];
  /** Null without a trace of attempts. */
  readonly trace: TraceTotals | null;
  readonly kernel: Kernel;
  readonly sizes: readonly SizeRow[];
  /** Bytes of the vmalloc area, where known. */
  readonly area: number | null;
  /** Other failures that the log or a trace shows. */
  readonly failures: readonly FailureRow[];
}

export interface Counted {
  /** The newest snapshot, corrected. */
  readonly last: Snapshot | null;
  /** Word size of the kernel, by its counters where they show it. */
  readonly wordBits: WordBits;
  /** Phases whose bytes are not the counter's, or may not be. */
  readonly counted: ReadonlyMap<Phase, CountedBytes>;
  readonly attribution: readonly AttributionRow[];
  readonly remainder: readonly RemainderRow[];
  /** With those that only the counters hold. */
  readonly failures: readonly FailureRow[];
  readonly ledger: readonly LedgerRow[];
  readonly doubts: readonly Doubt[];
}

interface Doubt {
  readonly code: 'counter-wrapped' | 'attribution-conflict';
  /** The snapshot concerned. */
  readonly cite: Cite | null;
  readonly detail: string;
}

export function countersOfBoot(evidence: CounterEvidence): Counted {
  const { boot, snapshots, attempts, trace, kernel, sizes, area, failures } = evidence;
  const errors = errorsAdded(attempts, kernel);
  const usable = snapshots.map((snapshot) => withoutErrors(snapshot, kernel, trace, errors));
  const unwrapped = unwrapCounters(
    usable.map(({ snapshot }) => snapshot),
    kernel.wordBits,
    { trace, attempts, sizes, area },
  );
  const last = unwrapped?.snapshot ?? usable.at(-1)?.snapshot ?? null;
  const bits = unwrapped?.bits ?? kernel.wordBits;
  const kread = usable.at(-1)?.kread ?? null;
  const counted = new Map(unwrapped?.phases);
  if (kread) counted.set('kread', kread);
  const complete = trace?.complete ?? false;
  const { rows, solved } = attribute(boot, last, attempts, sizes, complete, leastInLoad(last, counted));
  const remainder = last && solved ? remainderRows(boot, last, solved, trace, failures, counted) : [];
  return {
    last,
    wordBits: bits,
    counted,
    attribution: rows,
    remainder,
    failures: last ? withRemainder(boot, last, remainder, failures) : failures,
    ledger: ledgerRows(boot, snapshots, trace, unwrapped?.bits === 32 ? WRAPS_AT : null, kread),
    doubts: [
      ...wrapNotes(counted, bits).map(
        (detail): Doubt => ({ code: 'counter-wrapped', cite: snapshots.at(-1)?.cite ?? null, detail }),
      ),
      ...(solved?.conflict
        ? [{ code: 'attribution-conflict', cite: last?.cite ?? null, detail: solved.conflict } as const]
        : []),
    ],
  };
}

/** Bytes of becoming and load, at least. */
function leastInLoad(last: Snapshot | null, counted: ReadonlyMap<Phase, CountedBytes>): bigint {
  return PHASES.filter(hasDuplicates).reduce(
    (sum, phase) => sum + (counted.get(phase)?.low ?? (last && countsOf(last, phase).bytes) ?? 0n),
    0n,
  );
}
