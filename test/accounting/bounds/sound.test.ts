// SPDX-License-Identifier: Apache-2.0
/** The solver against every solution of small random problems. */
import { describe, expect, it } from 'vitest';
import { type BoundsInput, solveBounds } from '../../../src/accounting/bounds/index.js';
import { bruteForce } from './brute-force.js';
import { check, sound } from './check.js';

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
