// SPDX-License-Identifier: Apache-2.0
/**
 * Other failures, by reason. The kernel gives the reason only in its log, which names no call: a logged reason goes to
 * a failed attempt for the same module, or, where one of the two has no name, to the nearest in time with a matching
 * errno and phase. A line without a matching attempt is a failure of its own.
 */
import type { Event, InitCall, LoadFailure, UserLoad } from '../model/event.js';
import { BOOT_CLOCK, type SourceClock } from '../model/source.js';
import type { Explained } from './explained.js';
import { loadsOfLines } from './failure-lines.js';
import { byErrno, inferredReason, mayReturn } from './failure-reasons.js';
import { groupBy } from './group-by.js';
import { isOlder } from './kernel.js';
import { LogClock } from './log-clock.js';
import type { Attempt, Cite, FailureRow } from './model.js';

/** Log lines of one boot with reasons of failed loads. */
export interface LoggedFailures {
  readonly failures: readonly LoadFailure[];
  readonly inits: readonly InitCall[];
  /** Failed inserts reported by udev, modprobe and similar tools. */
  readonly inserts: readonly UserLoad[];
  readonly clock: LogClock;
}

interface Case {
  readonly reason: string;
  /** Null for a message without a name, until user space names it. */
  module: string | null;
  phase: FailureRow['phase'];
  errno: number | null;
  wasted: { low: bigint; high: bigint | null } | null;
  t: bigint | null;
  clock: SourceClock;
  cite: Cite;
}

/** `partial`: the attempts are not all that were made. */
export function failureRows(
  boot: number,
  { attempts, reasons, open }: Explained,
  logged: LoggedFailures,
  partial = false,
): FailureRow[] {
  const failed = attempts.filter((attempt) => attempt.outcome === 'failed');
  const cases = failed.map((attempt) => callCase(attempt, reasons.get(attempt)));
  const traced = attempts.some((attempt) => attempt.outcome !== 'unknown');
  const known = {
    modules: new Set(cases.map(({ module }) => module)),
    reasons: new Set(cases.map(({ reason }) => reason)),
  };
  cases.push(...loadsOfLines(traced ? open.unexplained(known) : open.left()).map(logCase));
  if (!cases.some(({ phase }) => phase === 'init')) cases.push(...failedInits(logged.inits));
  if (!traced || partial) cases.push(...failedInserts(logged.inserts, cases));
  return group(boot, cases);
}

function callCase(attempt: Attempt, line: LoadFailure | undefined): Case {
  const { low, high } = attempt.wasted;
  return {
    reason: line?.reason ?? inferredReason(attempt),
    module: attempt.module ?? line?.module ?? null,
    phase: attempt.phase,
    errno: attempt.errno,
    wasted: { low: BigInt(low), high: high === null ? null : BigInt(high) },
    t: attempt.start,
    clock: attempt.clock,
    cite: attempt.cite,
  };
}

function logCase(line: LoadFailure): Case {
  return {
    reason: line.reason,
    module: line.module,
    phase: line.phase,
    errno: line.errno,
    wasted: null,
    t: line.t,
    clock: BOOT_CLOCK,
    cite: { source: line.source, line: line.line },
  };
}

/** initcall_debug: each failed return of a module's init is a load that the counters do not count. */
function failedInits(inits: readonly InitCall[]): Case[] {
  return inits
    .filter((init) => init.point === 'returned' && init.ret !== null && init.ret < 0)
    .map((init) => ({
      reason: 'init',
      module: init.module,
      phase: 'init' as const,
      errno: init.ret === null ? null : -init.ret,
      wasted: null,
      t: init.t,
      clock: BOOT_CLOCK,
      cite: { source: init.source, line: init.line },
    }));
}

/** Only the module's own init returns ENODEV. */
const ENODEV = 19;
const EBUSY = 16;
const EEXIST = 17;

/**
 * Modules that user space could not insert, without a kernel message. These tools ignore EEXIST; EBUSY is a duplicate of
 * a load that then failed, which they report as a failure.
 */
function failedInserts(inserts: readonly UserLoad[], known: readonly Case[]): Case[] {
  const named = new Set(known.map((one) => one.module));
  const nameless = new Set(known.filter((one) => one.module === null));
  return inserts.flatMap((insert) => {
    const { module, errno, t, source, line } = insert;
    if (named.has(module) || errno === EEXIST) return [];
    const same = rejectionOf(insert, nameless);
    if (same) {
      Object.assign(same, { module, errno });
      nameless.delete(same);
      return [];
    }
    return [
      {
        reason: errno === EBUSY ? 'busy' : errno === ENODEV ? 'init' : (byErrno(errno) ?? 'other'),
        module,
        phase: errno === ENODEV ? ('init' as const) : null,
        errno,
        wasted: null,
        t,
        clock: BOOT_CLOCK,
        cite: { source, line },
      },
    ];
  });
}

