// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grouped } from '../../../src/report/cell.js';
import { bucketed } from '../../../src/report/html/chart/buckets.js';
import { type Calls, drawable, extent, OUTCOMES } from '../../../src/report/html/chart/calls.js';
import { laneLayout } from '../../../src/report/html/chart/lanes.js';
import { momentLabel, roundStep, spanLabel, timeTicks } from '../../../src/report/html/chart/scale.js';

const someCalls = fc
  .array(
    fc.record({
      start: fc.nat(10_000_000),
      length: fc.nat(1_000_000),
      outcome: fc.nat(OUTCOMES.length - 1),
      wasted: fc.nat(1_000_000),
    }),
    { minLength: 1 },
  )
  .map((calls): Calls => {
    const sorted = [...calls].sort((a, b) => a.start - b.start);
    const zero = sorted[0]?.start ?? 0;
    return {
      zero: BigInt(zero) + 37_000_000_123n,
      unit: 'ns',
      start: sorted.map((call) => call.start - zero),
      end: sorted.map((call) => call.start - zero + call.length),
      outcome: sorted.map((call) => call.outcome),
      wasted: sorted.map((call) => call.wasted),
      undrawn: 0,
    };
  });

describe('buckets', () => {
  it('hold every call once, begin at round moments, and end with the sum of the waste', () => {
    fc.assert(
      fc.property(someCalls, fc.integer({ min: 1, max: 300 }), (calls, most) => {
        const { from, to } = extent(calls);
        const buckets = bucketed(calls, from, to, most);
        expect(buckets.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(calls.start.length);
        expect((calls.zero + BigInt(buckets.from)) % BigInt(buckets.width)).toBe(0n);
        expect(buckets.cumulative.at(-1)).toBe(calls.wasted.reduce((sum, bytes) => sum + bytes, 0));
        expect(buckets.counts.length).toBeLessThanOrEqual(most + 1);
      }),
    );
  });

  it('count what was wasted before them', () => {
    const calls: Calls = {
      zero: 0n,
      unit: 'ns',
      start: [0, 5000, 9000],
      end: [1, 5001, 9001],
      outcome: [1, 1, 0],
      wasted: [10, 20, 0],
      undrawn: 0,
    };
    const { before, cumulative } = bucketed(calls, 4000, 9000, 6);
    expect(before).toBe(10);
    expect(cumulative.at(-1)).toBe(30);
  });
});

describe('lanes', () => {
  it('hold every call once, and never two tasks at one time', () => {
    const task = fc.record({
      comm: fc.constantFrom('udevd', 'modprobe'),
      pid: fc.nat(8),
      start: fc.nat(100),
      length: fc.nat(30),
    });
    fc.assert(
      fc.property(fc.array(task), (tasks) => {
        const sorted = [...tasks].sort((a, b) => a.start - b.start);
        const calls = {
          start: sorted.map(({ start }) => start),
          end: sorted.map(({ start, length }) => start + length),
          comm: sorted.map(({ comm }) => comm),
          pid: sorted.map(({ pid }) => pid),
          wasted: sorted.map(() => 1),
        };
        const lanes = laneLayout(calls);
        expect(lanes.flatMap((lane) => lane.calls).sort((a, b) => a - b)).toEqual(
          calls.start.map((_, index) => index),
        );
        for (const lane of lanes) {
          expect(new Set(lane.calls.map((index) => calls.comm[index])).size).toBe(1);
          const spans = new Map<number, [number, number]>();
          for (const index of lane.calls) {
            const pid = calls.pid[index] ?? -1;
            const [from, to] = spans.get(pid) ?? [Number.POSITIVE_INFINITY, 0];
            spans.set(pid, [Math.min(from, calls.start[index] ?? 0), Math.max(to, calls.end[index] ?? 0)]);
          }
          expect(spans.size).toBe(lane.tasks);
          const ordered = [...spans.values()].sort((a, b) => a[0] - b[0]);
          for (const [place, [from]] of ordered.entries()) {
            if (place > 0) expect(from).toBeGreaterThan(ordered[place - 1]?.[1] ?? Number.POSITIVE_INFINITY);
          }
        }
      }),
    );
  });
});

describe('scales', () => {
  it('step by 1, 2, 5 and label moments exactly', () => {
    expect([roundStep(1), roundStep(1.1), roundStep(3), roundStep(7e8)]).toEqual([1, 2, 5, 1e9]);
    expect(momentLabel(876_544, 37_000_123_456n, 'ns', 1000)).toBe('37.001000 s');
    expect(momentLabel(0, 1_763_806_000_123_456_789n, 'ns', 1e9)).toBe('1763806000 s');
    expect(momentLabel(5, 90_071_992_547_409_930n, 'ticks', 1)).toBe('90071992547409935');
    expect(
      timeTicks(0, 10e9, 36_900_000_000n, 10).map(({ at }) => momentLabel(at, 36_900_000_000n, 'ns', 1e9)),
    ).toEqual(['37 s', '38 s', '39 s', '40 s', '41 s', '42 s', '43 s', '44 s', '45 s', '46 s']);
    expect([spanLabel(1_234_000_000, 'ns'), spanLabel(42_000, 'ns'), spanLabel(7, 'ticks')]).toEqual([
      '1.23 s',
      '42 µs',
      '7 ticks',
    ]);
    expect([grouped(1234567n), grouped('1234.5678'), grouped(999)]).toEqual([
      '1,234,567',
      '1,234.5678',
      '999',
    ]);
  });

  it('draw the calls of the clock that most are on', () => {
    expect(drawable([5, null, 3, 9e18, 3], ['boot', 'boot', 'boot', 'epoch', 'boot'])).toEqual({
      clock: 'boot',
      places: [2, 4, 0],
    });
  });
});
