// SPDX-License-Identifier: Apache-2.0
/** Outcome, phase and charge of one call by its own records, on kernels of several versions (kernel/module/main.c). */
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/accounting/model.js';
import type { ProbeFact } from '../../../src/model/event.js';
import { boot, build, loadModule, Trace } from '../make.js';

const decompress = (
  ret: number | null,
  compressed: number | null = null,
  image: number | null = null,
): ProbeFact => ({
  fact: 'decompress',
  ret,
  compressed,
  image,
});
const COPIED: ProbeFact = { fact: 'copied', size: 900, id: 2 };

/** Task 1: a trace with the kernel's charges, the reads and module_load. */
const shows = {
  nothing: () => new Trace(),
  /** Every call shows its read and its load_module. */
  starts: () =>
    new Trace().finit(1).read(1, 500, 'k.ko').probe(1, loadModule('entry')).loaded(1, 'k').exit(1, 0),
  charges: () =>
    new Trace()
      .finit(1)
      .charge(1, 'becoming', 'k', 500)
      .exit(1, -8)
      .finit(1)
      .charge(1, 'load', 'k', 500)
      .exit(1, -8)
      .finit(1)
      .loaded(1, 'k')
      .exit(1, 0),
};

type Said = [outcome: string, phase: string | null, low: number, high: number | null, basis: string | null];

/** What is said of the calls of task 2. */
function said(start: keyof typeof shows, release: string | null, calls: (trace: Trace) => Trace): Said[] {
  const trace = calls(shows[start]());
  const { model } = build({ events: trace.events }, ...(release === null ? [] : [{ events: boot(release) }]));
  return model.attempts
    .filter(({ pid }) => pid === 2)
    .map(({ outcome, phase, wasted, basis }: Attempt) => [outcome, phase, wasted.low, wasted.high, basis]);
}

type Row = [
  what: string,
  start: keyof typeof shows,
  release: string | null,
  calls: (trace: Trace) => Trace,
  ...Said,
];

describe('init_module', () => {
  const init =
    (ret: number, len = 9000) =>
    (trace: Trace) =>
      trace.init(2, len).exit(2, ret, 'init_module');
  // biome-ignore format: a table
  it.each<Row>([
    ['that loads', 'starts', '6.12.0', (trace) => trace.init(2, 9000).loaded(2, 'm').exit(2, 0, 'init_module'), 'loaded', null, 0, 0, 'measured'],
    ['whose init fails', 'starts', '6.12.0', (trace) => trace.init(2, 9000).loaded(2, 'm').exit(2, -19, 'init_module'), 'failed', 'init', 0, 0, 'measured'],
    // copy_module_from_user: what the caller passed is charged to kread
    ['with a bad buffer', 'nothing', '6.12.0', init(-14), 'failed', 'kread', 9000, 9000, 'measured'],
    ['shorter than an ELF header', 'nothing', '6.12.0', init(-8, 51), 'failed', 'kread', 51, 51, 'measured'],
    ['as long as that of 64 bit', 'nothing', '6.12.0', init(-8, 64), 'failed', null, 1, 128, 'bounded'],
    ['without memory for its copy', 'charges', '6.12.0', init(-12), 'failed', 'kread', 9000, 9000, 'measured'],
    ['without memory somewhere', 'nothing', '6.12.0', init(-12), 'failed', null, 808, 18_000, 'bounded'],
    ['without memory, past its copy', 'charges', '6.12.0', (trace) => trace.init(2, 9000).probe(2, COPIED).exit(2, -12, 'init_module'), 'failed', null, 808, 18_000, 'bounded'],
    ['with another error, where charges are shown', 'charges', '6.12.0', init(-22), 'failed', 'kread', 9000, 9000, 'measured'],
    ['without the capability', 'starts', '6.12.0', init(-1), 'refused', null, 0, 0, 'measured'],
    ['without the capability, as far as known', 'nothing', '7.0.0', init(-1), 'failed', null, 0, 18_000, 'bounded'],
    ['that the log may explain', 'nothing', '6.12.0', init(-1), 'failed', null, 0, 18_000, 'bounded'],
    ['that is blacklisted', 'nothing', '6.12.0', (trace) => trace.init(2, 9000).probe(2, COPIED).probe(2, loadModule('entry', 9000)).exit(2, -1, 'init_module'), 'failed', 'becoming', 808, 9000, 'bounded'],
    ['of a signature that is refused', 'nothing', '6.12.0', init(-129), 'failed', 'becoming', 808, 9000, 'bounded'],
    ['of an unknown symbol', 'nothing', '6.12.0', init(-2), 'failed', 'load', 1616, 18_000, 'bounded'],
    ['of a live module', 'nothing', '6.12.0', init(-17), 'duplicate', null, 808, 18_000, 'bounded'],
    ['of a live module, no longer than a signature', 'nothing', '6.12.0', init(-17, 6000), 'duplicate', null, 52, 12_000, 'bounded'],
    ['of an unknown symbol, no longer than a signature', 'nothing', '6.12.0', init(-2, 6000), 'failed', 'load', 104, 12_000, 'bounded'],
    ['that raced', 'nothing', '6.12.0', init(-16), 'duplicate', null, 808, 18_000, 'bounded'],
    ['with its image at the end', 'nothing', '6.12.0', (trace) => trace.init(2, 9000).probe(2, loadModule('return', 8500, -2)).exit(2, -2, 'init_module'), 'failed', 'load', 17_000, 17_000, 'measured'],
    ['that does not end', 'nothing', '6.12.0', (trace) => trace.init(2, 9000), 'unknown', null, 0, null, null],
  ])('%s', (_, start, release, calls, ...expected) => {
    expect(said(start, release, calls)).toEqual([expected]);
  });

  it('of a length that nobody knows may have cost anything', () => {
    const trace = new Trace()
      .finit(1)
      .charge(1, 'load', 'k', 500)
      .exit(1, -8)
      .probe(2, COPIED)
      .exit(2, -14, 'init_module');
    const [, attempt] = build({ events: trace.events }).model.attempts;
    expect(attempt).toMatchObject({ outcome: 'failed', basis: 'bounded', image: null });
  });
});

