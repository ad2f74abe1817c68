// SPDX-License-Identifier: Apache-2.0
/** Which facts of probes are one call's, and what they say together (kernel/module/main.c: load_module, init_module). */
import { describe, expect, it } from 'vitest';
import { noFacts } from '../../../src/accounting/calls/call.js';
import { hasFailedStep, probedResult } from '../../../src/accounting/calls/facts.js';
import type { Attempt } from '../../../src/accounting/model.js';
import type { ProbeFact } from '../../../src/model/event.js';
import { build, loadModule, Trace } from '../make.js';

const attemptsOf = (trace: Trace): readonly Attempt[] => build({ events: trace.events }).model.attempts;
const copied = (size: number): ProbeFact => ({ fact: 'copied', size, id: 2 });
const duplicate = (module: string): ProbeFact => ({ fact: 'duplicate', module, reason: null });

describe('the image of a load', () => {
  // A kretprobe has the return value alone; one with an entry handler, or an fprobe, has the arguments, too.
  it.each<[string, ProbeFact[]]>([
    ['first', [loadModule('return', 800, -12), loadModule('return', null, -12)]],
    ['last', [loadModule('return', null, -12), loadModule('return', 800, -12)]],
  ])('is known where one of two probes on its return has it, the %s', (_, facts) => {
    const trace = new Trace().finit(1).read(1, 800);
    for (const fact of facts) trace.probe(1, fact);
    expect(attemptsOf(trace.exit(1, -12))).toMatchObject([{ image: 800, errno: 12 }]);
  });
});

describe('a copy from user space', () => {
  // copy_module_from_user runs once in a call of init_module, which reads no file.
  it('is of the init_module that is open', () => {
    const trace = new Trace()
      .init(1, 900)
      .probe(1, copied(900))
      .charge(1, 'load', 'm', 900)
      .exit(1, -12, 'init_module');
    expect(attemptsOf(trace)).toMatchObject([
      { call: 'init_module', module: 'm', phase: 'load', wasted: { low: 1800, high: 1800 } },
    ]);
  });

  it('is one, by two probes on its function', () => {
    const [entry, ...others] = new Trace().probe(1, copied(900)).charge(1, 'load', 'm', 900).events;
    if (!entry) throw new Error('a probe was expected');
    const events = [entry, { ...entry, event: 'copied-return' }, ...others];
    expect(build({ events }).model.attempts).toMatchObject([
      { call: 'init_module', module: 'm', wasted: { low: 1800, high: 1800 } },
    ]);
  });

  it('is of a call after the one that read a file', () => {
    const trace = new Trace().read(1, 500).probe(1, copied(900)).charge(1, 'load', 'm', 900);
    expect(attemptsOf(trace)).toMatchObject([
      { call: 'finit_module' },
      { call: 'init_module', module: 'm', wasted: { low: 1800, high: 1800 } },
    ]);
  });
});

describe('a duplicate on the list', () => {
  it.each(['becoming', 'load'] as const)(
    'has the phase that is charged, where its probe gives no reason: %s',
    (phase) => {
      const trace = new Trace()
        .finit(1)
        .read(1, 500)
        .probe(1, duplicate('m'))
        .charge(1, phase, 'm', 500)
        .exit(1, -17);
      expect(attemptsOf(trace)).toMatchObject([
        { outcome: 'duplicate', listed: { reason: phase, order: 0 } },
      ]);
    },
  );
});

