// SPDX-License-Identifier: Apache-2.0
/** What a report says of parts of the waste: whose they are, and of how many failed loads that is known. */
import { describe, expect, it } from 'vitest';
import { atLeast, type Bounds, exactly } from '../../src/model/bounds.js';
import { worthText } from '../../src/report/answer/notes.js';
import { plainSentence } from '../../src/report/answer/sentence.js';
import type { BootAnswer } from '../../src/report/answer/types.js';
import { verdictOf } from '../../src/report/answer/verdict.js';
import { factor } from '../../src/report/answer/words.js';

const KIB = 1024n;

interface Given {
  readonly callers: Readonly<Record<string, Bounds>>;
  readonly wasted: Bounds;
  readonly failures: bigint;
  readonly traced?: bigint;
  readonly complete?: boolean;
  readonly snapshots?: bigint;
}

function said({
  callers,
  wasted,
  failures,
  traced = failures,
  complete = true,
  snapshots = 0n,
}: Given): string {
  const requesters = Object.entries(callers).map(([comm, bytes]) => ({
    ...{ requester: 'other', comm, callSite: null, duplicates: 1n, failed: 0n },
    wasted: bytes,
  }));
  const known = {
    ...{ requesters, modules: [], failures: [], problems: [], allocations: [], requests: [] },
    evidence: { traceComplete: complete, snapshots, lowerBound: wasted.low !== wasted.high },
    outcomes: { failures: traced },
  } as unknown as BootAnswer;
  const totals = { wasted, failures, when: null, doubts: null, exhausted: null, crowded: null };
  return plainSentence(verdictOf(known, totals)).replace(/^.*?loads; /, '');
}

describe('the share of a caller', () => {
  const ranges = { udev: { low: 33n * KIB, high: 69n * KIB }, modprobe: { low: 0n, high: 1n * KIB } };
  const all = { low: 33n * KIB, high: 70n * KIB };

  it('is at least its least beside the most of others', () => {
    expect(said({ callers: ranges, wasted: all, failures: 9n })).toBe(
      'mostly by udev (33.0 KiB to 69.0 KiB, at least 97 %).',
    );
  });

  it('is bounded by the total alone where calls of others may be missing', () => {
    expect(said({ callers: ranges, wasted: all, failures: 9n, complete: false })).toContain('at least 47 %');
  });

  it('is rounded where it is exact, but never to all', () => {
    const of = (low: bigint) =>
      said({ callers: { udev: exactly(low) }, wasted: exactly(1000n), failures: 9n, snapshots: 1n });
    expect(of(759n)).toContain('759 B, 76 %');
    expect(of(998n)).toContain('998 B, 99 %');
    expect(of(1000n)).toContain('1000 B, 100 %');
  });

  it('says of how many failed loads the trace tells, where it is no half of all', () => {
    const some = {
      callers: { udev: exactly(110n) },
      wasted: exactly(1000n),
      snapshots: 1n,
      failures: 50n,
      traced: 5n,
    };
    expect(said(some)).toBe('of the 5 in the trace, most by udev (110 B, 11 %).');
    expect(said({ ...some, callers: { udev: exactly(600n) } })).toBe('mostly by udev (600 B, 60 %).');
  });

  it('counts no others by a trace that holds a part of the failed loads', () => {
    const callers = { udev: atLeast(exactly(400n)), insmod: exactly(0n) };
    const given = { callers, wasted: exactly(1000n), snapshots: 1n, failures: 50n, traced: 5n };
    expect(said(given)).toContain('at least 40 %');
  });
});

it('the waste is compared with memory by what is nearest, a lower bound by what it is at least', () => {
  expect(factor(2426n, 1000n, true)).toBe('2.43 times');
  expect(factor(2426n, 1000n, false)).toBe('2.42 times');
  expect(factor(22_600n, 1000n, true)).toBe('23 times');
  expect(factor(999n, 1000n, true)).toBe('99 % of');
  expect(factor(346n, 1000n, true)).toBe('35 % of');
  expect(factor(9n, 1000n, true)).toBe('less than 1 % of');
});

it('requests of the kernel are no calls whose bytes would be saved', () => {
  const advice = {
    rank: 1n,
    kind: 'repeated-requests',
    basis: 'bounded',
    calls: 10n,
    modules: null,
    who: null,
    text: '',
  };
  const saves = { low: 234n * KIB, high: 484n * KIB };
  expect(worthText({ ...advice, saves, evidence: 'autoload' })).toBe('10 requests; saves 234 KiB to 484 KiB');
  expect(worthText({ ...advice, saves, evidence: 'callers' })).toBe('saves 234 KiB to 484 KiB in 10 calls');
  expect(worthText({ ...advice, saves: null, evidence: 'autoload' })).toBe('10 duplicate requests');
});
