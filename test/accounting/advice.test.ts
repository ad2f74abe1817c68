// SPDX-License-Identifier: Apache-2.0
/** What advice follows from what, and what it says that it would save. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AdviceEvidence } from '../../src/accounting/advice/evidence.js';
import type { AdviceKind } from '../../src/accounting/kinds.js';
import type { Attempt, Boot } from '../../src/accounting/model.js';
import { loadQueries } from '../../src/query/library.js';
import {
  advise,
  attempt,
  BOOT,
  cite,
  failure,
  listed,
  on,
  problem,
  race,
  request,
  two,
} from './advice-evidence.js';
import { FIXTURES, openCapture } from './truth.js';

/** Single duplicates of as many bytes, by two other programs. */
const byOthers = (bytes: number): Attempt[] =>
  ['racer', 'builder'].map((parentComm) =>
    attempt({ requester: 'modprobe', comm: 'modprobe', parentComm, wasted: { low: bytes, high: bytes } }),
  );

/** What must be said of the first evidence, and must not be of the others. */
const RULES: readonly {
  readonly kind: AdviceKind;
  readonly of: readonly Partial<AdviceEvidence>[];
  readonly notOf: readonly Partial<AdviceEvidence>[];
}[] = [
  {
    kind: 'user-space-decompression',
    of: [
      { attempts: race({ call: 'init_module' }) },
      { boot: on(null), attempts: race({ call: 'init_module' }) },
    ],
    notOf: [
      { attempts: race({}) },
      { attempts: [attempt({ call: 'init_module', outcome: 'loaded' })] },
      // Alone, with none to wait for: it would have saved nothing.
      { attempts: [attempt({ call: 'init_module' })] },
    ],
  },
  {
    kind: 'kernel-without-coalescing',
    of: [
      { boot: on('6.1.0'), attempts: race({}) },
      { boot: on('6.4.9'), attribution: [listed('a', 1n)] },
    ],
    notOf: [
      { boot: on('6.1.0'), attempts: [attempt({})] },
      { boot: on('6.5.0'), attempts: race({}) },
      { boot: on(null), attribution: [listed('a', 1n)] },
      { boot: on('6.1.0') },
    ],
  },
  {
    kind: 'one-requester',
    of: [
      { attempts: two({}) },
      { attempts: two({ requester: 'modprobe', comm: 'modprobe', parentComm: 'racer' }) },
      // Half of the bytes.
      { attempts: [...two({}), ...byOthers(1000)] },
    ],
    notOf: [
      { attempts: [attempt({})] },
      { attempts: two({ requester: 'kernel', comm: 'modprobe' }) },
      { attempts: [...two({}), ...byOthers(1001)] },
    ],
  },
  {
    kind: 'one-per-cpu',
    of: [{ boot: on('6.12.1', 8), attribution: [listed('a', 7n), listed('b', 14n), listed('c', 3n)] }],
    notOf: [
      { boot: on('6.12.1', null), attribution: [listed('a', 7n), listed('b', 14n)] },
      { boot: on('6.12.1', 8), attribution: [listed('a', 7n)] },
      { boot: on('6.12.1', 8), attribution: [listed('a', 7n), listed('b', 7n), listed('c', 200n)] },
      { boot: on('6.12.1', 2), attribution: [listed('a', 1n), listed('b', 1n)] },
    ],
  },
  {
    kind: 'live-modules',
    of: [
      { attempts: [attempt({ outcome: 'loaded', start: 1n, end: 5n }), ...two({})] },
      // EEXIST, and nothing in the trace loaded it.
      { attempts: [attempt({ outcome: 'loaded', start: 1n, end: 5n, module: 'b' }), ...two({})] },
    ],
    notOf: [
      { attempts: [attempt({ outcome: 'loaded', start: 1n, end: 15n }), ...two({})] },
      { attempts: [attempt({ outcome: 'loaded', start: 1n, end: 5n }), attempt({})] },
      { attempts: [attempt({ outcome: 'loaded', start: 1n, end: 5n, module: 'b' }), ...two({ errno: 16 })] },
    ],
  },
  {
    kind: 'kernel-decompression',
    of: [{ attempts: [attempt({ compressed: 300 })] }],
    notOf: [{ attempts: [attempt({ compressed: 0 })] }, { attempts: [attempt({ compressed: null })] }],
  },
  {
    kind: 'duplicates',
    of: [{ attribution: [listed('a', 3n)] }],
    notOf: [{ boot: on('6.1.0'), attribution: [listed('a', 3n)] }, {}],
  },
  { kind: 'signature', of: [{ failures: [failure('signature')] }], notOf: [{ failures: [failure('elf')] }] },
  { kind: 'lockdown', of: [{ failures: [failure('lockdown')] }], notOf: [{}] },
  { kind: 'vermagic', of: [{ failures: [failure('vermagic')] }], notOf: [{ failures: [failure('other')] }] },
  { kind: 'relocation', of: [{ failures: [failure('relocation', { phase: 'load' })] }], notOf: [{}] },
  { kind: 'btf', of: [{ failures: [failure('btf')] }], notOf: [{}] },
  {
    kind: 'unexplained-failures',
    of: [{ failures: [failure('unattributed')] }],
    notOf: [{ failures: [failure('init', { phase: 'init' })] }, { failures: [failure('elf')] }],
  },
  {
    kind: 'failed-inits',
    of: [{ failures: [failure('init', { phase: 'init', times: 2 })] }],
    notOf: [{ failures: [failure('init', { phase: 'init' })] }],
  },
  {
    kind: 'throttling',
    of: [{ problems: [problem('throttled')] }, { problems: [problem('refused-request')] }],
    notOf: [{ problems: [problem('slow-init')] }],
  },
  {
    kind: 'stuck-loads',
    of: [{ problems: [problem('stuck-load')] }, { problems: [problem('killed-worker', { module: null })] }],
    notOf: [{ problems: [problem('throttled')] }],
  },
  {
    kind: 'failed-units',
    of: [{ problems: [problem('failed-unit', { who: 'systemd-modules-load.service' })] }],
    notOf: [{}],
  },
  {
    kind: 'slow-inits',
    of: [{ problems: [problem('slow-init', { durationNs: 6_000_000_000n })] }],
    notOf: [{}],
  },
  {
    kind: 'repeated-requests',
    of: [{ requests: [request('fs-xfs'), request('fs-xfs')] }],
    notOf: [{ requests: [request('fs-xfs'), request('fs-ext3')] }],
  },
];

