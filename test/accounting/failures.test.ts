// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { boot, build, counters, failureLine as line, reading, Trace } from './make.js';

const inBrief = (built: ReturnType<typeof build>) =>
  built.model.failures.map(({ reason, module, phase, times, wasted, basis }) => [
    reason,
    module,
    phase,
    times,
    wasted,
    basis,
  ]);

describe('failures', () => {
  it('have the reason that the log gives for the call’s module', () => {
    const trace = new Trace().finit(2).charge(2, 'load', 'net', 900).exit(2, -2);
    const built = build(
      { events: trace.events },
      { events: [...boot(), line('unknown-symbol', 'net'), line('unknown-symbol', 'net', 'b')] },
    );
    expect(inBrief(built)).toEqual([['unknown-symbol', 'net', 'load', 1, 1800n, 'measured']]);
  });

  it.each([
    ['becoming', -129, 'signature'],
    ['becoming', -1, 'blacklist'],
    ['load', -2, 'other'],
    ['load', -22, 'other'],
    ['load', -8, 'other'],
    ['becoming', -8, 'other'],
    ['load', -12, 'memory'],
    ['becoming', -4, 'interrupted'],
  ] as const)('in %s with %i without a line in the log are %s', (phase, ret, reason) => {
    const trace = new Trace().finit(2).charge(2, phase, 'm', 900).exit(2, ret);
    expect(build({ events: trace.events }).model.failures.map((row) => row.reason)).toEqual([reason]);
  });

  it('take an unnamed line for an unnamed call whose result fits it', () => {
    const trace = new Trace().finit(2).charge(2, 'becoming', null, 40).exit(2, -8);
    const built = build({ events: trace.events }, { events: [...boot(), line('elf', null)] });
    expect(inBrief(built)).toEqual([['elf', null, 'becoming', 1, 40n, 'measured']]);
  });

  describe('and the lines of a log with another clock', () => {
    const SECOND = 1_000_000_000n;
    /** sched_clock was 6.6 s ahead of the log. */
    const mark = {
      kind: 'boot-mark' as const,
      t: SECOND,
      what: 'sched-clock',
      value: '(5264219780, -50730646)->(11836737189, -6600000000)',
    };
    const elf = (seconds: number) => line('elf', null, `Invalid ELF ${seconds}`, BigInt(seconds) * SECOND);
    const trace = () =>
      new Trace()
        .at(30_000)
        .finit(2)
        .charge(2, 'becoming', null, 40)
        .exit(2, -8)
        .at(60_000)
        .finit(3)
        .exit(3, -8);

    it.each([
      ['are one failure, once the distance of the clocks is taken off', [mark], [23]],
      ['are one failure where the clocks are one', [mark], [30]],
      ['are one failure where the distance is not known', [], [23]],
    ])('%s', (_, marks, seconds) => {
      const lines = seconds.map(elf);
      const built = build({ events: trace().events }, { events: [...boot(), ...marks, ...lines] });
      expect(built.model.failures.map(({ reason, times }) => [reason, times])).toEqual([
        ['elf', 1],
        ['other', 1],
      ]);
    });

    it('go to the call that is nearest', () => {
      const given = [...boot(), mark, line('elf', null, 'Invalid ELF', 53n * SECOND)];
      const { failures } = build({ events: trace().events }, { events: given }).model;
      expect(failures.find(({ reason }) => reason === 'elf')?.firstT).toBe(60_001_000_000n);
    });

    it('go to no call that only comes before the one that they are of', () => {
      const traced = new Trace().at(30_000).finit(2).charge(2, 'becoming', 'm', 40).exit(2, -8);
      traced.at(32_000).finit(3).charge(3, 'becoming', null, 40).exit(3, -8);
      const given = [...boot(), line('elf', null, 'Invalid ELF', 32n * SECOND)];
      const { failures } = build({ events: traced.events }, { events: given }).model;
      expect(failures.map(({ reason, module }) => [reason, module]).sort()).toEqual([
        ['elf', null],
        ['other', 'm'],
      ]);
    });

    it('are failures of their own where no call was near', () => {
      const given = [
        ...boot(),
        mark,
        line('elf', null, 'Invalid ELF', 3n * SECOND),
        line('vermagic', 'm', 'v', 200n * SECOND),
      ];
      const { failures } = build({ events: trace().events }, { events: given }).model;
      expect(failures.map(({ reason, module, times }) => [reason, module, times]).sort()).toEqual([
        ['elf', null, 1],
        ['other', null, 1],
        ['other', null, 1],
        ['vermagic', 'm', 1],
      ]);
    });

    it('give a call without a name theirs, and with another errno nothing', () => {
      const traced = new Trace().at(30_000).finit(2).exit(2, -8).finit(3).exit(3, -12);
      const given = [...boot(), line('relocation', 'm', 'r', 30n * SECOND)];
      const { failures } = build({ events: traced.events }, { events: given }).model;
      expect(failures.map(({ reason, module, errno }) => [reason, module, errno]).sort()).toEqual([
        ['memory', null, 12],
        ['relocation', 'm', 8],
      ]);
    });
  });

  it('of a log alone count a load once, however many symbols it missed', () => {
    const events = [
      ...boot(),
      line('unknown-symbol', 'm', 'a'),
      line('unknown-symbol', 'm', 'b'),
      line('unknown-symbol', 'm', 'a'),
      line('unknown-symbol', 'm', 'b'),
      line('elf', null),
      line('elf', null),
    ];
    expect(inBrief(build({ events }))).toEqual([
      ['elf', null, 'becoming', 2, null, null],
      ['unknown-symbol', 'm', 'load', 2, null, null],
    ]);
  });

  it('are not modules whose init returned a wrong success', () => {
    const message = "do_init_module: 'm'->init suspiciously returned 1, it should follow 0/-E convention";
    const warning = { kind: 'load-warning' as const, t: 5n, reason: 'init', module: 'm', message };
    expect(inBrief(build({ events: [...boot(), warning] }))).toEqual([]);
  });

  it('are failed inits that initcall_debug printed', () => {
    const events = [
      ...boot(),
      {
        kind: 'initcall' as const,
        t: 5n,
        point: 'returned',
        module: 'm',
        func: 'f',
        pid: 1,
        ret: -19,
        usecs: 3,
      },
      {
        kind: 'initcall' as const,
        t: 6n,
        point: 'returned',
        module: 'ok',
        func: 'f',
        pid: 1,
        ret: 0,
        usecs: 3,
      },
    ];
    expect(inBrief(build({ events }))).toEqual([['init', 'm', 'init', 1, null, null]]);
  });
});

