// SPDX-License-Identifier: Apache-2.0
/** The solver against every solution of small random problems. */
import { describe, expect, it } from 'vitest';
import { type BoundsInput, type BoundsResult, solveBounds } from '../../../src/accounting/bounds/index.js';
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

function check(shape: Partial<Shape>, seeds: number, look: (ledger: Ledger) => void): void {
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

const sound = ({ input }: Ledger): void => expectSound(solveBounds(input), bruteForce(input));

/** Bounds are sound everywhere, and at least so many of a hundred ends are reached by a solution. */
function checkReach(shape: Partial<Shape>, seeds: number, percent: number): void {
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

describe('solveBounds where sizes are known', () => {
  it('plain images, no other failures', () => checkReach({}, 1500, 100));
  it('plain images of nearly equal sizes', () => checkReach({ sizes: 2, grain: 1, modules: 4 }, 1000, 100));
  it('plain images, other failures', () => checkReach({ unexplained: 3 }, 1500, 100));
  it('a truncated list', () => checkReach({ modules: 4, cut: 1, unexplained: 1 }, 800, 100));
  it('compressed and plain attempts mixed', () =>
    checkReach({ compressedPercent: 60, unexplained: 1, times: 3 }, 800, 96));
  it('an unknown common signature', () => checkReach({ signature: 5, grain: 3 }, 600, 100));
  it('an unknown signature and other failures', () => checkReach({ signature: 4, unexplained: 2 }, 400, 100));
  it('an unknown signature and compression', () =>
    checkReach({ signature: 3, compressedPercent: 50, times: 3, unexplained: 1 }, 300, 90));
});

describe('solveBounds is sound', () => {
  const enumerable = (input: BoundsInput): boolean => input.rows.every((row) => row.forms.length > 0);
  it('with ranges, uncertain signatures and copies of other sizes', () =>
    check({ vaguePercent: 60, signature: 3, times: 2, unexplained: 1 }, 600, (ledger) => {
      if (enumerable(ledger.input)) sound(ledger);
    }));
  it('where reasons were not printed', () =>
    check({ unexplained: 1 }, 500, ({ input, ...rest }) =>
      sound({ ...rest, input: { ...input, rows: input.rows.map((row) => ({ ...row, reasons: null })) } }),
    ));
  for (const missing of ['failedBecoming', 'failedLoad', 'becomingBytes', 'loadBytes'] as const) {
    it(`without ${missing}`, () =>
      check({ unexplained: 2, compressedPercent: 20, times: 3 }, 400, ({ input, ...rest }) =>
        sound({ ...rest, input: { ...input, counters: { ...input.counters, [missing]: null } } }),
      ));
  }
  it('without any counter', () =>
    check({ unexplained: 2 }, 100, ({ input, ...rest }) =>
      sound({
        ...rest,
        input: {
          ...input,
          counters: { failedBecoming: null, failedLoad: null, becomingBytes: null, loadBytes: null },
        },
      }),
    ));
  it('finds no conflict where there is a solution, and a conflict in most cases where there is none', () => {
    let [missed, none] = [0, 0];
    check({ unexplained: 1, compressedPercent: 20, times: 3 }, 600, ({ input }) => {
      const counters = { ...input.counters, becomingBytes: (input.counters.becomingBytes ?? 0n) + 8n };
      const changed = { ...input, counters };
      const { solutions } = bruteForce(changed);
      const { conflict } = solveBounds(changed);
      if (solutions > 0) expect(conflict).toBeNull();
      else {
        none += 1;
        if (conflict === null) missed += 1;
      }
    });
    expect(none).toBeGreaterThan(100);
    expect(missed).toBeLessThan(none / 6);
  });
});
