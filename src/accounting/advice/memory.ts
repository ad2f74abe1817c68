// SPDX-License-Identifier: Apache-2.0
/** What to do about allocations for modules that failed. */
import { largest } from '../../model/bounds.js';
import type { AllocationRow, Worth } from '../model.js';
import { Names } from '../worth.js';
import { type Advice, type AdviceEvidence, withoutBytes } from './evidence.js';
import { PERCPU_FULL } from './remedies.js';

/** A vmalloc area of a 32-bit kernel, or one that is set as small. */
const SMALL = 1 << 30;

export function memoryAdvice(evidence: AdviceEvidence): (Advice | null)[] {
  const all = evidence.allocationFailures;
  const percpu = all.filter(({ what }) => what === 'percpu');
  const vmalloc = all.filter(({ what }) => what !== 'percpu');
  return [percpuAdvice(percpu), vmallocAdvice(vmalloc, evidence)];
}

/** Whether the area in which modules are loaded is known to be small: modules alone can fill it. */
function isSmall({ memory, boot }: AdviceEvidence): boolean {
  const known = memory
    .filter(({ what }) => what === 'vmalloc-total' || what === 'vmalloc-estimate')
    .map(({ bytes }) => bytes);
  return known.length > 0 ? largest(known) <= SMALL : boot.wordBits === 32;
}

function percpuAdvice(rows: readonly AllocationRow[]): Advice | null {
  if (rows.length === 0) return null;
  return { ...worthOf(rows), kind: 'percpu-exhausted', text: PERCPU_FULL, evidence: 'allocation-failures' };
}

function vmallocAdvice(rows: readonly AllocationRow[], evidence: AdviceEvidence): Advice | null {
  if (rows.length === 0) return null;
  const small = isSmall(evidence);
  const wasted = (evidence.boot.wasted ?? 0n) > 0n;
  const area = small ? 'the small vmalloc area' : 'the address space for modules';
  const loads = rows.some(({ during }) => during === 'other')
    ? 'Load fewer modules and BPF programs'
    : 'Load fewer or smaller modules';
  const text = wasted
    ? `Stop the wasted loads first: they held ${area} while allocations failed; a larger area only moves the limit.`
    : `${loads} at a time: ${area} had no room${small ? '; vmalloc=SIZE enlarges it' : ''}.`;
  return {
    ...worthOf(rows),
    kind: 'vmalloc-exhausted',
    urgent: true,
    text,
    evidence: 'allocation-failures',
  };
}

function worthOf(rows: readonly AllocationRow[]): Worth {
  const modules = new Names();
  for (const { module, bytes } of rows) modules.add(module, BigInt(bytes ?? 0), 1n);
  return withoutBytes(BigInt(rows.length), modules.top(), []);
}
