// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/accounting/model.js';
import { boot, build, Trace } from './make.js';

function attemptsOf(trace: Trace, release?: string): readonly Attempt[] {
  const log = release === undefined ? [] : [{ events: boot(release) }];
  return build({ events: trace.events }, ...log).model.attempts;
}

/** A trace that has shown that it holds the kernel's charges, so that a call without one has none. */
const charging = (): Trace =>
  new Trace()
    .finit(1)
    .read(1, 500)
    .listed(1, 'known', 'becoming')
    .charge(1, 'becoming', 'known', 500)
    .exit(1, -17);

describe('what became of a call', () => {
  it('is what the kernel charged it with', () => {
    const trace = charging().finit(2, 4).read(2, 300).charge(2, 'load', 'big', 1000, 300).exit(2, -12);
    expect(attemptsOf(trace)[1]).toMatchObject({
      outcome: 'failed',
      phase: 'load',
      module: 'big',
      image: 1000,
      compressed: 300,
      wasted: { low: 2300, high: 2300 },
      basis: 'measured',
      errno: 12,
    });
  });

  it('keeps the arguments of both probes on one function, counted once', () => {
    const trace = new Trace()
      .finit(2)
      .listed(2, 'm', 'load')
      .listed(2, 'm', 'load')
      .probe(2, { fact: 'charge', phase: 'load', module: null, image: null, compressed: 0, flags: 0 })
      .charge(2, 'load', 'm', 800)
      .exit(2, -16);
    expect(attemptsOf(trace)).toMatchObject([
      {
        outcome: 'duplicate',
        module: 'm',
        image: 800,
        wasted: { low: 1600, high: 1600 },
        listed: { order: 0 },
      },
    ]);
  });

  it('is a failed init, charged nowhere, when the load had ended', () => {
    const trace = charging().finit(2).read(2, 500).loaded(2, 'm').exit(2, -19);
    expect(attemptsOf(trace)[1]).toMatchObject({
      outcome: 'failed',
      phase: 'init',
      wasted: { low: 0, high: 0 },
    });
  });

  it.each([
    [0, 'coalesced'],
    [-17, 'coalesced'],
    [-5, 'coalesced'],
  ])('is coalesced when it waited for a call that returned %i, too', (ret, outcome) => {
    const trace = charging().finit(2).finit(3).read(2, 500);
    if (ret === 0) trace.loaded(2, 'm');
    else trace.charge(2, 'becoming', 'm', 500);
    trace.exit(2, ret).exit(3, ret);
    expect(attemptsOf(trace)[2]).toMatchObject({ outcome, wasted: { low: 0, high: 0 }, module: 'm' });
  });

  // kernel/module/main.c:idempotent_complete wakes the waiters of a load when that load is done, and not before.
  it.each([
    ['0', 0],
    ['-5', -5],
  ])('is not coalesced when it returned %s before the other call’s load was done', (_, ret) => {
    const trace = charging().finit(2).finit(3).read(2, 500).exit(3, ret);
    if (ret === 0) trace.loaded(2, 'm');
    else trace.charge(2, 'becoming', 'm', 500);
    expect(attemptsOf(trace.exit(2, ret))[2]?.outcome).not.toBe('coalesced');
  });

  // kernel/module/main.c:finit_module knows flags 1, 2 and 4; others are EINVAL before the file is read.
  it.each([
    [8, 'refused', { low: 0, high: 0 }],
    [0, 'failed', { low: 0, high: null }],
    [4, 'failed', { low: 0, high: null }],
  ])(
    'with flags %i and EINVAL is %s: only unknown flags are refused at no cost',
    (flags, outcome, wasted) => {
      const trace = new Trace().finit(2, flags).exit(2, -22);
      expect(attemptsOf(trace, '6.12.0')[0]).toMatchObject({ outcome, wasted });
    },
  );

  it('is coalesced when it was interrupted while it waited', () => {
    const trace = charging().finit(2).finit(3).read(2, 500).exit(3, -4).loaded(2, 'm').exit(2, 0);
    expect(attemptsOf(trace)[2]).toMatchObject({ outcome: 'coalesced', errno: 4 });
  });

  it('is a duplicate of unknown cost, 0 at least, where nothing distinguishes it from a coalesced one', () => {
    const trace = new Trace().finit(2).finit(3).exit(2, -17).exit(3, -17);
    for (const attempt of attemptsOf(trace, '6.12.0')) {
      expect(attempt).toMatchObject({
        outcome: 'duplicate',
        phase: null,
        wasted: { low: 0, high: null },
        basis: null,
      });
    }
  });

  it('is no coalesced one on a kernel from before 6.5', () => {
    const trace = new Trace().finit(2).finit(3).read(2, 500).loaded(2, 'm').exit(2, 0).exit(3, 0);
    expect(attemptsOf(trace, '6.4.9').map((attempt) => attempt.outcome)).toEqual(['loaded', 'loaded']);
    expect(attemptsOf(trace, '6.5.0').map((attempt) => attempt.outcome)).toEqual(['loaded', 'coalesced']);
  });

  it.each([
    [64, -22, 'refused'],
    [0, -9, 'refused'],
    [0, -1, 'refused'],
  ])('is refused with flags %i and result %i before anything was read', (flags, ret, outcome) => {
    expect(attemptsOf(charging().finit(2, flags).exit(2, ret))[1]).toMatchObject({ outcome, phase: null });
  });

  it('is a blacklisted module, which was charged, for all its EPERM', () => {
    const trace = charging().finit(2).read(2, 700).charge(2, 'becoming', 'evil', 700).exit(2, -1);
    expect(attemptsOf(trace)[1]).toMatchObject({ outcome: 'failed', phase: 'becoming', module: 'evil' });
  });

  it('is a failed read: of finit_module free, of init_module the length that the caller passed', () => {
    const trace = charging().finit(2).read(2, -22).exit(2, -22).init(2, 4096).exit(2, -14, 'init_module');
    expect(attemptsOf(trace).slice(1)).toMatchObject([
      { outcome: 'failed', phase: 'kread', wasted: { low: 0, high: 0 } },
      { outcome: 'failed', phase: 'kread', wasted: { low: 4096, high: 4096 } },
    ]);
  });

  it('is a failed decompression, which costs the compressed file', () => {
    const trace = new Trace()
      .finit(2, 4)
      .read(2, 1500)
      .probe(2, { fact: 'decompress', ret: -22, compressed: null, image: null })
      .exit(2, -22);
    expect(attemptsOf(trace)).toMatchObject([
      { phase: 'decompress', compressed: 1500, wasted: { low: 1500, high: 1500 } },
    ]);
  });

  it('is bounded where the signature may still be in the length', () => {
    const trace = new Trace().init(2, 100_000).exit(2, -17, 'init_module');
    const [attempt] = attemptsOf(trace);
    expect(attempt).toMatchObject({ outcome: 'duplicate', phase: null, basis: 'bounded' });
    // Becoming without the longest signature, load with none.
    expect(attempt?.wasted).toEqual({ low: 100_000 - 8192, high: 200_000 });
  });

  it('distinguishes becoming from load by the two places that check for a duplicate', () => {
    const check = (pid: number, callOffset: number, ret: number): Parameters<Trace['probe']> => [
      pid,
      { fact: 'patient-check', module: 'm', ret, callOffset },
    ];
    const trace = new Trace()
      .init(2, 1000)
      .probe(...check(2, 0x612, 0))
      .probe(...check(2, 0x9a0, -17))
      .exit(2, -17, 'init_module')
      .init(3, 1000)
      .probe(...check(3, 0x612, -17))
      .exit(3, -17, 'init_module');
    expect(attemptsOf(trace).map((attempt) => attempt.phase)).toEqual(['load', 'becoming']);
  });

  it('is not known where the call does not end in the trace', () => {
    expect(attemptsOf(new Trace().finit(2))).toMatchObject([{ outcome: 'unknown', errno: null, end: null }]);
  });

  it('does not mix two tasks, nor two calls of one', () => {
    const trace = charging()
      .finit(2)
      .finit(3)
      .charge(3, 'becoming', 'three', 300)
      .charge(2, 'load', 'two', 200)
      .exit(3, -17)
      .exit(2, -17)
      .finit(2)
      .charge(2, 'becoming', 'two', 200)
      .exit(2, -17);
    expect(
      attemptsOf(trace)
        .slice(1)
        .map(({ module, wasted }) => [module, wasted.low]),
    ).toEqual([
      ['two', 400],
      ['three', 300],
      ['two', 200],
    ]);
  });
});

