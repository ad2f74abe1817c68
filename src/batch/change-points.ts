// SPDX-License-Identifier: Apache-2.0
/**
 * Change points of a series, by rank: Pettitt's test (Applied Statistics 28, 1979) finds the place that splits it best and
 * says how likely chance splits it as well; where that is rare, both parts are searched again.
 */

export interface Change {
  /** Index of the first value after the change. */
  readonly at: number;
  readonly p: number;
  readonly rose: boolean;
}

/** Ranks from 1, equal values with their mean. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (order[end]?.value === order[start]?.value && end < order.length) end++;
    for (let at = start; at < end; at++) ranks[order[at]?.index ?? 0] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** The split with the largest statistic; null for less than two values. */
function bestSplit(values: readonly number[]): Change | null {
  const n = values.length;
  let sum = 0;
  let best = { at: 0, statistic: 0 };
  for (const [index, rank] of ranksOf(values).entries()) {
    sum += rank;
    const statistic = 2 * sum - (index + 1) * (n + 1);
    if (Math.abs(statistic) > Math.abs(best.statistic)) best = { at: index + 1, statistic };
  }
  if (best.at === 0) return null;
  const p = Math.min(1, 2 * Math.exp((-6 * best.statistic ** 2) / (n ** 3 + n ** 2)));
  // Low ranks before the split: the values rose there.
  return { at: best.at, p, rose: best.statistic < 0 };
}

/** In order; `level` is the largest p that counts as a change. */
export function changePoints(values: readonly number[], level: number): Change[] {
  const best = bestSplit(values);
  if (!best || best.p > level) return [];
  return [
    ...changePoints(values.slice(0, best.at), level),
    best,
    ...changePoints(values.slice(best.at), level).map((change) => ({ ...change, at: change.at + best.at })),
  ];
}
