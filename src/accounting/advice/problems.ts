// SPDX-License-Identifier: Apache-2.0
/** What to do about throttled requests, stuck loads, failed units, slow inits, and requests that repeat. */
import type { ProblemKind } from '../kinds.js';
import type { ProblemRow } from '../model.js';
import { Names } from '../worth.js';
import { type Advice, type AdviceEvidence, withoutBytes, worthOfCalls } from './evidence.js';

/** A name that was asked for again this often is asked for by a loop, not by chance. */
const REPEATED_REQUESTS = 2n;
/** An init this long is not only slow: it holds the boot. */
const HOLDS_THE_BOOT = 30_000_000_000n;

interface Group {
  readonly kinds: readonly ProblemKind[];
  readonly kind: Advice['kind'];
  readonly urgent: (rows: readonly ProblemRow[]) => boolean;
  readonly text: (rows: readonly ProblemRow[]) => string;
}

const always = (): boolean => true;
const never = (): boolean => false;

const GROUPS: readonly Group[] = [
  {
    kinds: ['stuck-load', 'unfinished-init', 'slow-worker', 'killed-worker'],
    kind: 'stuck-loads',
    urgent: always,
    text: (rows) => {
      if (rows.some(({ module }) => module !== null))
        return 'Load this module later, or blacklist it, until its init is fixed: a load of it did not return.';
      return rows.every(({ kind }) => kind === 'slow-worker' || kind === 'killed-worker')
        ? 'See which device the worker handles (`udevadm info`) and, by its stack, what it waits for: often a load that does not return.'
        : "Read the task's stack in the log, and `udevadm info` of its device, to identify the module: a load did not return.";
    },
  },
  {
    kinds: ['crashed-load'],
    kind: 'crashed-loads',
    urgent: always,
    text: () =>
      'Report the oops, and blacklist the module until it is fixed: the kernel crashed while loading it.',
  },
  {
    kinds: ['refused-request', 'throttled'],
    kind: 'throttling',
    urgent: (rows) => rows.some(({ kind }) => kind === 'refused-request'),
    text: (rows) =>
      `Find what keeps requesting these modules, or the modprobe that hangs: request_module ran out of slots (kmod busy)${
        rows.some(({ kind }) => kind === 'refused-request') ? ' and refused requests' : ''
      }.`,
  },
  {
    kinds: ['failed-unit'],
    kind: 'failed-units',
    urgent: always,
    text: (rows) => unitText(rows.map(({ who }) => who ?? '')),
  },
  {
    kinds: ['failed-request', 'denied-request'],
    kind: 'failed-requests',
    urgent: never,
    text: (rows) =>
      rows.some(({ kind }) => kind === 'denied-request')
        ? 'Allow it in the security policy (module_request, sys_module), or stop the task that triggers it: requests were denied.'
        : 'Run modprobe by hand to see why: requests by the kernel failed.',
  },
  {
    kinds: ['not-found'],
    kind: 'missing-modules',
    urgent: never,
    text: () =>
      'Install the module or remove its name from the configuration: no file of that name was found, so nothing was loaded.',
  },
  {
    kinds: ['failed-command'],
    kind: 'failed-commands',
    urgent: never,
    text: () =>
      'See the `install` lines of modprobe.d (modprobe --showconfig): a command that runs in place of a load failed. /bin/false there blocks the module on purpose.',
  },
  {
    kinds: ['unsupported-module'],
    kind: 'unsupported-modules',
    urgent: never,
    text: () =>
      'Get a module that the distribution supports, or set `allow_unsupported_modules 1` in modprobe.d: modprobe refused it and did not ask the kernel.',
  },
  {
    kinds: ['refused-init'],
    kind: 'refused-inits',
    urgent: never,
    text: () =>
      'Blacklist the driver, or enable in the firmware what it needs: its init fails again for each CPU or device that udev loads it for.',
  },
  {
    kinds: ['slow-init'],
    kind: 'slow-inits',
    urgent: (rows) => rows.some(({ durationNs }) => durationNs !== null && durationNs >= HOLDS_THE_BOOT),
    text: (rows) =>
      `Load ${rows.length > 1 ? 'these modules' : 'this module'} after boot, or probe asynchronously (async_probe): ${slowest(rows)}.`,
  },
];

