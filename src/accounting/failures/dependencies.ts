// SPDX-License-Identifier: Apache-2.0
/**
 * Failed loads that user space reports by another name than the kernel. modprobe loads what the module depends on first and
 * stops where that fails, but names the module that it was asked for (kmod: kmod_module_probe_insert_module, modprobe.c:insmod),
 * and insmod names the file. Where both say that one module failed, with the same error, it is one load.
 */
import { EACCES, EINVAL, ENODEV, ENOENT, ENOEXEC, EPERM } from '../../model/errno.js';
import type { LoadFailure, UserLoad } from '../../model/event.js';
import { groupBy } from '../../model/groups.js';
import type { Case } from './case.js';
import { mustReturn } from './failure-reasons.js';
import type { LoggedFailures } from './logged-failures.js';
import { ANSWERED_WITHIN } from './user-inserts.js';

/** Errors of which the kernel prints the reason, so that a second load would have a message of its own. */
const SPOKEN: ReadonlySet<number | null> = new Set([ENOEXEC, ENOENT, EINVAL, EPERM, EACCES]);
/** A log of whole seconds may have them in any order. */
const REORDERED = 1_000_000_000n;
/** Between what a terminal said and the kernel's message, where one has no time. */
const NEAR_LINES = 40;

/** The inserts that lines of the kernel about other modules are about; `left`: those whose module has no line. */
export function ofDependencies(
  left: readonly UserLoad[],
  known: readonly Case[],
  { inserts, fromStart }: Pick<LoggedFailures, 'inserts' | 'fromStart'>,
): ReadonlySet<UserLoad> {
  const lines = withoutReported(known, inserts);
  const found = new Set<UserLoad>();
  if (lines.length === 0) return found;
  const candidates = new Map(
    left.map((insert) => [
      insert,
      lines.filter((one) => isCause(one, insert) && isNear(one, insert, fromStart)),
    ]),
  );
  const blamed = new Map<string | null, Set<string>>();
  for (const [{ module }, cases] of candidates)
    for (const one of cases) blamed.set(one.module, (blamed.get(one.module) ?? new Set()).add(module));
  const linesOf = groupBy(lines, ({ module }) => module);
  const used = new Set<Case>();
  for (const [insert, cases] of candidates) {
    // Of several modules it cannot be known which.
    const [module = null, ...more] = new Set(cases.map((one) => one.module));
    const own = linesOf.get(module)?.length ?? 0;
    const inserted = blamed.get(module)?.size ?? 0;
    // Several modules that need it have a line each.
    const isOne = insert.errno === ENODEV || inserted === 1 || (inserted > 1 && inserted <= own);
    if (more.length > 0 || !isOne) continue;
    const cause = cases.find((one) => !used.has(one));
    if (!cause) continue;
    used.add(cause);
    found.add(insert);
  }
  return found;
}

/** The named ones but for as many of a module as user space reports by its own name. */
function withoutReported(known: readonly Case[], inserts: readonly UserLoad[]): Case[] {
  const reported = new Map<string, number>();
  for (const { module } of inserts) reported.set(module, (reported.get(module) ?? 0) + 1);
  return known.filter(({ module }) => {
    if (module === null) return false;
    const left = reported.get(module) ?? 0;
    if (left > 0) reported.set(module, left - 1);
    return left === 0;
  });
}

/** Whether the load of which the kernel says so returned what user space reports. */
function isCause({ module, reason, errno }: Case, insert: UserLoad): boolean {
  // An init may return it without a word, except where the modules are parts of one driver.
  if (insert.errno === ENODEV) return errno === ENODEV && insert.module.startsWith(`${module}_`);
  return (
    SPOKEN.has(insert.errno) && mustReturn({ reason: reason as LoadFailure['reason'], errno }, insert.errno)
  );
}

function isNear({ t, cite }: Case, insert: UserLoad, fromStart: boolean): boolean {
  if (t !== null && insert.t !== null) return insert.t - t >= -REORDERED && insert.t - t <= ANSWERED_WITHIN;
  if (cite.source === insert.source && Math.abs(cite.line - insert.line) <= NEAR_LINES) return true;
  // A whole log holds failures of any time; and an init may return EINVAL without a word.
  return !fromStart && insert.errno !== EINVAL;
}
