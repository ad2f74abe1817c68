// SPDX-License-Identifier: Apache-2.0
/** Files of one folder as cases: what is of one boot belongs together, what may be of two does not. */
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/accounting/boots/parts.js';
import { casesOf, stemOf } from '../../src/batch/siblings.js';
import type { Probe } from '../../src/probe.js';

const NOTHING: Identity = {
  ...{ bootId: null, schedClock: null, audit: null, banner: null, rtc: null, release: null, hardware: null },
  ...{ machine: null, commandLine: null, cpus: null, wallOffset: null, written: null },
};

/** A log of one boot. */
const log = ({
  lines = new Set(),
  banner = null,
  started = banner !== null,
  ...identity
}: Partial<Omit<Identity, 'banner'>> & {
  readonly lines?: ReadonlySet<string>;
  readonly banner?: string | null;
  readonly started?: boolean;
}): Probe => ({
  kind: 'log',
  lines,
  boots: [{ identity: { ...NOTHING, ...identity }, build: banner, started }],
});
const other = (kind: Probe['kind']): Probe => ({ kind, boots: [], lines: new Set() });

/** Names of the files of each case. */
const grouped = (files: Readonly<Record<string, Probe>>): string[] =>
  casesOf(Object.entries(files).map(([path, of]) => ({ path, probe: of }))).map(({ paths }) =>
    paths.join('+'),
  );

const A = { banner: 'Linux version 6.1.0 (a@b) #1', lines: new Set(['1.000001 a', '2.000002 b']) };
const A2 = { banner: A.banner, lines: new Set(['1.000003 a', '2.000004 b']) };
const B = { banner: 'Linux version 6.12.0 (a@b) #1', lines: new Set(['1.000001 a']) };

/** 200 lines of a boot, a second apart. */
const manyLines = (boot: number, from: number): Set<string> =>
  new Set(Array.from({ length: 200 }, (_, index) => `${from + index}.00000${boot} line ${from + index}`));

