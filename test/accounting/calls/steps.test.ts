// SPDX-License-Identifier: Apache-2.0
/** Which step of a load each probe shows, by the order of kernel/module/main.c: load_module and what it calls. */
import { describe, expect, it } from 'vitest';
import { noFacts } from '../../../src/accounting/calls/call.js';
import { hasFailedStep, isPastRead } from '../../../src/accounting/calls/facts.js';
import { stepOf } from '../../../src/accounting/calls/load-steps.js';
import { stepsShown } from '../../../src/accounting/calls/steps.js';
import type { ProbeFact } from '../../../src/model/event.js';
import { build, Trace } from '../make.js';

type Check = Extract<ProbeFact, { fact: 'patient-check' }>;

const load = (point: 'entry' | 'checked' | 'return'): ProbeFact => ({
  fact: 'load-module',
  point,
  image: 1000,
  flags: 0,
  ret: null,
});
const check = (ret: number | null, more: Partial<Check> = {}): Check => ({
  fact: 'patient-check',
  module: 'm',
  ret,
  callOffset: null,
  ...more,
});
const read = (ret: number | null): ProbeFact => ({ fact: 'read', file: 'm.ko', id: 2, ret });
const decompress = (ret: number | null): ProbeFact => ({
  fact: 'decompress',
  ret,
  compressed: null,
  image: null,
});
const charge = (phase: 'becoming' | 'load'): ProbeFact => ({
  fact: 'charge',
  phase,
  module: 'm',
  image: 1000,
  compressed: 0,
  flags: 0,
});
const init = (point: 'entry' | 'return'): ProbeFact => ({
  fact: 'do-init',
  point,
  module: 'm',
  ret: null,
  memory: null,
  text: null,
});
const COPIED: ProbeFact = { fact: 'copied', size: 1000, id: 2 };
const LAYOUT: ProbeFact = { fact: 'layout', module: 'm' };
const FREED: ProbeFact = { fact: 'free-module', module: 'm' };

describe('a probe shows', () => {
  it.each<[string, ProbeFact, readonly Check[], string[]]>([
    ['the read that starts', read(null), [], ['reading']],
    ['the read that is done', read(900), [], ['read']],
    ['no step by a read that failed', read(-12), [], []],
    ['the copy', COPIED, [], ['copied']],
    ['the start of unpacking', decompress(null), [], ['unpacking']],
    ['the end of unpacking', decompress(0), [], ['unpacked']],
    ['load_module', load('entry'), [], ['loading']],
    ['no step by check_modstruct_version', load('checked'), [], []],
    ['the return of load_module', load('return'), [], ['returned']],
    // early_mod_check comes before layout_and_allocate, add_unformed_module after it.
    ['the first check, which starts', check(null), [], []],
    ['the first check, passed', check(0), [], ['checked']],
    ['the first check, failed', check(-17), [], ['failed']],
    ['the second check, which starts', check(null), [check(null)], ['laid-out']],
    ['the second check, passed', check(0), [check(0)], ['laid-out']],
    ['the second check, failed', check(-17), [check(0)], ['laid-out', 'failed']],
    ['the return of the first check, of which the entry is known', check(0), [check(null)], ['checked']],
    [
      'a check that names the caller before layout',
      check(-17, { reason: 'becoming' }),
      [check(0)],
      ['failed'],
    ],
    ['a check that names the caller after it', check(0, { reason: 'load' }), [], ['laid-out']],
    ['a check that starts after it', check(null, { reason: 'load' }), [], ['laid-out']],
    ['layout', LAYOUT, [], ['laying-out']],
    ['a duplicate before layout', { fact: 'duplicate', module: 'm', reason: 'becoming' }, [], []],
    ['a duplicate after it', { fact: 'duplicate', module: 'm', reason: 'load' }, [], ['laid-out']],
    ['a duplicate somewhere', { fact: 'duplicate', module: 'm', reason: null }, [], []],
    ['a charge before layout', charge('becoming'), [], ['failed']],
    ['a charge after it', charge('load'), [], ['laid-out', 'failed']],
    ['the start of the init', init('entry'), [], ['starting']],
    ['no step by the end of the init', init('return'), [], []],
    ['the free of the layout', FREED, [], ['freeing']],
    ['the return of init_module_from_file', { fact: 'from-file', ret: 0, flags: 0 }, [], ['returned']],
    ['no step by the wait for another call', { fact: 'idempotent', file: null, ret: 0 }, [], []],
  ])('%s', (_, fact, patient, expected) => {
    if (fact.fact === 'request') throw new Error('a request is no step of a load');
    expect(stepsShown({ ...noFacts(), patient }, fact)).toEqual(expected);
  });

  it('what comes in the kernel’s order', () => {
    const order: readonly ProbeFact[] = [
      { fact: 'request', requested: 'm', wait: true },
      read(900),
      decompress(0),
      load('entry'),
      check(0),
      { fact: 'duplicate', module: 'm', reason: 'becoming' },
      charge('becoming'),
      init('entry'),
      init('return'),
      load('return'),
      { fact: 'from-file', ret: 0, flags: 0 },
      { fact: 'idempotent', file: null, ret: 0 },
    ];
    const steps = order.map(stepOf);
    expect([...new Set(steps)].sort((a, b) => a - b)).toEqual(steps);
    expect(stepOf(COPIED)).toBe(stepOf(read(1)));
    expect(stepOf(LAYOUT)).toBe(stepOf(check(0)));
    expect(stepOf(load('checked'))).toBe(stepOf(check(0)));
    expect(stepOf(FREED)).toBe(stepOf(init('return')));
  });
});

