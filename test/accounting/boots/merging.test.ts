// SPDX-License-Identifier: Apache-2.0
/** Logs and recordings that repeat each other: each message and each record counts once. */
import { describe, expect, it } from 'vitest';
import { LogClock, periodsOf } from '../../../src/accounting/boots/log-clock.js';
import { mergeLogs } from '../../../src/accounting/boots/logs.js';
import { mergeRecordings } from '../../../src/accounting/boots/recordings.js';
import type { Attempt } from '../../../src/accounting/model.js';
import { BOOT_CLOCK, SECONDS_CLOCK, type SourceClock, SUMMED_CLOCK } from '../../../src/model/source.js';
import { MIDDLE, part, START } from './parts.js';

const MS = 1_000_000n;
const SECOND = 1000n * MS;

const request = (requested: string, t: bigint | null) => ({ kind: 'duplicate-request', requested, t });
const wall: SourceClock = { unit: 'ns', zero: 'epoch' };

/** `name seconds` of the merged lines. */
function merged(...logs: ReturnType<typeof part>[]) {
  const { events, repeated, continued } = mergeLogs(logs);
  const lines = events.flatMap((event) =>
    event.kind === 'duplicate-request' ? [`${event.requested} ${event.t === null ? '-' : event.t / MS}`] : [],
  );
  const paths = (sources: typeof repeated) => sources.map(({ path }) => path);
  return { lines, repeated: paths(repeated), continued: paths(continued) };
}

