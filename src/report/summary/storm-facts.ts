/** Facts of the shape of a storm, and of who is behind it, asked of the store. */
import type { SqlValue } from '../../query/database.js';

/** Asks for rows about one boot, which the SQL names $boot. */
export type Ask = (sql: string) => SqlValue[][];

export interface StormFact {
  /** Begin of the first and the last duplicate or failed call, in nanoseconds of the trace's clock. */
  readonly first: bigint;
  readonly last: bigint;
  readonly calls: bigint;
  /** Time inside these calls, from enter to exit, added up. */
  readonly inside: bigint;
  /** Most calls of any outcome at once. */
  readonly peak: bigint;
  /** Allocations that the log says failed between first and last. */
  readonly allocationFailures: bigint;
}

export interface ShareFact {
  readonly side: 'kernel' | 'user space' | 'unknown';
  readonly calls: bigint;
  readonly duplicates: bigint;
  readonly wasted: bigint;
}

/** Duplicate calls of one program for modules that were live before the call began. */
export interface LateFact {
  readonly comm: string;
  readonly calls: bigint;
  readonly modules: bigint;
}

/** The counters of becoming and load, shared out between duplicates and the rest. */
export interface RemainderFact {
  readonly duplicatesLow: bigint;
  readonly duplicatesHigh: bigint;
  readonly othersLow: bigint;
  readonly othersHigh: bigint;
}

const int = (value: SqlValue | undefined): bigint => BigInt((value ?? 0) as bigint | number);

const WASTED = `outcome IN ('duplicate', 'failed')`;
const TIMED = `boot = $boot AND clock <> 'ticks' AND t_ns IS NOT NULL AND end_ns IS NOT NULL`;

/** Null where no failed call has a time. */
export function stormFact(ask: Ask): StormFact | null {
  const [row] = ask(
    `SELECT min(t_ns), max(t_ns), count(*), sum(end_ns - t_ns) FROM attempts WHERE ${TIMED} AND ${WASTED}`,
  );
  if (!row || row[0] == null) return null;
  const [peak] = ask(
    `SELECT max(calls) FROM (
       SELECT sum(step) OVER (PARTITION BY clock ORDER BY t_ns, step ROWS UNBOUNDED PRECEDING) AS calls FROM (
         SELECT clock, t_ns, 1 AS step FROM attempts WHERE ${TIMED}
         UNION ALL SELECT clock, end_ns, -1 FROM attempts WHERE ${TIMED}))`,
  );
  const [failed] = ask(
    `SELECT count(*) FROM allocation_failures WHERE boot = $boot AND t_ns BETWEEN ${row[0]} AND ${row[1]}`,
  );
  return {
    first: int(row[0]),
    last: int(row[1]),
    calls: int(row[2]),
    inside: int(row[3]),
    peak: int(peak?.[0]),
    allocationFailures: int(failed?.[0]),
  };
}

export function shareFacts(ask: Ask): ShareFact[] {
  return ask(
    `SELECT CASE requester WHEN 'kernel' THEN 'kernel' WHEN 'unknown' THEN 'unknown' ELSE 'user space' END AS side,
       count(*), sum(outcome = 'duplicate'), sum(wasted_low) AS wasted
     FROM attempts WHERE boot = $boot GROUP BY side ORDER BY wasted DESC, side`,
  ).map((cells) => ({
    side: cells[0] === 'kernel' ? 'kernel' : cells[0] === 'unknown' ? 'unknown' : 'user space',
    calls: int(cells[1]),
    duplicates: int(cells[2]),
    wasted: int(cells[3]),
  }));
}

/** Most calls first; calls that the kernel asked for are its own to avoid. */
export function lateFacts(ask: Ask): LateFact[] {
  return ask(
    `WITH live AS (
       SELECT module, clock, min(end_ns) AS since FROM attempts
       WHERE ${TIMED} AND outcome = 'loaded' AND module IS NOT NULL GROUP BY module, clock
     )
     SELECT a.comm, count(*) AS n, count(DISTINCT a.module) FROM attempts AS a JOIN live AS l USING (module, clock)
     WHERE a.boot = $boot AND a.outcome = 'duplicate' AND a.t_ns > l.since AND a.requester <> 'kernel' AND a.comm IS NOT NULL
     GROUP BY a.comm ORDER BY n DESC, a.comm`,
  ).map((cells) => ({ comm: String(cells[0]), calls: int(cells[1]), modules: int(cells[2]) }));
}

/** Null where there are no counters, or nothing bounds one of the two phases. */
export function remainderFact(ask: Ask): RemainderFact | null {
  const [row] = ask(
    `SELECT sum(duplicate_bytes_low), sum(duplicate_bytes_high), sum(other_bytes_low), sum(other_bytes_high),
       count(duplicate_bytes_high) = 2 AND count(other_bytes_high) = 2
     FROM remainder WHERE boot = $boot AND phase IN ('becoming', 'load')`,
  );
  if (!row || int(row[4]) !== 1n) return null;
  return {
    duplicatesLow: int(row[0]),
    duplicatesHigh: int(row[1]),
    othersLow: int(row[2]),
    othersHigh: int(row[3]),
  };
}
