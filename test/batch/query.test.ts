// SPDX-License-Identifier: Apache-2.0
/** The questions over a batch, on tables whose answers can be counted by hand. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBatches } from '../../src/batch/engine.js';
import type { BatchEngine } from '../../src/batch/engine-types.js';
import { writeParquet } from '../../src/batch/parquet.js';
import { batchQueries, batchTables } from '../../src/batch/query.js';
import { loadQueries } from '../../src/query/library.js';
import type { Value } from '../../src/query/result.js';
import { SqlError } from '../../src/query/sql-error.js';
import { formatCsv } from '../../src/report/csv.js';

const perCase = loadQueries();
const canned = batchQueries();
let folder: string;
/** The same as Parquet alone. */
let parquet: string;

/** Writes an output from some of its columns; the rest are NULL. */
function table(file: string, rows: readonly Record<string, string | bigint>[]): void {
  const columns = batchTables(perCase).find((candidate) => candidate.file === file)?.columns ?? [];
  const values = rows.map((row) => columns.map(({ name }): Value => row[name] ?? null));
  writeFileSync(join(folder, `${file}.csv`), [...formatCsv({ columns, rows: values, empty: null })].join(''));
}

/** Each engine on what it can read. */
const MODES = ['sqlite on CSV', 'duckdb on CSV', 'duckdb on Parquet'] as const;
let mode: (typeof MODES)[number] = MODES[0];

async function open(texts: readonly string[], needs: readonly string[] = []): Promise<BatchEngine> {
  const engine = mode === 'sqlite on CSV' ? 'sqlite' : 'duckdb';
  const from = mode === 'duckdb on Parquet' ? parquet : folder;
  return openBatches([from], texts, perCase, { engine, memory: null, threads: 1 }, needs);
}

async function ask(name: string, params: Record<string, string> = {}): Promise<Record<string, Value>[]> {
  const query = canned.get(name);
  if (!query) throw new Error(`no query ${name}`);
  const engine = await open([query.sql], query.needs);
  const result = await engine.answer(query, new Map(Object.entries(params)));
  const names = result.columns.map((column) => column.name);
  const rows = [...result.rows].map((row) =>
    Object.fromEntries(row.map((value, index) => [names[index] ?? '', value])),
  );
  engine.close();
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

beforeAll(async () => {
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
  parquet = join(folder, 'parquet');
  mkdirSync(parquet);
  for (const one of batchTables(perCase)) {
    await writeParquet(join(folder, `${one.file}.csv`), one, join(parquet, one.file), '0', 25);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(MODES)('the queries over a batch, %s,', (chosen) => {
  beforeAll(() => {
    mode = chosen;
  });

  it.each([...canned.values()])('$name gives the columns of its head', async (query) => {
    const params = new Map(query.params.filter((p) => p.defaultText === null).map((p) => [p.name, '6.1.0']));
    const engine = await open([query.sql], query.needs);
    const { columns, rows } = await engine.answer(query, params);
    for (const row of rows) expect(row).toHaveLength(columns.length);
    engine.close();
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
      ...{ basis: 'bounded', at_least: 40n },
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

describe('several folders', () => {
  const countOf = async (
    patterns: readonly string[],
    engine: 'sqlite' | 'duckdb',
    sql: string,
  ): Promise<Value[][]> => {
    const opened = await openBatches(patterns, [sql], perCase, { engine, memory: null, threads: 1 });
    const { rows } = await opened.answerOwn(sql, new Map());
    const all = [...rows].map((row) => [...row]);
    opened.close();
    return all;
  };
  const boots = (name: string, kernel: string): string => {
    const at = join(folder, name);
    mkdirSync(at, { recursive: true });
    for (const { file, columns } of batchTables(perCase).filter((one) =>
      ['cases', 'boots'].includes(one.file),
    )) {
      const row = columns.map((column): Value => {
        if (column.name === 'case' || column.name === 'path') return 'dmesg';
        return column.name === 'kernel' ? kernel : column.name === 'boot' ? 1n : null;
      });
      writeFileSync(join(at, `${file}.csv`), [...formatCsv({ columns, rows: [row], empty: null })].join(''));
    }
    return at;
  };

  it.each(['sqlite', 'duckdb'] as const)(
    'are one batch by %s; equal names are told apart by their folders',
    async (engine) => {
      const [a, b] = [boots('many/a/result', '6.1.0'), boots('many/b/result', "6.2.0-o'neill")];
      const sql = 'SELECT c.path, b.kernel FROM cases AS c JOIN boots AS b ON b."case" = c.path ORDER BY 1';
      const expected = [
        [`${a}:dmesg`, '6.1.0'],
        [`${b}:dmesg`, "6.2.0-o'neill"],
      ];
      expect(await countOf([a, b], engine, sql)).toEqual(expected);
      expect(await countOf([join(folder, 'many/*/resul?')], engine, sql)).toEqual(expected);
      // Names that differ stay as they are.
      expect(await countOf([a, folder], engine, 'SELECT count(*) FROM boots')).toEqual([[44n]]);
      expect(
        await countOf([a, folder, `${a}/`], engine, 'SELECT kernel FROM boots WHERE "case" = \'dmesg\''),
      ).toEqual([['6.1.0']]);
    },
  );

  it('of which one is no batch, or none is there, are refused', async () => {
    await expect(countOf([join(folder, 'none')], 'sqlite', 'SELECT 1')).rejects.toThrow(
      'holds no finished batch',
    );
    await expect(countOf([join(folder, 'none*')], 'duckdb', 'SELECT 1')).rejects.toThrow('matches');
  });

  it('of which one has a truncated part of Parquet are refused with the reason', async () => {
    const whole = boots('truncated', '6.1.0');
    mkdirSync(join(whole, 'boots'));
    writeFileSync(join(whole, 'boots/part-00000.parquet'), 'PAR1 and nothing more');
    await expect(countOf([whole], 'duckdb', 'SELECT count(*) FROM boots')).rejects.toThrow(
      `${whole}: a file of its results is damaged: `,
    );
  });
});

describe("the user's SQL by DuckDB", () => {
  const refused = async (sql: string): Promise<unknown> => {
    const engine = await open([sql]);
    return engine.answerOwn(sql, new Map()).finally(() => engine.close());
  };

  it('reads, and says where it is wrong', async () => {
    mode = 'duckdb on Parquet';
    for (const sql of [
      "COPY boots TO '/tmp/x'",
      'SET threads = 1',
      'SELECT 1; SELECT 2',
      "EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/x'",
      "SELECT * FROM read_text('/etc/hostname')",
      "SELECT * FROM read_csv('/etc/passwd')",
      "SELECT * FROM '/etc/passwd'",
    ]) {
      await expect(refused(sql), sql).rejects.toThrow(SqlError);
    }
    await expect(refused('SELECT kernel\nFROM boots WHERE frob = 1')).rejects.toMatchObject({
      fact: expect.stringContaining('frob'),
      place: { line: 2, column: 18 },
    });
  });
});

describe('a query that is abandoned', () => {
  it('ends at once', async () => {
    mode = 'duckdb on CSV';
    const sql = 'SELECT count(*) FROM range(100000000) a, range(100000) b WHERE (a.range * b.range) % 7 = 3';
    const engine = await open([sql]);
    const answer = engine.answerOwn(sql, new Map());
    const ended = expect(answer).rejects.toThrow(/interrupt/i);
    // Until the query runs there is nothing to end.
    const trying = setInterval(engine.abandon, 100);
    await ended;
    clearInterval(trying);
    engine.close();
  });
});
