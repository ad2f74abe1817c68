// SPDX-License-Identifier: Apache-2.0
/** The questions over a batch, on tables whose answers can be counted by hand. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { medianDifference } from '../../src/batch/bootstrap.js';
import { batchQueries, batchTables, openForQuery } from '../../src/batch/query.js';
import { loadQueries } from '../../src/query/library.js';
import type { Value } from '../../src/query/result.js';
import { runQuery } from '../../src/query/run.js';
import { formatCsv } from '../../src/report/csv.js';

const perCase = loadQueries();
const canned = batchQueries();
let folder: string;

/** Writes an output from some of its columns; the rest are NULL. */
function table(file: string, rows: readonly Record<string, string | bigint>[]): void {
  const columns = batchTables(perCase).find((candidate) => candidate.file === file)?.columns ?? [];
  const values = rows.map((row) => columns.map(({ name }): Value => row[name] ?? null));
  writeFileSync(join(folder, `${file}.csv`), [...formatCsv({ columns, rows: values, empty: null })].join(''));
}

async function ask(name: string, params: Record<string, string> = {}): Promise<Record<string, Value>[]> {
  const query = canned.get(name);
  if (!query) throw new Error(`no query ${name}`);
  const db = await openForQuery(folder, query, perCase);
  const result = runQuery(db, query, new Map(Object.entries(params)));
  const names = result.columns.map((column) => column.name);
  const rows = [...result.rows].map((row) =>
    Object.fromEntries(row.map((value, index) => [names[index] ?? '', value])),
  );
  db.close();
  return rows;
}

