// SPDX-License-Identifier: Apache-2.0
/** What a log says of failed loads, failed allocations and other problems, each once. */
import { describe, expect, it } from 'vitest';
import { fits } from '../../src/accounting/failures/failure-lines.js';
import { byErrno, inferredReason, mayReturn } from '../../src/accounting/failures/failure-reasons.js';
import type { Attempt } from '../../src/accounting/model.js';
import type { LoadFailure } from '../../src/model/event.js';
import { boot, build, failureLine, Trace } from './make.js';

const SECOND = 1_000_000_000n;
const at = (seconds: number) => BigInt(Math.round(seconds * 1e9));

const ofLog = (release: string, ...events: object[]) =>
  build({ events: [...boot(release), ...(events as [])] }).model;

describe('a failed allocation', () => {
  const line = (by: string, seconds: number | null, some: object = {}) => ({
    kind: 'allocation-failure',
    t: seconds === null ? null : at(seconds),
    what: by === 'percpu' ? 'percpu' : 'vmalloc',
    by,
    bytes: 8192,
    comm: null,
    pid: null,
    module: null,
    during: null,
    message: by,
    ...some,
  });
  const rows = (...events: object[]) => ofLog('6.12.0', ...events).allocationFailures;
  const counts = (...events: object[]) => rows(...events).length;

  // mm/vmalloc.c: __vmalloc_area_node prints below __vmalloc_node_range, which prints below its caller.
  it.each<[string, object[], number]>([
    ['printed by the allocator and its callers', [line('vmap', 1), line('vmalloc', 1), line('loader', 1)], 1],
    ['printed 10 s apart, on a slow console', [line('vmap', 1), line('vmalloc', 11)], 1],
    ['printed later', [line('vmap', 1), line('vmalloc', 11.001)], 2],
    ['printed by the same function again', [line('vmalloc', 1), line('vmalloc', 1)], 2],
    ['printed by the caller first', [line('loader', 1), line('vmalloc', 1)], 2],
    ['of another size', [line('vmap', 1), line('vmalloc', 1, { bytes: 8192 + 131_073 })], 2],
    ['of a size that is rounded up', [line('vmap', 1), line('vmalloc', 1, { bytes: 8192 + 131_072 })], 1],
    ['of an unknown size', [line('vmap', 1), line('vmalloc', 1, { bytes: null })], 1],
    ['after execmem, which prints alone', [line('execmem', 1), line('loader', 1)], 2],
    ['of per-CPU memory beside vmalloc', [line('percpu', 1), line('vmalloc', 1)], 2],
    ['of per-CPU memory, of the same size', [line('percpu', 1), line('loader', 1, { what: 'percpu' })], 1],
    [
      'of per-CPU memory, of another size',
      [line('percpu', 1), line('loader', 1, { what: 'percpu', bytes: 8193 })],
      2,
    ],
    // mm/vmalloc.c: __vmalloc_node_range of 3.2 complains about no bytes; kernel/module.c: move_module goes on without them.
    ['of no bytes', [line('vmalloc', 1, { bytes: 0 }), line('pages', 1, { what: 'pages', bytes: null })], 0],
    ['without times, near by', [line('vmap', null), line('vmalloc', null)], 1],
    [
      'without times, far below',
      [
        line('vmap', null),
        ...Array.from({ length: 60 }, () => ({ kind: 'taint', what: 'other', module: 'x' })),
        line('vmalloc', null),
      ],
      2,
    ],
    ['of which one line has no time', [line('vmap', 1), line('vmalloc', null)], 1],
    ['between the lines of another', [line('vmap', 1), line('percpu', 1), line('vmalloc', 1)], 2],
  ])('%s', (_, events, expected) => {
    expect(counts(...events)).toBe(expected);
  });

  it('has what any of its lines names', () => {
    const [row] = rows(
      line('vmap', 1, { comm: 'modprobe', pid: 7, during: 'load' }),
      line('vmalloc', 1, { bytes: null, comm: 'late', during: 'image' }),
      line('loader', 1, { module: 'm' }),
      { kind: 'allocations-suppressed', t: at(2), count: 5 },
      { kind: 'allocations-suppressed', t: at(3), count: null },
    );
    expect(row).toMatchObject({
      t: SECOND,
      what: 'vmalloc',
      bytes: 8192,
      comm: 'modprobe',
      pid: 7,
      module: 'm',
    });
    expect(row).toMatchObject({ during: 'image', load: 'failed', suppressed: 6, message: 'vmap' });
  });

  it.each<[string, object[], string | null]>([
    ['is failed where the loader says so', [line('loader', 1)], 'failed'],
    ['is open where the allocator alone says it', [line('vmalloc', 1)], null],
    ['is failed where its image had no memory', [line('vmalloc', 1, { during: 'image' })], 'failed'],
    ['is open where its init had none', [line('vmalloc', 1, { during: 'init' })], null],
    [
      'is failed where a tool got ENOMEM within 10 s',
      [
        line('vmalloc', 1),
        { kind: 'user-load', t: at(11), tool: 'udev', pid: null, what: 'failed', module: 'm', errno: 12 },
      ],
      'failed',
    ],
    [
      'is open where a tool got it later',
      [
        line('vmalloc', 1),
        ...Array.from({ length: 60 }, () => ({ kind: 'taint', what: 'other', module: 'x' })),
        { kind: 'user-load', t: at(11.5), tool: 'udev', pid: null, what: 'failed', module: 'm', errno: 12 },
      ],
      null,
    ],
    [
      'is open where a tool got another error',
      [
        line('vmalloc', 1),
        { kind: 'user-load', t: at(2), tool: 'udev', pid: null, what: 'failed', module: 'm', errno: 19 },
      ],
      null,
    ],
  ])('of a load that %s', (_, events, load) => {
    expect(rows(...events)[0]?.load).toBe(load);
  });

  describe('of a task that a trace shows', () => {
    const traced = (ret: number) => {
      const trace = new Trace().at(10_000).finit(7, 0, 'modprobe');
      if (ret === 0) trace.loaded(7, 'm', 'modprobe');
      else trace.charge(7, 'load', 'm', 5000);
      return trace.at(12_000).exit(7, ret, 'finit_module', 'modprobe');
    };
    const row = (trace: Trace, some: object, seconds = 11) =>
      build({ events: trace.events }, { events: [...boot(), line('vmalloc', seconds, some) as never] }).model
        .allocationFailures[0];

    it('is of the call that ran then', () => {
      expect(row(traced(-12), { pid: 7 })).toMatchObject({ module: 'm', comm: 'modprobe', load: 'failed' });
      expect(row(traced(-12), { comm: 'modprobe' })).toMatchObject({ module: 'm', pid: 7, load: 'failed' });
      expect(row(traced(-12), {})).toMatchObject({ module: 'm', pid: 7, load: 'failed' });
      expect(row(traced(0), { pid: 7 })).toMatchObject({ module: null, load: 'loaded' });
      expect(row(traced(-8), { pid: 7 })).toMatchObject({ module: null, load: null });
    });

    it('is of another where it came at another time, or of another task', () => {
      expect(row(traced(-12), { comm: 'other' })).toMatchObject({ module: null, load: null });
      expect(row(traced(-12), { pid: 8 })).toMatchObject({ module: null, load: null });
      expect(row(traced(-12), { comm: 'modprobe' }, 13)).toMatchObject({ module: null, load: null });
      // The thread is the same, and its clock may be another.
      expect(row(traced(-12), { pid: 7 }, 13)).toMatchObject({ module: 'm', load: 'failed' });
      expect(row(traced(-12), { pid: 7 }, 40)).toMatchObject({ module: null, load: null });
    });

    it('is of the call that runs, before one near by', () => {
      const trace = traced(0).at(12_100).finit(7, 0, 'modprobe').charge(7, 'load', 'n', 5000);
      trace.at(14_000).exit(7, -12, 'finit_module', 'modprobe');
      expect(row(trace, { pid: 7 })).toMatchObject({ module: null, load: 'loaded' });
      expect(row(trace, { pid: 7 }, 13)).toMatchObject({ module: 'n', load: 'failed' });
    });
  });
});

