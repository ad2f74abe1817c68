/** Loads: modules that did load, when, and how long the load and its init took. */
import type { Event, InitCall } from '../model/event.js';
import { BOOT_CLOCK } from '../model/source.js';
import type { Attempt, Cite, LoadRow, SizeRow } from './model.js';

/** From attempts where there is a trace, else from initcall_debug, udev's and the kernel's lines, and live modules. */
export function loadRows(
  boot: number,
  attempts: readonly Attempt[],
  log: readonly Event[],
  context: readonly Event[],
  sizes: readonly SizeRow[],
): LoadRow[] {
  const memory = sizesOf(sizes, 'memory');
  const files = sizesOf(sizes, 'file');
  const inits = initDurations(log);
  const rows: LoadRow[] = [];
  const named = new Set<string>();
  /** A load of which nothing but this is said where it stands. */
  const addNamed = (module: string, t: bigint | null, cite: Cite): void => {
    named.add(module);
    rows.push({
      boot,
      module,
      t,
      clock: BOOT_CLOCK,
      loadNs: null,
      initNs: inits.get(module) ?? null,
      fileBytes: files.get(module) ?? null,
      memoryBytes: memory.get(module) ?? null,
      requester: null,
      comm: null,
      cite,
    });
  };

  for (const attempt of attempts) {
    const { module, start, loadedAt, end, clock } = attempt;
    if (attempt.outcome !== 'loaded' || module === null) continue;
    const timed = clock.unit === 'ns';
    named.add(module);
    rows.push({
      boot,
      module,
      t: start,
      clock,
      loadNs: timed ? between(start, loadedAt) : null,
      initNs: (timed ? between(loadedAt, end) : null) ?? inits.get(module) ?? null,
      fileBytes: files.get(module) ?? null,
      memoryBytes: attempt.memory ?? memory.get(module) ?? null,
      requester: attempt.requester,
      comm: attempt.comm,
      cite: attempt.cite,
    });
  }
  for (const event of log) {
    const module = loadedBy(event);
    if (module === null || named.has(module)) continue;
    addNamed(module, event.t, { source: event.source, line: event.line });
  }
  for (const event of context) {
    if (event.kind !== 'live-module' || named.has(event.module)) continue;
    addNamed(event.module, null, { source: event.source, line: event.line });
  }
  return rows;
}

const between = (from: bigint | null, to: bigint | null): bigint | null =>
  from === null || to === null ? null : to - from;

function loadedBy(event: Event): string | null {
  if (event.kind === 'initcall')
    return event.point === 'returned' && event.ret !== null && event.ret >= 0 ? event.module : null;
  if (event.kind === 'user-load') return event.what === 'inserted' ? event.module : null;
  return null;
}

function initDurations(log: readonly Event[]): Map<string, bigint> {
  const durations = new Map<string, bigint>();
  for (const event of log) {
    if (event.kind !== 'initcall') continue;
    const usecs = succeeded(event) ? event.usecs : null;
    if (usecs !== null) durations.set(event.module, BigInt(usecs) * 1000n);
  }
  return durations;
}

function succeeded(event: InitCall): boolean {
  return event.point === 'returned' && event.ret !== null && event.ret >= 0;
}

/** Sizes that all sources agree on, by module. */
export function sizesOf(sizes: readonly SizeRow[], of: SizeRow['of']): Map<string, number> {
  const found = new Map<string, number | null>();
  for (const size of sizes) {
    if (size.of !== of) continue;
    const known = found.get(size.module);
    found.set(size.module, known === undefined || known === size.bytes ? size.bytes : null);
  }
  return new Map([...found].flatMap(([module, bytes]) => (bytes === null ? [] : [[module, bytes] as const])));
}
