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
  const pages = all.filter(isOfPages);
  const vmalloc = all.filter((row) => row.what !== 'percpu' && !isOfPages(row));
  return [percpuAdvice(percpu), pagesAdvice(pages), vmallocAdvice(vmalloc, evidence)];
}

/** Physical memory was short, also for what vmalloc had found room for (mm/vmalloc.c:__vmalloc_area_node). */
const isOfPages = ({ what, message }: AllocationRow): boolean =>
  what === 'pages' ||
  (what === 'vmap' &&
    /failed to allocate pages|page order \d+ allocation failed|, allocated \d+ of /.test(message));

/** `insmod: page allocation failure: order:8`: 2^8 pages side by side. */
const ORDER = / failure[.:] order:(\d{1,2})\b/;

function pagesAdvice(rows: readonly AllocationRow[]): Advice | null {
  if (rows.length === 0) return null;
  const sized = rows.map((row) => ({ ...row, order: Number(ORDER.exec(row.message)?.[1] ?? 0) }));
  const most = sized.reduce((a, b) => (b.order > a.order ? b : a));
  const block = `no block of ${2 ** most.order} contiguous pages was free`;
  const text =
    most.order === 0
      ? 'Free memory before loading: there was no page left.'
      : most.during === 'init'
        ? `Load it early in the boot, or have its driver ask for smaller blocks: ${block} for its init, as memory was low or fragmented.`
        : `Free memory or compact it (/proc/sys/vm/compact_memory) before loading: ${block}, as memory was low or fragmented.`;
  return { ...worthOf(rows), kind: 'memory-exhausted', urgent: true, text, evidence: 'allocation-failures' };
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
  // The buffer of the file lies where any vmalloc does.
  const isFile = rows.every(({ during }) => during === 'read');
  const area = small
    ? 'the small vmalloc area'
    : isFile
      ? 'the vmalloc area'
      : 'the address space for modules';
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