describe('a message that is a failure on some kernels', () => {
  const since = { ...failureLine('other', 'm'), phase: 'load', fails: 'since 6.16' };
  const before = { ...failureLine('symbol-version', 'm'), fails: 'before 4.9' };
  it.each<[string, object, number]>([
    ['6.15.9', since, 0],
    ['6.16.0', since, 1],
    ['7.3.4', since, 1],
    ['4.8.17', before, 1],
    ['4.9.0', before, 0],
    ['6.12.0', before, 0],
  ])('on %s', (release, event, expected) => {
    expect(ofLog(release, event).failures.length).toBe(expected);
  });
});

describe('the error number of a failed load', () => {
  const reason = (phase: Attempt['phase'], errno: number, module: string | null = 'm') =>
    inferredReason({ phase, errno, module, steps: { at: { failed: 1n } } } as Attempt);

  // include/uapi/asm-generic/errno.h; kernel/module/signing.c, crypto/asymmetric_keys, kernel/module/main.c.
  it.each<[Attempt['phase'], number, string]>([
    ['becoming', 126, 'signature'],
    ['becoming', 127, 'signature'],
    ['becoming', 128, 'signature'],
    ['becoming', 129, 'signature'],
    ['becoming', 61, 'signature'],
    ['becoming', 65, 'signature'],
    ['becoming', 74, 'signature'],
    ['load', 12, 'memory'],
    ['becoming', 4, 'interrupted'],
    ['becoming', 512, 'interrupted'],
    ['init', 12, 'init'],
    ['kread', 1, 'lsm'],
    ['kread', 13, 'lsm'],
    ['kread', 21, 'read'],
    ['decompress', 22, 'decompress'],
    ['becoming', 1, 'blacklist'],
    ['load', 1, 'other'],
    ['becoming', 8, 'other'],
    [null, 2, 'other'],
  ])('in %s, %i is %s', (phase, errno, expected) => {
    expect(reason(phase, errno)).toBe(expected);
  });

  it('may be the lockdown’s where the kernel did not read the name', () => {
    expect(reason('becoming', 1, null)).toBe('other');
    // The name of the file, by a probe on its read.
    expect(inferredReason({ phase: 'becoming', errno: 1, module: 'm', steps: { at: {} } } as Attempt)).toBe(
      'other',
    );
    expect(byErrno(null)).toBeNull();
    expect(byErrno(8)).toBeNull();
  });

  it.each<[LoadFailure['reason'], number[], number[]]>([
    ['signature', [1, 61, 65, 74, 126, 127, 128, 129], [8, 13, 17]],
    ['lockdown', [1, 13], [8, 129]],
    ['lsm', [1, 13], [8]],
    ['blacklist', [1, 129], [13]],
    ['elf', [8, 22], [12, 1]],
    ['vermagic', [8], [22]],
    ['duplicate-symbol', [8], [17]],
    ['relocation', [8, 22], [2]],
    ['decompress', [22, 12, 5, 95], [8]],
    ['percpu', [12], [8]],
    ['vmalloc', [12], [8]],
    ['memory', [12], [8]],
    ['unknown-symbol', [2, 22], []],
  ])('of %s', (named, fitting, others) => {
    expect(fitting.filter((errno) => !mayReturn(named, errno))).toEqual([]);
    expect(others.filter((errno) => mayReturn(named, errno))).toEqual([]);
    expect(mayReturn(named, null)).toBe(true);
  });
});

