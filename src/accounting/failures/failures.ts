// SPDX-License-Identifier: Apache-2.0
/**
 * Other failures, by reason. The kernel gives the reason only in its log, which names no call: a logged reason goes to
 * a failed attempt for the same module, or, where one of the two has no name, to the nearest in time with a matching
 * errno and phase. A line without a matching attempt is a failure of its own.
 */

import { atLeast, type Bounds, big, exactOf, NONE, total } from '../../model/bounds.js';
import { EBUSY, EEXIST, ENODEV } from '../../model/errno.js';
import type { InitCall, LoadFailure, UserLoad } from '../../model/event.js';
import { groupBy } from '../../model/groups.js';
import { BOOT_CLOCK, type SourceClock } from '../../model/source.js';
import type { Attempt, Cite, FailureRow } from '../model.js';
import type { Explained } from './explained.js';
import { loadsOfLines } from './failure-lines.js';
import { byErrno, inferredReason, mayReturn } from './failure-reasons.js';
import { ANSWERED_WITHIN, type LoggedFailures } from './logged-failures.js';

interface Case {
  readonly reason: string;
  /** Null for a message without a name, until user space names it. */
  module: string | null;
  phase: FailureRow['phase'];
  errno: number | null;
  wasted: Bounds | null;
  /** From enter to exit, where a trace times the call. */
  spentNs?: bigint | null;
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
  const lines = loadsOfLines(traced ? open.unexplained(known) : open.left()).map(logCase);
  const failing = [...cases, ...lines];
  const inits = cases.some(({ phase }) => phase === 'init') ? [] : failedInits(logged.inits, lines);
  const all = [...failing, ...inits];
  return group(boot, !traced || partial ? [...all, ...failedInserts(logged, all)] : all);
}

function callCase(attempt: Attempt, line: LoadFailure | undefined): Case {
  return {
    reason: line?.reason ?? inferredReason(attempt),
    module: attempt.module ?? line?.module ?? null,
    phase: attempt.phase,
    errno: attempt.errno,
    wasted: big(attempt.wasted),
    spentNs: durationOf(attempt),
    t: attempt.start,
    clock: attempt.clock,
    cite: attempt.cite,
  };
}

function durationOf({ start, end, clock }: Attempt): bigint | null {
  return start === null || end === null || clock.unit === 'ticks' ? null : end - start;
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

/** initcall_debug: each failed return of a module's init is a load that the counters do not count. `said`: by other lines. */
function failedInits(inits: readonly InitCall[], said: readonly Case[]): Case[] {
  const known = new Set(
    said.flatMap(({ phase, module }) => (phase === 'init' && module !== null ? [module] : [])),
  );
  return inits
    .filter(({ point, ret, module }) => point === 'returned' && ret !== null && ret < 0 && !known.has(module))
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

/**
 * Modules that user space could not insert, without a kernel message. modprobe and udev ignore EEXIST, insmod and init
 * report it; EBUSY is a duplicate of a load that then failed, which all report. Only the module's own init returns ENODEV.
 */
function failedInserts({ inserts, missing }: LoggedFailures, known: readonly Case[]): Case[] {
  const named = new Set(known.map((one) => one.module));
  // The last of them: each insert is compared with all.
  const nameless = new Set(known.filter((one) => one.module === null).slice(-MOST_COMPARED));
  const last = known.slice(-MOST_COMPARED);
  const firsts = inserts.filter(({ again }) => !again);
  const told = new Set(firsts.map(({ module }) => module));
  const explained = new Set(firsts.filter(({ errno }) => errno !== null).map(({ module }) => module));
  return inserts.flatMap((insert) => {
    const { module, errno, again, t, source, line } = insert;
    if (named.has(module)) return [];
    // What ran the loader says once more that it failed.
    const tellers = again ? told : explained;
    if ((errno === null || again) && (tellers.has(module) || missing.has(module))) return [];
    if (RELEASE.test(module) && last.some((one) => isOfRenamed(one, insert))) return [];
    const same = rejectionOf(insert, nameless);
    if (same) {
      Object.assign(same, { module, errno });
      nameless.delete(same);
      return [];
    }
    return [
      {
        reason: reasonByErrno(errno),
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

function reasonByErrno(errno: number | null): string {
  if (errno === EBUSY) return 'busy';
  if (errno === EEXIST) return 'exists';
  return errno === ENODEV ? 'init' : (byErrno(errno) ?? 'other');
}

const MOST_COMPARED = 200;

/** insmod names the file, the kernel the module in it: `lime-6.1.0-13-amd64.ko` holds `lime`. */
function isOfRenamed({ module, reason }: Case, insert: UserLoad): boolean {
  if (module === null || module.length < SHORTEST_NAME) return false;
  const at = insert.module.indexOf(module);
  if (at < 0 || !mayReturn(reason as LoadFailure['reason'], insert.errno)) return false;
  return !WORD.test(insert.module.charAt(at - 1)) && !WORD.test(insert.module.charAt(at + module.length));
}

/** A release in the name of a file; no module is called so. */
const RELEASE = /\d\.\d/;
/** Of a name that other file names do not hold by chance. */
const SHORTEST_NAME = 4;
const WORD = /[a-z\d]/i;

/** The last failure without a name in the kernel's message that matches the tool's errno, of those printed before it if any. */
function rejectionOf(insert: UserLoad, nameless: ReadonlySet<Case>): Case | undefined {
  if (insert.errno === null) return undefined;
  const fitting = [...nameless].filter(({ reason }) =>
    mayReturn(reason as LoadFailure['reason'], insert.errno),
  );
  const isBehind = ({ cite }: Case): boolean => cite.source === insert.source && cite.line > insert.line;
  const before = fitting.findLast((one) => {
    // A log of whole seconds may have them in any order.
    if (isBehind(one) && (one.t === null || one.t !== insert.t)) return false;
    if (one.t === null || insert.t === null) return true;
    return one.t <= insert.t && insert.t - one.t <= ANSWERED_WITHIN;
  });
  // People paste what the terminal said above what dmesg printed before it.
  return before ?? (insert.t === null ? fitting.findLast(({ t }) => t !== null) : undefined);
}

function group(boot: number, cases: readonly Case[]): FailureRow[] {
  const groups = groupBy(cases, (one) => [one.reason, one.module, one.phase, one.errno].join('\t'));
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const bytes = total(
      members.map(({ wasted }) => wasted ?? atLeast(NONE)),
      NONE,
    );
    const exact = exactOf(bytes) !== null;
    const { low } = bytes;
    const spent = members.flatMap(({ spentNs }) => spentNs ?? []);
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
        spentNs: spent.length === 0 ? null : spent.reduce((sum, ns) => sum + ns, 0n),
        timedCalls: spent.length,
        firstT: first.t,
        clock: first.clock,
        cite: first.cite,
      },
    ];
  });
}
