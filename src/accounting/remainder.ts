/** The remainder: failures that the counters hold and that neither a duplicate nor a traced call explains. */
import { PHASE_COUNTERS, type Phase } from '../model/counters.js';
import { BOOT_CLOCK } from '../model/source.js';
import type { BoundsResult } from './bounds/index.js';
import type { FailureRow, SnapshotReading } from './model.js';

export const REMAINDER = 'not told by the counters';

/** Rows for a boot of which there are counters but no trace that balances them. */
export function remainderRows(
  boot: number,
  last: SnapshotReading,
  solved: BoundsResult | null,
): FailureRow[] {
  const rows = (['kread', 'decompress'] as const).flatMap((phase) => early(boot, last, phase));
  if (!solved || last.list === 'absent') return rows;
  const { others } = solved;
  const total = others.becomingHigh === null || others.loadHigh === null ? null : totalOthers(last);
  if (total === null || total === 0) return rows;
  const exactSplit = others.becomingLow === others.becomingHigh && others.loadLow === others.loadHigh;
  if (!exactSplit) {
    rows.push(row(boot, last, null, total, others.bytesLow, others.bytesHigh));
    return rows;
  }
  if (others.becomingLow > 0) {
    rows.push(
      row(boot, last, 'becoming', others.becomingLow, others.becomingBytesLow, others.becomingBytesHigh),
    );
  }
  if (others.loadLow > 0)
    rows.push(row(boot, last, 'load', others.loadLow, others.loadBytesLow, others.loadBytesHigh));
  return rows;
}

function totalOthers(last: SnapshotReading): number | null {
  const becoming = last.counters.get('failed_becoming')?.value;
  const load = last.counters.get('failed_load_modules')?.value;
  if (becoming === undefined || load === undefined) return null;
  return Number(becoming + load) - last.rows.reduce((sum, { times }) => sum + times, 0);
}

/** kread and decompress failures are never duplicates. */
function early(boot: number, last: SnapshotReading, phase: Phase): FailureRow[] {
  const count = last.counters.get(PHASE_COUNTERS[phase].count)?.value ?? 0n;
  const bytes = last.counters.get(PHASE_COUNTERS[phase].bytes)?.value ?? null;
  return count > 0n ? [row(boot, last, phase, Number(count), bytes ?? 0n, bytes)] : [];
}

function row(
  boot: number,
  last: SnapshotReading,
  phase: Phase | null,
  times: number,
  low: bigint,
  high: bigint | null,
): FailureRow {
  return {
    boot,
    reason: phase === 'kread' ? 'read' : phase === 'decompress' ? 'decompress' : REMAINDER,
    module: null,
    phase,
    errno: null,
    times,
    wasted: low === high ? low : null,
    basis: low === high ? 'derived' : 'bounded',
    firstT: null,
    clock: BOOT_CLOCK,
    cite: last.cite,
  };
}
