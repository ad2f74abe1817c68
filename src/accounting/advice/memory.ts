// SPDX-License-Identifier: Apache-2.0
/** What to do about allocations for modules that failed. */
import { largest } from '../../model/bounds.js';
import type { AllocationRow } from '../model.js';
import { Names } from '../worth.js';
import { type Advice, type AdviceEvidence, withoutBytes } from './evidence.js';

/** A vmalloc area of a 32-bit kernel, or one that is set as small. */
const SMALL = 1 << 30;

export function memoryAdvice(evidence: AdviceEvidence): Advice[] {
  const { allocationFailures } = evidence;
  return [
    ...advise(
      evidence,
      allocationFailures.filter(({ what }) => what === 'percpu'),
      percpu,
    ),
    ...advise(
      evidence,
      allocationFailures.filter(({ what }) => what !== 'percpu'),
      vmalloc,
    ),
  ];
}

/** Whether the area in which modules are loaded is known to be small: modules alone can fill it. */
function isSmall({ memory, boot }: AdviceEvidence): boolean {
  const known = memory
    .filter(({ what }) => what === 'vmalloc-total' || what === 'vmalloc-estimate')
    .map(({ bytes }) => bytes);
  return known.length > 0 ? largest(known) <= SMALL : boot.wordBits === 32;
}

type MemoryAdvice = Pick<Advice, 'kind' | 'urgent' | 'text'>;

function advise(
  evidence: AdviceEvidence,
  rows: readonly AllocationRow[],
  adviseOn: (evidence: AdviceEvidence, rows: readonly AllocationRow[]) => MemoryAdvice,
): Advice[] {
  if (rows.length === 0) return [];
  const modules = new Names();
  for (const { module, bytes } of rows) modules.add(module, BigInt(bytes ?? 0), 1n);
  const worth = withoutBytes(BigInt(rows.length), modules.top(), []);
  return [{ ...worth, ...adviseOn(evidence, rows), evidence: 'allocation-failures' }];
}

function percpu(): MemoryAdvice {
  return {
    kind: 'percpu-exhausted',
    urgent: false,
    text: 'Load fewer modules with per-CPU data: the area reserved for modules is full (PERCPU_MODULE_RESERVE, fixed at build time).',
  };
}

function vmalloc(evidence: AdviceEvidence, rows: readonly AllocationRow[]): MemoryAdvice {
  const small = isSmall(evidence);
  const wasted = (evidence.boot.wasted ?? 0n) > 0n;
  const area = small ? 'the small vmalloc area' : 'the address space for modules';
  const loads = rows.some(({ during }) => during === 'other')
    ? 'Load fewer modules and BPF programs'
    : 'Load fewer or smaller modules';
  const text = wasted
    ? `Stop the wasted loads first: they held ${area} while allocations failed; a larger area only moves the limit.`
    : `${loads} at a time: ${area} had no room${small ? '; vmalloc=SIZE enlarges it' : ''}.`;
  return { kind: 'vmalloc-exhausted', urgent: true, text };
}
