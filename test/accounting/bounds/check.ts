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

function expectSound({ rows, unexplained, signature }: BoundsResult, truth: BruteForce): void {
  for (const [i, row] of rows.entries()) {
    const { becoming, bytes } = truth.rows[i] ?? { becoming: [0, 0], bytes: [0, 0] };
    expect(row.becoming.low).toBeLessThanOrEqual(becoming[0]);
    expect(row.becoming.high).toBeGreaterThanOrEqual(becoming[1]);
    expect(row.load.low).toBe(row.times - row.becoming.high);
    expect(row.load.high).toBe(row.times - row.becoming.low);
    expect(Number(row.bytes.low)).toBeLessThanOrEqual(bytes[0]);
    if (row.bytes.high !== null) expect(Number(row.bytes.high)).toBeGreaterThanOrEqual(bytes[1]);
  }
  if (unexplained.becoming.calls.high !== null) {
    expect(unexplained.becoming.calls.low).toBeLessThanOrEqual(truth.unexplained.becoming[0]);
    expect(unexplained.becoming.calls.high).toBeGreaterThanOrEqual(truth.unexplained.becoming[1]);
  }
  if (unexplained.load.calls.high !== null) {
    expect(unexplained.load.calls.low).toBeLessThanOrEqual(truth.unexplained.load[0]);
    expect(unexplained.load.calls.high).toBeGreaterThanOrEqual(truth.unexplained.load[1]);
  }
  if (unexplained.bytes.high !== null) {
    expect(Number(unexplained.bytes.low)).toBeLessThanOrEqual(truth.unexplained.bytes[0]);
    expect(Number(unexplained.bytes.high)).toBeGreaterThanOrEqual(truth.unexplained.bytes[1]);
  }
  if (signature) {
    expect(signature.low).toBeLessThanOrEqual(truth.signature[0]);
    expect(signature.high).toBeGreaterThanOrEqual(truth.signature[1]);
  }
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

export const sound = ({ input }: Ledger): void => expectSound(solveBounds(input), bruteForce(input));

/** Bounds are sound everywhere, and at least so many of a hundred ends are reached by a solution. */
export function checkReach(shape: Partial<Shape>, seeds: number, percent: number): void {
  let [ends, all] = [0, 0];
  check(shape, seeds, ({ input }) => {
    const truth = bruteForce(input);
    const result = solveBounds(input);
    expect(result.conflict).toBeNull();
    expectSound(result, truth);
    const [some, of] = reached(result, truth);
    ends += some;
    all += of;
  });
  expect(Math.floor((100 * ends) / all)).toBeGreaterThanOrEqual(percent);
}
