// SPDX-License-Identifier: Apache-2.0
/** Problems of a boot other than failed loads: throttled requests, stuck loads, failed units, slow inits. */

import type {
  Event,
  InitCall,
  InitRefusal,
  RequestFailure,
  StuckLoad,
  Throttle,
  UnitFailure,
  UserLoad,
} from '../../model/event.js';
import { getOrAdd } from '../../model/groups.js';
import { BOOT_CLOCK } from '../../model/source.js';
import type { ProblemKind } from '../kinds.js';
import type { Attempt, LoadRow, ProblemRow } from '../model.js';
import { failedModules, killedLoads } from './user-inserts.js';

/** An init that blocks its task this long delays udev's settling, mounts and the boot. */
const SLOW_INIT_NS = 5_000_000_000n;

/** One row for each kind, name and task; `log`: the merged logs of the boot. */
export function problemRows(
  boot: number,
  log: readonly Event[],
  loads: readonly LoadRow[],
  attempts: readonly Attempt[],
): ProblemRow[] {
  const rows = new Map<string, ProblemRow>();
  const add = (row: ProblemRow): void => {
    const key = JSON.stringify([row.kind, row.module, row.who]);
    const known = rows.get(key);
    rows.set(key, known ? merged(known, row) : row);
  };
  const units = new UnitFailures();
  const failed = failedModules(log);
  const busy = busyElsewhere(log);
  const { told } = killedLoads(log);
  const builtIn = initsBeforeUserSpace(log);
  let before: Event | null = null;
  for (const event of log) {
    if (builtIn.has(event)) continue;
    if (isWorker(event) && (busy.has(event.pid) || isSameKill(before, event))) continue;
    before = event;
    const finding = event.kind === 'unit-failure' ? units.next(event) : problemOf(event);
    // Android's init also prints "unable to load" for each failed load.
    if (finding === null || (finding.kind === 'not-found' && failed.has(finding.module))) continue;
    const { t, source, line } = event;
    const module = finding.module ?? told.get(event)?.module ?? null;
    add({ boot, t, clock: BOOT_CLOCK, cite: { source, line }, ...finding, module });
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
  for (const call of unfinishedInits(log)) if (isLong(call)) add({ boot, clock: BOOT_CLOCK, ...call });
  return [...rows.values()].filter((row) => isOfLoads(row, attempts));
}

/** Refusals before init runs: the drivers are in the kernel image. */
function initsBeforeUserSpace(log: readonly Event[]): ReadonlySet<Event> {
  // A log may start in the initramfs, where modules are loaded; systemd says again that it runs after that.
  const start = log.findIndex(
    (event) =>
      event.kind === 'boot-mark' && event.what === 'user-space' && !event.value.startsWith('systemd '),
  );
  return new Set(log.slice(0, Math.max(start, 0)).filter(({ kind }) => kind === 'init-refusal'));
}

/** udev workers that a program other than a loader holds up, by their pids. */
function busyElsewhere(log: readonly Event[]): ReadonlySet<number | null> {
  return new Set(
    log.flatMap((event) =>
      event.kind === 'stuck-load' && event.what === 'other-program' ? [event.pid] : [],
    ),
  );
}

const isWorker = (event: Event): event is StuckLoad =>
  event.kind === 'stuck-load' && (event.what === 'slow-worker' || event.what === 'killed-worker');

/** udev before systemd 213: `worker [219] DEVICE timeout; kill it`, then `seq 1878 'DEVICE' killed`. */
function isSameKill(before: Event | null, { what, pid }: StuckLoad): boolean {
  const isKilled = before?.kind === 'stuck-load' && before.what === 'killed-worker';
  return isKilled && what === 'killed-worker' && pid === null && before.pid !== null;
}

/**
 * A driver in the kernel image prints one refusal, so only repeated ones are of loads; calls of a trace have their failures
 * themselves.
 */
function isOfLoads({ kind, times }: ProblemRow, attempts: readonly Attempt[]): boolean {
  return kind !== 'refused-init' || (times > 1 && attempts.length === 0);
}

type Finding = Pick<ProblemRow, 'kind' | 'module' | 'who' | 'times' | 'durationNs' | 'message'>;

function problemOf(event: Event): Finding | null {
  switch (event.kind) {
    case 'throttle':
      return throttled(event);
    case 'stuck-load':
      return stuck(event);
    case 'request-failure':
      return failedRequest(event);
    case 'user-load':
      return noLoad(event);
    case 'init-refusal':
      return refused(event);
    default:
      return null;
  }
}

/** In place of a number that no kernel prints. */
const UNKNOWN = 'an unknown number of';

function throttled({ what, requested: module, count, limit, seconds }: Throttle): Finding {
  const finding = { module, who: null, times: count ?? 1, durationNs: nsOf(seconds) };
  switch (what) {
    case 'busy':
      return {
        ...finding,
        kind: 'refused-request',
        message: `request_module: modprobe ${module} cannot be processed, kmod busy with ${limit ?? UNKNOWN} threads for more than ${seconds ?? UNKNOWN} seconds`,
      };
    case 'runaway-loop':
      return {
        ...finding,
        kind: 'refused-request',
        message: `request_module: runaway loop modprobe ${module}`,
      };
    case 'concurrent-max':
      return {
        ...finding,
        kind: 'throttled',
        message: `request_module: ${limit ?? UNKNOWN} requests were running (max_modprobes), ${module} had to wait`,
      };
    case 'suppressed':
      return {
        ...finding,
        kind: 'throttled',
        message: `request_module: ${count ?? 'more'} callbacks suppressed`,
      };
  }
}

const STUCK: Readonly<Record<Exclude<StuckLoad['what'], 'other-program'>, ProblemKind>> = {
  'hung-task': 'stuck-load',
  'hung-request': 'stuck-load',
  lockup: 'stuck-load',
  crashed: 'crashed-load',
  'slow-worker': 'slow-worker',
  'killed-worker': 'killed-worker',
};

function stuck({ what, module, comm, pid, seconds, message }: StuckLoad): Finding | null {
  if (what === 'other-program') return null;
  const who = comm === null ? null : pid === null ? comm : `${comm}:${pid}`;
  return { kind: STUCK[what], module, who, times: 1, durationNs: nsOf(seconds), message };
}

/** Null for a request that the policy permitted. */
function failedRequest({ what, requested: module, comm: who, message }: RequestFailure): Finding | null {
  if (what === 'permitted') return null;
  const kind = what === 'denied' ? 'denied-request' : 'failed-request';
  return { kind, module, who, times: 1, durationNs: null, message };
}

function refused({ why, module, message }: InitRefusal): Finding | null {
  if (why === 'registered') return null;
  const who = module === null ? message.slice(0, message.indexOf(':')) : null;
  return { kind: 'refused-init', module, who, times: 1, durationNs: null, message };
}

/** A module without a file, refused by modprobe, or whose install command failed: without an attempt it is no failed load. */
function noLoad({ what, module, tool }: UserLoad): Finding | null {
  const finding = { module, who: tool, times: 1, durationNs: null };
  if (what === 'not-found')
    return { ...finding, kind: 'not-found', message: `${tool} found no module ${module}` };
  if (what === 'unsupported')
    return {
      ...finding,
      kind: 'unsupported-module',
      message: `${tool} refused ${module}: it is unsupported`,
    };
  return what === 'command-failed'
    ? {
        ...finding,
        kind: 'failed-command',
        message: `the install command of modprobe.d for ${module} failed`,
      }
    : null;
}

/** One failure of a unit prints up to four lines. */
class UnitFailures {
  readonly #seen = new Map<string, { failures: number; readonly lines: Map<UnitFailure['what'], number> }>();

  /** Null where an earlier line reported the same failure. */
  next({ unit, what, message }: UnitFailure): Finding | null {
    const known = getOrAdd(this.#seen, unit, () => ({ failures: 0, lines: new Map() }));
    const lines = (known.lines.get(what) ?? 0) + 1;
    known.lines.set(what, lines);
    if (lines <= known.failures) return null;
    known.failures = lines;
    return { kind: 'failed-unit', module: null, who: unit, times: 1, durationNs: null, message };
  }
}

/** initcall_debug: inits that were called and did not return before the end of the log. */
function* unfinishedInits(log: readonly Event[]): Generator<Finding & Pick<ProblemRow, 't' | 'cite'>> {
  const open = new Map<string, InitCall>();
  let last: bigint | null = null;
  for (const event of log) {
    if (event.t !== null && (last === null || event.t > last)) last = event.t;
    if (event.kind !== 'initcall') continue;
    const key = `${event.module} ${event.func}`;
    if (event.point === 'calling') open.set(key, event);
    else open.delete(key);
  }
  for (const { module, pid, t, source, line } of open.values()) {
    yield {
      kind: 'unfinished-init',
      module,
      who: pid === null ? null : `pid ${pid}`,
      times: 1,
      durationNs: t === null || last === null ? null : last - t,
      message: `the init of ${module} was called, and the log shows no return`,
      t,
      cite: { source, line },
    };
  }
}

function isLong({ durationNs }: Finding): boolean {
  return durationNs !== null && durationNs >= SLOW_INIT_NS;
}

/** Modules whose init was called shortly before the log ends: it may have returned right behind. */
export function initsAtTheEnd(log: readonly Event[]): string[] {
  return [...unfinishedInits(log)].flatMap((call) =>
    isLong(call) || call.module === null ? [] : [call.module],
  );
}

const nsOf = (seconds: number | null): bigint | null =>
  seconds === null ? null : BigInt(seconds) * 1_000_000_000n;

/** A task that hangs or spins is reported again and again, with longer times; one that is killed, until it ends; one crashes once. */
function isSameStuckTask(first: ProblemRow, next: ProblemRow): boolean {
  const [before, after] = [first.durationNs, next.durationNs];
  const hasPid = first.who !== null && /:\d+$/.test(first.who);
  if (first.kind === 'killed-worker' || first.kind === 'crashed-load') return hasPid;
  return first.kind === 'stuck-load' && hasPid && before !== null && after !== null && after > before;
}

/** The first place, all times, the longest duration. */
function merged(first: ProblemRow, next: ProblemRow): ProblemRow {
  const durations = [first.durationNs, next.durationNs].filter((ns) => ns !== null);
  const durationNs = durations.reduce<bigint | null>(
    (most, ns) => (most === null || ns > most ? ns : most),
    null,
  );
  const times = isSameStuckTask(first, next) ? first.times : first.times + next.times;
  return { ...first, times, durationNs };
}
