// SPDX-License-Identifier: Apache-2.0
/** A line of the log decides the phase of a call where the trace does not, in all tables alike. */
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/model/event.js';
import { boot, build, failureLine as line, phasesOf, Trace } from './make.js';

const SECOND = 1_000_000_000n;
const CALL_AT = SECOND + 3_000_000n;

/** A call that read 7000 bytes and failed in load_module; no probe shows where. */
const failing = (ret = -8) =>
  new Trace()
    .finit(2)
    .read(2, 7000)
    .probe(2, { fact: 'load-module', point: 'entry', image: null, flags: 0, ret: null })
    .exit(2, ret);

async function told(trace: Trace, ...lines: { kind: Event['kind'] }[]) {
  const { model } = build({ events: trace.events }, { events: [...boot(), ...lines] });
  const { attempts, failures } = model;
  const phases = await phasesOf(model);
  return {
    attempts: attempts.map(({ module, phase, wasted, basis }) => [
      module,
      phase,
      wasted.low,
      wasted.high,
      basis,
    ]),
    failures: failures.map(({ reason, module, phase, times }) => [reason, module, phase, times]),
    counted: phases.flatMap(({ phase, failures: count }) => (count === null ? [] : [[phase, count]])),
  };
}

describe('the phase of a call that no probe shows', () => {
  it('is unknown without a line', async () => {
    expect(await told(failing())).toEqual({
      attempts: [[null, null, 1, 14_000, 'bounded']],
      failures: [['other', null, null, 1]],
      counted: [],
    });
  });

  it.each([
    ['elf', null, 'becoming', 1, 7000],
    ['vermagic', 'm', 'becoming', 1, 7000],
    // At least an ELF header, twice.
    ['relocation', 'm', 'load', 2 * 52, 14_000],
  ] as const)('is that of a line about %s', async (reason, module, phase, low, high) => {
    const counted = (['kread', 'decompress', 'becoming', 'load'] as const).map((one) => [
      one,
      one === phase ? 1n : 0n,
    ]);
    expect(await told(failing(), line(reason, module, 'x', CALL_AT))).toEqual({
      attempts: [[module, phase, low, high, 'bounded']],
      failures: [[reason, module, phase, 1]],
      counted,
    });
  });

  it('is init where the log says that the init failed, and nothing is charged', async () => {
    const { attempts, failures } = await told(failing(-19), line('init', 'm', 'x', CALL_AT));
    expect(attempts).toEqual([['m', 'init', 0, 0, 'derived']]);
    expect(failures).toEqual([['init', 'm', 'init', 1]]);
  });

  it('stays unknown where the line is of another time, in every table', async () => {
    expect(await told(failing(), line('elf', null, 'x', CALL_AT + 9n * SECOND))).toEqual({
      attempts: [[null, null, 1, 14_000, 'bounded']],
      failures: [['elf', null, null, 1]],
      counted: [],
    });
  });

  it('stays unknown where the line is of a load that returns something else', async () => {
    expect((await told(failing(-2), line('elf', null, 'x', CALL_AT))).attempts[0]?.[1]).toBe('load');
    expect((await told(failing(-16), line('elf', null, 'x', CALL_AT))).attempts[0]?.[1]).toBe(null);
  });

  it('is that of the trace where it shows one', async () => {
    const trace = new Trace().finit(2).charge(2, 'load', 'm', 900).exit(2, -8);
    const { attempts } = await told(
      trace,
      line('elf', null, 'x', CALL_AT),
      line('relocation', 'm', 'y', CALL_AT),
    );
    expect(attempts).toEqual([['m', 'load', 1800, 1800, 'measured']]);
  });

  it('goes to each of several calls by its own line', async () => {
    const trace = failing();
    for (let call = 0; call < 3; call++) trace.finit(3).read(3, 500).exit(3, -8);
    const lines = [1, 2, 3].map((n) => line('elf', null, `x${n}`, SECOND + BigInt(n * 3 + 3) * 1_000_000n));
    expect((await told(trace, ...lines)).failures).toEqual([
      ['other', null, null, 1],
      ['elf', null, 'becoming', 3],
    ]);
  });

  it('is not told of calls at one time, of which any may have printed the line', async () => {
    const both = () => new Trace().finit(2).finit(3).read(2, 500).read(3, 900).exit(2, -8).exit(3, -8);
    const first = SECOND + 3_500_000n;
    const of = async (...lines: Parameters<typeof told>[1][]) =>
      (await told(both(), ...lines)).attempts.map(([module, phase]) => [module, phase]);
    const nothing = [null, null];
    expect(await of(line('elf', null, 'x', first))).toEqual([nothing, nothing]);
    expect(await of(line('vermagic', 'm', 'x', first), line('relocation', 'n', 'y', first))).toEqual([
      nothing,
      nothing,
    ]);
    // Both lines are of one phase, and so are both calls.
    expect(await of(line('vermagic', 'm', 'x', first), line('elf', null, 'y', first))).toEqual([
      [null, 'becoming'],
      [null, 'becoming'],
    ]);
    expect(await of(line('vermagic', 'm', 'x', first), line('vermagic', 'm', 'y', first))).toEqual([
      ['m', 'becoming'],
      ['m', 'becoming'],
    ]);
  });

  it('is not told of a call that may have waited for another', async () => {
    const trace = (start: (trace: Trace) => Trace) =>
      start(new Trace()).finit(3).charge(2, 'load', 'm', 500).exit(2, -2).exit(3, -2);
    const lines = [1, 2].map((n) =>
      line('unknown-symbol', 'm', `m: Unknown symbol s${n}`, SECOND + 5_000_000n),
    );
    const said = await told(
      trace((one) => one.finit(2)),
      ...lines,
    );
    expect(said.attempts.map(([module, phase]) => [module, phase])).toEqual([
      ['m', 'load'],
      [null, null],
    ]);
  });
});