describe('what user space could not insert', () => {
  const insert = (module: string, errno: number | null) => ({
    kind: 'user-load' as const,
    t: 5n,
    tool: 'udev',
    pid: 7,
    what: 'failed',
    module,
    errno,
  });

  it('is a failure where neither the kernel log nor a trace shows more', () => {
    const events = [
      ...boot(),
      insert('a', 16),
      insert('b', 19),
      insert('c', 126),
      insert('d', 17),
      line('vermagic', 'e'),
      insert('e', 8),
    ];
    expect(inBrief(build({ events }))).toEqual([
      ['vermagic', 'e', 'becoming', 1, null, null],
      ['busy', 'a', null, 1, null, null],
      ['init', 'b', 'init', 1, null, null],
      ['signature', 'c', null, 1, null, null],
      ['exists', 'd', null, 1, null, null],
    ]);
  });

  it('is a failure beside a trace only where no call of it may be the insert', () => {
    const left = (trace: Trace, ...inserts: ReturnType<typeof insert>[]) =>
      inBrief(build({ events: [...boot(), ...inserts] }, { events: trace.events })).map(
        ([, module]) => module,
      );
    const busy = () => new Trace().finit(2).exit(2, -16);
    // The trace may have been started later, and loaders fail before they call the kernel.
    expect(left(busy(), insert('a', 16), insert('b', 19), insert('c', 126), insert('d', null))).toEqual([
      'b',
      'c',
    ]);
    const loaded = () => new Trace().finit(2).loaded(2, 'b').exit(2, 0);
    expect(left(loaded(), insert('b', 19), insert('c', 19))).toEqual(['c']);
  });
});

