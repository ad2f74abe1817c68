// SPDX-License-Identifier: Apache-2.0
/** Whether a load failed of which the kernel printed a message: some releases go on, some configurations do. */
import type { Event, LoadFailure } from '../../model/event.js';
import { isOlder } from '../kernel.js';

/** What decides whether a message means a failure. */
export interface Decider {
  readonly release: string | null;
  /** Debian kernels refuse modules without symbol versions, as kernels before 4.9 did. */
  readonly debian: boolean;
  /** Whether it refuses modules without a valid signature. */
  readonly enforces: Answer;
  /** Whether it goes on where a module's BTF does not fit (CONFIG_MODULE_ALLOW_BTF_MISMATCH). */
  readonly allowsMismatch: Answer;
}

type Answer = 'yes' | 'no' | 'unknown';

export function deciderOf(events: readonly Event[], release: string | null): Decider {
  return {
    release,
    debian: events.some((event) => event.kind === 'kernel-version' && / Debian /.test(event.banner)),
    enforces: enforcementOf(events, release),
    allowsMismatch: allowanceOf(events, release),
  };
}

/**
 * Where signatures are not enforced, the first module without a valid one taints the kernel, which it prints once: only a
 * log from the start of the boot must show it.
 */
function enforcementOf(events: readonly Event[], release: string | null): Answer {
  if (events.some((event) => event.kind === 'taint' && event.what === 'unsigned')) return 'no';
  if (events.some((event) => event.kind === 'command-line' && ENFORCED.test(event.text))) return 'yes';
  if (!events.some((event) => event.kind === 'boot-start' && event.complete)) return 'unknown';
  // Since 5.4 a refusal has a line of its own, and what goes on may fail before it taints.
  return isOlder(release, '5.4') === false ? 'no' : 'yes';
}

const ENFORCED = /\b(?:module\.sig_enforce\b(?!=[0nN])|lockdown=(?:integrity|confidentiality)\b)/;

/** Whether the kernel did not trust a signature, and nothing says whether it refused the module. */
export function mayHaveRefused(events: readonly Event[], release: string | null): boolean {
  const enforces = enforcementOf(events, release);
  return events.some((event) => {
    if (event.kind !== 'load-failure') return false;
    if (event.fails === 'if enforced') return enforces === 'unknown';
    return event.fails === 'if enforced since 4.11' && enforces !== 'yes' && !refusesOther(release);
  });
}

/** Before distributions had lockdown, only a missing key was no error where signatures are not enforced (module_sig_check). */
function refusesOther(release: string | null): boolean {
  return isOlder(release, '4.11') === true;
}

/**
 * Other releases do not go on, or print something else. It is the same for all modules: one whose init ran tells, and one that
 * could not be inserted.
 */
function allowanceOf(events: readonly Event[], release: string | null): Answer {
  if (isOlder(release, '5.18') !== false || isOlder(release, '6.3') !== true) return 'no';
  if (hasFixedWords(events, release)) return 'no';
  const said = new Set<string>();
  for (const event of events) {
    if (event.kind === 'load-failure') {
      if (event.fails === 'unless allowed' && event.module !== null) said.add(event.module);
    } else if (said.size > 0) {
      if (namesOfLoaded(event).some((name) => said.has(name))) return 'yes';
      if (event.kind === 'user-load' && event.what === 'failed' && said.has(event.module)) return 'no';
    }
  }
  return 'unknown';
}

/** 6.1.16 and 6.2.3 have the change of 6.3: they print the line only where the load fails. */
function hasFixedWords(events: readonly Event[], release: string | null): boolean {
  const debians = events.flatMap((event) =>
    event.kind === 'kernel-version' ? (/ Debian (\d+\.\d+\.\d+)/.exec(event.banner)?.[1] ?? []) : [],
  );
  const [, minor, patch] = /^6\.([12])\.(\d+)/.exec(debians[0] ?? release ?? '') ?? [];
  return minor !== undefined && Number(patch) >= (minor === '1' ? 16 : 3);
}

/** The modules whose init was called by then. */
function namesOfLoaded(event: Event): readonly string[] {
  if (event.kind === 'modules-linked-in') return event.modules;
  const isLoaded = event.kind === 'initcall' || (event.kind === 'user-load' && event.what === 'inserted');
  return isLoaded ? [event.module] : [];
}

/** Whether the BTF of a module did not fit, and nothing says whether the kernel refused it. */
export function mayHaveMismatched(events: readonly Event[], release: string | null): boolean {
  const isSaid = events.some((event) => event.kind === 'load-failure' && event.fails === 'unless allowed');
  return isSaid && allowanceOf(events, release) === 'unknown';
}

/** Whether it is not known that the load failed: a call that did may have printed the line. */
export function mayFail({ fails }: LoadFailure, { allowsMismatch }: Decider): boolean {
  return fails === 'unless allowed' && allowsMismatch === 'unknown';
}

/** Whether an older kernel refuses the image where a current one goes on, and it is not known which it was. */
export function mayFailBefore({ fails, phase }: LoadFailure, { release }: Decider): boolean {
  return release === null && phase === 'becoming' && fails.startsWith('before ');
}

/** An unknown release counts as a current one. */
export function fails(
  { fails, reason }: LoadFailure,
  { release, debian, enforces, allowsMismatch }: Decider,
): boolean {
  if (fails === 'always') return true;
  if (fails === 'if enforced') return enforces === 'yes';
  if (fails === 'if enforced since 4.11') return enforces === 'yes' || refusesOther(release);
  if (fails === 'unless allowed') return allowsMismatch === 'no';
  const [when = '', border = ''] = fails.split(' ');
  if (when === 'before') return isOlder(release, border) === true || (debian && reason === 'symbol-version');
  return isOlder(release, border) === false;
}
