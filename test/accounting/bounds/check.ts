// SPDX-License-Identifier: Apache-2.0
/** Holds the solver against every solution of small random problems. */
import { expect } from 'vitest';
import { type BoundsResult, solveBounds } from '../../../src/accounting/bounds/index.js';
import { type BruteForce, bruteForce } from './brute-force.js';
import { type Ledger, randomFrom, type Shape, simulate } from './ledger.js';

const SMALL: Shape = {
  modules: 3,
  times: 4,
  loadPercent: 50,
  unexplained: 0,
  signature: 0,
  sizes: 6,
  grain: 8,
  compressedPercent: 0,
  vaguePercent: 0,
  cut: 0,
};

type Ends = readonly [least: number, most: number];

/** Ends of the rows that a solution reaches, of all ends. */
function reached({ rows }: BoundsResult, truth: BruteForce): readonly [reached: number, all: number] {
  const found = rows.flatMap((row) => [
    row.becoming.low,
    row.becoming.high,
    Number(row.bytes.low),
    Number(row.bytes.high),
  ]);
  const best = truth.rows.flatMap(({ becoming, bytes }) => [...becoming, ...bytes]);
  return [found.filter((end, i) => end === best[i]).length, found.length];
}

/** What of a result the solutions do not allow. */
function unsound({ rows, unexplained, signature }: BoundsResult, truth: BruteForce): string[] {
  const wrong: string[] = [];
  const holds = (what: string, low: number, [least, most]: Ends, high: number): void => {
    if (!(low <= least && high >= most)) wrong.push(`${what}: ${low} to ${high}, truly ${least} to ${most}`);
  };
  for (const [i, row] of rows.entries()) {
    const { becoming, bytes } = truth.rows[i] ?? { becoming: [0, 0], bytes: [0, 0] };
    holds(`becoming calls of row ${i}`, row.becoming.low, becoming, row.becoming.high);
    if (row.load.low !== row.times - row.becoming.high || row.load.high !== row.times - row.becoming.low)
      wrong.push(`load calls of row ${i}: ${row.load.low} to ${row.load.high}`);
    holds(`bytes of row ${i}`, Number(row.bytes.low), bytes, Number(row.bytes.high ?? Infinity));
  }
  for (const phase of ['becoming', 'load'] as const) {
    const { low, high } = unexplained[phase].calls;
    if (high !== null) holds(`unexplained ${phase} calls`, low, truth.unexplained[phase], high);
  }
  const { low, high } = unexplained.bytes;
  if (high !== null) holds('unexplained bytes', Number(low), truth.unexplained.bytes, Number(high));
  if (signature) holds('the signature', signature.low, truth.signature, signature.high);
  return wrong;
}

export function check(shape: Partial<Shape>, seeds: number, look: (ledger: Ledger) => void): void {
  for (let seed = 0; seed < seeds; seed++) {
    const ledger = simulate(randomFrom(seed), { ...SMALL, ...shape });
    try {
      look(ledger);
    } catch (error) {
      const text = JSON.stringify(ledger, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
      throw new Error(`seed ${seed}: ${text}`, { cause: error });
    }
  }
}

/** An assertion costs as much as a small problem: there is one for each, of all that is wrong. */
export const sound = ({ input }: Ledger): void =>
  expect(unsound(solveBounds(input), bruteForce(input))).toEqual([]);

/** Bounds are sound everywhere, and at least so many of a hundred ends are reached by a solution. */
export function checkReach(shape: Partial<Shape>, seeds: number, percent: number): void {
  let [ends, all] = [0, 0];
  check(shape, seeds, ({ input }) => {
    const truth = bruteForce(input);
    const result = solveBounds(input);
    expect([result.conflict, ...unsound(result, truth)]).toEqual([null]);
    const [some, of] = reached(result, truth);
    ends += some;
    all += of;
  });
  expect(Math.floor((100 * ends) / all)).toBeGreaterThanOrEqual(percent);
}
