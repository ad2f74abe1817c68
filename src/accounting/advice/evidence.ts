// SPDX-License-Identifier: Apache-2.0
/** The evidence that advice is based on, and how much following it would save. */

import { add, atLeast, type Bounds, big, intersection, NONE, total } from '../../model/bounds.js';
import { hasDuplicates } from '../../model/counters.js';
import type { AdviceKind } from '../kinds.js';
import type {
  AllocationRow,
  Attempt,
  AttributionRow,
  Basis,
  BootRow,
  FailureRow,
  KernelOptionRow,
  MemoryRow,
  ProblemRow,
  RemainderRow,
  Request,
  Snapshot,
  Worth,
} from '../model.js';
import { maskOf, type Remedies, type Remedy, savingsOf } from '../remedies/types.js';
import { callerOf, Names } from '../worth.js';

/** What the accounting knows of one boot. */
export interface AdviceEvidence {
  readonly boot: BootRow;
  readonly attempts: readonly Attempt[];
  readonly attribution: readonly AttributionRow[];
  readonly failures: readonly FailureRow[];
  readonly requests: readonly Request[];
  readonly problems: readonly ProblemRow[];
  readonly allocationFailures: readonly AllocationRow[];
  readonly memory: readonly MemoryRow[];
  readonly kernelOptions: readonly KernelOptionRow[];
  /** The newest dump of the counters, byte counters that wrapped corrected. */
  readonly last: Snapshot | null;
  /** The counters shared out between duplicates and other failures; none without counters. */
  readonly remainder: readonly RemainderRow[];
  readonly remedies: Remedies;
}

export interface Advice extends Worth {
  readonly kind: AdviceKind;
  /** Comes before all that only saves memory: something hangs, is refused, or has no room. False where missing. */
  readonly urgent?: boolean;
  readonly text: string;
  /** The canned query whose rows show it. */
  readonly evidence: string;
}

/** What remedies save together; the names are those of the first. */
export function worthOfRemedies(
  { remedies }: AdviceEvidence,
  first: Remedy,
  ...others: readonly Remedy[]
): Worth {
  const row = remedies.rows.find(({ remedy }) => remedy === first);
  const { low, high, calls } = savingsOf(remedies, maskOf(first, ...others));
  return {
    low,
    high,
    basis: low === high ? 'derived' : 'bounded',
    calls: calls.high,
    modules: row?.modules ?? [],
    who: row?.who ?? [],
  };
}

export function worthOf({ low, high, basis, calls, modules, who }: Worth): Worth {
  return { low, high, basis, calls, modules, who };
}

/** Of calls of a trace; `complete` false: the trace lacks some, and the sums are lower bounds. */
export function worthOfCalls(attempts: readonly Attempt[], complete: boolean): Worth {
  const modules = new Names();
  const who = new Names();
  let bytes: Bounds = complete ? NONE : atLeast(NONE);
  let measured = complete;
  for (const attempt of attempts) {
    const least = BigInt(attempt.wasted.low);
    bytes = add(bytes, big(attempt.wasted));
    measured &&= attempt.basis === 'measured';
    modules.add(attempt.module, least, 1n);
    who.add(callerOf(attempt), least, 1n);
  }
  return {
    ...bytes,
    basis: measured ? 'measured' : 'bounded',
    calls: BigInt(attempts.length),
    modules: modules.top(),
    who: who.top(),
  };
}

const FIRMNESS: readonly Basis[] = ['measured', 'derived', 'bounded', 'estimated'];

/** Duplicates by module, without a trace of their attempts. */
export function worthOfModules(rows: readonly AttributionRow[], evidence: AdviceEvidence): Worth {
  const modules = new Names();
  let calls = 0n;
  let basis: Basis = 'measured';
  for (const row of rows) {
    calls += row.times;
    if (FIRMNESS.indexOf(row.basis) > FIRMNESS.indexOf(basis)) basis = row.basis;
    modules.add(row.module, row.bytes ?? row.low, row.times);
  }
  const sum = total(rows, NONE);
  const all = duplicateBytes(evidence);
  const isWhole = evidence.last?.list === 'whole' && rows.length === evidence.attribution.length;
  // The bounds of modules do not add up: what one has, another has not.
  const bytes = intersection(sum, isWhole ? all : { ...all, low: 0n });
  return { ...bytes, basis: rows.length === 0 ? null : basis, calls, modules: modules.top(), who: [] };
}

/** What all duplicates of the boot cost by its counters. */
function duplicateBytes({ remainder }: AdviceEvidence): Bounds {
  const rows = remainder.filter(({ phase }) => hasDuplicates(phase));
  const bytes = total(
    rows.map((row) => row.duplicateBytes),
    NONE,
  );
  return rows.length === 2 ? bytes : atLeast(bytes);
}

/** Of failures by reason; `attempts`: the boot's calls, which tell who made them. */
export function worthOfFailures(rows: readonly FailureRow[], attempts: readonly Attempt[]): Worth {
  const modules = new Names();
  const who = new Names();
  let low: bigint | null = null;
  let exact = true;
  let calls = 0n;
  for (const { module, times, wasted, basis, phase, errno } of rows) {
    calls += BigInt(times);
    modules.add(module, wasted ?? 0n, BigInt(times));
    if (wasted !== null) low = (low ?? 0n) + wasted;
    exact &&= wasted !== null && (basis === 'measured' || basis === 'derived');
    for (const attempt of attempts) {
      if (attempt.outcome !== 'failed' || attempt.module !== module) continue;
      if (attempt.phase === phase && attempt.errno === errno) {
        who.add(callerOf(attempt), BigInt(attempt.wasted.low), 1n);
      }
    }
  }
  return {
    low,
    high: exact ? low : null,
    basis: low === null ? null : exact ? 'derived' : 'bounded',
    calls,
    modules: modules.top(),
    who: who.top(),
  };
}

/** Advice whose savings are unknown. */
export function withoutBytes(calls: bigint, modules: readonly string[], who: readonly string[]): Worth {
  return { low: null, high: null, basis: null, calls, modules, who };
}