describe('files of one folder', () => {
  it.each<[string, Record<string, Probe>, string[]]>([
    [
      'a log, a trace, a dump, a listing and notes are one boot',
      {
        dmesg: log(A),
        trace: other('trace'),
        stats: other('counters'),
        modules: other('context'),
        notes: other('other'),
      },
      ['dmesg+trace+stats+modules+notes'],
    ],
    [
      'a trace and a dump without a log too',
      { trace: other('trace'), stats: other('counters') },
      ['trace+stats'],
    ],
    [
      'two readings of the counters too',
      { before: other('counters'), after: other('counters') },
      ['before+after'],
    ],
    ['logs of one boot share a line', { a: log(A), b: log({ lines: new Set(['2.000002 b']) }) }, ['a+b']],
    [
      'a few lines of hundreds at the same microsecond are chance',
      {
        a: log({ banner: A.banner, lines: manyLines(1, 0) }),
        b: log({
          banner: A.banner,
          lines: new Set([...manyLines(2, 0), ...[...manyLines(1, 0)].slice(7, 12)]),
        }),
      },
      ['a', 'b'],
    ],
    [
      'a log whose end is the start of another is of its boot; of a large log, one line of eight is enough',
      {
        a: log({ banner: A.banner, lines: manyLines(1, 0) }),
        b: log({ lines: new Set([...manyLines(1, 190)].slice(0, 30)) }),
        c: log({ lines: new Set([...manyLines(1, 0)].filter((_, index) => index % 8 === 5)) }),
      },
      ['a+b+c'],
    ],
    [
      'logs of two machines share a line by chance and have the others at other times',
      {
        a: log({ lines: new Set(['0.000003 kvm-clock', '1.000001 a', '2.000002 b']) }),
        b: log({ lines: new Set(['0.000003 kvm-clock', '1.000201 a', '2.000402 b']) }),
      },
      ['a', 'b'],
    ],
    [
      'machines that start in one second may have the same first audit record',
      {
        a: log({ lines: A.lines, audit: '1700000000.123:1' }),
        b: log({ lines: A2.lines, audit: '1700000000.123:1' }),
      },
      ['a', 'b'],
    ],
    ['logs of one kernel without a line in common are two boots', { a: log(A), b: log(A2) }, ['a', 'b']],
    [
      'logs without a banner or a line in common are boots of their own, but where their names are alike',
      {
        'host-a.log': log({ lines: new Set(['3.500001 x']) }),
        'host-b.log': log({ lines: new Set(['3.500002 x']) }),
        'dmesg.txt': log({ lines: new Set(['4.500002 x']) }),
        'kern.log': log({}),
      },
      ['host-a.log', 'host-b.log', 'dmesg.txt+kern.log'],
    ],
    [
      'logs of one kernel without stamps are one boot where they have one name',
      { 'dmesg.txt': log({ banner: A.banner }), 'kern.log': log({ banner: A.banner }) },
      ['dmesg.txt+kern.log'],
    ],
    [
      'and two boots where they have two',
      { 'host1.log': log({ banner: A.banner }), 'host2.log': log({ banner: A.banner }) },
      ['host1.log', 'host2.log'],
    ],
    ['logs of two kernels are two boots', { a: log(A), b: log(B) }, ['a', 'b']],
    [
      'logs of one boot id are one boot',
      { a: log({ bootId: 'x' }), b: log({ bootId: 'x', banner: 'B' }) },
      ['a+b'],
    ],
    [
      'logs of two boot ids are two',
      { a: log({ ...A, bootId: 'x' }), b: log({ ...A, bootId: 'y' }) },
      ['a', 'b'],
    ],
    [
      'logs of one time are one boot whatever they are called',
      {
        a: log({ audit: '1700000000.123:1' }),
        b: log({ audit: '1700000000.123:1' }),
        c: log({ audit: '1700000000.124:1' }),
        d: log({ rtc: '2026-11-22T10:18:18 UTC', banner: A.banner }),
        e: log({ rtc: '2026-11-22T10:18:18 UTC', banner: A.banner }),
        f: log({ rtc: '2026-11-22T10:18:18 UTC', banner: B.banner }),
      },
      ['a+b', 'c', 'd+e', 'f'],
    ],
    [
      'logs of one name and kernel are two boots where the wall clock says so',
      { 'dmesg.txt': log({ wallOffset: 0n }), 'kern.log': log({ wallOffset: 3_600_000_000_001n }) },
      ['dmesg.txt', 'kern.log'],
    ],
    [
      'a log that was written before the other boot started is of another',
      { 'dmesg.txt': log({ wallOffset: 7_200_000_000_000n }), 'kern.log': log({ written: 1n }) },
      ['dmesg.txt', 'kern.log'],
    ],
    [
      'clocks that NTP stepped are of one',
      { 'dmesg.txt': log({ wallOffset: 0n }), 'kern.log': log({ wallOffset: 2_000_000_000n }) },
      ['dmesg.txt+kern.log'],
    ],
    [
      'a rotated log goes on in its next piece, unless that starts a boot',
      {
        'kern.log': log({}),
        'kern.log.1': log({ banner: A.banner }),
        'kern.log.2.gz': log({ banner: A.banner }),
      },
      ['kern.log+kern.log.1+kern.log.2.gz'],
    ],
    [
      'a chain of pairs is one boot',
      {
        a: log(A),
        c: log({ lines: new Set(['9.000001 c']), banner: B.banner }),
        b: log({ lines: new Set([...A.lines, '9.000001 c']) }),
      },
      ['a+c+b'],
    ],
    [
      'of several boots, files go by their names, and what has none stands alone',
      {
        'boot1-dmesg.txt': log(A),
        'boot1-trace.txt': other('trace'),
        'boot2-dmesg.txt': log(B),
        boot2_stats: other('counters'),
        stats: other('counters'),
        'trace.txt': other('trace'),
      },
      ['boot1-dmesg.txt+boot1-trace.txt', 'boot2-dmesg.txt+boot2_stats', 'stats', 'trace.txt'],
    ],
    [
      'numbered traces are boots of their own',
      { 'trace-1.txt': other('trace'), 'trace-2.txt': other('trace') },
      ['trace-1.txt', 'trace-2.txt'],
    ],
    [
      'two forms of one trace are one',
      { 'trace.txt': other('trace'), 'trace_pipe.txt': other('trace'), 'trace.dat': other('trace') },
      ['trace.txt+trace_pipe.txt+trace.dat'],
    ],
    ['an archive is a case of its own', { dmesg: log(A), 'sos.tar': other('package') }, ['dmesg', 'sos.tar']],
    [
      'files of no known format beside one log are not hidden',
      { a: log(A), b: other('other'), c: other('other') },
      ['a', 'b', 'c'],
    ],
    [
      'context alone is not joined',
      { meminfo: other('context'), modules: other('context') },
      ['meminfo', 'modules'],
    ],
  ])('%s', (_, files, wanted) => expect(grouped(files)).toEqual(wanted));

  it('say why', () => {
    const why = (files: Record<string, Probe>) =>
      casesOf(Object.entries(files).map(([path, of]) => ({ path, probe: of }))).map((one) => one.why);
    expect(why({ a: log(A), b: log(A) })).toEqual(['one boot by lines']);
    expect(why({ a: log(A), trace: other('trace') })).toEqual(['one boot by place']);
    expect(why({ 'x-dmesg': log(A), 'x-trace': other('trace'), 'y-dmesg': log(B) })).toEqual([
      'one boot by name',
      null,
    ]);
  });

  it.each([
    ['in/boot1-dmesg.txt.gz', 'boot1'],
    ['in/Host_Trace.dat', 'host'],
    ['dmesg', ''],
    ['trace_pipe.txt', ''],
    ['dmesg.1', '1'],
    ['--.log', ''],
    ['_a b_.txt', 'a b'],
  ])('are named: %s -> %j', (path, stem) => expect(stemOf(path)).toBe(stem));
});