/** Where to look, by what failed: not every system has systemd. */
function unitText(units: readonly string[]): string {
  if (units.some((unit) => /modules-load|Load Kernel Modules/i.test(unit)))
    return 'See `systemctl status systemd-modules-load`, and the names in /etc/modules-load.d and /etc/modules: one did not load.';
  if (units.includes('modules.dep'))
    return 'Run depmod, or install the modules of the running kernel: modprobe found no modules.dep for it.';
  if (units.includes('module directory'))
    return 'Install the modules of the running kernel: modprobe found no directory of them in /lib/modules.';
  if (units.includes('kmodloader'))
    return 'Look up the modules in /etc/modules.d and /etc/modules-boot.d that kmodloader names: they did not load.';
  if (units.some((unit) => /dkms|akmods/i.test(unit)))
    return "See make.log of DKMS, and check that this kernel's headers are installed: a module was not built for it.";
  return units.some((unit) => unit.endsWith('.service'))
    ? 'See `systemctl status` of the unit: it failed while it loaded modules.'
    : 'See the output of the script: it failed while it loaded modules.';
}

function slowest(rows: readonly ProblemRow[]): string {
  const named = [...rows]
    .sort((a, b) => ((a.durationNs ?? 0n) < (b.durationNs ?? 0n) ? 1 : -1))
    .slice(0, 3)
    .map(({ module, durationNs }) => `${module} took ${tenths(durationNs ?? 0n)} s`);
  return named.join(', ');
}

function tenths(ns: bigint): string {
  const count = (ns + 50_000_000n) / 100_000_000n;
  return `${count / 10n}.${count % 10n}`;
}

export function problemAdvice({ problems }: AdviceEvidence): Advice[] {
  return GROUPS.flatMap(({ kinds, kind, urgent, text }) => {
    const rows = problems.filter((row) => kinds.includes(row.kind));
    if (rows.length === 0) return [];
    const modules = new Names();
    const who = new Names();
    let calls = 0n;
    for (const row of rows) {
      const times = BigInt(row.times);
      calls += times;
      modules.add(row.module, row.durationNs ?? 0n, times);
      // A driver that refuses its init asked for nothing.
      if (kind !== 'refused-inits') who.add(row.who, row.durationNs ?? 0n, times);
    }
    const worth = withoutBytes(calls, modules.top(), who.top());
    return [{ ...worth, kind, urgent: urgent(rows), text: text(rows), evidence: 'problems' }];
  });
}

/** Requests of the kernel for a name while, or just after, the same request ran. */
export function requestAdvice({ requests, attempts, boot }: AdviceEvidence): Advice | null {
  const modules = new Names();
  const who = new Names();
  const duplicates = requests.filter(({ duplicate }) => duplicate);
  const times = new Map<string, bigint>();
  for (const { requested, callSite, comm } of duplicates) {
    modules.add(requested, 0n, 1n);
    who.add(callSite ?? comm, 0n, 1n);
    times.set(requested, (times.get(requested) ?? 0n) + 1n);
  }
  const [worst] = modules.top();
  const most = worst === undefined ? 0n : (times.get(worst) ?? 0n);
  if (most < REPEATED_REQUESTS) return null;
  const caused = attempts.filter(
    ({ outcome, requested }) => outcome === 'duplicate' && requested !== null && times.has(requested),
  );
  const { low, high, basis } = worthOfCalls(caused, boot.trace?.complete ?? false);
  return {
    ...withoutBytes(BigInt(duplicates.length), modules.top(), who.top()),
    ...(caused.length > 0 ? { low, high, basis } : {}),
    kind: 'repeated-requests',
    text: `Use try_then_request_module(), or keep one request in flight: the kernel asked again while it ran, or up to 60 s later (${worst} ${most} times).`,
    evidence: 'autoload',
  };
}
