// SPDX-License-Identifier: Apache-2.0
/** What a snapshot of the counters holds for one phase, and for all four. */
import { PHASE_COUNTERS, PHASES, type Phase } from '../model/counters.js';
import type { Snapshot } from './model.js';

/** Failed loads of a phase and the bytes they were charged; null where unknown. */
export interface PhaseCounts {
  readonly failures: bigint | null;
  readonly bytes: bigint | null;
}

export function countsOf({ counters }: Pick<Snapshot, 'counters'>, phase: Phase): PhaseCounts {
  const { count, bytes } = PHASE_COUNTERS[phase];
  return { failures: counters.get(count)?.value ?? null, bytes: counters.get(bytes)?.value ?? null };
}

/** The bytes of the four phases together; null where one of them is unknown. */
export function bytesOfPhases(snapshot: Pick<Snapshot, 'counters'>): bigint | null {
  let sum = 0n;
  for (const phase of PHASES) {
    const { bytes } = countsOf(snapshot, phase);
    if (bytes === null) return null;
    sum += bytes;
  }
  return sum;
}
