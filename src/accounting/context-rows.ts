// SPDX-License-Identifier: Apache-2.0
/** Rows of context: sizes, memory, boot times. */
import type { Event } from '../model/event.js';
import type {
  BootTimeRow,
  CaptureStepRow,
  Cite,
  KernelOptionRow,
  MemoryCounterRow,
  MemoryRow,
  SizeRow,
} from './model.js';

/** Of a 32-bit x86 kernel: its part of the address space, of which low memory takes the first. */
const KERNEL_SPACE = 1 << 30;
/** What lies between low memory and the vmalloc area, and behind that (VMALLOC_OFFSET, pkmap, fixmap). */
const BETWEEN = 25 << 20;

const citeOf = ({ source, line }: Event): Cite => ({ source, line });

/** Each size of each file once. */
export function sizeRows(boot: number, events: readonly Event[]): SizeRow[] {
  const rows = new Map<string, SizeRow>();
  for (const event of events) {
    if (event.kind !== 'module-size') continue;
    const key = `${event.module} ${event.of} ${event.bytes} ${event.path ?? ''}`;
    if (rows.has(key)) continue;
    const { module, of, bytes, path } = event;
    rows.set(key, { boot, module, of, bytes, path, cite: citeOf(event) });
  }
  return [...rows.values()];
}

export function contextRows(
  boot: number,
  context: readonly Event[],
): {
  memory: MemoryRow[];
  memoryCounters: MemoryCounterRow[];
  kernelOptions: KernelOptionRow[];
  times: BootTimeRow[];
  captureSteps: CaptureStepRow[];
} {
  const memory: MemoryRow[] = [];
  const memoryCounters: MemoryCounterRow[] = [];
  const kernelOptions: KernelOptionRow[] = [];
  const times: BootTimeRow[] = [];
  const reported = new Set<string>();
  const captureSteps: CaptureStepRow[] = [];
  for (const event of context) {
    if (event.kind === 'memory-figure') {
      memory.push({ boot, what: event.what, bytes: event.bytes, cite: citeOf(event) });
      if (event.what === 'lowmem') {
        const bytes = Math.max(0, KERNEL_SPACE - event.bytes - BETWEEN);
        memory.push({ boot, what: 'vmalloc-estimate', bytes, cite: citeOf(event) });
      }
    } else if (event.kind === 'memory-counter') {
      memoryCounters.push({ boot, name: event.name, count: event.count, cite: citeOf(event) });
    } else if (event.kind === 'kernel-option') {
      const { name, value, release } = event;
      kernelOptions.push({ boot, name, value, release, cite: citeOf(event) });
    } else if (event.kind === 'capture-step') {
      const { what, result, detail } = event;
      captureSteps.push({ boot, what, result, detail, cite: citeOf(event) });
    } else if (event.kind === 'boot-duration') {
      const { what, ns } = event;
      // A journal and systemd-analyze report the same times.
      if (reported.has(`${what} ${ns}`)) continue;
      reported.add(`${what} ${ns}`);
      times.push({ boot, what, ns, cite: citeOf(event) });
    }
  }
  return { memory, memoryCounters, kernelOptions, times, captureSteps };
}
