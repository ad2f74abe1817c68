import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadQueries } from '../../../src/query/library.js';
import { adviceFor } from '../../../src/report/summary/advice.js';
import { type BootFacts, bootFacts } from '../../../src/report/summary/facts.js';
import { FIXTURES, openCapture } from '../../accounting/truth.js';

const NOTHING: BootFacts = {
  boot: 1n,
  bootId: null,
  kernel: null,
  machine: null,
  cpus: null,
  started: null,
  modulesLoaded: null,
  failures: null,
  wasted: null,
  wastedHigh: null,
  lowerBound: false,
  moduleMemory: null,
  snapshots: 0n,
  list: null,
  attempts: 0n,
  logs: 0n,
  phases: [],
  duplicates: [],
  requesters: [],
  failed: [],
  autoload: [],
  coalesced: 0n,
  untold: { calls: 0n, low: 0n, high: 0n },
  initModuleDuplicates: 0n,
  compressedDuplicates: 0n,
  failedInits: [],
  ledger: [],
  storm: null,
  remainder: null,
  shares: [],
  late: [],
  allocationFailures: 0n,
  vmallocTotal: null,
  listedSizes: 0n,
};

const facts = (some: Partial<BootFacts>): BootFacts => ({ ...NOTHING, ...some });
const duplicate = (module: string, times: bigint): BootFacts['duplicates'][number] => ({
  module,
  times,
  reason: 'Becoming',
  bytes: null,
  low: 0n,
  high: null,
  basis: 'bounded',
  origin: 'trace',
});
const failed = (reason: string, phase: string): BootFacts['failed'][number] => ({
  reason,
  module: 'm',
  phase,
  errno: null,
  times: 1n,
  wasted: null,
  basis: null,
  path: 'dmesg',
  line: 1n,
});
const udev: BootFacts['requesters'][number] = {
  requester: 'udev',
  comm: '(udev-worker)',
  callSite: null,
  parents: null,
  attempts: 7n,
  loaded: 0n,
  duplicates: 7n,
  coalesced: 0n,
  failed: 0n,
  wasted: 0n,
  exact: true,
};
const autoload = (duplicates: bigint): BootFacts['autoload'] => [
  { requested: 'fs-xfs', requests: duplicates + 1n, duplicates, callSites: 'get_fs_type', comms: 'mount' },
];

