// SPDX-License-Identifier: Apache-2.0
/** Duplicates of each module in a trace: counts and bytes by phase. */
import { REASON_BECOMING, REASON_LOAD } from '../model/counters.js';
import type { Attempt, AttributionRow, ListRow } from './model.js';

interface Sum {
  low: bigint;
  high: bigint | null;
}

export interface Traced {
  becoming: bigint;
  load: bigint;
  /** Duplicates whose phase noSums isFullyTraced. */
  withoutPhase: bigint;
  readonly becomingBytes: Sum;
  readonly loadBytes: Sum;
  readonly bytes: Sum;
  readonly images: Set<number | null>;
  readonly compressed: Set<number | null>;
}

export function tracedDuplicates(attempts: readonly Attempt[]): Map<string, Traced> {
  const traced = new Map<string, Traced>();
  for (const attempt of attempts) {
    if (attempt.outcome !== 'duplicate' || attempt.module === null) continue;
    const own = traced.get(attempt.module) ?? noSums();
    traced.set(attempt.module, own);
    add(own.bytes, attempt);
    if (attempt.phase === 'becoming') {
      own.becoming++;
      add(own.becomingBytes, attempt);
    } else if (attempt.phase === 'load') {
      own.load++;
      add(own.loadBytes, attempt);
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
    becomingBytes: { low: 0n, high: 0n },
    loadBytes: { low: 0n, high: 0n },
    bytes: { low: 0n, high: 0n },
    images: new Set(),
    compressed: new Set(),
  };
}

function add(sum: Sum, { wasted }: Attempt): void {
  sum.low += BigInt(wasted.low);
  sum.high = sum.high === null || wasted.high === null ? null : sum.high + BigInt(wasted.high);
}

export function timesOf(own: Traced): bigint {
  return own.becoming + own.load + own.withoutPhase;
}

/** True where the trace holds every duplicate of the row with its phase and bytes. */
export function isFullyTraced(own: Traced | undefined, row: ListRow): own is Traced {
  if (own === undefined) return false;
  return own.withoutPhase === 0n && timesOf(own) >= BigInt(row.times) && own.bytes.high === own.bytes.low;
}

/** A row that the trace alone isFullyTraced. */
export function tracedRow(boot: number, module: string, own: Traced, listed: ListRow | null): AttributionRow {
  const reasons = (own.becoming > 0n ? REASON_BECOMING : 0) | (own.load > 0n ? REASON_LOAD : 0);
  const { low, high } = own.bytes;
  return {
    boot,
    module,
    times: timesOf(own),
    reasons: listed?.reasons ?? (own.withoutPhase > 0n ? null : reasons),
    becoming: { low: own.becoming, high: own.becoming + own.withoutPhase },
    load: { low: own.load, high: own.load + own.withoutPhase },
    image: only(own.images),
    compressed: only(own.compressed),
    bytes: high === low ? low : null,
    low,
    high,
    basis: high === low ? 'measured' : 'bounded',
    origin: 'trace',
  };
}

function only(values: ReadonlySet<number | null>): bigint | null {
  const [value] = values;
  return values.size === 1 && value !== null && value !== undefined ? BigInt(value) : null;
}
