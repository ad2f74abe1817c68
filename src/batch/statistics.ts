// SPDX-License-Identifier: Apache-2.0
/**
 * Functions that batch queries call, the same in each engine. They take distinct values with their counts, so that a
 * million boots fit.
 */
import { medianDifference, type Spread } from './bootstrap.js';
import { changePoints } from './change-points.js';

export interface SqlFunction {
  readonly name: string;
  readonly params: readonly ('TEXT' | 'INTEGER' | 'REAL')[];
  readonly returns: 'TEXT' | 'REAL';
  /** Not called where an argument is NULL. */
  run(...values: readonly (string | number)[]): string | number | null;
}

/** Of the standard normal distribution, both tails: the error function of Numerical Recipes (1992), 6.2, to 1.2e-7. */
function bothTails(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const coefficients = [
    ...[0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807],
    ...[-0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223],
  ];
  const polynomial = coefficients.reduce((sum, coefficient) => sum * t + coefficient, 0);
  return t * Math.exp(-x * x + polynomial);
}

/**
 * Two-sided p of the Mann-Whitney test by its normal approximation, corrected for ties and continuity (Hollander, Wolfe
 * and Chicken 2014, 4.1).
 *
 * @param u Pairs in which the second sample's value is larger, ties as half.
 * @param ties Sum of t^3 - t over the groups of equal values.
 */
function rankSumP(u: number, first: number, second: number, ties: number): number {
  const all = first + second;
  const variance = ((first * second) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (!(variance > 0)) return 1;
  const distance = Math.max(Math.abs(u - (first * second) / 2) - 0.5, 0);
  return Math.min(1, bothTails(distance / Math.sqrt(variance)));
}

/** `1 200,2 210`, in any order: pairs of numbers, by the given one of them. */
function pairsOf(text: string, by: 0 | 1): (readonly [number, number])[] {
  const pairs = text.split(',').map((pair) => {
    const [first, second] = pair.split(' ').map(Number);
    return [first ?? 0, second ?? 0] as const;
  });
  return pairs.sort((a, b) => a[by] - b[by]);
}

/** From values, each with how many boots have it or a smaller one. */
function spreadOf(text: string, boots: number): Spread {
  const pairs = pairsOf(text, 1);
  return { values: pairs.map(([value]) => value), ends: pairs.map(([, end]) => end), boots };
}

/** The last series and its change points: a query asks for each place of it. */
let last: { series: string; level: number; found: ReturnType<typeof changePoints> } | null = null;

/** The p of a change of a series (place and value) at a place, below 0 for a fall; null for none. */
function changeAt(series: string, place: number, level: number): number | null {
  if (last?.series !== series || last.level !== level) {
    const rows = pairsOf(series, 0);
    const found = changePoints(
      rows.map(([, value]) => value),
      level,
    ).map((change) => ({ ...change, at: rows[change.at]?.[0] ?? 0 }));
    last = { series, level, found };
  }
  const change = last.found.find(({ at }) => at === place);
  return change ? (change.rose ? change.p : -change.p) : null;
}

export const FUNCTIONS: readonly SqlFunction[] = [
  {
    name: 'median_difference',
    params: ['TEXT', 'INTEGER', 'TEXT', 'INTEGER', 'INTEGER', 'INTEGER'],
    returns: 'TEXT',
    run: (before, bootsBefore, after, bootsAfter, seed, draws) =>
      JSON.stringify(
        medianDifference(
          spreadOf(String(before), Number(bootsBefore)),
          spreadOf(String(after), Number(bootsAfter)),
          Number(seed),
          Number(draws),
        ),
      ),
  },
  {
    name: 'rank_sum_p',
    params: ['REAL', 'INTEGER', 'INTEGER', 'REAL'],
    returns: 'REAL',
    run: (u, first, second, ties) => rankSumP(Number(u), Number(first), Number(second), Number(ties)),
  },
  {
    name: 'change_at',
    params: ['TEXT', 'INTEGER', 'REAL'],
    returns: 'REAL',
    run: (series, place, level) => changeAt(String(series), Number(place), Number(level)),
  },
];
