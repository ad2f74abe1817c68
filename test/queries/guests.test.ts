// SPDX-License-Identifier: Apache-2.0
/** What remedies and projection predict, against captures of the same guest in which it was so. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { FIXTURES } from '../accounting/truth.js';

type Row = Readonly<Record<string, unknown>>;
type Ask = (query: string, params?: Readonly<Record<string, string>>) => Row[];

const opened = new Map<string, Promise<Ask>>();

/** Each archive is read once. */
function guest(name: string): Promise<Ask> {
  const known = opened.get(name) ?? open(name);
  opened.set(name, known);
  return known;
}

async function open(name: string): Promise<Ask> {
  const opening = await openCase({ inputs: [join(FIXTURES, 'guests', `${name}.tar.gz`)] });
  const store = await opening.store();
  return (query, params = {}) => {
    const known = loadQueries().get(query);
    if (!known) throw new Error(`no query ${query}`);
    const { columns, rows } = runQuery(store.db, known, new Map(Object.entries(params)));
    return [...rows].map((row) =>
      Object.fromEntries(columns.map((column, at) => [column.name, row[at] ?? null])),
    );
  };
}

const number = (value: unknown): number => (value === null ? Number.POSITIVE_INFINITY : Number(value));
const sumOf = (rows: readonly Row[], column: string): number =>
  rows.reduce((sum, row) => sum + number(row[column]), 0);

/** Duplicates of a boot, and the bytes that they wasted. */
function duplicates(ask: Ask) {
  const rows = ask('duplicates');
  return {
    calls: sumOf(rows, 'times'),
    low: sumOf(rows, 'bytes_low'),
    high: sumOf(rows, 'bytes_high'),
  };
}

describe('a remedy predicts the same boot with it', () => {
  const predicted = (ask: Ask, remedies: string) => {
    const [row = {}] = ask('remedies', { with: remedies });
    return {
      ...{ low: number(row.saves_low), high: number(row.saves_high) },
      ...{ fewest: number(row.calls_low), most: number(row.calls_high) },
    };
  };

  it('Linux 6.12 in place of 6.1', async () => {
    const [old, fresh] = [await guest('udev-6.1-8cpus'), await guest('udev-6.12-8cpus')];
    const [before, after] = [duplicates(old), duplicates(fresh)];
    expect(before.calls).toBe(148);
    expect(after).toEqual({ calls: 0, low: 0, high: 0 });
    const saves = predicted(old, 'coalescing-kernel');
    // What was saved lies between before.low and before.high.
    expect(saves.low).toBeLessThanOrEqual(before.low);
    expect(saves.low).toBeGreaterThan(before.low * 0.9);
    expect(saves.high).toBeGreaterThanOrEqual(before.high);
    expect(saves.fewest).toBeLessThanOrEqual(before.calls);
    expect(saves.most).toBeGreaterThanOrEqual(before.calls);
    expect(number(fresh('outcomes')[0]?.coalesced)).toBeGreaterThan(before.calls / 2);
  });

  it('Linux 6.12 in place of 6.1, under insmod', async () => {
    const [old, fresh] = [await guest('insmod-6.1-4cpus'), await guest('insmod-6.12-4cpus')];
    // Unknown symbols are among the failures: those wait as well.
    const failed = (ask: Ask): number =>
      ask('outcomes').reduce(
        (sum, row) => sum + number(row.duplicates) + number(row.failed) - number(row.failed_inits),
        0,
      );
    expect([failed(old), failed(fresh)]).toEqual([132, 27]);
    const saves = predicted(old, 'coalescing-kernel');
    expect(saves.fewest).toBeLessThanOrEqual(132 - 27);
    expect(saves.most).toBeGreaterThanOrEqual(132 - 27);
  });

  it.each(['uncompressed-modules', 'finit-module'])(
    'plain files in place of those that kmod unpacks: %s',
    async (remedy) => {
      const [unpacked, plain] = [await guest('udev-6.12-xz-8cpus'), await guest('udev-6.12-8cpus')];
      const saved = duplicates(unpacked).low - duplicates(plain).low;
      expect(saved).toBe(33_215_432);
      const saves = predicted(unpacked, remedy);
      expect(saves.low).toBeLessThanOrEqual(saved);
      expect(saves.high).toBeGreaterThanOrEqual(saved);
      expect(saves.low).toBeGreaterThan(saved * 0.95);
      expect(saves.most).toBe(duplicates(unpacked).calls);
    },
  );
});

describe('a projection holds between 2, 4 and 8 CPUs of one guest', () => {
  const pairs = [2, 4, 8].flatMap((from) =>
    [2, 4, 8].filter((to) => to !== from).map((to) => [from, to] as const),
  );

  it.each(pairs)('from %d to %d', async (from, to) => {
    const [source, target] = [await guest(`udev-6.1-${from}cpus`), await guest(`udev-6.1-${to}cpus`)];
    const rows = source('projection', { cpus: String(to) });
    const all = rows.find(({ part }) => part === 'all duplicates') ?? {};
    const real = duplicates(target);
    expect(number(all.projected_calls_low)).toBeLessThanOrEqual(real.calls);
    expect(number(all.projected_calls_high)).toBeGreaterThanOrEqual(real.calls);
    // Of the bytes there, only bounds are known.
    expect(number(all.projected_low)).toBeLessThanOrEqual(real.high);
    expect(number(all.projected_high)).toBeGreaterThanOrEqual(real.high);
    const peaks = rows.filter(({ part }) => part === 'peak held at once');
    const [held = {}] = target('held');
    expect(peaks.length).toBe(2);
    const peak = peaks.find(({ area }) => area === held.area) ?? {};
    expect(number(peak.projected_low)).toBeLessThanOrEqual(number(held.area_peak_low));
    expect(number(peak.projected_high)).toBeGreaterThanOrEqual(number(held.area_peak_high));
    for (const { basis, assumption } of rows)
      expect([basis, assumption]).toEqual(['estimated', expect.any(String)]);
  });

  it('grows the part that is per CPU with CPUs - 1', async () => {
    const calls = await Promise.all(
      [2, 4, 8].map(async (cpus) => duplicates(await guest(`udev-6.1-${cpus}cpus`)).calls),
    );
    expect(calls).toEqual([28, 67, 148]);
    const kvm = await Promise.all(
      [2, 4, 8].map(async (cpus) =>
        number(
          (await guest(`udev-6.1-${cpus}cpus`))('duplicates').find(({ module }) => module === 'kvm')?.times,
        ),
      ),
    );
    expect(kvm).toEqual([1, 3, 7]);
  });
});