describe('finit_module', () => {
  const finit =
    (ret: number, flags = 0) =>
    (trace: Trace) =>
      trace.finit(2, flags).exit(2, ret);
  const read =
    (ret: number, flags = 0, bytes = 9000) =>
    (trace: Trace) =>
      trace.finit(2, flags).read(2, bytes).exit(2, ret);
  // biome-ignore format: a table
  it.each<Row>([
    ['that loads', 'starts', '6.12.0', (trace) => trace.finit(2).read(2, 9000).loaded(2, 'm').exit(2, 0), 'loaded', null, 0, 0, 'measured'],
    ['that returns 0 in a trace without loads', 'nothing', '6.4.0', finit(0), 'loaded', null, 0, 0, 'measured'],
    ['that returns 0, and may have waited', 'nothing', '6.12.0', finit(0), 'unknown', null, 0, 0, null],
    ['that returns 0 of an unknown kernel', 'nothing', null, finit(0), 'unknown', null, 0, 0, null],
    ['with a bad descriptor', 'nothing', '6.12.0', finit(-9), 'refused', null, 0, 0, 'measured'],
    ['with unknown flags', 'nothing', '6.12.0', finit(-22, 8), 'refused', null, 0, 0, 'measured'],
    ['with known flags', 'nothing', '6.12.0', finit(-22, 7), 'failed', null, 0, null, null],
    ['without the capability', 'starts', '6.12.0', finit(-1), 'refused', null, 0, 0, 'measured'],
    ['without the capability, as far as known', 'nothing', '6.12.0', finit(-1), 'failed', null, 0, null, null],
    ['whose read fails', 'nothing', '6.12.0', read(-22, 0, -22), 'failed', 'kread', 0, 0, 'measured'],
    ['of a live module, where all work is shown', 'starts', '6.12.0', finit(-17), 'coalesced', null, 0, 0, 'measured'],
    ['of a live module, before 6.5', 'starts', '6.4.0', finit(-17), 'duplicate', null, 0, null, null],
    ['of a live module, that read', 'starts', '6.12.0', read(-17), 'duplicate', null, 0, null, null],
    ['of a live module, that got to load_module', 'starts', '6.12.0', (trace) => trace.finit(2).read(2, 9000).probe(2, loadModule('entry')).exit(2, -17), 'duplicate', null, 808, 18_000, 'bounded'],
    ['with another error, of its own', 'starts', '6.12.0', finit(-5), 'failed', null, 0, null, null],
    ['that read, with a signature that is refused', 'nothing', '6.12.0', read(-129), 'failed', 'becoming', 0, null, null],
    ['that read, of an unknown symbol', 'nothing', '6.12.0', read(-2), 'failed', 'load', 0, null, null],
    // The blacklist: before 6.16 nothing after layout refuses.
    ['that read and is refused, before 6.16', 'nothing', '6.12.0', read(-1), 'failed', 'becoming', 0, null, null],
    ['that read and is refused, since 6.16', 'nothing', '6.16.0', read(-1), 'failed', null, 0, null, null],
    ['whose end is missing', 'nothing', '6.12.0', (trace) => trace.finit(2).read(2, 9000), 'unknown', null, 0, null, null],
    ['whose end is missing, of a duplicate', 'nothing', '6.12.0', (trace) => trace.finit(2).listed(2, 'm', 'load'), 'unknown', 'load', 0, null, null],
  ])('%s', (_, start, release, calls, ...expected) => {
    expect(said(start, release, calls)).toEqual([expected]);
  });

  // biome-ignore format: a table
  it.each<Row>([
    // module_decompress: C is charged, the bytes that were read
    ['that cannot be unpacked', 'nothing', '6.12.0', (trace) => trace.finit(2, 4).read(2, 300).probe(2, decompress(-22)).exit(2, -22), 'failed', 'decompress', 300, 300, 'measured'],
    ['that cannot be unpacked, C probed', 'nothing', '6.12.0', (trace) => trace.finit(2, 4).probe(2, decompress(-22, 290)).exit(2, -22), 'failed', 'decompress', 290, 290, 'measured'],
    ['that cannot be unpacked, C unknown', 'nothing', '6.12.0', (trace) => trace.finit(2, 4).probe(2, decompress(-22)).exit(2, -22), 'failed', 'decompress', 0, null, 'bounded'],
    ['of a kernel that does not unpack', 'nothing', '6.12.0', read(-95, 4, 300), 'failed', 'decompress', 300, 300, 'measured'],
    ['that stops before load_module', 'starts', '6.12.0', read(-22, 4, 300), 'failed', 'decompress', 300, 300, 'measured'],
    ['that the LSM refuses before load_module, before 7.0', 'starts', '6.12.0', read(-13, 4, 300), 'failed', 'decompress', 300, 300, 'measured'],
    // security_kernel_post_read_file is asked again for what was unpacked: a kread of 0 bytes
    ['that the LSM may refuse once unpacked, since 7.0', 'starts', '7.0.0', read(-13, 4, 300), 'failed', null, 0, null, null],
    ['that the LSM refuses once unpacked, since 7.0', 'starts', '7.0.0', (trace) => trace.finit(2, 4).read(2, 300).probe(2, decompress(0)).exit(2, -13), 'failed', 'kread', 0, 0, 'measured'],
    ['that fails once unpacked, before 7.0', 'starts', '6.12.0', (trace) => trace.finit(2, 4).read(2, 300).probe(2, decompress(0)).exit(2, -13), 'failed', null, 0, null, null],
    ['that is unpacked and fails in load', 'nothing', '6.12.0', (trace) => trace.finit(2, 4).read(2, 300).probe(2, decompress(0, 300, 900)).probe(2, loadModule('return', 900, -2)).exit(2, -2), 'failed', 'load', 2100, 2100, 'measured'],
    ['that is charged with both copies', 'nothing', '6.12.0', (trace) => trace.finit(2, 4).charge(2, 'load', 'm', 900, 300).exit(2, -2), 'failed', 'load', 2100, 2100, 'measured'],
    ['that is charged in becoming', 'nothing', '6.12.0', (trace) => trace.finit(2, 4).charge(2, 'becoming', 'm', 900, 300).exit(2, -8), 'failed', 'becoming', 1200, 1200, 'measured'],
  ])('of a compressed file %s', (_, start, release, calls, ...expected) => {
    expect(said(start, release, calls)).toEqual([expected]);
  });
});

