// SPDX-License-Identifier: Apache-2.0
/** Which evidence can be of one boot, and which boot is older. */
import { describe, expect, it } from 'vitest';
import { inOrderOfAge } from '../../../src/accounting/boots/boot-order.js';
import {
  contradicts,
  earliestStart,
  shareTime,
  startsAfter,
} from '../../../src/accounting/boots/boot-ties.js';
import { groupByBoot } from '../../../src/accounting/boots/boots.js';
import { isElsewhere, NAMELESS, rankOf } from '../../../src/accounting/boots/figures.js';
import type { Identity } from '../../../src/accounting/boots/parts.js';
import { wordBits } from '../../../src/accounting/boots/word-size.js';
import { events, identity, part, START, source } from './parts.js';

const HOUR = 3_600_000_000_000n;

describe('two logs', () => {
  // CLOCK_REALTIME is stepped by NTP at the start, so the offset of boot time 0 moves by seconds, not by hours.
  it.each<[string, Partial<Identity>, Partial<Identity>, boolean]>([
    ['of one boot id', { bootId: 'a' }, { bootId: 'a' }, false],
    ['of two boot ids', { bootId: 'a' }, { bootId: 'b' }, true],
    ['of two releases', { release: '6.12.1' }, { release: '6.12.2' }, true],
    ['of which one says no release', { release: '6.12.1' }, {}, false],
    ['with other marks of the clock', { schedClock: '(1, 2)' }, { schedClock: '(1, 3)' }, true],
    ['with other stamps of audit', { audit: '1700000000.001:1' }, { audit: '1700000000.002:1' }, true],
    ['with other times of the RTC', { rtc: '10:00:00' }, { rtc: '10:00:01' }, true],
    ['with other command lines', { commandLine: 'quiet' }, { commandLine: 'quiet splash' }, true],
    ['whose clocks are an hour apart', { wallOffset: 5n * HOUR }, { wallOffset: 6n * HOUR }, false],
    ['whose clocks are an hour apart, back', { wallOffset: 6n * HOUR }, { wallOffset: 5n * HOUR }, false],
    ['whose clocks are further apart', { wallOffset: 5n * HOUR }, { wallOffset: 6n * HOUR + 1n }, true],
    ['whose clocks are further apart, back', { wallOffset: 6n * HOUR + 1n }, { wallOffset: 5n * HOUR }, true],
    ['of which one ends before the other boot', { wallOffset: 9n * HOUR }, { written: 8n * HOUR - 1n }, true],
    ['of which one ends when the other starts', { wallOffset: 9n * HOUR }, { written: 8n * HOUR }, false],
    ['with other machines', { hardware: 'ACME 1' }, { hardware: 'ACME 2' }, false],
  ])('%s: of two boots %s', (_, a, b, differ) => {
    expect(contradicts(identity(a), identity(b))).toBe(differ);
    expect(contradicts(identity(b), identity(a))).toBe(differ);
  });

  it.each<[string, Partial<Identity>, Partial<Identity>, boolean]>([
    ['nothing', {}, {}, false],
    ['the mark of the clock', { schedClock: '(1, 2)' }, { schedClock: '(1, 2)' }, true],
    ['the first record of audit', { audit: '1700000000.001:1' }, { audit: '1700000000.001:1' }, true],
    [
      'that record, but not the boot id',
      { audit: '1.001:1', bootId: 'a' },
      { audit: '1.001:1', bootId: 'b' },
      false,
    ],
    [
      'that record, but not the mark of the clock',
      { audit: '1.001:1', schedClock: '(1, 2)' },
      { audit: '1.001:1', schedClock: '(1, 3)' },
      false,
    ],
    ['the release alone', { release: '6.12.1' }, { release: '6.12.1' }, false],
  ])('have a time in common by %s: %s', (_, a, b, expected) => {
    expect(shareTime(identity(a), identity(b))).toBe(expected);
  });
});

it('a boot started a minute before the first record of audit at the earliest, or an hour before its offset', () => {
  expect(earliestStart(identity({ audit: '1700000060.250:1' }))).toBe(1_700_000_000_250_000_000n);
  expect(earliestStart(identity({ wallOffset: 5n * HOUR }))).toBe(4n * HOUR);
  expect(earliestStart(identity({}))).toBeNull();
  const boot = identity({ audit: '1700000060.250:1' });
  expect(startsAfter(boot, identity({ written: 1_700_000_000_249_999_999n }))).toBe(true);
  expect(startsAfter(boot, identity({ written: 1_700_000_000_250_000_000n }))).toBe(false);
  expect(startsAfter(boot, identity({}))).toBe(false);
});

