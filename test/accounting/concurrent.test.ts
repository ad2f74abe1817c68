// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Call } from '../../src/accounting/calls/call.js';
import { concurrentCalls, mostAtOnce } from '../../src/accounting/calls/concurrent.js';
import { BOOT_CLOCK, type SourceClock } from '../../src/model/source.js';

const TICKS: SourceClock = { unit: 'ticks', zero: 'boot' };
const EPOCH: SourceClock = { unit: 'ns', zero: 'epoch' };

const RELATIVE: SourceClock = { unit: 'ns', zero: 'relative' };

const call = (start: bigint | null, end: bigint | null, clock = BOOT_CLOCK, source = 1): Call =>
  ({ start, end, clock, cite: { source, line: 1 } }) as Call;

/** As a window function would have it: begins up to this one less ends, at one time the ends first. */
function bySteps(calls: readonly Call[]): (number | null)[] {
  const whole = calls.filter((one) => one.start !== null && one.end !== null && one.clock.unit === 'ns');
  return calls.map((one) => {
    if (!whole.includes(one)) return null;
    const own = whole.filter((other) => other.clock.zero === one.clock.zero);
    const begun = own.filter(
      (other) =>
        (other.start ?? 0n) < (one.start ?? 0n) ||
        (other.start === one.start && own.indexOf(other) <= own.indexOf(one)),
    );
    return begun.length - own.filter((other) => (other.end ?? 0n) <= (one.start ?? 0n)).length;
  });
}

describe('calls at once', () => {
  it('counts itself, and no longer what ends as it begins', () => {
    expect(concurrentCalls([call(1n, 5n), call(2n, 4n), call(4n, 9n), call(5n, 6n)])).toEqual([1, 2, 2, 2]);
  });

  it('numbers calls that begin together, and takes one that ends as it begins for none', () => {
    expect(concurrentCalls([call(1n, 2n), call(1n, 2n), call(3n, 3n)])).toEqual([1, 2, 0]);
  });

  it('knows nothing of calls without a begin or an end, nor of ticks', () => {
    expect(concurrentCalls([call(null, 2n), call(1n, null), call(1n, 2n, TICKS), call(1n, 2n)])).toEqual([
      null,
      null,
      null,
      1,
    ]);
  });

  it('keeps clocks apart', () => {
    expect(concurrentCalls([call(1n, 5n), call(2n, 5n, EPOCH), call(3n, 5n)])).toEqual([1, 1, 2]);
    expect(concurrentCalls([call(1n, 5n, RELATIVE, 1), call(2n, 5n, RELATIVE, 2)])).toEqual([1, 1]);
  });

  it('has a most by one clock, where one in seconds shows any', () => {
    expect(mostAtOnce([call(1n, 9n), call(2n, 5n), call(3n, 5n, EPOCH), call(4n, 8n), call(8n, 9n)])).toBe(3);
    expect(mostAtOnce([call(1n, 2n, TICKS), call(1n, null)])).toBeNull();
  });

  it('says the same of calls in any order, of one length or another', () => {
    let seed = 7;
    const next = (below: number): bigint => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return BigInt(Math.floor((seed / 2 ** 31) * below));
    };
    const calls = Array.from({ length: 200 }, () => {
      const start = next(60);
      return call(start, start + next(8), next(3) === 0n ? EPOCH : BOOT_CLOCK);
    });
    expect(concurrentCalls(calls)).toEqual(bySteps(calls));
  });
});
