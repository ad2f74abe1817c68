// SPDX-License-Identifier: Apache-2.0
/** Whether a boot is free of module-loading problems, and why that may be uncertain. */

import type { DiagnosticCode } from '../model/diagnostic.js';
import type { BootMark, Event } from '../model/event.js';
import { hasFailed } from './attempt.js';
import { lastTime } from './boot-row.js';
import type { Part } from './boots/parts.js';
import { initsAtTheEnd } from './failures/problems.js';
import { mayHaveMismatched, mayHaveRefused } from './failures/whether-failed.js';
import type { BootVerdict } from './kinds.js';
import type { AllocationRow, Attempt, Boot, BootTrace, FailureRow, ProblemRow, Request } from './model.js';

interface Findings {
  readonly boot: Pick<Boot, 'failures' | 'wasted'>;
  readonly attempts: readonly Attempt[];
  readonly requests: readonly Request[];
  readonly failures: readonly FailureRow[];
  readonly allocationFailures: readonly AllocationRow[];
  readonly problems: readonly ProblemRow[];
}

/** `clear`: no findings, and sufficient evidence. */
export function verdictOn(found: Findings, doubts: readonly string[]): BootVerdict {
  const { boot, attempts, requests, failures, allocationFailures, problems } = found;
  const trouble =
    failures.length + allocationFailures.length + problems.length > 0 ||
    (boot.failures ?? 0n) > 0n ||
    (boot.wasted ?? 0n) > 0n ||
    requests.some(({ duplicate }) => duplicate) ||
    attempts.some(hasFailed);
  return trouble ? 'trouble' : doubts.length > 0 ? 'unclear' : 'clear';
}

/** Diagnostics of lost or unread lines, as clauses. */
const LOSSES: Readonly<Partial<Record<DiagnosticCode, string>>> = {
  'log-messages-lost': 'the log reports lost messages',
  'log-rate-limited': 'messages were rate limited',
  'log-unreadable': 'records of the log could not be read',
  'log-prefix-unknown': 'the log has an unknown prefix',
  'number-out-of-range': 'lines hold numbers that no kernel prints',
  'line-too-long': 'lines of the log were too long and were truncated',
  'archive-damaged': 'the file is damaged or truncated',
  'input-limit': 'a limit was reached before the end of the file',
  'boots-limit': 'the file holds more boots than the limit',
};

/** Longest line shown in full. */
const MOST_SHOWN = 120;

/** Marks that the kernel prints at level info, as the start of init is: a log with one was not filtered by level. */
const EARLY_MARKS: ReadonlySet<BootMark['what']> = new Set([
  'cpus',
  'machine',
  'sched-clock',
  'dentry-cache',
]);
const BEFORE_USER_SPACE: ReadonlySet<Event['kind']> = new Set([
  'boot-start',
  'kernel-version',
  'command-line',
  'memory-figure',
  'initcall',
  'not-understood',
]);

/** No kernel starts user space sooner. */
const SOONEST_USER_SPACE_NS = 100_000_000n;

/** Whether the log holds the kernel's own start and nothing after it; `last`: its last timestamp. */
function endsInKernelInit(log: readonly Event[], last: bigint | null): boolean {
  let early = last !== null && last < SOONEST_USER_SPACE_NS;
  for (const event of log) {
    if (event.kind !== 'boot-mark') {
      if (!BEFORE_USER_SPACE.has(event.kind)) return false;
    } else if (event.what === 'user-space' || event.what === 'hostname') return false;
    else if (EARLY_MARKS.has(event.what)) early = true;
  }
  return early;
}

/** Units whose start job was seen to run, but not to end. */
function unitsAtTheEnd(log: readonly Event[]): string[] {
  const waiting = new Set<string>();
  for (const event of log) {
    if (event.kind === 'unit-time' && event.what === 'waiting') waiting.add(event.unit);
    else if (event.kind === 'unit-time' || event.kind === 'unit-failure') waiting.delete(event.unit);
  }
  return [...waiting];
}

/** Why findings may be missing, each a clause; `log`: the merged logs of the boot; `trace`: its traces, null without any. */
export function doubtsOf(
  parts: readonly Part[],
  log: readonly Event[],
  codes: ReadonlyMap<number, ReadonlySet<DiagnosticCode>>,
  trace: Pick<BootTrace, 'sees' | 'complete' | 'reason'> | null,
  release: string | null,
): string[] {
  const logs = parts.filter(({ kind }) => kind === 'log');
  const holdsStart = logs.some(({ events }) => events.some((e) => e.kind === 'boot-start' && e.complete));
  const doubts: string[] = [];
  if (trace?.sees === 'loads')
    doubts.push('the trace holds only successful loads, and cannot show a failed one');
  else if (trace && !trace.complete) doubts.push(trace.reason);
  const isCut = ({ source }: Part): boolean => codes.get(source.id)?.has('stats-incomplete') ?? false;
  const tables = parts.filter(({ kind }) => kind === 'counters');
  if (tables.length > 0 && tables.every(isCut)) doubts.push('the table of counters is incomplete');
  if (logs.length === 0) doubts.push('there is no kernel log');
  else if (!holdsStart) doubts.push('the log starts in the middle of the boot');
  else if (endsInKernelInit(log, lastTime(logs)))
    doubts.push('the log ends before user space starts, which loads the modules');
  const open = log.flatMap((event) => (event.kind === 'not-understood' ? [event.message.trim()] : []));
  const [first] = open;
  if (first !== undefined) {
    const lines = open.length === 1 ? '1 line mentions' : `${open.length} lines mention`;
    const were = open.length === 1 ? 'was' : 'were';
    const shown = first.length > MOST_SHOWN ? `${first.slice(0, MOST_SHOWN - 1)}…` : first;
    doubts.push(`${lines} module loading and ${were} not understood; first: "${shown}"`);
  }
  if (mayHaveRefused(log, release))
    doubts.push('a signature was not trusted, and the log does not say whether the module was refused');
  if (mayHaveMismatched(log, release))
    doubts.push('the BTF of a module did not fit, and the log does not say whether the module was refused');
  const running = initsAtTheEnd(log);
  if (running.length > 0) doubts.push(`the log ends while the init of ${running.join(', ')} runs`);
  const waiting = unitsAtTheEnd(log);
  if (waiting.length > 0)
    doubts.push(`systemd waits for ${waiting.join(', ')}, and the log does not say how that ended`);
  const seenCodes = new Set(logs.flatMap(({ source }) => [...(codes.get(source.id) ?? [])]));
  for (const [code, clause] of Object.entries(LOSSES))
    if (seenCodes.has(code as DiagnosticCode)) doubts.push(clause);
  return doubts;
}