describe('boots', () => {
  const boot = (name: string, path: string | null, wallOffset: bigint | null) => ({
    identity: identity({ wallOffset }),
    parts: path === null ? [] : [part(path, [START])],
    label: name,
  });

  // logrotate renames kern.log to kern.log.1: the larger number is the older piece.
  it.each<[string, ReturnType<typeof boot>[], string[]]>([
    ['by their start', [boot('b', null, 2n), boot('c', null, 3n), boot('a', null, 1n)], ['a', 'b', 'c']],
    [
      'by the rotation of the log that holds them',
      [boot('new', 'kern.log', null), boot('oldest', 'kern.log.2.gz', null), boot('old', 'kern.log.1', null)],
      ['oldest', 'old', 'new'],
    ],
    [
      'by their start, whatever the logs are called',
      [boot('b', 'kern.log.2', 2n), boot('a', 'kern.log', 1n)],
      ['a', 'b'],
    ],
    [
      'as met, where nothing orders them',
      [boot('x', 'one.log', null), boot('y', 'two.log', null)],
      ['x', 'y'],
    ],
  ])('are in order %s', (_, given, expected) => {
    inOrderOfAge(given);
    expect(given.map(({ label }) => label)).toEqual(expected);
  });

  it('are in the same order if they are too many to compare each with each', () => {
    // Every seventh is in another log too, some have a wall clock: what orders them agrees.
    const many = Array.from({ length: 700 }, (_, index) => (index * 389) % 700);
    const given = many.map((age) =>
      boot(`${age}`, `kern.log.${700 - age}`, age % 3 === 0 ? BigInt(age) : null),
    );
    inOrderOfAge(given);
    expect(given.map(({ label }) => Number(label))).toEqual(many.toSorted((a, b) => a - b));
  });

  const kernel = (release: string) => ({ kind: 'kernel-version', release, machine: null, banner: '' });
  const counters = (release: string | null) =>
    part('stats', [
      { kind: 'snapshot', snapshot: 0, list: 'empty', label: null, ...(release && { release }) },
      { kind: 'counter', snapshot: 0, counter: 'failed_becoming', value: 3n },
    ]);

  it.each<[string, ReturnType<typeof part>, number]>([
    ['counters that name no kernel', counters(null), 1],
    ['counters of its kernel', counters('6.12.1'), 1],
    ['counters of another kernel', counters('6.13.0'), 2],
    ['a listing of another kernel', part('uname', [kernel('6.13.0')]), 1],
  ])('%s beside a log make %i', (_, other, count) => {
    const groups = groupByBoot([part('dmesg', [START, kernel('6.12.1')]), other]);
    expect(groups.length).toBe(count);
    expect(groups.flatMap(({ parts }) => parts)).toContain(other);
  });

  it('are one for counters alone, whatever kernel they name', () => {
    expect(groupByBoot([counters('6.13.0')]).map(({ identity: { release } }) => release)).toEqual(['6.13.0']);
  });

  it.each<[string, object[], string]>([
    ['a counter', [{ kind: 'counter', snapshot: 0, counter: 'modcount', value: 1n }], 'counters'],
    ['a dump', [{ kind: 'snapshot', snapshot: 0, list: 'absent', label: null }], 'counters'],
    ['a listing', [{ kind: 'live-module', module: 'm' }], 'context'],
    ['a log', [START], 'log'],
    ['a request', [{ kind: 'module-request', pid: 1, requested: 'm' }], 'trace'],
    ['the head of a trace', [{ kind: 'trace-header', kernel: null, cpus: null }], 'trace'],
  ])('have %s as a part of that kind', (_, given, kind) => {
    expect(part('file', given).kind).toBe(kind);
  });
});

