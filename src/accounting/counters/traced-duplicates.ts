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

/** Duplicates that may be of any module, at most; null: no bound. */
export interface Nameless {
  readonly becoming: bigint | null;
  readonly load: bigint | null;
  readonly bytes: bigint | null;
}

export const NO_NAMELESS: Nameless = { becoming: 0n, load: 0n, bytes: 0n };
const ANY: Nameless = { becoming: null, load: null, bytes: null };

/** Those whose module the trace does not name; it may lack any number of them where it is not complete. */
export function namelessDuplicates(attempts: readonly Attempt[], complete: boolean): Nameless {
  if (!complete) return ANY;
  const nameless = attempts.filter(({ outcome, module }) => outcome === 'duplicate' && module === null);
  const inPhase = (phase: Attempt['phase']): bigint =>
    BigInt(nameless.filter((attempt) => attempt.phase === null || attempt.phase === phase).length);
  const bytes = nameless.reduce((sum, { wasted }) => add(sum, big(wasted)), NONE as Bounds);
  return { becoming: inPhase('becoming'), load: inPhase('load'), bytes: bytes.high };
}

/** A row from the trace alone; `nameless` may be of its module as well. */
export function tracedRow(
  boot: number,
  module: string,
  own: Traced,
  listed: ListRow | null,
  nameless: Nameless,
): AttributionRow {
  const reasons = (own.becoming > 0n ? REASON_BECOMING : 0) | (own.load > 0n ? REASON_LOAD : 0);
  const isWhole = nameless.becoming === 0n && nameless.load === 0n;
  const bytes = isWhole ? exactOf(own.bytes) : null;
  return {
    boot,
    module,
    times: timesOf(own),
    reasons: listed?.reasons ?? (own.withoutPhase > 0n || !isWhole ? null : reasons),
    becoming: { low: own.becoming, high: sum(own.becoming + own.withoutPhase, nameless.becoming) },
    load: { low: own.load, high: sum(own.load + own.withoutPhase, nameless.load) },
    image: only(own.images),
    compressed: only(own.compressed),
    bytes,
    low: own.bytes.low,
    high: sum(own.bytes.high, nameless.bytes),
    basis: bytes === null ? 'bounded' : 'measured',
    origin: 'trace',
  };
}

const sum = (a: bigint | null, b: bigint | null): bigint | null => (a === null || b === null ? null : a + b);

function only(values: ReadonlySet<number | null>): bigint | null {
  const [value] = values;
  return values.size === 1 && value !== null && value !== undefined ? BigInt(value) : null;
}
