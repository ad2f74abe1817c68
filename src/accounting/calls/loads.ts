// SPDX-License-Identifier: Apache-2.0
/** Successful loads: when, and how long the load and its init took. */

import type { Event, InitCall } from '../../model/event.js';
import { addTo } from '../../model/groups.js';
import { BOOT_CLOCK } from '../../model/source.js';
import type { Attempt, Cite, LoadRow, SizeRow } from '../model.js';

/**
 * One row per load, from attempts of a trace, else from initcall_debug; one row per module where only messages of user
 * space or the list of live modules show it.
 */
export function loadRows(
  boot: number,
  attempts: readonly Attempt[],
  log: readonly Event[],
  context: readonly Event[],
  sizes: readonly SizeRow[],
): LoadRow[] {
  const memory = sizesOf(sizes, 'memory');
  const files = sizesOf(sizes, 'file');
  const inits = initsOf(log);
  const rows: LoadRow[] = [];
  const named = new Set<string>();
  /** Adds a load known by its name alone. */
  const addNamed = (module: string, t: bigint | null, initNs: bigint | null, cite: Cite): void => {
    named.add(module);
    rows.push({
      boot,
      module,
      t,
      clock: BOOT_CLOCK,
      loadNs: null,
      initNs,
      fileBytes: files.get(module) ?? null,
      memoryBytes: memory.get(module) ?? null,
      requester: null,
      comm: null,
      cite,
    });
  };

  // From the end: a trace may have started late.
  for (const attempt of attempts.toReversed()) {
    const { module, start, loadedAt, end, clock } = attempt;
    if (attempt.outcome !== 'loaded' || module === null) continue;
    const timed = clock.unit === 'ns';
    const logged = inits.get(module)?.pop();
    named.add(module);
    rows.push({
      boot,
      module,
      t: start,
      clock,
      // A trace without the call starts at module_load itself.
      loadNs: timed && start !== loadedAt ? between(start, loadedAt) : null,
      initNs: (timed ? between(loadedAt, end) : null) ?? logged?.ns ?? null,
      fileBytes: files.get(module) ?? null,
      memoryBytes: attempt.memory ?? memory.get(module) ?? null,
      requester: attempt.requester,
      comm: attempt.comm,
      cite: attempt.cite,
    });
  }
  rows.reverse();
  for (const [module, left] of inits) for (const { t, ns, cite } of left) addNamed(module, t, ns, cite);
  for (const event of log) {
    if (event.kind !== 'user-load' || event.what !== 'inserted' || named.has(event.module)) continue;
    // It was printed after the load.
    addNamed(event.module, null, null, { source: event.source, line: event.line });
  }
  for (const event of context) {
    if (event.kind !== 'live-module' || named.has(event.module)) continue;
    addNamed(event.module, null, null, { source: event.source, line: event.line });
  }
  return rows;
}

const between = (from: bigint | null, to: bigint | null): bigint | null =>
  from === null || to === null ? null : to - from;

/** An init that succeeded, by initcall_debug. */
interface Init {
  /** When it started, where its call was printed, or its end and how long it took. */
  readonly t: bigint | null;
  readonly ns: bigint | null;
  readonly cite: Cite;
}

function initsOf(log: readonly Event[]): Map<string, Init[]> {
  const inits = new Map<string, Init[]>();
  const calling = new Map<string, InitCall>();
  for (const event of log) {
    if (event.kind !== 'initcall') continue;
    if (event.point === 'calling') {
      calling.set(event.module, event);
      continue;
    }
    const call = calling.get(event.module);
    calling.delete(event.module);
    if (event.ret === null || event.ret < 0) continue;
    const ns = event.usecs === null ? null : BigInt(event.usecs) * 1000n;
    const t = call?.t ?? (event.t === null || ns === null ? null : event.t - ns);
    const { source, line } = call ?? event;
    addTo(inits, event.module, { t: t !== null && t < 0n ? 0n : t, ns, cite: { source, line } });
  }
  return inits;
}

/** Sizes by module, where all sources agree. */
export function sizesOf(sizes: readonly SizeRow[], of: SizeRow['of']): Map<string, number> {
  const found = new Map<string, number | null>();
  for (const size of sizes) {
    if (size.of !== of) continue;
    const known = found.get(size.module);
    found.set(size.module, known === undefined || known === size.bytes ? size.bytes : null);
  }
  return new Map([...found].flatMap(([module, bytes]) => (bytes === null ? [] : [[module, bytes] as const])));
}