describe('advice', () => {
  it('is not given on nothing', () => {
    expect(advise({})).toEqual([]);
  });

  it.each(RULES)('$kind follows from the evidence, once, and not without it', ({ kind, of, notOf }) => {
    for (const some of of) expect(advise(some).filter((row) => row.kind === kind)).toHaveLength(1);
    for (const some of notOf) expect(advise(some).filter((row) => row.kind === kind)).toEqual([]);
  });

  it('names a query that exists, in a text that fits two lines', () => {
    const queries = loadQueries();
    for (const { of } of RULES) {
      for (const { evidence, text } of of.flatMap(advise)) {
        expect([...queries.keys()]).toContain(evidence);
        expect(text.length).toBeLessThan(230);
      }
    }
  });

  it('says what it would save: the sum of its calls, exact only where all are measured', () => {
    const [sure] = advise({ attempts: two({ call: 'init_module', requester: 'kernel' }) });
    expect([sure?.low, sure?.high, sure?.basis, sure?.calls]).toEqual([2000n, 2000n, 'derived', 2n]);
    const bounded = { call: 'init_module', basis: 'bounded', wasted: { low: 10, high: 90 } } as const;
    const [unsure] = advise({ attempts: [attempt(bounded), attempt({ call: 'init_module' })] });
    expect([unsure?.low, unsure?.high, unsure?.basis]).toEqual([1010n, 1090n, 'bounded']);
  });

  it('has no upper bound where the trace lacks calls', () => {
    const boot: Boot = { ...BOOT, trace: { complete: false, reason: 'lost', sees: 'calls', probes: [] } };
    const [row] = advise({ boot, attempts: two({}) });
    expect([row?.low, row?.high, row?.basis]).toEqual([2000n, null, 'bounded']);
  });

  it('comes by worth, what hangs before all', () => {
    const rows = advise({
      attempts: two({ call: 'init_module' }),
      failures: [failure('vermagic', { wasted: 900_000n }), failure('elf', { wasted: 10n })],
      problems: [problem('stuck-load')],
    });
    expect(rows.map(({ rank }) => rank)).toEqual(rows.map((_, index) => index + 1));
    expect(rows.map(({ kind }) => kind)).toEqual([
      'stuck-loads',
      'vermagic',
      'one-requester',
      'live-modules',
      'failed-loads',
      // At least nothing: which of two that overlap ends first is not known.
      'user-space-decompression',
    ]);
  });

  it('leads with the vmalloc area where that is small', () => {
    const rows = advise({
      attempts: two({}),
      memory: [{ boot: 1, what: 'vmalloc-total', bytes: 120 << 20, cite }],
      allocationFailures: [
        {
          boot: 1,
          t: 5n,
          what: 'vmap',
          bytes: 4096,
          module: null,
          message: 'vmap allocation',
          cite,
        } as never,
      ],
    });
    expect(rows[0]?.kind).toBe('vmalloc-exhausted');
    expect(rows[0]?.text).toContain('small vmalloc area');
  });

  it('counts loads that failed with ENOMEM once, with the allocations that failed', () => {
    const rows = advise({
      boot: { ...BOOT, wordBits: 32 },
      failures: [failure('memory', { errno: 12, times: 3 })],
      allocationFailures: [{ boot: 1, t: 5n, what: 'execmem', bytes: null, module: null, cite } as never],
    });
    expect(rows.map(({ kind, low, calls }) => [kind, low, calls])).toEqual([['vmalloc-exhausted', 500n, 3n]]);
  });

  it('names what counters show without a list and a trace', () => {
    const boot: Boot = { ...BOOT, trace: null, failures: 1411n, wasted: 14_588_526_272n };
    const counters = new Map([
      ['failed_load_modules', { value: 1411n }],
      ['invalid_mod_bytes', { value: 14_588_526_272n }],
    ]);
    const dump = (list: string, given: object = counters) =>
      ({ list, counters: given }) as AdviceEvidence['last'];
    const rows = advise({ boot, last: dump('absent') });
    expect(rows.map(({ kind, low, high, calls }) => [kind, low, high, calls])).toEqual([
      ['unnamed-failures', 0n, 14_588_526_272n, 1411n],
    ]);
    // 14588526272 / 1411 is 9.86 MiB; a failure in load holds two copies.
    expect(rows[0]?.text).toContain('1,411 loads failed in load, 9.9 MiB each on average (images of 4.9 MiB');
    const total = advise({ boot: { ...boot, failures: null }, last: dump('absent', new Map()) });
    expect(total[0]?.text).not.toContain('show');
    for (const list of ['whole', 'cut', 'empty'] as const)
      expect(advise({ boot, last: dump(list) })).toEqual([]);
  });

  it('saves no more than what all duplicates cost, and all of it where the list is whole', () => {
    const bytes = (phase: 'becoming' | 'load', low: bigint, high: bigint) =>
      ({ phase, duplicateBytes: { low, high } }) as AdviceEvidence['remainder'][number];
    const rows = (list: 'whole' | 'cut') =>
      advise({
        attribution: [listed('a', 2n), { ...listed('b', 3n), high: 900n }],
        remainder: [bytes('becoming', 700n, 800n), bytes('load', 50n, 60n)],
        last: { list } as AdviceEvidence['last'],
      });
    expect([rows('whole')[0]?.low, rows('whole')[0]?.high]).toEqual([750n, 860n]);
    // Names are missing: their part is not known.
    expect([rows('cut')[0]?.low, rows('cut')[0]?.high]).toEqual([320n, 860n]);
  });

  it('names what said nothing of why loads failed', () => {
    const text = (logs: number, attempts: Attempt[]) =>
      advise({ boot: { ...BOOT, logs }, attempts, failures: [failure('other')] }).find(
        ({ kind }) => kind === 'unexplained-failures',
      )?.text;
    expect(text(0, [])).toContain('the kernel log of that boot');
    expect(text(1, [])).toContain('the log does not say');
    expect(text(1, [attempt({ outcome: 'failed' })])).toContain('neither the log nor the trace');
  });

  it.each([
    ['systemd-modules-load.service', 'systemctl status systemd-modules-load'],
    ['kmodloader', '/etc/modules.d'],
    ['dkms.service', 'make.log'],
    ['modules.dep', 'Run depmod'],
    ['module directory', 'Install the modules of the running kernel'],
    ['init script that loads kernel modules', 'output of the script'],
    ['modprobe@fuse.service', 'systemctl status'],
  ])('says where to look when %s failed', (who, where) => {
    expect(advise({ problems: [problem('failed-unit', { who, module: null })] })[0]?.text).toContain(where);
  });

  it('says where to look where one of several units builds modules', () => {
    const units = ['dkms.service', 'wireguard.service'].map((who) =>
      problem('failed-unit', { who, module: null }),
    );
    expect(advise({ problems: units })[0]?.text).toContain('make.log');
  });

  it('explains a failed read by its errno', () => {
    const text = (errno: number) =>
      advise({ failures: [failure('read', { errno, phase: 'kread' })] })[0]?.text;
    expect(text(12)).toContain('no memory');
    expect(text(21)).toContain('directory');
    expect(text(12)).not.toContain('directory');
  });

  it('names the three modules and callers that cost most', () => {
    const rows = advise({
      attempts: ['a', 'b', 'c', 'd'].map((module, index) =>
        attempt({ module, wasted: { low: index * 100, high: index * 100 } }),
      ),
    });
    expect(rows[0]?.modules).toEqual(['d', 'c', 'b']);
    expect(rows[0]?.who).toEqual(['(udev-worker)']);
  });
});

describe('advice on captures', () => {
  const kinds = async (name: string, ...files: string[]): Promise<AdviceKind[]> => {
    const { model } = await openCapture(join(FIXTURES, name), ...files);
    return model.advice.map(({ kind }) => kind);
  };

  it('gives none for a quiet boot', async () => {
    expect(await kinds('s1-quiet', 'trace.txt')).toEqual([]);
  });

  it('names the cause of a request storm', async () => {
    expect(await kinds('s5-autoload', 'trace.txt', 'dmesg.txt')).toContain('repeated-requests');
  });

  it('covers the largest cost of a storm first', async () => {
    const { model } = await openCapture(join(FIXTURES, 's2-dup-storm'), 'trace_pipe.txt', 'trace.txt');
    const [first] = model.advice;
    expect(first?.kind).toBe('one-requester');
    expect((first?.low ?? 0n) * 2n).toBeGreaterThan(model.boots[0]?.wasted ?? 0n);
  });
});
