// SPDX-License-Identifier: Apache-2.0
/**
 * Remedies: the calls of a boot replayed with one rule changed, or several. What each part of a failed load cost is
 * kept with all that would have saved it, so that remedies together save no part twice.
 */
import { hasFailed } from '../attempt.js';
import { holds } from '../kernel.js';
import type { Attempt, AttributionRow, BootRow, SizeRow } from '../model.js';
import { callerOf, Names } from '../worth.js';
import { CellTable } from './cells.js';
import { costsOf } from './costs.js';
import { isDuplicate, Removals } from './removals.js';
import {
  maskOf,
  REMEDIES,
  type Remedies,
  type Remedy,
  type RemedyRow,
  type Removal,
  savingsOf,
} from './types.js';

export interface RemedyEvidence {
  readonly boot: BootRow;
  readonly attempts: readonly Attempt[];
  readonly attribution: readonly AttributionRow[];
  readonly sizes: readonly SizeRow[];
}

/** Without a trace of failed loads, by the duplicate list, which names no calls. */
export function remediesOf({ boot, attempts, attribution, sizes }: RemedyEvidence): Remedies {
  const failed = attempts.filter(isCharged);
  const subjects = subjectsOf(failed, attribution);
  const ceiling = boot.lowerBound ? null : boot.wasted;
  const complete = boot.trace?.complete === true && boot.trace.sees === 'calls';
  const table = new CellTable();
  if (failed.length > 0) {
    if (!complete) table.addBytes({ low: 0n, high: null }, allBut(boot.kernel, subjects));
    const named = attempts.every(
      ({ outcome, module, errno }) => module !== null || outcome === 'coalesced' || errno !== 0,
    );
    const removals = new Removals({
      release: boot.kernel,
      attempts,
      complete: complete && named,
      sizes,
      ...subjects,
    });
    for (const attempt of failed) addCall(table, attempt, removals);
  } else addList(table, attribution, boot.kernel, subjects.modules);
  const cells = table.cells();
  const rows = REMEDIES.flatMap((remedy) => {
    const subject = subjectOf(remedy, subjects);
    return subject === undefined || cells.length === 0
      ? []
      : [rowOf(boot.boot, remedy, subject, { cells, ceiling }, table)];
  });
  return { boot: boot.boot, rows, cells, ceiling };
}

/** Charged to a phase of the kernel's, as far as known. */
function isCharged(attempt: Attempt): boolean {
  return hasFailed(attempt) && attempt.phase !== 'init';
}

interface Subjects {
  readonly requesters: readonly string[];
  readonly modules: readonly string[];
}

function subjectsOf(failed: readonly Attempt[], attribution: readonly AttributionRow[]): Subjects {
  const requesters = new Names();
  const modules = new Names();
  for (const attempt of failed) {
    const bytes = BigInt(attempt.wasted.low);
    modules.add(attempt.module, bytes, 1n);
    if (isDuplicate(attempt)) requesters.add(callerOf(attempt), bytes, 1n);
  }
  if (failed.length === 0) for (const { module, low, times } of attribution) modules.add(module, low, times);
  return { requesters: requesters.top(), modules: modules.top() };
}

/** Undefined: the remedy has none to be about. */
function subjectOf(remedy: Remedy, { requesters, modules }: Subjects): string | null | undefined {
  const rank = Number(/\d$/.exec(remedy)?.[0] ?? 0) - 1;
  if (rank < 0) return null;
  return (remedy.startsWith('fix-') ? requesters : modules)[rank];
}

