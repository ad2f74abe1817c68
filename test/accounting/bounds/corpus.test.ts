// SPDX-License-Identifier: Apache-2.0
/** Ledgers of a real kernel: what probes saw must lie within what the solver says without them. */

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type BoundsInput, type BoundsResult, solveBounds } from '../../../src/accounting/bounds/index.js';
import { exactly, exactOf } from '../../../src/model/bounds.js';
import { CORPUS, has } from '../../corpus/index.js';
import { readForms, readStats, readTruth, readTruthSums, type Truth } from './evidence.js';

const FIXTURES = new URL('./fixtures/', import.meta.url);
const CAPTURES = pathToFileURL(CORPUS);

function read(base: URL, path: string): string {
  return readFileSync(new URL(path, base), 'utf8');
}

function inputOf(stats: string, sizes: string): BoundsInput {
  const { counters, rows } = readStats(stats);
  const forms = readForms(sizes);
  return {
    counters,
    list: 'whole',
    rows: rows.map((row) => ({ ...row, forms: forms.get(row.module) ?? [] })),
  };
}

function expectTruthWithin(
  input: BoundsInput,
  result: BoundsResult,
  truth: ReadonlyMap<string, Truth>,
): void {
  expect(result.conflict).toBeNull();
  expect([...truth.keys()].sort()).toEqual(result.rows.map((row) => row.module).sort());
  let explained = 0n;
  for (const row of result.rows) {
    const { becoming, load, bytes } = truth.get(row.module) ?? { becoming: -1, load: -1, bytes: -1 };
    explained += BigInt(bytes);
    expect(row.becoming.low, row.module).toBeLessThanOrEqual(becoming);
    expect(row.becoming.high, row.module).toBeGreaterThanOrEqual(becoming);
    expect(row.load.low, row.module).toBeLessThanOrEqual(load);
    expect(row.load.high, row.module).toBeGreaterThanOrEqual(load);
    expect(row.bytes.low, row.module).toBeLessThanOrEqual(BigInt(bytes));
    expect(row.bytes.high, row.module).toBeGreaterThanOrEqual(BigInt(bytes));
    if (row.basis === 'derived') expect(row.bytes, row.module).toEqual(exactly(BigInt(bytes)));
  }
  const { becomingBytes, loadBytes } = input.counters;
  const unexplained = (becomingBytes ?? 0n) + (loadBytes ?? 0n) - explained;
  expect(result.unexplained.bytes.low).toBeLessThanOrEqual(unexplained);
  expect(result.unexplained.bytes.high).toBeGreaterThanOrEqual(unexplained);
}

const KNOWN_KEY = { low: 721, high: 721 };

describe('ledgers of a real kernel', () => {
  for (const name of ['storm-signed', 'storm-compressed', 'storm-unsigned-copies']) {
    const input = inputOf(read(FIXTURES, `${name}/stats`), read(FIXTURES, `${name}/sizes.tsv`));
    const truth = readTruthSums(read(FIXTURES, `${name}/truth.tsv`));
    it(`${name}: the truth lies within, the signature being unknown`, () => {
      const result = solveBounds(input);
      expectTruthWithin(input, result, truth);
      expect(result.signature?.low).toBeLessThanOrEqual(721);
      expect(result.signature?.high).toBeGreaterThanOrEqual(721);
    });
    it(`${name}: the truth lies within, the signature being known`, () => {
      const known = { ...input, signature: KNOWN_KEY };
      expectTruthWithin(known, solveBounds(known), truth);
    });
  }

  it('storm-signed: splits `Becoming & Load` by the byte counters once the signature is known', () => {
    const input = inputOf(read(FIXTURES, 'storm-signed/stats'), read(FIXTURES, 'storm-signed/sizes.tsv'));
    const { rows } = solveBounds({ ...input, signature: KNOWN_KEY });
    const minix = rows.find((row) => row.module === 'minix');
    expect(minix).toMatchObject({
      becoming: { low: 6, high: 6 },
      load: { low: 4 },
      bytes: exactly(1032864n),
      basis: 'derived',
    });
    const nls = rows.find((row) => row.module === 'nls_cp437');
    expect(nls).toMatchObject({ becoming: { low: 13, high: 14 }, basis: 'bounded' });
  });

  it('storm-unsigned-copies: counts alone split eleven rows', () => {
    const input = inputOf(
      read(FIXTURES, 'storm-unsigned-copies/stats'),
      read(FIXTURES, 'storm-unsigned-copies/sizes.tsv'),
    );
    const both = solveBounds(input).rows.filter((_, i) => input.rows[i]?.reasons === 3);
    expect(both.map((row) => [row.load.low, row.load.high])).toEqual(both.map(() => [1, 1]));
    expect(both).toHaveLength(11);
  });

  it('storm-balanced: finds the length of the signature, and so every row to the byte', () => {
    const input = inputOf(read(FIXTURES, 'storm-balanced/stats'), read(FIXTURES, 'storm-balanced/sizes.tsv'));
    const result = solveBounds(input);
    expect(result.signature).toEqual({ low: 721, high: 721 });
    expect(result.rows.every((row) => row.basis === 'derived')).toBe(true);
    const sum = result.rows.reduce((total, row) => total + (exactOf(row.bytes) ?? 0n), 0n);
    expect(sum).toBe(549136n + 21328n);
    expect(result.rows[0]).toMatchObject({
      module: 'nls_cp857',
      becoming: { low: 4 },
      load: { low: 1 },
      bytes: exactly(63984n),
    });
  });
});

describe('captures', () => {
  /** What the kernel calls the modules in files of another name. */
  const ALIASES: Readonly<Record<string, string>> = { some_other_name: 'nls_ascii', good: 'nls_cp863' };
  const known = (name: string): string => ALIASES[name] ?? name;

  const names = ['s2-dup-storm', 's2b-tracecmd', 's3-compressed', 's12-loadrace', 's4-failures'];
  for (const name of names.filter(has)) {
    it(`${name}: the truth lies within`, () => {
      const more =
        name === 's4-failures' ? read(CAPTURES, `${name}/bad-files.txt`).replace(/\t\d+\t/g, '\t') : '';
      const listing = (read(CAPTURES, `${name}/modules-find-printf.txt`) + more).replace(
        /(some-other-name|good)(?=\.ko)/g,
        (file) => known(file.replaceAll('-', '_')),
      );
      const truth = new Map<string, Truth>();
      for (const [module, own] of readTruth(read(CAPTURES, `${name}/truth-calls.tsv`))) {
        const so = truth.get(known(module)) ?? { becoming: 0, load: 0, bytes: 0 };
        truth.set(known(module), {
          becoming: so.becoming + own.becoming,
          load: so.load + own.load,
          bytes: so.bytes + own.bytes,
        });
      }
      const input = inputOf(read(CAPTURES, `${name}/stats`), listing);
      expectTruthWithin(input, solveBounds(input), truth);
    });
  }
});
