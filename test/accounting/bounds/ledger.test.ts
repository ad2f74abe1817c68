// SPDX-License-Identifier: Apache-2.0
/** Ledgers made by simulating attempts, solved blind; and problems made to be hard. */

import { describe, expect, it } from 'vitest';
import { type BoundsInput, solveBounds } from '../../../src/accounting/bounds/index.js';
import { exactly } from '../../../src/model/bounds.js';
import { type Ledger, randomFrom, type Shape, simulate } from './ledger.js';

const BOOT: Shape = {
  modules: 21,
  times: 15,
  loadPercent: 15,
  unexplained: 3,
  signature: 721,
  sizes: 40_000,
  grain: 8,
  compressedPercent: 0,
  vaguePercent: 0,
  cut: 0,
};
/** 448 CPUs: most modules tried by every one of them. */
const STORM: Shape = { ...BOOT, modules: 36, times: 447, loadPercent: 10 };

function expectTruthWithin({ input, rows, signature, unexplained }: Ledger): void {
  const result = solveBounds(input);
  expect(result.conflict).toBeNull();
  for (const [i, truth] of rows.entries()) {
    const row = result.rows[i];
    if (row === undefined) throw new Error(`no row for ${truth.module}`);
    expect(row.becoming.low).toBeLessThanOrEqual(truth.becoming);
    expect(row.becoming.high).toBeGreaterThanOrEqual(truth.becoming);
    expect(row.bytes.low).toBeLessThanOrEqual(BigInt(truth.bytes));
    if (row.bytes.high !== null) expect(row.bytes.high).toBeGreaterThanOrEqual(BigInt(truth.bytes));
    if (row.basis === 'derived') expect(row.bytes).toEqual(exactly(BigInt(truth.bytes)));
  }
  expect(result.unexplained.becoming.calls.low).toBeLessThanOrEqual(unexplained.becoming);
  expect(result.unexplained.becoming.calls.high).toBeGreaterThanOrEqual(unexplained.becoming);
  expect(result.unexplained.load.calls.low).toBeLessThanOrEqual(unexplained.load);
  expect(result.unexplained.load.calls.high).toBeGreaterThanOrEqual(unexplained.load);
  expect(result.unexplained.bytes.low).toBeLessThanOrEqual(BigInt(unexplained.bytes));
  expect(result.unexplained.bytes.high).toBeGreaterThanOrEqual(BigInt(unexplained.bytes));
  if (result.signature) {
    expect(result.signature.low).toBeLessThanOrEqual(signature);
    expect(result.signature.high).toBeGreaterThanOrEqual(signature);
  }
}

describe('simulated attempts, solved blind', () => {
  const shapes: Record<string, [Partial<Shape>, number]> = {
    'a boot': [{}, 6],
    'no other failure': [{ unexplained: 0 }, 12],
    'no signatures': [{ signature: 0 }, 12],
    'compressed modules': [{ compressedPercent: 50 }, 5],
    'sizes of every kind': [{ compressedPercent: 30, vaguePercent: 40 }, 7],
    'a cut list': [{ cut: 5, vaguePercent: 20 }, 7],
    'few modules, known badly': [{ modules: 4, vaguePercent: 80, compressedPercent: 40, times: 6 }, 60],
  };
  for (const [name, [shape, seeds]] of Object.entries(shapes)) {
    it(name, () => {
      for (let seed = 0; seed < seeds; seed++)
        expectTruthWithin(simulate(randomFrom(seed), { ...BOOT, ...shape }));
    });
  }

  it('finds the signature of any balanced ledger of plain files', () => {
    for (let seed = 0; seed < 30; seed++) {
      const length = 40 + seed * 31;
      const { input } = simulate(randomFrom(seed), { ...BOOT, unexplained: 0, signature: length });
      const { signature } = solveBounds({ ...input, signature: { low: 0, high: 4096 } });
      expect(signature).toEqual({ low: length, high: length });
    }
  });

  it('gives the one module without a size what the unexplained leave', () => {
    const { input, rows } = simulate(randomFrom(5), {
      ...BOOT,
      unexplained: 0,
      signature: 0,
      loadPercent: 0,
    });
    const blind = input.rows.map((row, i) => (i === 3 ? { ...row, forms: [] } : row));
    const row = solveBounds({ ...input, rows: blind }).rows[3];
    expect(row).toMatchObject({ bytes: exactly(BigInt(rows[3]?.bytes ?? 0)), basis: 'derived', image: null });
  });
});

describe('a list of 448 CPUs', () => {
  const shapes: Record<string, Partial<Shape>> = {
    'no other failure': { unexplained: 0, signature: 0 },
    'signatures and other failures': {},
    'compressed modules, vague sizes': { compressedPercent: 40, vaguePercent: 30 },
    'one row a module, 111 modules': { modules: 111, times: 5000, compressedPercent: 30, vaguePercent: 20 },
  };
  for (const [name, shape] of Object.entries(shapes)) {
    it(`${name}: the truth lies within`, () => {
      expectTruthWithin(simulate(randomFrom(448), { ...STORM, ...shape }));
    });
  }
});

