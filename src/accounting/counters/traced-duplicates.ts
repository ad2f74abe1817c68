// SPDX-License-Identifier: Apache-2.0
/** Duplicates of each module in a trace: counts and bytes by phase. */
import { add, type Bounds, big, exactOf, NONE } from '../../model/bounds.js';
import { REASON_BECOMING, REASON_LOAD } from '../../model/counters.js';
import type { Attempt, AttributionRow, ListRow } from '../model.js';

export interface Traced {
  becoming: bigint;
  load: bigint;
  /** Duplicates whose phase nothing shows. */
  withoutPhase: bigint;
  becomingBytes: Bounds;
  loadBytes: Bounds;
  bytes: Bounds;
  readonly images: Set<number | null>;
  readonly compressed: Set<number | null>;
}

export function tracedDuplicates(attempts: readonly Attempt[]): Map<string, Traced> {
  const traced = new Map<string, Traced>();
  for (const attempt of attempts) {
    if (attempt.outcome !== 'duplicate' || attempt.module === null) continue;
    const own = traced.get(attempt.module) ?? noSums();
    traced.set(attempt.module, own);
    const bytes = big(attempt.wasted);
    own.bytes = add(own.bytes, bytes);
    if (attempt.phase === 'becoming') {
      own.becoming++;
      own.becomingBytes = add(own.becomingBytes, bytes);
    } else if (attempt.phase === 'load') {
      own.load++;
      own.loadBytes = add(own.loadBytes, bytes);
    } else own.withoutPhase++;
    own.images.add(attempt.image);
    own.compressed.add(attempt.compressed);
  }
  return traced;
}

function noSums(): Traced {
  return {
    becoming: 0n,
    load: 0n,
    withoutPhase: 0n,
    becomingBytes: NONE,
    loadBytes: NONE,
    bytes: NONE,
    images: new Set(),
    compressed: new Set(),
  };
}

export function timesOf(own: Traced): bigint {
  return own.becoming + own.load + own.withoutPhase;
}

/** True where the trace holds every duplicate of the row with its phase and bytes. */
export function isFullyTraced(own: Traced | undefined, row: ListRow): own is Traced {
  if (own === undefined) return false;
  return own.withoutPhase === 0n && timesOf(own) >= BigInt(row.times) && exactOf(own.bytes) !== null;
}

/** A row from the trace alone. */
export function tracedRow(boot: number, module: string, own: Traced, listed: ListRow | null): AttributionRow {
  const reasons = (own.becoming > 0n ? REASON_BECOMING : 0) | (own.load > 0n ? REASON_LOAD : 0);
  const bytes = exactOf(own.bytes);
  return {
    boot,
    module,
    times: timesOf(own),
    reasons: listed?.reasons ?? (own.withoutPhase > 0n ? null : reasons),
    becoming: { low: own.becoming, high: own.becoming + own.withoutPhase },
    load: { low: own.load, high: own.load + own.withoutPhase },
    image: only(own.images),
    compressed: only(own.compressed),
    bytes,
    ...own.bytes,
    basis: bytes === null ? 'bounded' : 'measured',
    origin: 'trace',
  };
}

function only(values: ReadonlySet<number | null>): bigint | null {
  const [value] = values;
  return values.size === 1 && value !== null && value !== undefined ? BigInt(value) : null;
}
