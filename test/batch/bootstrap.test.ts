// SPDX-License-Identifier: Apache-2.0
/** Medians drawn from counts of values, against drawing the values themselves. */
import { describe, expect, it } from 'vitest';
import { medianDifference, type Spread } from '../../src/batch/bootstrap.js';

describe('the bootstrap', () => {
  /** The plain way: draw all values again, sort, take the middle one. */
  function plain(values: readonly number[], draws: number): number[] {
    let state = 7;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const medians = Array.from({ length: draws }, () => {
      const drawn = values.map(() => values[Math.floor(random() * values.length)] ?? 0).sort((a, b) => a - b);
      return drawn[Math.floor((drawn.length - 1) / 2)] ?? 0;
    });
    return medians.sort((a, b) => a - b);
  }

  /** Each value once, in order. */
  const spread = (values: readonly number[]): Spread => ({
    values: [...values].sort((a, b) => a - b),
    ends: values.map((_, index) => index + 1),
    boots: values.length,
  });

  it('draws medians as often as drawing all values does', () => {
    const values = [3, 4, 4, 9, 12, 20, 21, 30, 50, 51, 70, 200];
    const draws = 20_000;
    const difference = medianDifference(spread([0]), spread(values), 1, draws);
    const expected = plain(values, draws);
    expect(difference?.low).toBe(expected[Math.floor(0.025 * draws)]);
    expect(difference?.high).toBe(expected[Math.floor(0.975 * draws)]);
    expect(difference?.difference).toBe(20);
  });

  it('is the same for the same seed, and nothing for nothing', () => {
    const values = spread(Array.from({ length: 100 }, (_, n) => n * n));
    expect(medianDifference(values, values, 3, 500)).toEqual(medianDifference(values, values, 3, 500));
    expect(medianDifference(spread([]), values, 3, 500)).toBe(null);
  });
});