describe('two logs of one boot', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  /** Five messages in five seconds. */
  const five = (move: bigint, ...more: ReturnType<typeof request>[]) => [
    START,
    ...names.map((name, index) => request(name, BigInt(index + 1) * SECOND + move)),
    ...more,
  ];

  it('with the same stamps have a further line of a known text, which came at another time', () => {
    const { lines, repeated } = merged(
      part('dmesg', five(0n)),
      part('kern.log', five(0n, request('c', 4n * SECOND))),
    );
    expect(lines).toEqual(['a 1000', 'b 2000', 'c 3000', 'd 4000', 'c 4000', 'e 5000']);
    expect(repeated).toEqual(['dmesg']);
  });

  it('with the same stamps repeat each other, all or in part', () => {
    expect(merged(part('dmesg', five(0n)), part('kern.log', five(0n)))).toMatchObject({
      lines: ['a 1000', 'b 2000', 'c 3000', 'd 4000', 'e 5000'],
      repeated: ['kern.log'],
    });
  });

  // dmesg -T prints whole seconds, which are up to one off.
  it('of which one rounds its stamps hold the same messages, also where one agrees by chance', () => {
    const rounded = five(0n).map((one) =>
      'requested' in one && one.requested !== 'b' ? request(one.requested, (one.t ?? 0n) + 900n * MS) : one,
    );
    expect(merged(part('dmesg', five(0n)), part('dmesg-T', rounded)).lines).toEqual([
      'a 1000',
      'b 2000',
      'c 3000',
      'd 4000',
      'e 5000',
    ]);
  });

  // dmesg -H prints no difference for the first message of a minute: here it lacks 39 s before the third.
  it.each([
    ['sums of differences', SUMMED_CLOCK, (t: bigint) => (t > 2n * SECOND ? t - 39n * SECOND : t)],
    ['whole seconds', SECONDS_CLOCK, (t: bigint) => t - (t % SECOND)],
  ])('of which one has %s have the exact times of the other', (_what, clock, rough) => {
    const stamps = [1n, 2n, 42n, 43n, 50n].map((second) => second * SECOND + 300n * MS);
    const log = (timeOf: (t: bigint) => bigint) => [
      START,
      ...stamps.map((t, index) => request(names[index] ?? '', timeOf(t))),
    ];
    const exact = ['a 1300', 'b 2300', 'c 42300', 'd 43300', 'e 50300'];
    expect(
      merged(
        part('H.txt', log(rough), clock),
        part(
          'plain',
          log((t) => t),
        ),
      ),
    ).toMatchObject({
      lines: exact,
      repeated: ['H.txt'],
    });
    // Also where the exact one is only the end of the log.
    const tail = [MIDDLE, ...log((t) => t).slice(3)];
    const { lines } = merged(part('H.txt', log(rough), clock), part('tail', tail));
    expect(lines.filter((line) => !/^[ab]/.test(line))).toEqual(exact.slice(2));
    expect(lines.length).toBe(5);
  });

  it('repeat each other where only one has times', () => {
    const timeless = five(0n).map((one) => ({ ...one, t: null }));
    expect(merged(part('dmesg', five(0n)), part('plain', timeless))).toMatchObject({
      lines: ['a 1000', 'b 2000', 'c 3000', 'd 4000', 'e 5000'],
      repeated: ['plain'],
    });
    expect(
      merged(part('dmesg', five(0n)), part('plain', [...timeless, request('a', null)])).lines.length,
    ).toBe(6);
  });

  it('that are pieces of a rotated log repeat nothing', () => {
    const { lines, repeated } = merged(part('kern.log.1', five(0n)), part('kern.log', five(5n * SECOND)));
    expect(lines.length).toBe(10);
    expect(repeated).toEqual([]);
  });

  it('continue where they start in the middle, if another one holds the start', () => {
    const [whole, rest] = [
      part('dmesg', [START, request('a', SECOND)]),
      part('late', [MIDDLE, request('b', 2n * SECOND)]),
    ];
    expect(merged(whole, rest).continued).toEqual(['late']);
    expect(merged(part('one', [MIDDLE]), part('two', [MIDDLE])).continued).toEqual([]);
  });

  it('of different messages keep all of them, in the order of time', () => {
    const one = part('one', [START, request('b', 2n * SECOND), request('d', 4n * SECOND)]);
    const two = part('two', [START, request('a', SECOND), request('c', null), request('e', 5n * SECOND)]);
    expect(merged(one, two).lines).toEqual(['a 1000', 'c -', 'b 2000', 'd 4000', 'e 5000']);
  });

  it('of two clocks are compared by how often they hold a text', () => {
    const late = part('syslog', five(1_700_000_000n * SECOND), wall);
    expect(merged(part('dmesg', five(0n)), late).lines.length).toBe(5);
  });

  it.each<[string, object, object]>([
    [
      'the call and the return of an init',
      { kind: 'initcall', point: 'calling', module: 'm', func: 'f', ret: null, usecs: null, pid: 1 },
      { kind: 'initcall', point: 'returned', module: 'm', func: 'f', ret: 0, usecs: 7, pid: null },
    ],
    [
      'the inits of two modules',
      { kind: 'initcall', point: 'calling', module: 'm', func: 'init', ret: null, usecs: null, pid: 1 },
      { kind: 'initcall', point: 'calling', module: 'n', func: 'init', ret: null, usecs: null, pid: 1 },
    ],
    [
      'two results of an init',
      { kind: 'initcall', point: 'returned', module: 'm', func: 'f', ret: 0, usecs: 7, pid: null },
      { kind: 'initcall', point: 'returned', module: 'm', func: 'f', ret: -19, usecs: 7, pid: null },
    ],
    [
      'failures of two modules',
      { kind: 'load-failure', reason: 'elf', module: 'm', message: 'bad' },
      { kind: 'load-failure', reason: 'elf', module: 'n', message: 'bad' },
    ],
    [
      'failures of two units',
      { kind: 'unit-failure', what: 'failed', unit: 'a.service', message: '' },
      { kind: 'unit-failure', what: 'failed', unit: 'b.service', message: '' },
    ],
    [
      'allocations of two sizes',
      { kind: 'allocation-failure', by: 'vmalloc', bytes: 4096, module: null },
      { kind: 'allocation-failure', by: 'vmalloc', bytes: 8192, module: null },
    ],
    [
      'two tools',
      { kind: 'user-load', tool: 'udev', pid: null, what: 'failed', module: 'm', errno: 2 },
      { kind: 'user-load', tool: 'modprobe', pid: null, what: 'failed', module: 'm', errno: 2 },
    ],
  ])('say two things where they hold %s', (_, a, b) => {
    const at = { t: SECOND };
    const both = mergeLogs([part('one', [START, { ...a, ...at }]), part('two', [START, { ...b, ...at }])]);
    expect(both.events.filter(({ kind }) => kind !== 'boot-start').length).toBe(2);
    const same = mergeLogs([part('one', [START, { ...a, ...at }]), part('two', [START, { ...a, ...at }])]);
    expect(same.events.filter(({ kind }) => kind !== 'boot-start').length).toBe(1);
  });
});