/** What must be said of the first facts, and must not be of the others. */
const RULES: readonly {
  readonly rule: string;
  readonly says: RegExp;
  readonly of: readonly Partial<BootFacts>[];
  readonly notOf: readonly Partial<BootFacts>[];
}[] = [
  {
    rule: 'user space that unpacks',
    says: /came through init_module/,
    of: [
      { kernel: '6.12.1', initModuleDuplicates: 9n },
      { kernel: null, initModuleDuplicates: 1n },
    ],
    notOf: [
      { kernel: '6.12.1', initModuleDuplicates: 0n },
      { kernel: '6.1.0', initModuleDuplicates: 9n },
    ],
  },
  {
    rule: 'a storm of one load per CPU',
    says: /CPUs - 1 \(7\) duplicates or a multiple/,
    of: [
      { cpus: 8n, duplicates: [duplicate('a', 7n), duplicate('b', 14n), duplicate('c', 3n)] },
      { cpus: 8n, duplicates: [duplicate('a', 7n), duplicate('b', 7n)], requesters: [udev] },
    ],
    notOf: [
      { cpus: null, duplicates: [duplicate('a', 7n), duplicate('b', 14n)] },
      { cpus: 8n, duplicates: [duplicate('a', 7n)] },
      { cpus: 8n, duplicates: [duplicate('a', 7n), duplicate('b', 7n), duplicate('c', 200n)] },
      { cpus: 8n, duplicates: [duplicate('a', 8n), duplicate('b', 6n)] },
      { cpus: 2n, duplicates: [duplicate('a', 1n), duplicate('b', 1n)] },
    ],
  },
  {
    rule: 'a kernel from before idempotent loads',
    says: /Linux 6\.1\.0 does not coalesce/,
    of: [{ kernel: '6.1.0', duplicates: [duplicate('a', 1n)] }],
    notOf: [
      { kernel: '6.1.0', duplicates: [] },
      { kernel: '6.5.0', duplicates: [duplicate('a', 1n)] },
      { kernel: null, duplicates: [duplicate('a', 1n)] },
    ],
  },
  {
    rule: 'loads without looking',
    says: /came after their module was live: insmod \(3 calls, 2 modules\)/,
    of: [{ late: [{ comm: 'insmod', calls: 3n, modules: 2n }] }],
    notOf: [{ late: [] }, { late: [{ comm: 'insmod', calls: 1n, modules: 1n }] }],
  },
  {
    rule: 'decompression in the kernel',
    says: /decompressed by the kernel first/,
    of: [{ compressedDuplicates: 2n }],
    notOf: [{ compressedDuplicates: 0n }],
  },
  {
    rule: 'repeated requests',
    says: /most often fs-xfs from get_fs_type \(9 times\).*try_then_request_module/,
    of: [{ autoload: autoload(9n) }],
    notOf: [{ autoload: autoload(0n) }, { autoload: autoload(1n) }, {}],
  },
  {
    rule: 'inits that fail over and over',
    says: /Inits failed over and over: edac \(2 times\)/,
    of: [{ failedInits: [{ module: 'edac', times: 2n }] }],
    notOf: [{ failedInits: [{ module: 'edac', times: 1n }] }],
  },
  {
    rule: 'failures that are no duplicates',
    says: /Not every failure was a duplicate.*vermagic of m: it was built for another kernel/,
    of: [{ failed: [failed('not told by the counters', 'becoming'), failed('vermagic', 'becoming')] }],
    notOf: [
      { failed: [failed('not told by the counters', 'becoming')] },
      { failed: [failed('init', 'init')] },
    ],
  },
  {
    rule: 'allocations that fail in the storm',
    says: /2 allocations failed while/,
    of: [{ storm: { first: 1n, last: 2n, calls: 9n, inside: 5n, peak: 2n, allocationFailures: 2n } }],
    notOf: [
      { storm: null, allocationFailures: 5n },
      { storm: { first: 1n, last: 2n, calls: 9n, inside: 5n, peak: 2n, allocationFailures: 0n } },
    ],
  },
  {
    rule: 'a list that was cut',
    says: /The duplicate list was cut/,
    of: [{ list: 'cut', snapshots: 1n }],
    notOf: [{ list: 'whole', snapshots: 1n }, { list: 'absent', snapshots: 1n }, { list: null }],
  },
];

describe('advice', () => {
  it('is not given on nothing', () => {
    expect(adviceFor(NOTHING)).toEqual([]);
  });

  it.each(RULES)('on $rule follows from the evidence', ({ says, of }) => {
    for (const some of of) {
      const matching = adviceFor(facts(some)).filter(({ text }) => says.test(text));
      expect(matching.length).toBe(1);
    }
  });

  it.each(RULES)('on $rule is not given without it', ({ says, notOf }) => {
    for (const some of notOf)
      expect(adviceFor(facts(some)).filter(({ text }) => says.test(text))).toEqual([]);
  });

  it('names a query that exists', () => {
    const queries = loadQueries();
    for (const { of } of RULES)
      for (const some of of)
        for (const { query } of adviceFor(facts(some))) expect([...queries.keys()]).toContain(query);
  });

  it('names udev where udev is behind it', () => {
    const [storm] = adviceFor(facts(RULES[1]?.of[1] ?? {}));
    expect(storm?.text).toContain('from udev');
  });
});

describe('advice on captures', () => {
  const adviceOn = async (name: string, ...files: string[]): Promise<string> => {
    const opened = await openCapture(join(FIXTURES, name), ...files);
    const { db } = await opened.store();
    const [boot] = bootFacts(db);
    return boot
      ? adviceFor(boot)
          .map(({ text }) => text)
          .join('\n')
      : '';
  };

  it('says nothing of a quiet boot', async () => {
    expect(await adviceOn('s1-quiet', 'trace.txt')).toBe('');
  });

  it('says what made a request storm', async () => {
    const advice = await adviceOn('s5-autoload', 'trace.txt', 'dmesg.txt');
    expect(advice).toMatch(/requested modules 344 times .* \(9 times\)/);
    expect(advice).not.toContain('init_module');
  });

  it('says which programs did not look, and that decompression made it dearer', async () => {
    expect(await adviceOn('s2-dup-storm', 'trace_pipe.txt', 'trace.txt')).toMatch(
      /duplicate calls came after their module was live/,
    );
    expect(await adviceOn('s3-compressed', 'trace.txt')).toMatch(/decompressed by the kernel first/);
  });
});
