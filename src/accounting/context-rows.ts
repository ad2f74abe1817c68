/** Rows of what stands beside calls and counters: sizes, memory, boot times, allocations that failed. */
import type { Event } from '../model/event.js';
import type { AllocationRow, BootTimeRow, Cite, MemoryCounterRow, MemoryRow, SizeRow } from './model.js';

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

/** `log`: the merged logs of the boot, in which each thing stands once. */
export function contextRows(
  boot: number,
  context: readonly Event[],
  log: readonly Event[],
): {
  memory: MemoryRow[];
  memoryCounters: MemoryCounterRow[];
  times: BootTimeRow[];
  allocationFailures: AllocationRow[];
} {
  const memory: MemoryRow[] = [];
  const memoryCounters: MemoryCounterRow[] = [];
  const times: BootTimeRow[] = [];
  for (const event of context) {
    if (event.kind === 'memory-figure') {
      memory.push({ boot, what: event.what, bytes: event.bytes, cite: citeOf(event) });
    } else if (event.kind === 'memory-counter') {
      memoryCounters.push({ boot, name: event.name, count: event.count, cite: citeOf(event) });
    } else if (event.kind === 'boot-duration') {
      const { what, ns } = event;
      // A journal and systemd-analyze say the same of one boot.
      if (!times.some((known) => known.what === what && known.ns === ns))
        times.push({ boot, what, ns, cite: citeOf(event) });
    }
  }
  return { memory, memoryCounters, times, allocationFailures: allocationRows(boot, log) };
}

/** The allocator's line comes first, and a stack trace may stand before its caller's. */
const CALLER_NS = 10_000_000_000n;

/** Each failed allocation once: its caller says it after the allocator, and names the module. */
function allocationRows(boot: number, log: readonly Event[]): AllocationRow[] {
  const rows: AllocationRow[] = [];
  const nameless = new Map<string, number>();
  for (const event of log) {
    if (event.kind !== 'allocation-failure') continue;
    const { t, what, bytes, module, message } = event;
    const key = `${what} ${bytes}`;
    const at = nameless.get(key);
    const before = at === undefined ? undefined : rows[at];
    const same = before && (t === null || before.t === null || t - before.t <= CALLER_NS);
    if (module !== null && at !== undefined && same) {
      rows[at] = { ...before, module };
      nameless.delete(key);
      continue;
    }
    if (module === null) nameless.set(key, rows.length);
    rows.push({ boot, t, what, bytes, module, message, cite: citeOf(event) });
  }
  return rows;
}