describe('evidence that cannot be', () => {
  const input: BoundsInput = {
    counters: { failedBecoming: 4n, failedLoad: 1n, becomingBytes: 4000n, loadBytes: 2000n },
    rows: [
      { module: 'a', times: 3, reasons: 3, forms: [{ image: { of: 'image', bytes: 1000 }, compressed: 0 }] },
      { module: 'b', times: 2, reasons: 1, forms: [{ image: { of: 'image', bytes: 1000 }, compressed: 0 }] },
    ],
    list: 'whole',
  };
  const row = (module: string, times: number, reasons: number | null) => ({
    module,
    times,
    reasons,
    forms: [],
  });

  it('is solved where it can be', () => {
    expect(solveBounds(input)).toMatchObject({
      conflict: null,
      rows: [{ bytes: exactly(4000n) }, {}],
    });
  });
  it('more duplicates than failures', () => {
    const result = solveBounds({ ...input, rows: [...input.rows, row('c', 1, 1)] });
    expect(result.conflict).toBe('The list holds 6 duplicates, more than the 5 failures counted.');
    expect(result.rows[0]).toMatchObject({ becoming: { low: 1, high: 2 }, bytes: { high: null } });
  });
  it('one call with both reasons', () => {
    const { conflict } = solveBounds({ ...input, rows: [row('c', 1, 3)] });
    expect(conflict).toBe('The list gives c both reasons but only 1 call.');
  });
  it('sizes too large: the counts and the bytes still bound', () => {
    const counters = { ...input.counters, becomingBytes: 3999n };
    const { conflict, rows } = solveBounds({ ...input, counters });
    expect(conflict).toBe(
      'With these sizes, no split of the listed duplicates between becoming and load matches the counters.',
    );
    expect(rows[0]).toMatchObject({ becoming: { low: 2, high: 2 }, load: { low: 1 }, basis: 'bounded' });
    expect(rows[0]?.bytes.high).toBeLessThan(6000n);
  });
  it('bytes too few for any module: only the counts bound', () => {
    const counters = { ...input.counters, becomingBytes: 10n };
    expect(solveBounds({ ...input, counters })).toMatchObject({
      conflict: 'The sizes give at least 3000 bytes in becoming, invalid_becoming_bytes holds 10.',
      rows: [{ becoming: { low: 2, high: 2 }, bytes: { high: null } }, {}],
    });
  });
  it('numbers beyond reason neither throw nor take long', () => {
    const huge = {
      failedBecoming: 2n ** 63n,
      failedLoad: 2n ** 63n,
      becomingBytes: 2n ** 63n,
      loadBytes: 2n ** 63n,
    };
    const result = solveBounds({ counters: huge, rows: [row('a', 2 ** 40, 3)], list: 'cut' });
    expect(result.conflict).toMatch(/too large/);
    expect(result.rows[0]).toMatchObject({ becoming: { low: 1 }, load: { low: 1 }, bytes: { high: null } });
    const many = solveBounds({
      counters: {
        failedBecoming: 600_000n,
        failedLoad: 600_000n,
        becomingBytes: 10n ** 12n,
        loadBytes: 10n ** 12n,
      },
      rows: [
        {
          module: 'a',
          times: 500_000,
          reasons: 3,
          forms: [{ image: { of: 'image', bytes: 99_999 }, compressed: 0 }],
        },
        {
          module: 'b',
          times: 400_000,
          reasons: 3,
          forms: [{ image: { of: 'image', bytes: 77_777 }, compressed: 0 }],
        },
      ],
      list: 'whole',
    });
    expect(many).toMatchObject({ conflict: null });
  });
});

describe('what is not there', () => {
  const counters = { failedBecoming: 7n, failedLoad: 2n, becomingBytes: 7000n, loadBytes: 900n };
  it('a list: all failures are unexplained', () => {
    expect(solveBounds({ counters, rows: [], list: 'absent' })).toMatchObject({
      rows: [],
      signature: null,
      conflict: null,
      unexplained: {
        becoming: { calls: { low: 7, high: 7 } },
        load: { calls: { low: 2, high: 2 } },
        bytes: { low: 7900n, high: 7900n },
      },
    });
  });
  it('rows that were cut: unexplained hold them, and the row left is still bounded', () => {
    const forms = [{ image: { of: 'image', bytes: 500 } as const, compressed: 0 }];
    const result = solveBounds({
      counters,
      rows: [{ module: 'a', times: 4, reasons: 3, forms }],
      list: 'cut',
    });
    // Two loads would cost 2000 bytes, and the counter holds 900: not even one fits.
    expect(result.conflict).toBe('The sizes give at least 1000 bytes in load, invalid_mod_bytes holds 900.');
    const fits = { ...counters, loadBytes: 1900n };
    const cut = solveBounds({
      counters: fits,
      rows: [{ module: 'a', times: 4, reasons: 3, forms }],
      list: 'cut',
    });
    expect(cut.rows[0]).toMatchObject({
      becoming: { low: 3, high: 3 },
      bytes: exactly(2500n),
      basis: 'derived',
    });
    expect(cut.unexplained).toMatchObject({
      becoming: { calls: { low: 4, high: 4 } },
      load: { calls: { low: 1 } },
      bytes: { low: 6400n },
    });
  });
  it('sizes: an ELF header at least, the counter at most', () => {
    const [row] = solveBounds({
      counters,
      rows: [{ module: 'a', times: 4, reasons: 1, forms: [] }],
      list: 'whole',
    }).rows;
    expect(row).toMatchObject({ bytes: { low: 256n, high: 7000n }, basis: 'bounded', image: null });
  });
  it('counters and sizes: nothing bounds the bytes from above', () => {
    const none = { failedBecoming: null, failedLoad: null, becomingBytes: null, loadBytes: null };
    const result = solveBounds({
      counters: none,
      rows: [{ module: 'a', times: 4, reasons: null, forms: [] }],
      list: 'whole',
    });
    expect(result.rows[0]).toMatchObject({
      becoming: { low: 0, high: 4 },
      bytes: { low: 256n, high: null },
    });
    expect(result.unexplained).toMatchObject({
      becoming: { calls: { high: null } },
      load: { calls: { high: null } },
      bytes: { high: null },
    });
  });
});