describe('a charge', () => {
  const charged = (compressed: number | null, flags: number | null, own: number | null, ret = -8) => {
    const trace = new Trace().probe(2, {
      fact: 'charge',
      phase: 'load',
      module: 'm',
      image: 1000,
      compressed,
      flags,
    });
    const events =
      own === null
        ? trace
        : new Trace()
            .finit(2, own)
            .read(2, own === 4 ? 300 : 1000)
            .probe(2, { fact: 'charge', phase: 'load', module: 'm', image: 1000, compressed, flags });
    const [attempt] = build({ events: (own === null ? events : events.exit(2, ret)).events }).model.attempts;
    return [attempt?.outcome, attempt?.compressed, attempt?.wasted.low, attempt?.wasted.high, attempt?.basis];
  };

  it('has C by the probe, else by the flags and the read', () => {
    expect(charged(300, 4, null)).toEqual(['failed', 300, 2300, 2300, 'measured']);
    expect(charged(null, 0, null)).toEqual(['failed', 0, 2000, 2000, 'measured']);
    expect(charged(null, 4, null)).toEqual(['failed', null, 2000, null, 'bounded']);
    expect(charged(null, null, null)).toEqual(['failed', null, 2000, null, 'bounded']);
    expect(charged(null, null, 4)).toEqual(['failed', 300, 2300, 2300, 'measured']);
    // Without a probe on the list, the errors of a duplicate are one.
    expect(charged(0, 0, 0, -17)).toEqual(['duplicate', 0, 2000, 2000, 'measured']);
    expect(charged(0, 0, 0, -16)).toEqual(['duplicate', 0, 2000, 2000, 'measured']);
  });

  it('in a trace that shows the list is of a duplicate where that has it', () => {
    const trace = new Trace()
      .finit(1)
      .listed(1, 'k', 'becoming')
      .charge(1, 'becoming', 'k', 500)
      .exit(1, -17)
      .finit(2)
      .charge(2, 'becoming', 'm', 500)
      .exit(2, -17);
    expect(build({ events: trace.events }).model.attempts.map(({ outcome }) => outcome)).toEqual([
      'duplicate',
      'failed',
    ]);
  });

  it('in a trace that lost events may have lost its duplicate', () => {
    const trace = new Trace()
      .finit(1)
      .listed(1, 'k', 'becoming')
      .charge(1, 'becoming', 'k', 500)
      .exit(1, -17)
      .lost(3)
      .finit(2)
      .charge(2, 'becoming', 'm', 500)
      .exit(2, -17);
    const { attempts } = build({ events: trace.events }).model;
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate']);
  });
});

