// SPDX-License-Identifier: Apache-2.0
/**
 * The remainder: of the counters, what no duplicate explains. Per phase, duplicates and other failures share the counter
 * out without a rest; the log or a trace gives the reasons of the other failures.
 */

import { type Bounds, big, exactly, exactOf, NONE, noLessThan, rest, total } from '../../model/bounds.js';
import { hasDuplicates, PHASES, type Phase } from '../../model/counters.js';
import { BOOT_CLOCK } from '../../model/source.js';
import type { BoundsResult } from '../bounds/index.js';
import type { CountedBytes, FailureRow, RemainderRow, Snapshot } from '../model.js';
import { countsOf } from '../phase-counts.js';
import type { TraceTotals } from './ledger.js';

/** Reason of failures that the counters hold and neither the log nor a trace explains. */
const UNATTRIBUTED = 'unattributed';

/** A row for each phase with a counter. `known`: failures in the log or a trace. */
export function remainderRows(
  boot: number,
  last: Snapshot,
  solved: BoundsResult,
  trace: TraceTotals | null,
  known: readonly FailureRow[],
  counted: ReadonlyMap<Phase, CountedBytes> = new Map(),
): RemainderRow[] {
  return PHASES.flatMap((phase) => {
    const { failures: counterFailures, bytes: counterBytes } = countsOf(last, phase);
    if (counterFailures === null && counterBytes === null) return [];
    const { duplicates, duplicateBytes: bytes } = duplicatesOf(
      phase,
      counterFailures,
      counterBytes,
      last,
      solved,
      trace,
    );
    const alone = duplicates.low > 0n && duplicates.low === counterFailures;
    const duplicateBytes = alone ? all(counterBytes, counted.get(phase)?.low ?? 0n, bytes) : bytes;
    return [
      {
        boot,
        phase,
        counterFailures,
        counterBytes,
        duplicates,
        duplicateBytes,
        otherFailures: rest(counterFailures, duplicates),
        otherBytes: alone ? NONE : rest(counterBytes, duplicateBytes),
        reasons: reasonsOf(phase, known),
        signature: hasDuplicates(phase) ? solved.signature : null,
      },
    ];
  });
}

/** The bytes of duplicates that are all failures of their phase: the counter's, or at least `least` where it may have wrapped. */
function all(counter: bigint | null, least: bigint, bytes: Bounds): Bounds {
  return counter === null ? noLessThan(least, bytes) : exactly(counter);
}

function duplicatesOf(
  phase: Phase,
  failures: bigint | null,
  bytes: bigint | null,
  last: Snapshot,
  { unexplained }: BoundsResult,
  trace: TraceTotals | null,
): { duplicates: Bounds; duplicateBytes: Bounds } {
  // The module's name is unknown while it is read and decompressed: there are no duplicates in these phases.
  if (phase === 'kread' || phase === 'decompress') return { duplicates: NONE, duplicateBytes: NONE };
  const traced = trace?.totals.phases[phase];
  if (
    trace?.complete &&
    traced &&
    traced.failures === failures &&
    bytes !== null &&
    exactOf(traced.bytes) === bytes
  ) {
    const { duplicates, duplicateBytes } = traced;
    return { duplicates: exactly(duplicates), duplicateBytes };
  }
  const seen = { duplicates: traced?.duplicates ?? 0n, bytes: traced?.duplicateBytes.low ?? 0n };
  if (last.list === 'absent') {
    return {
      duplicates: { low: seen.duplicates, high: failures },
      duplicateBytes: { low: seen.bytes, high: bytes },
    };
  }
  const { calls, bytes: unlisted } = unexplained[phase];
  // A truncated list lost duplicates: unexplained failures may be duplicates as well.
  const left = (bounds: Bounds): Bounds => (last.list === 'cut' ? { ...bounds, low: 0n } : bounds);
  return {
    duplicates: noLessThan(seen.duplicates, rest(failures, left(big(calls)))),
    duplicateBytes: noLessThan(seen.bytes, rest(bytes, left(unlisted))),
  };
}

