// SPDX-License-Identifier: Apache-2.0
/** The weighted sums and the convex search against plain enumeration. */
import { describe, expect, it } from 'vitest';
import { leastAt, whereAtMostZero } from '../../../src/accounting/bounds/convex.js';
import { Envelope, WEIGHTS } from '../../../src/accounting/bounds/envelope.js';
import type { Row } from '../../../src/accounting/bounds/problem.js';
import { type Random, randomFrom } from './ledger.js';

function randomRow(random: Random): Row {
  const times = random(5);
  const low = random(times + 1);
  const least = random(9);
  const more = random(9);
  return {
    times,
    low,
    high: low + random(times - low + 1),
    becoming: { low: least, high: least + random(4) },
    load: { low: least + more, high: least + more + random(4) },
  };
}

/** Least of side * (p * becoming + q * load) by writing out every choice of becoming calls. */
function enumerated(
  rows: readonly Row[],
  weights: { p: number; q: number },
  side: 1 | -1,
  low: number,
  high: number,
): number {
  const end = side === 1 ? 'low' : 'high';
  let sums = new Map<number, number>([[0, 0]]);
  for (const row of rows) {
    const next = new Map<number, number>();
    for (const [calls, sum] of sums) {
      for (let b = row.low; b <= row.high; b++) {
        const own = side * (weights.p * b * row.becoming[end] + weights.q * (row.times - b) * row.load[end]);
        next.set(calls + b, Math.min(next.get(calls + b) ?? Number.POSITIVE_INFINITY, sum + own));
      }
    }
    sums = next;
  }
  return Math.min(...[...sums].filter(([calls]) => calls >= low && calls <= high).map(([, sum]) => sum));
}

describe('Envelope', () => {
  it('gives the least and the greatest of every weighted sum, with and without one row', () => {
    for (let seed = 0; seed < 400; seed++) {
      const random = randomFrom(seed);
      const rows = Array.from({ length: 1 + random(4) }, () => randomRow(random));
      const skip = random(rows.length + 1) - 1;
      const low = random(12) - 2;
      const high = low + random(6);
      for (const weights of WEIGHTS) {
        for (const side of [1, -1] as const) {
          const kept = rows.filter((_, i) => i !== skip);
          const wanted = enumerated(kept, weights, side, low, high);
          expect(new Envelope(rows, weights, side).least(low, high, skip) + 0, `seed ${seed}`).toBe(
            wanted + 0,
          );
        }
      }
    }
  });
});

describe('convex search', () => {
  it('finds where a convex function is least, and where it is at most zero', () => {
    for (let seed = 0; seed < 400; seed++) {
      const random = randomFrom(seed);
      const centre = random(60) - 20;
      const depth = random(30) - 5;
      const f = (x: number): number => Math.abs(x - centre) * (x < centre ? 2 : 3) - depth;
      const range = { low: random(20) - 10, high: 10 + random(20) };
      const all = Array.from({ length: range.high - range.low + 1 }, (_, i) => range.low + i);
      expect(f(leastAt(f, range))).toBe(Math.min(...all.map(f)));
      const fits = all.filter((x) => f(x) <= 0);
      const wanted = fits.length ? { low: Math.min(...fits), high: Math.max(...fits) } : null;
      expect(whereAtMostZero(f, range), `seed ${seed}`).toEqual(wanted);
    }
  });
});
