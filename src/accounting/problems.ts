/** What went wrong in a boot and is no failed load of its own: throttled requests, stuck loads, failed units, slow inits. */
import type { Event } from '../model/event.js';
import { BOOT_CLOCK } from '../model/source.js';
import type { LoadRow, ProblemRow } from './model.js';

/** An init that holds its task this long holds what waits for it: udev's settling, the mounts, the boot. */
const SLOW_INIT_NS = 5_000_000_000n;

/** One row for each kind, name and task; `log`: the merged logs of the boot. */
export function problemRows(boot: number, log: readonly Event[], loads: readonly LoadRow[]): ProblemRow[] {
  const rows = new Map<string, ProblemRow>();
  const add = (row: ProblemRow): void => {
    const key = JSON.stringify([row.kind, row.module, row.who]);
    const known = rows.get(key);
    rows.set(key, known ? merged(known, row) : row);
  };
  for (const event of log) {
    const said = problemOf(event);
    if (said === null) continue;
    const { t, source, line } = event;
    add({ boot, t, clock: BOOT_CLOCK, cite: { source, line }, ...said });
  }
  for (const { module, initNs, comm, t, clock, cite } of loads) {
    if (initNs === null || initNs < SLOW_INIT_NS) continue;
    const message = `the init of ${module} took long`;
    add({
      boot,
      kind: 'slow-init',
      module,
      who: comm,
      times: 1,
      durationNs: initNs,
      message,
      t,
      clock,
      cite,
    });
  }
  return [...rows.values()];
}

type Said = Pick<ProblemRow, 'kind' | 'module' | 'who' | 'times' | 'durationNs' | 'message'>;

/** kmod_concurrent_max waits five seconds for a slot, then refuses (kernel/module/kmod.c: MAX_KMOD_ALL_BUSY_TIMEOUT). */
const BUSY_NS = 5_000_000_000n;

function problemOf(event: Event): Said | null {
  if (event.kind !== 'throttle') return null;
  const { requested: module, count } = event;
  switch (event.what) {
    case 'busy':
      return {
        kind: 'refused-request',
        module,
        who: null,
        times: 1,
        durationNs: BUSY_NS,
        message: `request_module: modprobe ${module} cannot be processed, kmod busy`,
      };
    case 'concurrent-max':
      return {
        kind: 'throttled',
        module,
        who: null,
        times: 1,
        durationNs: null,
        message: `request_module: kmod_concurrent_max close to 0, for module ${module}, throttling`,
      };
    case 'suppressed':
      return {
        kind: 'throttled',
        module: null,
        who: null,
        times: count ?? 1,
        durationNs: null,
        message: `request_module: ${count ?? 'more'} callbacks suppressed`,
      };
  }
}

/** The first place, all times, the longest duration. */
function merged(first: ProblemRow, next: ProblemRow): ProblemRow {
  const durations = [first.durationNs, next.durationNs].filter((ns) => ns !== null);
  const durationNs = durations.reduce<bigint | null>(
    (most, ns) => (most === null || ns > most ? ns : most),
    null,
  );
  return { ...first, times: first.times + next.times, durationNs };
}