describe('a duplicate that nothing names', () => {
  const loads = (read: number, ...sizes: readonly (readonly [module: string, bytes: number])[]): Trace => {
    const trace = new Trace();
    for (const [n, [module, bytes]] of sizes.entries())
      trace
        .finit(n + 1)
        .read(n + 1, bytes)
        .loaded(n + 1, module)
        .exit(n + 1, 0);
    return trace.finit(9).read(9, read).exit(9, -17);
  };

  it('is the module of which as many bytes were read', () => {
    expect(attemptsOf(loads(500, ['other', 700], ['m', 500])).at(-1)).toMatchObject({
      outcome: 'duplicate',
      module: 'm',
    });
  });

  it('is none of two of one size', () => {
    expect(attemptsOf(loads(500, ['other', 500], ['m', 500])).at(-1)).toMatchObject({ module: null });
  });

  // kernel_read_file fails for an empty file: the probe did not get the length.
  it('is none where no bytes were read', () => {
    expect(attemptsOf(loads(0, ['m', 0])).at(-1)).toMatchObject({ module: null });
  });
});

describe('the result of a call by its probes', () => {
  const read = (ret: number | null) => ({ fact: 'read', file: null, id: 2, ret }) as const;
  const call = (facts: object): Parameters<typeof hasFailedStep>[0] =>
    ({ facts: { ...noFacts(), ...facts } }) as Parameters<typeof hasFailedStep>[0];

  it.each<[string, object, boolean, number | null]>([
    ['nothing is known', {}, false, null],
    ['the read goes on', { read: read(null) }, false, null],
    ['the read gave bytes', { read: read(500) }, false, null],
    ['the read failed', { read: read(-12) }, true, -12],
    [
      'load_module failed after the read',
      { read: read(500), loadReturn: loadModule('return', 1, -8) },
      false,
      -8,
    ],
  ])('where %s', (_, facts, failed, result) => {
    expect([hasFailedStep(call(facts)), probedResult(call(facts))]).toEqual([failed, result]);
  });
});

describe('what a trace could show', () => {
  const probesIn = (trace: Trace) => build({ events: trace.events }).model.boots[0]?.trace?.probes;
  const call = () => new Trace().finit(1).read(1, 500);

  it('are the functions whose probes it holds', () => {
    const trace = call().listed(1, 'm', 'becoming').charge(1, 'becoming', 'm', 500).exit(1, -17);
    expect(probesIn(trace)).toEqual(['mod_stat_bump', 'try_add_failed_module', 'kernel_read_file']);
  });

  it.each<[string, ProbeFact]>([
    ['module_decompress', { fact: 'decompress', ret: 0, compressed: 500, image: 900 }],
    ['load_module', loadModule('entry', 500)],
    ['module_patient_check_exists', { fact: 'patient-check', module: 'm', ret: 0, callOffset: null }],
  ])('are, by one probe, %s', (name, fact) => {
    expect(probesIn(call().probe(1, fact).exit(1, -12))).toEqual(['kernel_read_file', name]);
  });
});

describe('the phase by the checks for a live module', () => {
  // load_module calls module_patient_check_exists before layout and after it: the lower offset is the early one.
  const check = (ret: number | null, callOffset: number | null): ProbeFact => ({
    fact: 'patient-check',
    module: 'm',
    ret,
    callOffset,
  });
  const phaseOf = (errno: number, ...checks: readonly ProbeFact[]) => {
    const trace = new Trace();
    // What tells that there are two.
    for (const [pid, offset] of [[1, 0x100] as const, [2, 0x900] as const])
      trace.finit(pid).read(pid, 500).probe(pid, check(-17, offset)).exit(pid, -17);
    trace.finit(3).read(3, 500);
    for (const one of checks) trace.probe(3, one);
    return attemptsOf(trace.exit(3, -errno)).at(-1)?.phase;
  };

  it.each<[string, number, ProbeFact[], string | null]>([
    ['the early one refused', 17, [check(-17, 0x100)], 'becoming'],
    ['the late one refused', 17, [check(-17, 0x900)], 'load'],
    ['none is known to have run, and a symbol is missing', 2, [], 'load'],
    ['none is known to have run, and the signature is bad', 129, [], 'becoming'],
    ['one refused, of which no caller is known', 17, [check(-17, null)], null],
  ])('where %s', (_, errno, checks, phase) => expect(phaseOf(errno, ...checks)).toBe(phase));
});