function reasonsOf(phase: Phase, known: readonly FailureRow[]): string | null {
  const times = new Map<string, number>();
  for (const row of known) {
    if (row.phase === phase) times.set(row.reason, (times.get(row.reason) ?? 0) + row.times);
  }
  const named = [...times].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return named.length === 0 ? null : named.map(([reason, count]) => `${reason} ${count}`).join(', ');
}

/**
 * The known failures, and the unattributed ones of the counters. A reason that is alone in its phase gets the bytes of
 * that phase's other failures.
 */
export function withRemainder(
  boot: number,
  last: Snapshot,
  remainder: readonly RemainderRow[],
  known: readonly FailureRow[],
): FailureRow[] {
  const rows = [...known];
  const open: RemainderRow[] = [];
  for (const row of remainder) {
    if (row.otherFailures.low !== row.otherFailures.high) {
      open.push(row);
      continue;
    }
    const left = unattributedOf(row, known);
    if (left.calls > 0n) rows.push(unattributedRow(boot, last, row.phase, left.calls, left.bytes));
    else nameAlone(rows, row);
  }
  // The number of other failures may be known without their split between two phases.
  const others = open.length === 2 ? totalOtherFailures(last, open) : null;
  if (others !== null) {
    const parts = open.map((row) => unattributedOf(row, known));
    const calls = others - open.reduce((sum, row) => sum + timesIn(row.phase, known), 0n);
    const bytes = total(
      parts.map(({ bytes }) => bytes),
      NONE,
    );
    if (calls > 0n) rows.push(unattributedRow(boot, last, null, calls, bytes));
  }
  return rows;
}

/** Failures of both phases minus all duplicates; null where the list may not hold every duplicate. */
function totalOtherFailures(last: Snapshot, open: readonly RemainderRow[]): bigint | null {
  if (last.list !== 'whole' && last.list !== 'empty') return null;
  const listed = last.rows.reduce((sum, row) => sum + BigInt(row.times), 0n);
  let others = -listed;
  for (const { counterFailures } of open) {
    if (counterFailures === null) return null;
    others += counterFailures;
  }
  return others;
}

/** The phase's other failures minus the known ones. */
function unattributedOf(row: RemainderRow, known: readonly FailureRow[]): { calls: bigint; bytes: Bounds } {
  let bytes: Bounds = row.otherBytes;
  for (const { phase, wasted, basis } of known) {
    if (phase !== row.phase) continue;
    const least = wasted ?? 0n;
    const exact = basis === 'measured' || basis === 'derived';
    const low = exact ? bytes.low - least : 0n;
    bytes = { low: low > 0n ? low : 0n, high: bytes.high === null ? null : bytes.high - least };
  }
  return { calls: row.otherFailures.low - timesIn(row.phase, known), bytes };
}

function timesIn(phase: Phase, known: readonly FailureRow[]): bigint {
  return known.reduce((sum, row) => (row.phase === phase ? sum + BigInt(row.times) : sum), 0n);
}

function nameAlone(rows: FailureRow[], { phase, otherFailures, otherBytes }: RemainderRow): void {
  const mine = rows.filter((row) => row.phase === phase);
  const [alone] = mine;
  if (!alone || mine.length > 1 || alone.wasted !== null || BigInt(alone.times) !== otherFailures.low) return;
  const wasted = exactOf(otherBytes);
  if (wasted !== null) rows[rows.indexOf(alone)] = { ...alone, wasted, basis: 'derived' };
}

function unattributedRow(
  boot: number,
  last: Snapshot,
  phase: Phase | null,
  calls: bigint,
  { low, high }: Bounds,
): FailureRow {
  const exact = low === high;
  return {
    boot,
    reason: phase === 'kread' ? 'read' : phase === 'decompress' ? 'decompress' : UNATTRIBUTED,
    module: null,
    phase,
    errno: null,
    times: Number(calls),
    wasted: exact || low > 0n ? low : null,
    basis: exact ? 'derived' : low > 0n ? 'bounded' : null,
    spentNs: null,
    timedCalls: 0,
    firstT: null,
    clock: BOOT_CLOCK,
    cite: last.cite,
  };
}
