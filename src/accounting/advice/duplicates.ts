// SPDX-License-Identifier: Apache-2.0
/** What to do about duplicate loads, by their cause. */
import { coalescesLoads } from '../kernel.js';
import { hasOption } from '../kernel-options.js';
import type { Attempt, AttributionRow } from '../model.js';
import { callerOf } from '../worth.js';
import {
  type Advice,
  type AdviceEvidence,
  worthOf,
  worthOfCalls,
  worthOfModules,
  worthOfRemedies,
} from './evidence.js';

/** With fewer CPUs, CPUs - 1 is a number that anything can have. */
const FEWEST_CPUS = 4n;
/** Fewer calls for live modules may be chance. */
const FEWEST_LATE = 2n;
/** Fewer calls by one program may be chance. */
const FEWEST_CALLS = 2n;

export function duplicateAdvice(evidence: AdviceEvidence): (Advice | null)[] {
  const duplicates = evidence.attempts.filter(({ outcome }) => outcome === 'duplicate');
  const given =
    duplicates.length > 0
      ? [
          oneRequester(evidence, duplicates),
          userSpaceUnpacks(evidence, duplicates),
          loadsOfLiveModules(evidence),
          oldKernel(evidence, duplicates),
          kernelUnpacks(evidence, duplicates),
        ]
      : [onePerCpu(evidence), oldKernel(evidence, duplicates)];
  // A replay of the calls may show that it would not have helped this boot.
  const useful = given.filter((advice) => advice !== null && advice.calls > 0n);
  return useful.length > 0 ? useful : [anyDuplicates(evidence, duplicates)];
}

/** Half of the bytes, or more, by one program. */
function oneRequester(evidence: AdviceEvidence, duplicates: readonly Attempt[]): Advice | null {
  const { remedies } = evidence;
  const most = remedies.rows.find(({ remedy }) => remedy === 'fix-requester-1');
  if (!most || most.calls < FEWEST_CALLS) return null;
  const calls = duplicates.filter((attempt) => callerOf(attempt) === most.subject);
  const [first] = calls;
  const all = duplicates.reduce((sum, { wasted }) => sum + BigInt(wasted.low), 0n);
  if (!first || (most.low ?? 0n) * 2n < all) return null;
  const perCpu = perCpuSentence(evidence);
  switch (first.requester) {
    case 'kernel':
      return null;
    case 'udev':
      return {
        ...worthOf(most),
        kind: 'one-requester',
        text: `Load these modules once, before udev's coldplug (modules-load.d, initramfs): udev workers load them again for each device event.${perCpu}`,
        evidence: 'storm-modules',
      };
    default:
      return {
        ...worthOf(most),
        kind: 'one-requester',
        text: `Load each module once: ${callerOf(first)} loads modules that are already loaded or being loaded.${perCpu}`,
        evidence: 'callers',
      };
  }
}

/** Modules with CPUs - 1 duplicates, or a multiple; none unless they make up half of all duplicates. */
function perCpuModules(attribution: readonly AttributionRow[], cpus: number | null): AttributionRow[] {
  if (cpus === null || cpus < FEWEST_CPUS) return [];
  const others = BigInt(cpus) - 1n;
  const sum = (rows: readonly AttributionRow[]): bigint =>
    rows.reduce((total, { times }) => total + times, 0n);
  const rows = attribution.filter(({ times }) => times >= others && times % others === 0n);
  return rows.length < 2 || sum(rows) * 2n < sum(attribution) ? [] : rows;
}

/** Calls one after another are of one CPU; a list alone does not tell. */
function perCpuSentence({ attribution, attempts, boot: { cpus } }: AdviceEvidence): string {
  const atOnce = new Set(
    attempts.flatMap(({ outcome, module, concurrent }) =>
      outcome === 'duplicate' && (concurrent ?? 0) > 1 ? [module] : [],
    ),
  );
  const rows = perCpuModules(attribution, cpus).filter(
    ({ module }) => attempts.length === 0 || atOnce.has(module),
  );
  if (rows.length < 2 || cpus === null) return '';
  const which = `${rows.length} of these ${attribution.length} modules`;
  const often = `${cpus - 1} duplicates on ${cpus} CPUs, or a multiple of ${cpus - 1}`;
  return attempts.length > 0
    ? ` ${which} were loaded once per CPU: ${often}.`
    : ` ${which} have ${often}: perhaps one load per CPU.`;
}