describe('the name of a call', () => {
  it('of a duplicate is that of the one module of its size', () => {
    const trace = new Trace()
      .init(2, 1000)
      .loaded(2, 'm')
      .exit(2, 0, 'init_module')
      .init(3, 1000)
      .exit(3, -17, 'init_module')
      .init(3, 2000)
      .exit(3, -17, 'init_module');
    expect(attemptsOf(trace).map((attempt) => attempt.module)).toEqual(['m', 'm', null]);
  });

  it('stays unknown where two modules have that size', () => {
    const trace = new Trace();
    for (const module of ['a', 'b']) trace.init(2, 1000).loaded(2, module).exit(2, 0, 'init_module');
    trace.init(3, 1000).exit(3, -17, 'init_module');
    expect(attemptsOf(trace)[2]?.module).toBeNull();
  });

  it('is that of the task on the call’s last line, because a trace learns of names late', () => {
    const trace = new Trace().finit(2, 0, 'sh').loaded(2, 'm', 'insmod').exit(2, 0, 'finit_module', 'insmod');
    trace.finit(2, 0, 'other').exit(2, -9, 'finit_module', 'other');
    expect(attemptsOf(trace).map((attempt) => attempt.comm)).toEqual(['insmod', 'other']);
  });

  it('is that of the program executed, where the line still prints the name from before', () => {
    const trace = new Trace()
      .fork(1, 'init', 7)
      .exec(7, '/usr/sbin/modprobe', 'init')
      .finit(7, 0, 'init')
      .loaded(7, 'm', 'init')
      .exit(7, 0, 'finit_module', 'init');
    trace.finit(7, 0, 'modprobe').exit(7, -9, 'finit_module', 'modprobe');
    const [first] = attemptsOf(trace);
    expect(first).toMatchObject({ comm: 'modprobe', parentComm: 'init', requester: 'modprobe' });
  });
});

