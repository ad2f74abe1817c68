// SPDX-License-Identifier: Apache-2.0
/** What went wrong in a boot besides waste: how often, and on what. */
import { groupBy } from '../../model/groups.js';
import { formatBytes } from '../cell.js';
import type { BootAnswer, Exhausted, Trouble } from './types.js';

/** All of a boot but what is said of it. */
export type Known = Omit<BootAnswer, 'verdict' | 'savingsOverlap'>;

const NOUNS: Readonly<Record<string, string>> = {
  'stuck-load': 'stuck load',
  'crashed-load': 'crashed load',
  'slow-worker': 'slow udev worker',
  'killed-worker': 'killed udev worker',
  'refused-request': 'refused request',
  throttled: 'throttled request',
  'failed-request': 'failed request',
  'denied-request': 'denied request',
  'failed-unit': 'failed unit',
  'unfinished-init': 'unfinished init',
  'slow-init': 'slow init',
  'not-found': 'missing module',
  'failed-command': 'failed install command',
  'unsupported-module': 'module refused by modprobe',
  'refused-init': 'refused init',
};

/** What a loader lacks, and no unit: the index of modules, or their directory. */
const LACKED: ReadonlySet<string | null> = new Set(['modules.dep', 'module directory']);

function nounOf({ kind, who }: BootAnswer['problems'][number]): string {
  return kind === 'failed-unit' && LACKED.has(who) ? 'failed module lookup' : (NOUNS[kind] ?? kind);
}

/** Reasons that say no more than an error number: what the module's own code returned and a duplicate look alike. */
export const MAYBE_DUPLICATE: Readonly<Record<string, { readonly errno: string; readonly shown: string }>> = {
  busy: { errno: 'EBUSY', shown: 'busy, or a duplicate' },
  exists: { errno: 'EEXIST', shown: 'a duplicate, or its init' },
};

/** Of calls that are not known to have cost anything: since 6.5, a call may have waited for the one that failed. */
export function duplicatesOf({ outcomes, modules }: Known): Trouble[] {
  const times = outcomes?.duplicates ?? 0n;
  const names = modules.map(({ module }) => module);
  return times === 0n ? [] : [{ what: 'duplicate load', count: times, loads: true, names }];
}

/** Failures in the phases that `counts` takes, then what is not a failed load. */
export function troublesOf(
  known: Known,
  exhausted: Exhausted | null,
  counts: (phase: string | null) => boolean,
): Trouble[] {
  const inits = known.failures.filter(({ phase }) => phase === 'init');
  const others = known.failures.filter(({ phase }) => phase !== 'init' && counts(phase));
  const modules = (row: { readonly module: string | null }): string | null => row.module;
  const allocations = known.allocations.filter(({ what }) => exhausted === null || what === 'percpu');
  const requests = known.requests.filter(({ duplicates }) => duplicates > 0n);
  return [
    trouble(
      'failed load',
      true,
      others.filter(({ reason }) => !(reason in MAYBE_DUPLICATE)),
      modules,
    ),
    ...Object.entries(MAYBE_DUPLICATE).map(([ambiguous, { errno }]) =>
      trouble(
        `load that failed with ${errno}`,
        true,
        others.filter(({ reason }) => reason === ambiguous),
        modules,
      ),
    ),
    trouble('failed init', false, inits, modules),
    trouble(
      'failed allocation',
      false,
      allocations.map((row) => ({ ...row, times: 1n })),
      allocationName,
    ),
    ...[...groupBy(known.problems, nounOf)].map(([noun, rows]) =>
      trouble(noun, false, rows, ({ module, who }) => module ?? who),
    ),
    trouble(
      'duplicate request by the kernel',
      false,
      requests.map((row) => ({ ...row, times: row.duplicates })),
      ({ requested }) => requested,
    ),
  ].filter(({ count }) => count > 0n);
}

function trouble<T extends { readonly times: bigint }>(
  what: string,
  loads: boolean,
  rows: readonly T[],
  nameOf: (row: T) => string | null,
): Trouble {
  const names = new Set(rows.map(nameOf).filter((name) => name !== null));
  return { what, count: rows.reduce((sum, { times }) => sum + times, 0n), loads, names: [...names] };
}

function allocationName({ what, bytes }: BootAnswer['allocations'][number]): string {
  return bytes === null ? what : `${what}, ${formatBytes(bytes)}`;
}
