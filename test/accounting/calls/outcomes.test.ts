// SPDX-License-Identifier: Apache-2.0
/** What became of calls that traces show in part, or with probes that contradict each other. */
import { describe, expect, it } from 'vitest';
import type { ProbeFact } from '../../../src/model/event.js';
import { boot, build, loadModule, Trace } from '../make.js';

const check = (ret: number | null): ProbeFact => ({
  fact: 'patient-check',
  module: 'm',
  ret,
  callOffset: null,
});

const model = (trace: Trace, release = '6.12.0', ...more: object[]) =>
  build({ events: trace.events }, { events: [...boot(release), ...(more as [])] });
const attempts = (trace: Trace, release?: string) => model(trace, release).model.attempts;

/** A trace with the kernel's charges, the reads and module_load. */
const charging = () =>
  new Trace().finit(1).read(1, 500).listed(1, 'k', 'becoming').charge(1, 'becoming', 'k', 500).exit(1, -17);

describe('lengths that contradict each other', () => {
  // info->len is the bytes read, less a signature of at most some KiB (kernel/module/signing.c).
  it('are a fault of one call where the probe agrees with the others', () => {
    const trace = new Trace();
    for (const pid of [1, 2]) trace.finit(pid).read(pid, 9000).charge(pid, 'load', 'm', 9000).exit(pid, -2);
    trace.finit(3).read(3, 20_000).charge(3, 'load', 'n', 70_000).exit(3, -2);
    const { model: made, diagnostics } = model(trace);
    expect(made.attempts.map(({ image }) => image)).toEqual([9000, 9000, null]);
    expect(made.attempts[2]?.wasted).toEqual({ low: 2 * (20_000 - 8192), high: 40_000 });
    expect(diagnostics.map(({ code }) => code)).toContain('trace-probe-contradiction');
  });

  it('are of two calls in a trace that lost the end of one and the start of the other', () => {
    const trace = new Trace();
    for (const pid of [1, 2]) trace.finit(pid).read(pid, 9000).charge(pid, 'load', 'm', 9000).exit(pid, -2);
    trace.init(3, 20_000).lost(2).charge(3, 'load', 'n', 70_000).exit(3, -2, 'init_module');
    expect(attempts(trace)[2]).toMatchObject({ image: 70_000, wasted: { low: 140_000, high: 140_000 } });
  });

  it('are the probe’s where most calls contradict it', () => {
    const trace = new Trace().finit(1).read(1, 9000).charge(1, 'load', 'm', 9000).exit(1, -2);
    for (const pid of [2, 3]) trace.finit(pid).read(pid, 9000).charge(pid, 'load', 'm', 1).exit(pid, -2);
    expect(attempts(trace).map(({ basis, image }) => [basis, image])).toEqual([
      ['bounded', null],
      ['bounded', null],
      ['bounded', null],
    ]);
  });

  it('leave L to the return of load_module, where that agrees', () => {
    const trace = new Trace()
      .init(1, 9000)
      .probe(1, loadModule('entry', 9000))
      .probe(1, loadModule('return', 8300, -8))
      .exit(1, -8, 'init_module');
    expect(attempts(trace)).toMatchObject([
      { image: 8300, phase: null, wasted: { low: 8300, high: 16_600 } },
    ]);
  });
});

describe('a call that may have waited', () => {
  // Only finit_module goes through idempotent_init_module (kernel/module/main.c).
  it('did not wait for an init_module', () => {
    const trace = charging().init(2, 800).finit(3).loaded(2, 'm').exit(2, 0, 'init_module').exit(3, 0);
    expect(attempts(trace)[2]).toMatchObject({ outcome: 'unknown', basis: null });
  });

  it('may have loaded a module of its own where the trace lost events', () => {
    const both = () => charging().finit(2).finit(3).loaded(2, 'm').exit(2, 0).exit(3, 0);
    expect(attempts(both())[2]).toMatchObject({ outcome: 'coalesced', module: 'm' });
    expect(attempts(both().lost(1))[2]).toMatchObject({ outcome: 'unknown', module: null });
  });

  it('may have waited for one that began before the trace', () => {
    const late = charging().finit(2).finit(3).loaded(2, 'm').exit(4, 0).exit(2, 0).exit(3, 0);
    expect(attempts(late).find(({ pid }) => pid === 3)).toMatchObject({ outcome: 'coalesced', module: null });
  });

  it('is an init_module never', () => {
    const trace = charging()
      .finit(2)
      .read(2, 800)
      .init(3, 800)
      .loaded(2, 'm')
      .exit(2, 0)
      .exit(3, 0, 'init_module');
    expect(attempts(trace)[2]).toMatchObject({ outcome: 'loaded' });
  });

  it('is free only in a trace that holds every call: one that audit alone shows was not in it', () => {
    const record = {
      kind: 'load-call',
      t: 20_000_000_000n,
      stamp: '1.001:7',
      pid: 9,
      comm: 'modprobe',
      call: 'finit_module',
      ret: -17,
      module: 'm',
      len: null,
      flags: null,
      durationNs: null,
    };
    const trace = charging().finit(2).exit(2, -17);
    expect(attempts(trace)[1]).toMatchObject({ outcome: 'coalesced' });
    const both = model(trace, '6.12.0', record).model.attempts;
    expect(both.map(({ outcome, basis }) => [outcome, basis])).toEqual([
      ['duplicate', 'measured'],
      ['duplicate', null],
      ['duplicate', null],
    ]);
  });
});