describe('the remainder', () => {
  const dump = (given: Readonly<Record<string, number>>, rows: Parameters<typeof reading>[1] = []) => ({
    events: reading(counters(given), rows),
  });

  it('is what the counters hold beside duplicates', () => {
    const built = build(dump({ failed_becoming: 5, invalid_becoming_bytes: 5000 }, [['m', 3, 1]]));
    expect(built.model.remainder.find((row) => row.phase === 'becoming')).toMatchObject({
      duplicates: { low: 3n, high: 3n },
      otherFailures: { low: 2n, high: 2n },
      reasons: null,
    });
    expect(inBrief(built)).toEqual([['unattributed', null, 'becoming', 2, null, null]]);
  });

  it('is named by the log, and the one reason of a phase has its bytes', () => {
    const built = build(dump({ failed_load_modules: 2, invalid_mod_bytes: 6000 }), {
      events: [...boot(), line('percpu', 'm', 'p'), line('percpu', 'm', 'p')],
    });
    expect(inBrief(built)).toEqual([['percpu', 'm', 'load', 2, 6000n, 'derived']]);
    expect(built.model.remainder.find((row) => row.phase === 'load')?.reasons).toBe('percpu 2');
  });

  it('counts no failure twice where several reasons share a phase', () => {
    const built = build(dump({ failed_becoming: 5, invalid_becoming_bytes: 5000 }), {
      events: [...boot(), line('elf', null), line('vermagic', 'm')],
    });
    expect(built.model.failures.reduce((sum, row) => sum + row.times, 0)).toBe(5);
    expect(inBrief(built)).toContainEqual(['unattributed', null, 'becoming', 3, null, null]);
  });

  it('is exact in the phases that have no duplicates', () => {
    const built = build(
      dump({
        failed_kreads: 3,
        invalid_kread_bytes: 700,
        failed_decompress: 2,
        invalid_decompress_bytes: 90,
      }),
    );
    expect(inBrief(built)).toEqual([
      ['read', null, 'kread', 3, 700n, 'derived'],
      ['decompress', null, 'decompress', 2, 90n, 'derived'],
    ]);
  });

  it('is one row where only the sum of two phases is known', () => {
    const given = {
      failed_becoming: 4,
      failed_load_modules: 3,
      invalid_becoming_bytes: 4000,
      invalid_mod_bytes: 6000,
    };
    const built = build(dump(given, [['m', 5, 3]]));
    expect(built.model.failures).toMatchObject([{ reason: 'unattributed', phase: null, times: 2 }]);
  });

  it('is what an incomplete trace leaves of the counters', () => {
    const trace = new Trace().finit(2).charge(2, 'becoming', 'evil', 900).exit(2, -1).lost(5);
    const built = build({ events: trace.events }, dump({ failed_becoming: 3, invalid_becoming_bytes: 1500 }));
    expect(inBrief(built)).toEqual([
      ['blacklist', 'evil', 'becoming', 1, 900n, 'measured'],
      ['unattributed', null, 'becoming', 2, 600n, 'derived'],
    ]);
  });

  it('is nothing where the trace holds every failure', () => {
    const trace = new Trace().finit(2).charge(2, 'becoming', 'evil', 900).exit(2, -1);
    const built = build({ events: trace.events }, dump({ failed_becoming: 1, invalid_becoming_bytes: 900 }));
    expect(built.model.failures.length).toBe(1);
  });
});

describe('a record that the log holds twice', () => {
  const said = (micros: bigint) => line('relocation', 'm', 'm: Unknown relocation type 57', micros * 1000n);
  const other = (micros: bigint) => line('elf', 'a', 'a', micros * 1000n);
  const twice = [said(190_230_200n), said(190_230_200n)];
  const times = (...events: object[]) =>
    build({ events: [...boot(), ...(events as [])] })
      .model.failures.filter(({ module }) => module === 'm')
      .map((row) => row.times);

  it.each<[string, object[], number]>([
    ['is one failed load where the clock ticks finely', [...twice, other(190_230_203n)], 1],
    ['is one where it did so before', [other(190_230_190n), ...twice], 1],
    ['is one of two', [...twice, said(190_230_900n)], 2],
    ['is one where nothing else has a time', twice, 1],
    ['may be two where others are milliseconds away', [other(190_220_203n), ...twice], 2],
    ['may be two where it ticks with jiffies', [other(190_220_200n), ...twice, other(190_240_200n)], 2],
    ['may be two where others have the timestamp', [...twice, other(190_230_200n)], 2],
    ['may be two in a whole millisecond', [said(190_230_000n), said(190_230_000n), other(190_230_003n)], 2],
    ['is two at other times', [said(190_230_200n), said(190_230_201n)], 2],
    [
      'is two with something between them',
      [said(190_230_200n), { kind: 'taint', what: 'other', module: 'x' }, said(190_230_200n)],
      2,
    ],
  ])('%s', (_, events, expected) => {
    expect(times(...events)).toEqual([expected]);
  });
});