function addCall(table: CellTable, attempt: Attempt, removals: Removals): void {
  const call = removals.ofCall(attempt);
  const { copy, layout, compressed } = costsOf(attempt);
  const ofLayout = layout.high === 0 ? [] : removals.ofLayout(attempt);
  const ofCompressed = compressed.high === 0 ? [] : removals.ofCompressed();
  table.add(copy, call);
  table.add(layout, [...call, ...ofLayout]);
  table.add(compressed, [...call, ...ofCompressed]);
  const all = [...call, ...ofLayout, ...ofCompressed];
  table.count(1n, all);
  table.name(attempt.module, callerOf(attempt), BigInt(attempt.wasted.low), 1n, all);
  const file = removals.compressedFile(attempt);
  if (file === null || attempt.phase === 'kread' || file.high === null) return;
  // The kernel would have read the compressed file as well, unless the call was saved or its file was plain.
  const finit = maskOf('finit-module');
  table.addCosts(
    { low: BigInt(file.low), high: BigInt(file.high) },
    [{ mask: finit, certain: true }],
    [{ mask: maskOf('uncompressed-modules'), certain: true }, ...call],
  );
}

/** Calls that the trace lacks may be saved by any remedy but one that is there already. */
function allBut(release: string | null, subjects: Subjects): Removal[] {
  return REMEDIES.filter(
    (remedy) =>
      subjectOf(remedy, subjects) !== undefined &&
      !(remedy === 'coalescing-kernel' && holds('coalescing', release) === true),
  ).map((remedy) => ({ mask: maskOf(remedy), certain: false }));
}

/** Of the duplicate list nothing is certain but which module caused a row: all rows are saved by the same remedies, perhaps. */
function addList(
  table: CellTable,
  rows: readonly AttributionRow[],
  release: string | null,
  modules: readonly string[],
): void {
  const coalesces = holds('coalescing', release);
  const perhaps = (mask: number): Removal => ({ mask, certain: false });
  const ofAll = [
    ...(['check-initstate', 'udev-coalescing'] as const).map((remedy) => perhaps(maskOf(remedy))),
    ...(['finit-module', 'uncompressed-modules'] as const).flatMap((remedy) => [
      ...(coalesces === false ? [] : [perhaps(maskOf(remedy))]),
      ...(coalesces === true ? [] : [perhaps(maskOf(remedy, 'coalescing-kernel'))]),
    ]),
    ...(coalesces === true ? [] : [perhaps(maskOf('coalescing-kernel'))]),
  ];
  table.shareNames(ofAll);
  for (const row of rows) {
    const rank = modules.indexOf(row.module);
    const removals = rank < 0 ? ofAll : [...ofAll, { mask: maskOf('drop-module-1') << rank, certain: true }];
    table.addBytes({ low: row.low, high: row.high }, removals);
    table.count(row.times, removals);
    table.name(row.module, null, row.low, row.times, removals);
  }
}

const ASSUMPTIONS: Readonly<Record<string, string>> = {
  'coalescing-kernel':
    'Linux 6.5 or later; each call starts when it did; all calls for a module pass the same file',
  'finit-module':
    'each call starts when it did, although unpacking in user space delays it: some then find the module live; all calls for a module pass the same file, except where the kernel did not coalesce them',
  'check-initstate': 'the caller checks right before the call',
  'uncompressed-modules': 'user space unpacked what init_module passes',
  'udev-coalescing': 'whether the events for one module share a modalias is unknown',
  'fix-requester': 'all other callers behave as they did',
  'drop-module': 'nothing tries to load a module that is built in or blacklisted',
};

function rowOf(
  boot: number,
  remedy: Remedy,
  subject: string | null,
  sums: Pick<Remedies, 'cells' | 'ceiling'>,
  table: CellTable,
): RemedyRow {
  const mask = maskOf(remedy);
  const { low, high, costs, calls } = savingsOf(sums, mask);
  const { modules, who } = table.namesOf(mask);
  return {
    boot,
    remedy,
    mask,
    subject,
    low,
    high,
    basis: low === high ? 'derived' : 'bounded',
    costs,
    certainCalls: calls.low,
    calls: calls.high,
    modules: modules.top(),
    who: who.top(),
    assumption: ASSUMPTIONS[remedy.replace(/-\d$/, '')] ?? '',
  };
}