it('an init did not fail with EEXIST where the trace lost events: that was the end of a later call', () => {
  const trace = () => charging().finit(2).loaded(2, 'm').exit(2, -17);
  expect(attempts(trace())[1]).toMatchObject({ outcome: 'failed', phase: 'init' });
  expect(attempts(trace().lost(1))[1]).toMatchObject({ outcome: 'unknown', phase: null, module: 'm' });
});

describe('the duplicate list', () => {
  it('has the order in which the trace shows its entries', () => {
    const trace = new Trace();
    for (const pid of [1, 2, 3]) trace.finit(pid);
    trace.listed(2, 'b', 'becoming').listed(1, 'a', 'load').listed(3, 'c', 'becoming');
    for (const pid of [1, 2, 3]) trace.exit(pid, -17);
    expect(attempts(trace).map(({ listed }) => listed?.order)).toEqual([1, 0, 2]);
  });
});

describe('the two checks for a duplicate', () => {
  it('count once where probes show both their start and their end', () => {
    const trace = new Trace();
    const first = (pid: number, ret: number) => trace.probe(pid, check(null)).probe(pid, check(ret));
    trace.init(1, 800).probe(1, loadModule('entry', 800));
    first(1, 0);
    first(1, 0);
    trace.loaded(1, 'm').exit(1, 0, 'init_module');
    trace.init(2, 800).probe(2, loadModule('entry', 800));
    first(2, -17);
    trace.exit(2, -17, 'init_module');
    trace.init(3, 800).probe(3, loadModule('entry', 800));
    first(3, 0);
    first(3, -17);
    trace.exit(3, -17, 'init_module');
    expect(attempts(trace).map(({ outcome, phase }) => [outcome, phase])).toEqual([
      ['loaded', null],
      ['duplicate', 'becoming'],
      ['duplicate', 'load'],
    ]);
  });

  it('both passed mean that EEXIST came from the init', () => {
    const trace = new Trace().init(1, 800).probe(1, loadModule('entry', 800));
    trace.probe(1, check(0)).probe(1, check(0)).exit(1, -17, 'init_module');
    expect(attempts(trace)).toMatchObject([{ outcome: 'failed', phase: 'load' }]);
  });
});

describe('finit_module of a compressed file', () => {
  // Without CONFIG_MODULE_DECOMPRESS, module_decompress is a stub that returns EOPNOTSUPP (kernel/module/internal.h).
  it.each<[string, (trace: Trace) => Trace, object]>([
    [
      'failed in it, with EOPNOTSUPP after the read',
      (trace) => trace.read(2, 300),
      { phase: 'decompress', compressed: 300 },
    ],
    [
      'got further, where load_module was called',
      (trace) => trace.read(2, 300).probe(2, loadModule('entry', 900)),
      { phase: null },
    ],
    [
      'got further, where a check was made',
      (trace) => trace.read(2, 300).probe(2, check(0)),
      { outcome: 'failed', compressed: 300 },
    ],
    ['is unknown without its read', (trace) => trace, { outcome: 'failed', phase: null }],
  ])('%s', (_, then, expected) => {
    expect(attempts(then(new Trace().finit(2, 4)).exit(2, -95))).toMatchObject([expected]);
  });
});

describe('a trace', () => {
  it('that ends before its calls do, or starts after them, says so', () => {
    const late = model(new Trace().exit(1, 0).finit(2).finit(3));
    expect(late.diagnostics).toEqual(
      expect.arrayContaining([
        { code: 'trace-began-late', detail: '' },
        { code: 'trace-ended-early', detail: '' },
      ]),
    );
    expect(late.model.boots[0]?.trace).toMatchObject({
      complete: false,
      reason: 'the trace started after module loading',
    });
    expect(model(new Trace().finit(2)).model.boots[0]?.trace).toMatchObject({
      reason: 'the trace ended before all attempts did',
    });
    expect(model(charging()).diagnostics).toEqual([]);
  });
});
