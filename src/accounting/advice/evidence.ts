// SPDX-License-Identifier: Apache-2.0
/** What advice is made of, and how much following it would save. */
import { add, atLeast, type Bounds, big, intersection, NONE, total } from '../../model/bounds.js';
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
}

export interface Advice extends Worth {
  readonly kind: AdviceKind;
  /** Comes before all that only saves memory: something hangs, is refused, or has no room. */
  readonly urgent: boolean;
  readonly text: string;
  /** The canned query whose rows show it. */
  readonly evidence: string;
}

const MOST_NAMES = 3;

/** Names by weight, then by calls; as many as advice names. */
export class Names {
  readonly #weights = new Map<string, { bytes: bigint; calls: bigint }>();

  add(name: string | null, bytes: bigint, calls: bigint): void {
    if (name === null) return;
    const known = this.#weights.get(name);
    if (known) {
      known.bytes += bytes;
      known.calls += calls;
    } else this.#weights.set(name, { bytes, calls });
  }

  top(): string[] {
    return [...this.#weights]
      .sort(
        ([a, x], [b, y]) => descending(x.bytes, y.bytes) || descending(x.calls, y.calls) || (a < b ? -1 : 1),
      )
      .slice(0, MOST_NAMES)
      .map(([name]) => name);
  }
}

export const descending = (a: bigint, b: bigint): number => (a > b ? -1 : a < b ? 1 : 0);

/** modprobe and insmod work for whoever ran them. */
export function callerOf({ comm, requester, parentComm, callSite }: Attempt): string {
  const name = comm ?? requester;
  if (requester === 'kernel' && callSite !== null) return `${name} for ${callSite}`;
  const forSomeone = (requester === 'modprobe' || requester === 'insmod') && parentComm !== null;
  return forSomeone ? `${name} of ${parentComm}` : name;
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
  const rows = remainder.filter(({ phase }) => phase === 'becoming' || phase === 'load');
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
