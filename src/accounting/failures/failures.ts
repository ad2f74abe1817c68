// SPDX-License-Identifier: Apache-2.0
/**
 * Other failures, by reason. The kernel gives the reason only in its log, which names no call: a logged reason goes to
 * a failed attempt for the same module, or, where one of the two has no name, to the nearest in time with a matching
 * errno and phase. A line without a matching attempt is a failure of its own.
 */

import { atLeast, big, exactOf, NONE, total } from '../../model/bounds.js';
import type { InitCall, LoadFailure, UserLoad } from '../../model/event.js';
import { groupBy } from '../../model/groups.js';
import { BOOT_CLOCK } from '../../model/source.js';
import type { Attempt, FailureRow } from '../model.js';
import type { Case } from './case.js';
import type { Explained } from './explained.js';
import { loadsOfLines } from './failure-lines.js';
import { inferredReason } from './failure-reasons.js';
import type { LoggedFailures } from './logged-failures.js';
import { reportedLoads } from './reported-loads.js';

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
  const left = traced ? open.unexplained(known) : open.left();
  const lines = loadsOfLines(left.filter((line) => !logged.doubtful.has(line))).map(logCase);
  const failing = [...cases, ...lines];
  const inits = cases.some(({ phase }) => phase === 'init') ? [] : failedInits(logged.inits, lines);
  const all = [...failing, ...inits];
  // A trace of all calls holds what loaders say of them, but for loads of another time.
  const inserts = !traced || partial ? logged.inserts : withoutCalls(logged.inserts, attempts);
  return group(boot, [...all, ...reportedLoads({ ...logged, inserts }, all)]);
}

/** The inserts that no call may be: of their module, or, as a dependency may have failed in its place, with their error. */
function withoutCalls(inserts: readonly UserLoad[], attempts: readonly Attempt[]): UserLoad[] {
  const known = attempts.filter(({ outcome }) => outcome !== 'unknown');
  const modules = new Set(known.map(({ module }) => module));
  const errors = new Set(known.flatMap(({ errno }) => errno ?? []));
  return inserts.filter(
    ({ module, errno }) => !modules.has(module) && (errno === null ? errors.size === 0 : !errors.has(errno)),
  );
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