/** A tool prints its message soon after the kernel's. */
const ANSWERED_WITHIN = 10_000_000_000n;

/** The last failure without a name in the kernel's message that matches the tool's errno. */
function rejectionOf(insert: UserLoad, nameless: ReadonlySet<Case>): Case | undefined {
  if (insert.errno === null) return undefined;
  return [...nameless].findLast(({ reason, t, cite }) => {
    if (!mayReturn(reason as LoadFailure['reason'], insert.errno)) return false;
    if (cite.source === insert.source && cite.line > insert.line) return false;
    if (t === null || insert.t === null) return true;
    return t <= insert.t ? insert.t - t <= ANSWERED_WITHIN : false;
  });
}

function group(boot: number, cases: readonly Case[]): FailureRow[] {
  const groups = groupBy(cases, (one) => [one.reason, one.module, one.phase, one.errno].join('\t'));
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const exact = members.every((one) => one.wasted !== null && one.wasted.high === one.wasted.low);
    const low = members.reduce((sum, one) => sum + (one.wasted?.low ?? 0n), 0n);
    return [
      {
        boot,
        reason: first.reason,
        module: first.module,
        phase: first.phase,
        errno: first.errno,
        times: members.length,
        wasted: exact || low > 0n ? low : null,
        basis: exact ? ('measured' as const) : low > 0n ? ('bounded' as const) : null,
        firstT: first.t,
        clock: first.clock,
        cite: first.cite,
      },
    ];
  });
}

/** The lines of a boot's log that failureRows needs. */
export function loggedFailures(events: readonly Event[], release: string | null): LoggedFailures {
  const failures: LoadFailure[] = [];
  const inits: InitCall[] = [];
  const inserts: UserLoad[] = [];
  const kernel = { release, ...kernelOf(events) };
  for (const event of events) {
    if (event.kind === 'load-failure') {
      const last = failures.at(-1);
      if (event.names && last && isNamelessOf(last, event))
        failures[failures.length - 1] = { ...last, module: event.module };
      else if (fails(event, kernel)) {
        if (last && isRefusalOf(last, event)) failures.pop();
        failures.push(event);
      }
    } else if (event.kind === 'initcall') inits.push(event);
    else if (event.kind === 'user-load' && event.what === 'failed') inserts.push(event);
  }
  return { failures, inits, inserts, clock: new LogClock(events) };
}

/** What decides whether a message means a failure. */
interface Kernel {
  readonly release: string | null;
  /** Debian kernels refuse modules without symbol versions, as kernels before 4.9 did. */
  readonly debian: boolean;
  /** False where a module was loaded without a valid signature. */
  readonly enforces: boolean;
}

function kernelOf(events: readonly Event[]): Omit<Kernel, 'release'> {
  return {
    debian: events.some((event) => event.kind === 'kernel-version' && / Debian /.test(event.banner)),
    enforces: !events.some((event) => event.kind === 'taint' && event.what === 'unsigned'),
  };
}

/** An unknown release counts as a current one. */
function fails({ fails, reason }: LoadFailure, { release, debian, enforces }: Kernel): boolean {
  if (fails === 'always') return true;
  if (fails === 'if enforced') return enforces;
  const [when = '', border = ''] = fails.split(' ');
  if (when === 'before') return isOlder(release, border) === true || (debian && reason === 'symbol-version');
  return isOlder(release, border) === false;
}

/** Some kernels print a missing key twice: when they look for it, and when they refuse the module. */
function isRefusalOf(last: LoadFailure, next: LoadFailure): boolean {
  return (
    last.fails === 'if enforced' &&
    next.fails === 'always' &&
    last.phase === next.phase &&
    (next.reason === last.reason || next.reason === 'lockdown') &&
    (last.module === null || next.module === null || last.module === next.module) &&
    (last.t === null || next.t === null || next.t - last.t <= ANSWERED_WITHIN)
  );
}

function isNamelessOf(last: LoadFailure, { reason, phase }: LoadFailure): boolean {
  return last.module === null && last.reason === reason && last.phase === phase;
}
