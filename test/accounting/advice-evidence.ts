// SPDX-License-Identifier: Apache-2.0
/** Rows of one boot, made by hand, for advice on them. */
import type { AdviceEvidence } from '../../src/accounting/advice/evidence.js';
import { adviceRows } from '../../src/accounting/advice/index.js';
import type {
  AdviceRow,
  AllocationRow,
  Attempt,
  AttributionRow,
  Boot,
  FailureRow,
  ProblemRow,
  Request,
} from '../../src/accounting/model.js';
import { remediesOf } from '../../src/accounting/remedies/index.js';
import { BOOT_CLOCK } from '../../src/model/source.js';

export const cite = { source: 1, line: 1 };
export const BOOT: Boot = {
  boot: 1,
  label: null,
  kernel: '6.12.1',
  machine: null,
  cpus: null,
  started: null,
  durationNs: null,
  commandLine: null,
  complete: true,
  trace: { complete: true, reason: '', sees: 'calls', probes: [] },
  busiest: null,
  failedAtOnce: null,
  sources: [1],
  logs: 1,
  cite,
  modulesLoaded: null,
  failures: null,
  wasted: null,
  lowerBound: false,
} as unknown as Boot;

export const attempt = (some: Partial<Attempt>): Attempt => ({
  boot: 1,
  attempt: 1,
  start: 10n,
  end: 20n,
  concurrent: null,
  clock: BOOT_CLOCK,
  pid: 1,
  byProbes: false,
  wholeRecord: false,
  steps: { at: {}, copied: null, unpacked: null },
  comm: '(udev-worker)',
  call: 'finit_module',
  flags: 0,
  module: 'a',
  phase: 'becoming',
  outcome: 'duplicate',
  errno: 17,
  image: 1000,
  compressed: 0,
  wasted: { low: 1000, high: 1000 },
  basis: 'measured',
  listed: null,
  loadedAt: null,
  memory: null,
  text: null,
  requester: 'udev',
  callSite: null,
  requested: null,
  parentComm: null,
  joinCertain: true,
  cite,
  endLine: null,
  ...some,
});

export const listed = (module: string, times: bigint): AttributionRow => ({
  boot: 1,
  module,
  times,
  reasons: 1,
  becoming: { low: times, high: times },
  load: { low: 0n, high: 0n },
  image: null,
  compressed: null,
  bytes: null,
  low: times * 64n,
  high: null,
  basis: 'bounded',
  origin: 'list',
});

export const failure = (reason: string, some: Partial<FailureRow> = {}): FailureRow => ({
  boot: 1,
  reason,
  module: 'm',
  phase: 'becoming',
  errno: 8,
  times: 1,
  wasted: 500n,
  basis: 'measured',
  spentNs: null,
  timedCalls: 0,
  firstT: null,
  clock: BOOT_CLOCK,
  cite,
  ...some,
});

export const problem = (kind: ProblemRow['kind'], some: Partial<ProblemRow> = {}): ProblemRow => ({
  boot: 1,
  kind,
  module: 'm',
  who: null,
  times: 1,
  durationNs: null,
  message: '',
  t: null,
  clock: BOOT_CLOCK,
  cite,
  ...some,
});

export const request = (requested: string): Request =>
  ({ boot: 1, requested, duplicate: true, callSite: 'get_fs_type', comm: 'mount' }) as unknown as Request;

export const allocation = (what: string, module: string | null = null, some: object = {}): AllocationRow =>
  ({ boot: 1, t: 5n, what, bytes: 4096, module, message: '', cite, ...some }) as unknown as AllocationRow;

const NOTHING: Omit<AdviceEvidence, 'remedies'> = {
  boot: BOOT,
  attempts: [],
  attribution: [],
  failures: [],
  requests: [],
  problems: [],
  allocationFailures: [],
  memory: [],
  kernelOptions: [],
  remainder: [],
  last: null,
};

export const advise = (some: Partial<AdviceEvidence>): AdviceRow[] => {
  const evidence = { ...NOTHING, ...some };
  return adviceRows({ ...evidence, remedies: remediesOf({ ...evidence, sizes: [] }) });
};
export const on = (kernel: string | null, cpus: number | null = null): Boot => ({ ...BOOT, kernel, cpus });
export const two = (some: Partial<Attempt>): Attempt[] => [attempt(some), attempt(some)];
/** A load, and a duplicate of it that ran at the same time. */
export const race = (some: Partial<Attempt>): Attempt[] => [
  attempt({ outcome: 'loaded', errno: null, start: 1n, end: 10n, ...some }),
  attempt({ start: 2n, end: 11n, ...some }),
];
