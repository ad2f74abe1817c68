// SPDX-License-Identifier: Apache-2.0
/**
 * Modules that user space could not insert, without a kernel message. modprobe and udev ignore EEXIST, insmod and init
 * report it; EBUSY is a duplicate of a load that then failed, which all report. Only the module's own init returns ENODEV.
 */
import { EBUSY, EEXIST, ENODEV, ENOEXEC } from '../../model/errno.js';
import type { LoadFailure, UserLoad } from '../../model/event.js';
import { BOOT_CLOCK } from '../../model/source.js';
import type { Case } from './case.js';
import { ofDependencies } from './dependencies.js';
import { byErrno, mayReturn } from './failure-reasons.js';
import type { LoggedFailures } from './logged-failures.js';
import { Restatements } from './restatements.js';
import { ANSWERED_WITHIN } from './user-inserts.js';

/** `known`: what the kernel or a trace says. */
export function reportedLoads(logged: LoggedFailures, known: readonly Case[]): Case[] {
  const { inserts, missing } = logged;
  const named = new Set(known.map((one) => one.module));
  // The last of them: each insert is compared with all.
  const nameless = new Set(known.filter((one) => one.module === null).slice(-MOST_COMPARED));
  const last = known.slice(-MOST_COMPARED);
  const firsts = inserts.filter(({ again }) => !again);
  const told = new Set(firsts.map(({ module }) => module));
  const explained = new Restatements(firsts);
  const left = inserts.filter((insert, index) => {
    const { module, errno, again, what } = insert;
    // Nothing else says that a load was killed.
    if (what === 'killed') return true;
    if (named.has(module)) return false;
    // What ran the loader says once more that it failed.
    if ((errno === null || again) && missing.has(module)) return false;
    if (again ? told.has(module) : errno === null && explained.restates(insert)) return false;
    if (RELEASE.test(module) && last.some((one) => isOfRenamed(one, insert))) return false;
    const same = rejectionOf(insert, nameless, inserts[index + 1]);
    if (!same) return true;
    same.module = module;
    // It is of the second call, or of none.
    if (insert.unpacks !== true) same.errno = errno;
    nameless.delete(same);
    return false;
  });
  const others = ofDependencies(left, last, logged);
  const why = new Map(logged.possible.map((one) => [one.module, one]));
  return left
    .filter((insert) => !others.has(insert))
    .map((insert) => caseOf(insert, reasonOf(insert, why.get(insert.module))));
}

/** The kernel's line, where the load failed as it would by it: with its errno, or that of the check of the image. */
function reasonOf({ errno }: UserLoad, why: LoadFailure | undefined): LoadFailure | undefined {
  return why !== undefined && errno !== null && errno === (why.errno ?? ENOEXEC) ? why : undefined;
}

/** `why`: the kernel's line that may say so, of a load that failed as the check of the image does. */
function caseOf({ module, errno, t, source, line }: UserLoad, why: LoadFailure | undefined): Case {
  return {
    reason: why?.reason ?? reasonByErrno(errno),
    module,
    phase: why?.phase ?? (errno === ENODEV ? 'init' : null),
    errno,
    wasted: null,
    t,
    clock: BOOT_CLOCK,
    cite: { source, line },
  };
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

/** How far below a loader's message people paste what the kernel said. */
const PASTED_LINES = 20;

/**
 * The last failure without a name in the kernel's message that matches the tool's errno, of those printed before it if any.
 * `next`: the failed insert after it.
 */
function rejectionOf(
  insert: UserLoad,
  nameless: ReadonlySet<Case>,
  next: UserLoad | undefined,
): Case | undefined {
  const { errno, t, source, line, unpacks } = insert;
  if (errno === null) return undefined;
  const fitting = [...nameless].filter(
    ({ reason }) =>
      mayReturn(reason as LoadFailure['reason'], errno) || (unpacks === true && reason === 'elf'),
  );
  const isBehind = ({ cite }: Case): boolean => cite.source === source && cite.line > line;
  const before = fitting.findLast((one) => {
    // A log of whole seconds may have them in any order.
    if (isBehind(one) && (one.t === null || one.t !== t)) return false;
    if (one.t === null || t === null) return true;
    return one.t <= t && t - one.t <= ANSWERED_WITHIN;
  });
  if (before || t !== null) return before;
  // People paste what the terminal said above what dmesg printed before it, with timestamps or without.
  const end = next?.source === source ? next.line : Number.POSITIVE_INFINITY;
  const until = Math.min(end, line + PASTED_LINES);
  return (
    fitting.findLast((one) => one.t !== null) ??
    fitting.find((one) => isBehind(one) && one.cite.line <= until)
  );
}
