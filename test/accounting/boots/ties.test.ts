// SPDX-License-Identifier: Apache-2.0
/** printk's stamps are the same in every log of a boot: which logs cannot be of one (kernel/printk/printk.c). */
import { describe, expect, it } from 'vitest';
import { areOfOtherBoots, type StampedLines, tiesOf } from '../../../src/accounting/boots/ties.js';

/** Messages with their microseconds. */
function stamped(...messages: readonly (readonly [micros: number, text: string])[]): StampedLines {
  const times = messages.map(([micros]) => BigInt(micros) * 1000n).sort((a, b) => Number(a - b));
  return {
    at: new Set(messages.map(([micros, text]) => `${micros} ${text}`)),
    texts: new Set(messages.map(([, text]) => text)),
    from: times[0] ?? 0n,
    to: times.at(-1) ?? 0n,
  };
}

const KNOWN = stamped([1_000_001, 'a'], [2_000_003, 'b'], [3_000_007, 'c']);

describe('logs are of different boots', () => {
  it.each<[string, StampedLines, boolean]>([
    ['where two messages of both stand at other times', stamped([1_100_001, 'a'], [2_100_003, 'b']), true],
    ['but not for one', stamped([1_100_001, 'a'], [2_000_003, 'b']), false],
    [
      'but not where as many stand at the same',
      stamped([1_000_001, 'a'], [2_000_003, 'b'], [2_500_001, 'a'], [2_500_002, 'c']),
      false,
    ],
    ['but not for messages before the other log begins', stamped([100_001, 'a'], [200_003, 'b']), false],
    [
      'but not for messages after it ends, which a module may print again',
      stamped([4_100_001, 'a'], [5_100_003, 'b']),
      false,
    ],
    ['but not for messages that the other does not hold', stamped([1_100_001, 'x'], [2_100_003, 'y']), false],
    ['at both ends of the other log', stamped([1_000_001, 'c'], [3_000_007, 'a']), true],
  ])('%s', (_, lines, are) => expect(areOfOtherBoots(KNOWN, lines)).toBe(are));
});

describe('a line ties logs', () => {
  // A clock that ticks with the jiffies stamps whole milliseconds, in every boot the same.
  it.each<[string, number, boolean]>([
    ['by its microseconds', 1_000_001, true],
    ['but not by a whole millisecond', 1_004_000, false],
    ['but not before the clock runs', 0, false],
  ])('%s', (_, micros, ties) => {
    expect([...tiesOf(stamped([micros, 'a']))]).toEqual(ties ? [`${micros} a`] : []);
  });
});