describe('a trace that lost records between two of a call', () => {
  it.each<[what: string, calls: (trace: Trace) => Trace, ...Said]>([
    [
      'takes no bytes of what was read before',
      (trace) => trace.finit(2).read(2, 900).lost(2).exit(2, -17),
      'duplicate',
      null,
      0,
      null,
      null,
    ],
    [
      'takes no length of init_module either',
      (trace) => trace.init(2, 900).lost(null).exit(2, -8, 'init_module'),
      'failed',
      null,
      0,
      null,
      null,
    ],
    [
      'takes no result for a load that started its init',
      (trace) => trace.finit(2).loaded(2, 'm').lost(9).exit(2, -12),
      'unknown',
      null,
      0,
      0,
      null,
    ],
    [
      'keeps a charge, which says all by itself',
      (trace) => trace.finit(2).read(2, 900).lost(9).charge(2, 'becoming', 'm', 700).exit(2, -17),
      'duplicate',
      'becoming',
      700,
      700,
      'measured',
    ],
    [
      'is whole where the one record cannot be an end and a start',
      (trace) => trace.init(2, 900).lost(1).exit(2, -22, 'init_module'),
      'failed',
      null,
      1,
      1800,
      'bounded',
    ],
    [
      'is whole where they were lost before it',
      (trace) => trace.finit(1).lost(9).init(2, 900).exit(2, -22, 'init_module'),
      'failed',
      null,
      1,
      1800,
      'bounded',
    ],
  ])('%s', (_what, calls, ...expected) => {
    expect(said('nothing', '6.12.0', calls)).toEqual([expected]);
  });

  it('is two calls where the later step is of another module', () => {
    const calls = (trace: Trace) =>
      trace.finit(2).listed(2, 'm', 'becoming').lost(9).charge(2, 'becoming', 'other', 700).exit(2, -17);
    expect(said('nothing', '6.12.0', calls).map(([outcome]) => outcome)).toEqual(['unknown', 'duplicate']);
  });
});
