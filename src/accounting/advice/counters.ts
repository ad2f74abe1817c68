// SPDX-License-Identifier: Apache-2.0
/** What to do about failures that only counters tell of: no list and no trace names a module. */

import { PHASES, type Phase } from '../../model/counters.js';
import type { Snapshot } from '../model.js';
import { countsOf } from '../phase-counts.js';
import { type Advice, type AdviceEvidence, withoutBytes } from './evidence.js';

export function counterAdvice({ boot, last, attempts, attribution }: AdviceEvidence): Advice | null {
  if (last === null || last.list !== 'absent' || boot.trace !== null) return null;
  if (attempts.length > 0 || attribution.length > 0 || (boot.wasted ?? 0n) === 0n) return null;
  const figures = PHASES.flatMap((phase) => phaseFigures(phase, last));
  const sofar = figures.length === 0 ? '' : ` What they show: ${figures.join('; ')}.`;
  return {
    ...withoutBytes(boot.failures ?? 0n, [], []),
    // All of it where the failures were duplicates of one module; nothing where they were not.
    low: 0n,
    high: boot.lowerBound ? null : boot.wasted,
    basis: 'bounded',
    kind: 'unnamed-failures',
    text: `Capture the duplicate list and a trace of the boot first: counters alone name neither modules nor tasks.${sofar}`,
    evidence: 'phase-waste',
  };
}

/** The average tells the size of a module where one makes most failures. */
function phaseFigures(phase: Phase, last: Snapshot): string[] {
  const { failures, bytes } = countsOf(last, phase);
  if (!failures || !bytes) return [];
  const average = bytes / failures;
  const loads = failures === 1n ? '1 load' : `${failures.toLocaleString('en-US')} loads`;
  const each = `${loads} failed in ${phase}, ${mib(average)} each on average`;
  switch (phase) {
    case 'becoming':
      return [`${each}, as when the module is already live or being loaded`];
    case 'load':
      // 2 L, and C of a compressed file.
      return [`${each} (images of ${mib(average / 2n)} at most), as when loads of one module race`];
    default:
      return [each];
  }
}

function mib(bytes: bigint): string {
  const [unit, name] = bytes < 1n << 20n ? [1n << 10n, 'KiB'] : [1n << 20n, 'MiB'];
  const tenths = (bytes * 10n + unit / 2n) / unit;
  return `${tenths / 10n}.${tenths % 10n} ${name}`;
}
