/** The solver against every solution of small random problems. */
import { describe, expect, it } from 'vitest';
import { type BoundsInput, type BoundsResult, solveBounds } from '../../../src/accounting/bounds/index.js';
import { type BruteForce, bruteForce } from './brute-force.js';
import { type Ledger, randomFrom, type Shape, simulate } from './ledger.js';

const SMALL: Shape = {
  modules: 3,
  times: 4,
  loadPercent: 50,
  others: 0,
  signature: 0,
  sizes: 6,
  grain: 8,
  compressedPercent: 0,
  vaguePercent: 0,
  cut: 0,
};

function expectTight(result: BoundsResult, truth: BruteForce): void {
  expect(result.conflict).toBeNull();
  expect(result.method).toBe('exact');
  const ends = result.rows.map((row) => ({
    becoming: [row.becomingLow, row.becomingHigh],
    bytes: [Number(row.bytesLow), Number(row.bytesHigh)],
  }));
  expect(ends).toEqual(truth.rows);
}

function expectSound({ rows, others, signature }: BoundsResult, truth: BruteForce): void {
  for (const [i, row] of rows.entries()) {
    const { becoming, bytes } = truth.rows[i] ?? { becoming: [0, 0], bytes: [0, 0] };
    expect(row.becomingLow).toBeLessThanOrEqual(becoming[0]);
    expect(row.becomingHigh).toBeGreaterThanOrEqual(becoming[1]);
    expect(row.loadLow).toBe(row.times - row.becomingHigh);
    expect(row.loadHigh).toBe(row.times - row.becomingLow);
    expect(Number(row.bytesLow)).toBeLessThanOrEqual(bytes[0]);
    if (row.bytesHigh !== null) expect(Number(row.bytesHigh)).toBeGreaterThanOrEqual(bytes[1]);
    if (row.tight) expect([Number(row.bytesLow), Number(row.bytesHigh)]).toEqual(bytes);
  }
  if (others.becomingHigh !== null) {
    expect(others.becomingLow).toBeLessThanOrEqual(truth.others.becoming[0]);
    expect(others.becomingHigh).toBeGreaterThanOrEqual(truth.others.becoming[1]);
  }
  if (others.loadHigh !== null) {
    expect(others.loadLow).toBeLessThanOrEqual(truth.others.load[0]);
    expect(others.loadHigh).toBeGreaterThanOrEqual(truth.others.load[1]);
  }
  if (others.bytesHigh !== null) {
    expect(Number(others.bytesLow)).toBeLessThanOrEqual(truth.others.bytes[0]);
    expect(Number(others.bytesHigh)).toBeGreaterThanOrEqual(truth.others.bytes[1]);
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

const tight = ({ input }: Ledger): void => {
  const truth = bruteForce(input);
  const result = solveBounds(input);
  expectTight(result, truth);
  expectSound(result, truth);
};
const sound = ({ input }: Ledger): void => expectSound(solveBounds(input), bruteForce(input));

describe('solveBounds reaches both ends where sizes are known', () => {
  it('plain images, no other failures', () => check({}, 1500, tight));
  it('plain images of nearly equal sizes', () => check({ sizes: 2, grain: 1, modules: 4 }, 1000, tight));
  it('plain images, other failures', () => check({ others: 3 }, 1500, tight));
  it('a cut list', () => check({ modules: 4, cut: 1, others: 1 }, 800, tight));
  it('compressed and plain attempts mixed', () =>
    check({ compressedPercent: 60, others: 1, times: 3 }, 800, tight));
  it('an unknown common signature', () => check({ signature: 5, grain: 3 }, 600, tight));
  it('an unknown signature and other failures', () => check({ signature: 4, others: 2 }, 400, tight));
  it('an unknown signature and compression', () =>
    check({ signature: 3, compressedPercent: 50, times: 3, others: 1 }, 300, tight));
  it('rows whose reason was not printed', () =>
    check({ others: 1 }, 500, ({ input, ...rest }) =>
      tight({ ...rest, input: { ...input, rows: input.rows.map((row) => ({ ...row, reasons: null })) } }),
    ));
});

describe('solveBounds is sound', () => {
  const enumerable = (input: BoundsInput): boolean => input.rows.every((row) => row.forms.length > 0);
  it('with ranges, uncertain signatures and copies of other sizes', () =>
    check({ vaguePercent: 60, signature: 3, times: 2, others: 1 }, 600, (ledger) => {
      if (enumerable(ledger.input)) sound(ledger);
    }));
  it('without the search', () =>
    check({ signature: 3, others: 2, compressedPercent: 30, times: 3 }, 400, (ledger) =>
      sound({ ...ledger, input: { ...ledger.input, effort: 0 } }),
    ));
  for (const missing of ['failedBecoming', 'failedLoad', 'becomingBytes', 'loadBytes'] as const) {
    it(`and tight without ${missing}`, () =>
      check({ others: 2, compressedPercent: 20, times: 3 }, 400, ({ input, ...rest }) =>
        tight({ ...rest, input: { ...input, counters: { ...input.counters, [missing]: null } } }),
      ));
  }
  it('without any counter', () =>
    check({ others: 2 }, 100, ({ input, ...rest }) =>
      tight({
        ...rest,
        input: {
          ...input,
          counters: { failedBecoming: null, failedLoad: null, becomingBytes: null, loadBytes: null },
        },
      }),
    ));
  it('finds a conflict exactly where there is no solution', () =>
    check({ others: 1, compressedPercent: 20, times: 3 }, 600, ({ input }) => {
      const counters = { ...input.counters, becomingBytes: (input.counters.becomingBytes ?? 0n) + 8n };
      const changed = { ...input, counters };
      const { solutions } = bruteForce(changed);
      expect(solveBounds(changed).conflict === null).toBe(solutions > 0);
    }));
});