describe('a call', () => {
  const steps = (trace: Trace) =>
    build({ events: trace.events }).model.attempts.map((attempt) => attempt.steps);
  const ms = (at: number) => 1_000_000_000n + BigInt(at) * 1_000_000n;

  it('holds what it read from its read to its return', () => {
    const trace = new Trace()
      .finit(1)
      .probe(1, read(null))
      .read(1, 900)
      .probe(1, load('entry'))
      .probe(1, load('return'))
      .exit(1, -8);
    expect(steps(trace)).toEqual([
      { at: { reading: ms(2), read: ms(3), loading: ms(4), returned: ms(5) }, copied: 900, unpacked: null },
    ]);
  });

  it('holds what its caller passed, whether a probe shows the copy or not', () => {
    const copied = new Trace().init(1, 1000).probe(1, COPIED).loaded(1, 'm').exit(1, 0, 'init_module');
    expect(steps(copied)).toEqual([{ at: { copied: ms(2), starting: ms(3) }, copied: 1000, unpacked: null }]);
    const plain = new Trace().init(1, 700).exit(1, -17, 'init_module');
    expect(steps(plain)).toEqual([{ at: {}, copied: 700, unpacked: null }]);
    expect(steps(new Trace().probe(1, { ...COPIED, size: 500 }).loaded(1, 'm'))).toMatchObject([
      { copied: 500 },
    ]);
  });

  it('holds the unpacked file by the probe on its decompression, else by load_module', () => {
    const compressed = (image: number | null) =>
      new Trace()
        .finit(1, 4)
        .read(1, 300)
        .probe(1, { fact: 'decompress', ret: 0, compressed: 300, image })
        .probe(1, load('entry'))
        .loaded(1, 'm')
        .exit(1, 0);
    expect(steps(compressed(1200))).toMatchObject([{ copied: 300, unpacked: 1200 }]);
    expect(steps(compressed(null))).toMatchObject([{ copied: 300, unpacked: 1000 }]);
  });

  // Firmware that a module's init requests is read inside the call (kernel_read_file, READING_FIRMWARE).
  it.each<[string, (trace: Trace) => Trace]>([
    ['module_load', (trace) => trace.loaded(1, 'm')],
    ['a charge', (trace) => trace.charge(1, 'load', 'm', 900)],
    ['a duplicate', (trace) => trace.listed(1, 'm', 'load')],
    ['load_module', (trace) => trace.probe(1, load('entry'))],
    ['the check of its version', (trace) => trace.probe(1, load('checked'))],
    ['the return of load_module', (trace) => trace.probe(1, load('return'))],
    ['a check for duplicates', (trace) => trace.probe(1, check(0))],
    ['the end of unpacking', (trace) => trace.probe(1, decompress(0))],
  ])('does not take a read after %s for its module', (_, then) => {
    const trace = then(new Trace().finit(1).read(1, 900, 'm.ko'))
      .read(1, 77_000, 'firmware.bin')
      .exit(1, 0);
    expect(build({ events: trace.events }).model.attempts).toMatchObject([{ steps: { copied: 900 } }]);
  });

  it('that unpacks is not past its read', () => {
    const trace = new Trace().finit(1, 4).probe(1, decompress(null)).read(1, 900).exit(1, -22);
    expect(steps(trace)).toMatchObject([{ copied: 900 }]);
    expect(isPastRead({ facts: noFacts(), loaded: null } as never)).toBe(false);
  });

  it.each<[string, object, boolean]>([
    ['nothing', {}, false],
    ['a read', { read: read(900) }, false],
    ['a read that failed', { read: read(-12) }, true],
    ['unpacking that failed', { decompress: decompress(-22) }, true],
    ['a check that passed', { patient: [check(0)] }, false],
    ['a second check that failed', { patient: [check(0), check(-17)] }, true],
    ['a check that starts', { patient: [check(null)] }, false],
  ])('with %s has failed: %s', (_, facts, expected) => {
    expect(hasFailedStep({ facts: { ...noFacts(), ...facts } } as never)).toBe(expected);
  });
});