describe('a call that returns 0 without module_load, though it reached load_module', () => {
  const task = { comm: 'insmod', cpu: 0 };
  const load = (pid: number, loads: boolean) => [
    { kind: 'syscall-enter' as const, ...task, pid, call: 'init_module', len: 5000, flags: null },
    {
      kind: 'probe' as const,
      ...task,
      pid,
      event: 'load',
      fact: { fact: 'load-module', point: 'entry', image: 5000, flags: 0, ret: null },
    },
    ...(loads ? [{ kind: 'module-load' as const, ...task, pid, module: 'minix', taints: '' }] : []),
    { kind: 'syscall-exit' as const, ...task, pid, call: 'init_module', ret: 0 },
  ];
  it.each([
    ['6.12.1', 'loaded', 0],
    ['6.18.3', 'unknown', null],
    ['7.3.4', 'unknown', null],
  ])('on %s is %s: since 6.16 code tags that cannot be allocated end so', (release, outcome, high) => {
    const { model } = build({
      events: [
        { kind: 'kernel-version' as const, release, machine: null },
        ...load(1, true),
        ...load(2, false),
      ],
    });
    expect(model.attempts.map((attempt) => [attempt.outcome, attempt.wasted.high])).toEqual([
      ['loaded', 0],
      [outcome, high],
    ]);
  });
});

describe('init_module that fails for memory without a charge of its own', () => {
  const call = (pid: number, ret: number, phase?: 'becoming' | 'load') => {
    const task = { comm: 'insmod', cpu: 0, pid };
    const fact = { fact: 'charge', phase, module: 'minix', image: 5000, compressed: null, flags: 0 };
    return [
      { kind: 'syscall-enter' as const, ...task, call: 'init_module', len: 5000, flags: null },
      ...(phase ? [{ kind: 'probe' as const, ...task, event: phase, fact }] : []),
      { kind: 'syscall-exit' as const, ...task, call: 'init_module', ret },
    ];
  };
  it('failed in the copy where both charges are seen in the trace', () => {
    const { model } = build({
      events: [...call(1, -12), ...call(2, -8, 'becoming'), ...call(3, -12, 'load')],
    });
    expect(model.attempts[0]).toMatchObject({ phase: 'kread', wasted: { low: 5000, high: 5000 } });
  });

  it('may have failed after layout where only one charge is', () => {
    const { model } = build({ events: [...call(1, -12), ...call(2, -8, 'becoming')] });
    expect(model.attempts[0]).toMatchObject({ phase: null, wasted: { high: 10_000 } });
  });
});