const boot = (n: number, kernel: string, wasted: number | null, started = '2026-01-05T00:00:00.000Z') => ({
  case: `c${n}`,
  boot: 1n,
  kernel,
  machine: 'x86_64',
  started,
  ...(wasted === null ? {} : { wasted_bytes: BigInt(wasted), failures: BigInt(Math.floor(wasted / 100)) }),
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-ask-'));
  const old = Array.from({ length: 20 }, (_, n) => boot(n, '6.1.0', 1000 + 10 * n));
  const fresh = Array.from({ length: 20 }, (_, n) =>
    boot(100 + n, '6.12.0', 2000 + 10 * n, '2026-02-01T00:00:00.000Z'),
  );
  const boots = [
    ...old,
    ...fresh,
    boot(200, '6.1.0', 90_000),
    boot(201, '6.1.0', null),
    boot(202, '=6.x', null),
  ];
  table('cases', []);
  table('boots', boots);
  const duplicates = [...old, ...fresh].flatMap(({ case: name, kernel }, n) => [
    {
      case: name,
      boot: 1n,
      module: 'kvm',
      times: 2n,
      bytes: kernel === '6.1.0' ? 500n : 900n,
      basis: 'derived',
    },
    ...(n % 10 === 0
      ? [{ case: name, boot: 1n, module: 'ttm', times: 1n, bytes_low: 7n, basis: 'bounded' }]
      : []),
  ]);
  table('duplicates', duplicates);
  const [quiet, storm] = [{ case: 'c0' }, { case: 'c1' }];
  table('held', [
    ...old.map(({ case: name }) => ({
      case: name,
      boot: 1n,
      peak_low: 100n,
      peak_high: 200n,
      module: 'kvm',
    })),
    ...fresh.map(({ case: name }) => ({
      case: name,
      boot: 1n,
      peak_low: 400n,
      area: 'vmalloc',
      share_low: '0.5',
    })),
  ]);
  const remedy = (name: string, subject: string | null, saves: bigint, high: bigint | null) => ({
    ...{ boot: 1n, remedy: name, saves_low: saves, calls_high: 2n, calls_low: 1n },
    ...(subject === null ? {} : { subject }),
    ...(high === null ? {} : { saves_high: high }),
  });
  table('remedies', [
    { case: quiet.case, ...remedy('coalescing-kernel', null, 300n, 300n) },
    { case: storm.case, ...remedy('coalescing-kernel', null, 500n, null) },
    { case: quiet.case, ...remedy('drop-module-1', 'kvm', 70n, 80n) },
    { case: storm.case, ...remedy('drop-module-2', 'kvm', 30n, 40n) },
  ]);
  table('requesters', [
    { case: 'c0', boot: 1n, requester: 'udev', comm: '(udev-worker)', attempts: 5n, wasted_bytes: 300n },
    { case: 'c1', boot: 1n, requester: 'udev', comm: '(udev-worker)', attempts: 4n, wasted_bytes: 500n },
    { case: 'c1', boot: 1n, requester: 'insmod', comm: 'insmod', attempts: 1n, wasted_bytes: 200n },
    { case: 'c100', boot: 1n, requester: 'udev', comm: '(udev-worker)', attempts: 9n },
  ]);
  const filled = ['cases', 'boots', 'duplicates', 'held', 'remedies', 'requesters'];
  for (const { file } of batchTables(perCase)) if (!filled.includes(file)) table(file, []);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the queries over a batch', () => {
  it.each([...canned.values()])('$name gives the columns of its head', async (query) => {
    const params = new Map(query.params.filter((p) => p.defaultText === null).map((p) => [p.name, '6.1.0']));
    const db = await openForQuery(folder, query, perCase);
    expect(() => [...runQuery(db, query, params).rows]).not.toThrow();
    db.close();
    const known = batchTables(perCase).map(({ name }) => name);
    for (const need of query.needs) expect(known).toContain(need);
  });

  it('sum the waste by kernel, the unknown apart from the known', async () => {
    const rows = await ask('waste-by-kernel');
    expect(rows).toMatchObject([
      {
        kernel: '6.1.0',
        boots: 22n,
        known: 21n,
        wasted_bytes: 111_900n,
        median_bytes: 1100n,
        max_bytes: 90_000n,
      },
      {
        kernel: '6.12.0',
        boots: 20n,
        known: 20n,
        wasted_bytes: 41_900n,
        median_bytes: 2090n,
        p95_bytes: 2180n,
      },
      // Its CSV has an apostrophe before the =, which is not part of it.
      { kernel: '=6.x', boots: 1n, known: 0n, wasted_bytes: null, median_bytes: null },
    ]);
    expect(rows[0]?.worst_case).toBe('c200');
  });

  it('rank modules by bytes, lower bounds where there is no more', async () => {
    expect(await ask('top-modules')).toMatchObject([
      {
        module: 'kvm',
        boots: 40n,
        times: 80n,
        bytes: 28_000n,
        median_bytes: 500n,
        p95_bytes: 900n,
        inexact: 0n,
      },
      { module: 'ttm', boots: 4n, times: 4n, bytes: 28n, inexact: 4n },
    ]);
    expect(await ask('top-modules', { least: '10' })).toHaveLength(1);
  });

  it('find the boot that stands out', async () => {
    const rows = await ask('outliers');
    expect(rows.map((row) => row.case)).toEqual(['c200']);
    // Distances from the median 1100: 0, 10, 10, ..., 100 (c0), 88900; the middle of 21 is 50.
    expect(rows[0]).toMatchObject({ median_bytes: 1100n, deviation_bytes: 50n, boots: 21n });
    expect(rows[0]?.score).toBeCloseTo((0.6745 * 88_900) / 50, 6);
  });

  it('follow the waste over time', async () => {
    expect(await ask('trend')).toMatchObject([
      { period: '2026-01', boots: 23n, known: 21n },
      { period: '2026-02', boots: 20n, known: 20n, median_bytes: 2090n },
    ]);
    expect(await ask('trend', { period: 'day', kernel: '6.12*' })).toMatchObject([{ period: '2026-02-01' }]);
  });

  it('rank remedies by what they save, those of one requester or module whatever their rank', async () => {
    expect(await ask('top-remedies')).toMatchObject([
      {
        ...{ remedy: 'coalescing-kernel', subject: null, boots: 2n, helped: 2n },
        ...{ saves_low: 800n, saves_high: null, median_bytes: 300n, worst_case: 'c1' },
      },
      { remedy: 'drop-module', subject: 'kvm', boots: 2n, saves_low: 100n, saves_high: 120n },
    ]);
  });

  it('list boots by how much of an area their loads held at once', async () => {
    const rows = await ask('held');
    expect(rows[0]).toMatchObject({ case: 'c100', kernel: '6.12.0', peak_low: 400n, peak_high: null });
    expect(rows.at(-1)).toMatchObject({ kernel: '6.1.0', peak_high: 200n, module: 'kvm' });
    expect(await ask('held', { least: '300' })).toHaveLength(20);
  });

  it('tell who wasted by kernel', async () => {
    expect(await ask('who-by-kernel', { kernel: '6.1.*' })).toMatchObject([
      { kernel: '6.1.0', requester: 'udev', boots: 2n, attempts: 9n, wasted_bytes: 800n, share: 0.8 },
      { kernel: '6.1.0', requester: 'insmod', boots: 1n, wasted_bytes: 200n, share: 0.2 },
    ]);
    expect(await ask('who-by-kernel')).toHaveLength(3);
  });

  it('state the peak and the remedies of a regression', async () => {
    const rows = await ask('regressions', { before: '6.1.*', after: '6.12.*' });
    expect(rows.find(({ measure }) => measure === 'peak held at once')).toMatchObject({
      ...{ median_before: 100n, median_after: 400n, difference: 300n, statement: 'rose' },
    });
    expect(rows.filter(({ measure }) => measure === 'saved by remedy')).toMatchObject([
      { module: 'coalescing-kernel', median_before: 0n, statement: 'no difference shown' },
    ]);
  });

  it('tell a regression from no difference', async () => {
    const rows = await ask('regressions', { before: '6.1.*', after: '6.12.*' });
    expect(rows[0]).toMatchObject({
      measure: 'wasted bytes',
      boots_before: 21n,
      boots_after: 20n,
      median_before: 1100n,
      median_after: 2090n,
      difference: 990n,
      statement: 'rose',
    });
    const low = Number(rows[0]?.low);
    const high = Number(rows[0]?.high);
    expect(low).toBeLessThanOrEqual(990);
    expect(high).toBeGreaterThanOrEqual(990);
    expect(high - low).toBeLessThan(200);
    expect(rows.find((row) => row.module === 'ttm')).toMatchObject({
      median_after: 0n,
      statement: 'no difference shown',
    });
    expect(rows.find((row) => row.module === 'kvm')).toMatchObject({ difference: 400n, statement: 'rose' });
    expect(await ask('regressions', { before: '6.1.*', after: '6.12.*' })).toEqual(rows);
    const few = await ask('regressions', { before: '6.1.*', after: '6.12.*', least: '21' });
    expect(few[0]).toMatchObject({ low: null, statement: 'too few boots' });
  });
});