describe('failed loads', () => {
  it('of unknown bytes have a lower bound where one is known', () => {
    const trace = new Trace()
      .init(1, 100_000)
      .probe(1, { fact: 'load-module', point: 'entry', image: 100_000, flags: null, ret: null });
    trace.exit(1, -8, 'init_module').finit(2).read(2, -22).exit(2, -22);
    const { failures } = build({ events: trace.events }).model;
    expect(
      failures.map(({ reason, wasted, basis, times, timedCalls, spentNs }) => [
        reason,
        wasted,
        basis,
        times,
        timedCalls,
        spentNs,
      ]),
    ).toEqual([
      ['other', 91_808n, 'bounded', 1, 1, 2_000_000n],
      ['read', 0n, 'measured', 1, 1, 2_000_000n],
    ]);
  });

  it('take a line of their module whose error is theirs', () => {
    const trace = new Trace().finit(1).charge(1, 'load', 'm', 900).exit(1, -12);
    const named = (errno: number | null) =>
      build(
        { events: trace.events },
        { events: [...boot(), { ...failureLine('percpu', 'm', 'x', at(1)), errno } as never] },
      ).model.failures.map(({ reason, phase, errno: number, times }) => [reason, phase, number, times]);
    expect(named(12)).toEqual([['percpu', 'load', 12, 1]]);
    expect(named(null)).toEqual([['percpu', 'load', 12, 1]]);
    expect(named(5)).toEqual([['memory', 'load', 12, 1]]);
  });
});

describe('a symbol of another version', () => {
  const version = (module: string, symbol: string, ms: number) =>
    failureLine(
      'symbol-version',
      module,
      `${module}: disagrees about version of symbol ${symbol}`,
      at(1 + ms / 1000),
    );
  const unknown = (module: string, symbol: string, ms: number) =>
    failureLine('unknown-symbol', module, `${module}: Unknown symbol ${symbol} (err -22)`, at(1 + ms / 1000));
  const failed = (...lines: object[]) => {
    const trace = new Trace();
    for (let call = 0; call < 2; call++) trace.finit(2).read(2, 500, 'm.ko').exit(2, -22);
    const { failures } = build({ events: trace.events }, { events: [...boot(), ...(lines as [])] }).model;
    return failures.map(({ reason, module, times }) => [reason, module, times]);
  };

  it('is the reason of each of several loads', () => {
    const lines = [2, 5].flatMap((ms) => [version('m', 'a', ms), unknown('m', 'a', ms)]);
    expect(failed(...lines)).toEqual([['symbol-version', 'm', 2]]);
    const [first, second, third, fourth] = lines;
    expect(failed(first ?? {}, third ?? {}, second ?? {}, fourth ?? {})).toEqual([
      ['symbol-version', 'm', 2],
    ]);
  });

  it('is not the reason of a load that lacks another symbol', () => {
    expect(failed(version('m', 'a', 2), unknown('m', 'a', 2), unknown('m', 'b', 5))).toEqual([
      ['symbol-version', 'm', 1],
      ['unknown-symbol', 'm', 1],
    ]);
  });
});

// kernel/module/main.c:blacklisted names the module and returns EPERM; Debian's hash check names none, EKEYREJECTED.
it.each([
  ['m', 1, true],
  ['m', 129, false],
  [null, 129, true],
])('a blacklisted %s fits a call that returned %i: %s', (module, errno, expected) => {
  const line = { reason: 'blacklist', module, phase: 'becoming', errno: null } as LoadFailure;
  expect(fits(line, { phase: 'becoming', errno } as Attempt)).toBe(expected);
});