describe('labels of snapshots', () => {
  it.each<[string | null, 0 | 1 | null]>([
    ['before', 0],
    ['stats-old.txt', 0],
    ['6.4 vanilla', 0],
    ['unpatched', 0],
    ['Original', 0],
    ['after', 1],
    ['with_fix, patched', 1],
    ['new kernel', 1],
    // Words in other words.
    ['threshold', null],
    ['basement', null],
    ['newton', null],
    ['withdrawn', null],
    ['database', null],
    ['olden', null],
    ['renewed', null],
    // Both.
    ['before and after', null],
    [null, null],
  ])('%s rank %s', (label, rank) => {
    expect(rankOf(label)).toBe(rank);
  });

  const named = (label: string | null, host: string | null = null, release: string | null = null) => ({
    label,
    host,
    release,
  });
  it.each<[string | null, string | null, boolean]>([
    ['before', 'after', false],
    ['after', 'before', true],
    ['before the patch', 'after the patch', true],
    ['before the fix', 'after', true],
    ['before reverting', 'after reverting', true],
    ['without', 'with', true],
    ['vanilla', 'patched', true],
    ['patched', 'patched, again', false],
    ['boot 1', 'boot 2', false],
    [null, 'patched', false],
    ['unpatched', null, false],
    ['before', 'afterwards', false],
    ['aforebefore', 'after', false],
  ])('%s, then %s: another boot %s', (a, b, expected) => {
    expect(isElsewhere(named(a), named(b))).toBe(expected);
  });

  it('of another machine or kernel are of another boot', () => {
    expect(isElsewhere(named('x', 'host1'), named('x', 'host2'))).toBe(true);
    expect(isElsewhere(named('x', 'host1'), named('x', null))).toBe(false);
    expect(isElsewhere(named('x', 'h', '6.4.1'), named('x', 'h', '6.5.1'))).toBe(true);
    expect(isElsewhere(NAMELESS, NAMELESS)).toBe(false);
  });
});

describe('the word size', () => {
  const figures = source('figures');
  const bits = (machine: string | null, release: string | null, ...given: object[]) =>
    wordBits({ machine, release }, events(figures, given));
  const memory = (what: string, bytes: number) => ({ kind: 'memory-figure', what, bytes });

  // Suffixes of Debian's, Fedora's and Ubuntu's kernel packages.
  it.each<[string, 32 | 64 | null]>([
    ['6.1.0-32-686-pae', 32],
    ['6.1.0-32-686', 32],
    ['6.1.0-32-armmp', 32],
    ['6.1.0-32-armmp-lpae', 32],
    ['6.6.1.armv7hl', 32],
    ['5.4.17-200.fc31.i686', 32],
    ['6.1.0-32-amd64', 64],
    ['6.1.0-32-cloud-arm64', 64],
    ['7.0.1-300.fc44.x86_64', 64],
    ['6.12.0-powerpc64le', 64],
    ['6.8.0-45-generic', null],
    ['6.12.0-myarmmp', null],
  ])('of %s is %s', (release, expected) => {
    expect(bits(null, release)).toBe(expected);
  });

  it.each<[string, 32 | 64 | null]>([
    ['i686', 32],
    ['armv7l', 32],
    ['x86_64', 64],
    ['aarch64', 64],
    ['s390x', 64],
    ['s390', 32],
    ['qemu', null],
  ])('of the machine %s is %s', (machine, expected) => {
    expect(bits(machine, null)).toBe(expected);
  });

  it('is that of the kernel’s own figures, whatever personality(2) makes uname say', () => {
    expect(bits('i686', null, memory('vmalloc-total', 2 ** 45 - 1))).toBe(64);
    expect(bits('x86_64', '6.1.0-amd64', memory('vmalloc-total', 2 ** 27))).toBe(32);
    expect(bits('i686', null, { kind: 'syscall-exit', call: 'finit_module', ret: -17, wordBits: 64 })).toBe(
      64,
    );
    expect(bits(null, null, { kind: 'counter', counter: 'invalid_mod_bytes', value: 2n ** 32n })).toBe(64);
    expect(bits(null, null, { kind: 'counter', counter: 'invalid_mod_bytes', value: 2n ** 32n - 1n })).toBe(
      null,
    );
    expect(bits(null, null, memory('lowmem', 2 ** 29))).toBe(32);
    expect(bits(null, null, memory('vmalloc-total', 0))).toBe(null);
    expect(bits(null, '6.1.0-amd64', memory('free', 1))).toBe(64);
  });
});