describe('recordings', () => {
  const ticks: SourceClock = { unit: 'ticks', zero: 'relative' };
  const calls = (from: bigint, count = 10) =>
    Array.from({ length: count }, (_, index) => [
      {
        kind: 'syscall-enter',
        call: 'finit_module',
        pid: index,
        len: null,
        flags: 0,
        t: from + BigInt(2 * index) * MS,
      },
      {
        kind: 'syscall-exit',
        call: 'finit_module',
        pid: index,
        ret: -17,
        t: from + BigInt(2 * index + 1) * MS,
      },
    ]).flat();
  const streams = (...parts: ReturnType<typeof part>[]) => {
    const { streams, repeated } = mergeRecordings(parts);
    return { counts: streams.map(({ events }) => events.length), repeated: repeated.map(({ path }) => path) };
  };

  it('of which one prints bare ticks are kept in the form that has times', () => {
    expect(streams(part('ticks', calls(0n), ticks), part('trace', calls(0n)))).toEqual({
      counts: [20],
      repeated: ['ticks'],
    });
    expect(streams(part('trace', calls(0n)), part('ticks', calls(0n), ticks)).repeated).toEqual(['ticks']);
    const relative: SourceClock = { unit: 'ns', zero: 'relative' };
    expect(streams(part('diff', calls(0n), relative), part('trace', calls(0n))).repeated).toEqual(['diff']);
    expect(streams(part('ticks', calls(0n), ticks), part('diff', calls(0n), relative)).repeated).toEqual([
      'ticks',
    ]);
  });

  // A test program that runs again makes the same calls, at another time.
  it('at different times are two, whichever comes first', () => {
    const [early, late] = [part('early', calls(0n)), part('late', calls(100n * MS))];
    expect(streams(early, late)).toEqual({ counts: [40], repeated: [] });
    expect(streams(late, early)).toEqual({ counts: [40], repeated: [] });
  });

  it('that overlap hold each record once', () => {
    const all = calls(0n);
    const forks = [1, 2, 3].map((childPid) => ({
      kind: 'fork',
      pid: 1,
      childPid,
      childComm: 'kmod',
      t: 11n * MS,
    }));
    const [one, two] = [
      part('one', [...all.slice(0, 12), ...forks]),
      part('two', [...all.slice(8, 12), ...forks, ...all.slice(12)]),
    ];
    expect(streams(one, two)).toEqual({ counts: [23], repeated: [] });
  });

  it('of which a tenth or more is new are no repetition', () => {
    expect(streams(part('all', calls(0n)), part('most', calls(0n).slice(0, 15))).repeated).toEqual(['most']);
    const other = calls(0n).map((one, index) => (index < 3 ? { ...one, pid: 99 + index } : one));
    expect(streams(part('all', calls(0n)), part('other', other)).repeated).toEqual([]);
  });
});

describe('the periods of calls', () => {
  const call = (start: bigint | null, end: bigint | null, clock: SourceClock = BOOT_CLOCK) =>
    ({ start, end, clock }) as Attempt;

  it('are apart where no call runs', () => {
    const given = [call(50n, 60n), call(10n, 20n), call(15n, 17n), call(20n, 30n), call(70n, null)];
    expect(periodsOf(given)).toEqual([
      { start: 10n, end: 30n },
      { start: 50n, end: 60n },
      { start: 70n, end: 70n },
    ]);
    expect(periodsOf([call(null, 5n)])).toBeNull();
    expect(periodsOf([call(1n, 5n, wall)])).toBeNull();
    expect(periodsOf([])).toEqual([]);
  });

  it('are far from a line 20 s and more away, by every clock that the trace may have', () => {
    const periods = [
      { start: 100n * SECOND, end: 101n * SECOND },
      { start: 200n * SECOND, end: 201n * SECOND },
    ];
    const same = new LogClock([]);
    for (const [seconds, far] of [
      [79n, true],
      [80n, false],
      [100n, false],
      [121n, false],
      [122n, true],
      [150n, true],
      [180n, false],
      [221n, false],
      [222n, true],
    ] as const)
      expect(same.isFar(seconds * SECOND, periods), `${seconds}`).toBe(far);
    expect(same.isFar(null, periods)).toBe(false);
    // sched_clock was 15 s ahead, so a trace's 100 s may be the log's 85 s.
    const mark = {
      kind: 'boot-mark',
      what: 'sched-clock',
      value: '(1, 2)->(3, -15000000000)',
      t: 0n,
      source: 1,
      line: 1,
    };
    const ahead = new LogClock([mark as never]);
    expect([64n, 65n, 66n, 121n, 122n].map((at) => ahead.isFar(at * SECOND, periods))).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(ahead.distance(80n * SECOND, call(100n * SECOND, 101n * SECOND))).toBe(5n * SECOND);
    expect(ahead.distance(100n * SECOND, call(100n * SECOND, 101n * SECOND))).toBe(0n);
    expect(ahead.distance(104n * SECOND, call(100n * SECOND, 101n * SECOND))).toBe(3n * SECOND);
    expect(ahead.distance(null, call(1n, 2n))).toBeNull();
    expect(ahead.distance(5n, call(1n, 2n, wall))).toBeNull();
  });
});