describe('the bootstrap', () => {
  /** The plain way: draw all values again, sort, take the middle one. */
  function plain(values: readonly number[], draws: number): number[] {
    let state = 7;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const medians = Array.from({ length: draws }, () => {
      const drawn = values.map(() => values[Math.floor(random() * values.length)] ?? 0).sort((a, b) => a - b);
      return drawn[Math.floor((drawn.length - 1) / 2)] ?? 0;
    });
    return medians.sort((a, b) => a - b);
  }

  it('draws medians as often as drawing all values does', () => {
    const values = [3, 4, 4, 9, 12, 20, 21, 30, 50, 51, 70, 200];
    const draws = 20_000;
    const difference = medianDifference([0], values, 1, draws);
    const expected = plain(values, draws);
    expect(difference?.low).toBe(expected[Math.floor(0.025 * draws)]);
    expect(difference?.high).toBe(expected[Math.floor(0.975 * draws)]);
    expect(difference?.difference).toBe(20);
  });

  it('is the same for the same seed, and nothing for nothing', () => {
    const values = Array.from({ length: 100 }, (_, n) => n * n);
    expect(medianDifference(values, values, 3, 500)).toEqual(medianDifference(values, values, 3, 500));
    expect(medianDifference([], values, 3, 500)).toBe(null);
  });
});
