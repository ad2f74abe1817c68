// SPDX-License-Identifier: Apache-2.0
/** Whether a boot is clear, and that what two sources say counts once. */
import { describe, expect, it } from 'vitest';
import { verdictOn } from '../../src/accounting/verdict.js';
import { boot, build, file, reading, Trace } from './make.js';

describe('a boot', () => {
  const found = {
    boot: { failures: 0n as bigint | null, wasted: 0n as bigint | null },
    attempts: [],
    requests: [],
    failures: [],
    allocationFailures: [],
    problems: [],
  };
  type Found = Parameters<typeof verdictOn>[0];

  it.each<[string, object, string]>([
    ['without findings', {}, 'clear'],
    ['with unknown figures', { boot: { failures: null, wasted: null } }, 'clear'],
    ['with failures that wasted nothing', { boot: { failures: 1n, wasted: 0n } }, 'trouble'],
    ['with waste of unknown failures', { boot: { failures: null, wasted: 1n } }, 'trouble'],
    ['with a failure of its log', { failures: [{}] }, 'trouble'],
    ['with a failed allocation', { allocationFailures: [{}] }, 'trouble'],
    ['with a problem', { problems: [{}] }, 'trouble'],
    ['with a request', { requests: [{ duplicate: false }] }, 'clear'],
    ['with a duplicate request', { requests: [{ duplicate: true }] }, 'trouble'],
    ['with a load', { attempts: [{ outcome: 'loaded' }, { outcome: 'coalesced' }] }, 'clear'],
    ['with a duplicate', { attempts: [{ outcome: 'duplicate' }] }, 'trouble'],
    ['with a failed load', { attempts: [{ outcome: 'failed' }] }, 'trouble'],
  ])('%s is %s', (_, some, expected) => {
    const given = { ...found, ...some } as unknown as Found;
    expect(verdictOn(given, [])).toBe(expected);
    expect(verdictOn(given, ['the log starts in the middle of the boot'])).toBe(
      expected === 'clear' ? 'unclear' : expected,
    );
  });

  it('is in doubt where nothing shows its start, or its messages were not understood', () => {
    const doubts = (...events: object[]) => build({ events: events as never }).model.boots[0]?.doubts;
    const strange = (message: string) => ({ kind: 'not-understood', t: 5_000_000_000n, message });
    const whole = [
      ...boot(),
      { kind: 'boot-mark', t: 5_000_000_000n, what: 'last-record', value: '' } as const,
    ];
    expect(doubts(...whole)).toEqual([]);
    expect(build({ events: new Trace().finit(1).exit(1, 0).events }).model.boots[0]?.doubts).toEqual([
      'there is no kernel log',
    ]);
    const traced = (trace: Trace) =>
      build({ events: trace.events }, { events: whole }).model.boots.map((one) => [one.verdict, one.doubts]);
    const load = () => new Trace().finit(1).read(1, 500).loaded(1, 'm').exit(1, 0);
    expect(traced(load())).toEqual([['clear', []]]);
    expect(traced(load().lost(2))).toEqual([['unclear', ['the trace lost events']]]);
    expect(traced(new Trace().loaded(1, 'm'))).toEqual([
      ['unclear', ['the trace holds only successful loads, and cannot show a failed one']],
    ]);
    expect(doubts({ kind: 'boot-start', t: 0n, by: 'banner', bootId: null, complete: false })).toEqual([
      'the log starts in the middle of the boot',
    ]);
    expect(doubts(...boot(), strange(' module x: oh '))).toEqual([
      '1 line mentions module loading and was not understood; first: "module x: oh"',
    ]);
    expect(doubts(...boot(), strange('x'.repeat(121)), strange('y'))).toEqual([
      `2 lines mention module loading and were not understood; first: "${'x'.repeat(119)}…"`,
    ]);
    expect(doubts(...boot(), strange('x'.repeat(120)))?.[0]).toContain(`"${'x'.repeat(120)}"`);
  });
});

describe('a log that holds the start of its boot', () => {
  const doubts = (...events: object[]) =>
    build({ events: [...boot(), ...events] as never }).model.boots[0]?.doubts;
  const mark = (what: string) => ({ kind: 'boot-mark', t: 5_000_000_000n, what, value: '8' });
  const ends = ['the log ends before user space starts, which loads the modules'];

  // The kernel prints these at level info before it runs init (kernel_init, init/main.c).
  it.each(['cpus', 'machine', 'sched-clock', 'dentry-cache'])('ends early after %s alone', (early) => {
    expect(doubts(mark(early))).toEqual(ends);
    expect(doubts(mark(early), mark('user-space'))).toEqual([]);
    expect(doubts(mark(early), mark('hostname'))).toEqual([]);
    expect(doubts(mark(early), { kind: 'taint', t: 6_000_000_000n, module: 'm' })).toEqual([]);
  });

  it('may hold messages of higher levels only', () => {
    expect(doubts(mark('rtc'))).toEqual([]);
    expect(doubts({ kind: 'command-line', t: 5_000_000_000n, text: 'quiet' })).toEqual([]);
  });

  it.each([
    [99_999_999n, ends],
    [100_000_000n, []],
    [null, ends],
  ])('ends early with a last timestamp of %s ns', (t, expected) => {
    expect(doubts({ kind: 'boot-mark', t, what: 'last-record', value: '' })).toEqual(expected);
  });
});

describe('what is listed twice', () => {
  it('counts once, as a module that a trace loaded and that is live', () => {
    const trace = new Trace().finit(1).read(1, 900).loaded(1, 'm').exit(1, 0);
    const live = (module: string) => ({ kind: 'live-module' as const, module });
    const { model } = build(
      { events: trace.events },
      {
        events: [
          file('m', 900),
          file('m', 900),
          file('m', 800, '/other/m.ko'),
          live('m'),
          live('n'),
          live('n'),
        ],
      },
    );
    expect(model.sizes.map(({ module, bytes }) => `${module} ${bytes}`)).toEqual(['m 900', 'm 800']);
    expect(model.loads.map(({ module, fileBytes, comm }) => [module, fileBytes, comm])).toEqual([
      ['m', null, '(udev-worker)'],
      ['n', null, null],
    ]);
  });

  it('is one snapshot, with what each lacks from the other', () => {
    const total = [
      { kind: 'snapshot' as const, snapshot: 0, list: 'absent', label: 'quoted', wastedBytes: 5000n },
    ];
    const bytes = {
      invalid_kread_bytes: 0,
      invalid_decompress_bytes: 0,
      invalid_becoming_bytes: 2000,
      invalid_mod_bytes: 3000,
    };
    const counts = { failed_becoming: 2, failed_load_modules: 3 };
    const { model } = build({ events: reading({ ...bytes, ...counts }) }, { events: total });
    expect(
      model.snapshots.map(({ label, list, wasted, counters }) => [label, list, wasted, counters.size]),
    ).toEqual([['quoted', 'empty', 5000n, 6]]);
    const other = build(
      { events: reading({ ...bytes, ...counts }) },
      { events: [{ ...total[0], wastedBytes: 4999n } as never] },
    );
    expect(other.model.snapshots.length).toBe(2);
    const halves = build(
      { events: reading({ ...bytes, modcount: 9 }) },
      { events: reading({ ...counts, modcount: 9 }) },
    );
    expect(halves.model.snapshots.map(({ counters }) => counters.size)).toEqual([7]);
  });
});