function onePerCpu(evidence: AdviceEvidence): Advice | null {
  const { attribution, boot } = evidence;
  const rows = perCpuModules(attribution, boot.cpus);
  if (rows.length === 0) return null;
  return {
    ...worthOfModules(rows, evidence),
    kind: 'one-per-cpu',
    text: `Load these modules once (modules-load.d, a softdep, one udev rule).${perCpuSentence(evidence)}`,
    evidence: 'storm-modules',
  };
}

/** idempotent_init_module (6.5) works by inode, so only for finit_module. */
function userSpaceUnpacks(evidence: AdviceEvidence, duplicates: readonly Attempt[]): Advice | null {
  const { boot, kernelOptions } = evidence;
  if (!duplicates.some(({ call }) => call === 'init_module')) return null;
  const older = coalescesLoads(boot.kernel) === false;
  const needed = [
    'needs kmod 31 or later',
    hasOption(boot, kernelOptions, 'MODULE_DECOMPRESS') === false
      ? 'CONFIG_MODULE_DECOMPRESS=y (not set in this kernel)'
      : 'CONFIG_MODULE_DECOMPRESS=y',
    ...(older ? ['Linux 6.5 or later'] : []),
  ];
  return {
    ...worthOfRemedies(evidence, 'finit-module', ...(older ? (['coalescing-kernel'] as const) : [])),
    kind: 'user-space-decompression',
    text:
      `Let the kernel decompress (${needed.slice(0, -1).join(', ')} and ${needed.at(-1)}) or ship modules uncompressed: ` +
      'init_module calls are never coalesced.',
    evidence: 'remedies',
  };
}

/** The kernel arbitrates races; a call for a module that is already live is not one. */
function loadsOfLiveModules(evidence: AdviceEvidence): Advice | null {
  const late = evidence.remedies.rows.find(({ remedy }) => remedy === 'check-initstate');
  if (!late || late.certainCalls < FEWEST_LATE) return null;
  return {
    ...worthOf(late),
    kind: 'live-modules',
    text: 'Check /sys/module/NAME/initstate first: the module was already live.',
    evidence: 'callers',
  };
}

function oldKernel(evidence: AdviceEvidence, duplicates: readonly Attempt[]): Advice | null {
  const { boot, attribution } = evidence;
  if (coalescesLoads(boot.kernel) !== false) return null;
  const calls = duplicates.filter(({ call }) => call !== 'init_module');
  if (calls.length === 0 && (duplicates.length > 0 || attribution.length === 0)) return null;
  return {
    ...worthOfRemedies(evidence, 'coalescing-kernel'),
    kind: 'kernel-without-coalescing',
    text: `Update to Linux 6.5 or later, which coalesces concurrent finit_module calls for one file; ${boot.kernel} runs each in full.`,
    evidence: 'remedies',
  };
}

/** What the compressed copies cost on top of the images. */
function kernelUnpacks(evidence: AdviceEvidence, duplicates: readonly Attempt[]): Advice | null {
  if (!duplicates.some(({ compressed }) => compressed !== null && compressed > 0)) return null;
  return {
    ...worthOfRemedies(evidence, 'uncompressed-modules'),
    kind: 'kernel-decompression',
    text: 'Ship frequently loaded modules uncompressed: each duplicate held the compressed file beside its image.',
    evidence: 'remedies',
  };
}

/** Duplicates that nothing above explains. */
function anyDuplicates(evidence: AdviceEvidence, duplicates: readonly Attempt[]): Advice | null {
  const { boot, attribution } = evidence;
  if (attribution.length === 0 && duplicates.length === 0) return null;
  const worth =
    duplicates.length > 0
      ? worthOfCalls(duplicates, boot.trace?.complete ?? false)
      : worthOfModules(attribution, evidence);
  const why =
    coalescesLoads(boot.kernel) === true
      ? ': this kernel coalesces concurrent finit_module calls for one file, so these came through init_module or one after another.'
      : '.';
  return {
    ...worth,
    kind: 'duplicates',
    text: `Find what loads these modules more than once${why}`,
    evidence: 'duplicates',
  };
}
