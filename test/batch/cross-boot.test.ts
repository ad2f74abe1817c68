// SPDX-License-Identifier: Apache-2.0
/** Answers across boots on made-up fleets whose truth is known: planted changes are found, and chance is not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changePoints } from '../../src/batch/change-points.js';
import { openBatches } from '../../src/batch/engine.js';
import { batchQueries, batchTables } from '../../src/batch/query.js';
import { FUNCTIONS } from '../../src/batch/statistics.js';
import { loadQueries } from '../../src/query/library.js';
import type { Value } from '../../src/query/result.js';
import { formatCsv } from '../../src/report/csv.js';

const perCase = loadQueries();
let folder: string;

/** Numbers from 0 to 1, the same for the same seed (Park and Miller). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

type Row = Record<string, string | bigint>;

function write(tables: Readonly<Record<string, readonly Row[]>>): void {
  for (const { file, columns } of batchTables(perCase)) {
    const rows = (tables[file] ?? []).map((row) => columns.map(({ name }): Value => row[name] ?? null));
    writeFileSync(join(folder, `${file}.csv`), [...formatCsv({ columns, rows, empty: null })].join(''));
  }
}

async function ask(
  engine: 'sqlite' | 'duckdb',
  name: string,
  params: Record<string, string>,
): Promise<Record<string, Value>[]> {
  const query = batchQueries().get(name);
  if (!query) throw new Error(`no query ${name}`);
  const opened = await openBatches([folder], [query.sql], perCase, { engine, memory: null, threads: 1 });
  const { columns, rows } = await opened.answer(query, new Map(Object.entries(params)));
  const all = [...rows].map((row) =>
    Object.fromEntries(row.map((value, index) => [columns[index]?.name ?? '', value])),
  );
  opened.close();
  return all;
}

/** The same answer from both engines; fractions to nine places. */
async function both(name: string, params: Record<string, string> = {}): Promise<Record<string, Value>[]> {
  const [a, b] = [await ask('sqlite', name, params), await ask('duckdb', name, params)];
  const rounded = (rows: Record<string, Value>[]): string =>
    JSON.stringify(rows, (_, value) =>
      typeof value === 'bigint'
        ? String(value)
        : typeof value === 'number'
          ? Number(value.toPrecision(9))
          : value,
    );
  expect(rounded(b)).toBe(rounded(a));
  return a;
}

const MODULES = 60;
const PLANTED = 6;
const MACHINES = 20;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-fleet-'));
  const random = seeded(11);
  const boots: Row[] = [];
  const duplicates: Row[] = [];
  const failures: Row[] = [];
  for (let n = 0; n < 120; n++) {
    const isAfter = n % 2 === 1;
    const day = Math.floor(n / 3);
    // From the 22nd of 40 days on, boots waste twice as much, whatever their kernel.
    const wasted = Math.round((1000 + 400 * random()) * (day < 21 ? 1 : 2));
    const machine = `machine ${n % MACHINES}`;
    const name = `boot${String(n).padStart(3, '0')}`;
    boots.push({
      ...{
        case: name,
        boot: 1n,
        kernel: isAfter ? '6.12.0' : '6.1.0',
        machine,
        wasted_bytes: BigInt(wasted),
        // Of two boots, some evidence is missing.
        complete: n === 4 || n === 5 ? 0n : 1n,
      },
      started: `2026-0${1 + Math.floor(day / 20)}-${String(1 + (day % 20)).padStart(2, '0')}T00:00:00.000Z`,
    });
    for (let m = 0; m < MODULES; m++) {
      // Some boots have it; the first modules are in all, and worse on the later kernel.
      const bytes = Math.round(100 + 900 * random() + (isAfter && m < PLANTED ? 700 : 0));
      const isThere = random() <= 0.6 || m < PLANTED;
      if (!isThere) continue;
      duplicates.push({
        case: name,
        boot: 1n,
        module: `m${m}`,
        times: 1n,
        bytes: BigInt(bytes),
        basis: 'derived',
      });
    }
    if (n % MACHINES === 7)
      failures.push({ case: name, boot: 1n, reason: 'init', module: 'quirk', times: 1n });
    if (n % 4 === 0)
      failures.push({ case: name, boot: 1n, reason: 'signature', module: 'common', times: 1n });
  }
  // A copy of a boot, and one that shares only what many have.
  boots.push({ case: 'copy', boot: 1n }, { case: 'far', boot: 1n });
  failures.push(
    ...['boot007', 'copy'].map((name) => ({ case: name, boot: 1n, reason: 'elf', module: 'odd', times: 1n })),
  );
  const of = (name: string): Row[] => duplicates.filter((row) => row.case === name);
  duplicates.push(...of('boot007').map((row) => ({ ...row, case: 'copy' })));
  failures.push({ case: 'copy', boot: 1n, reason: 'init', module: 'quirk', times: 1n });
  failures.push({ case: 'far', boot: 1n, reason: 'signature', module: 'common', times: 1n });
  write({ cases: [], boots, duplicates, failures });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('regressions', () => {
  it('finds what was planted, and among fifty modules that do not differ at most a few', async () => {
    const rows = await both('regressions', { before: '6.1.*', after: '6.12.*', draws: '200' });
    const modules = rows.filter(({ measure }) => measure === 'wasted on module');
    expect(modules).toHaveLength(MODULES);
    const rose = modules.filter(({ statement }) => statement === 'rose').map(({ module }) => String(module));
    for (let m = 0; m < PLANTED; m++) expect(rose).toContain(`m${m}`);
    const changed = modules.filter(({ statement }) => statement !== 'no difference shown');
    expect(changed.length).toBeLessThanOrEqual(PLANTED + 1);
    expect(rows.find(({ measure }) => measure === 'wasted bytes')).toMatchObject({
      ...{ basis: 'bounded', at_least: 2n },
    });
    for (const row of modules) expect(row).toMatchObject({ basis: 'bounded', at_least: 2n });
    // Each alone, at five in a hundred, would cry wolf.
    const alone = modules.filter(({ p }) => Number(p) <= 0.05).length;
    expect(alone).toBeGreaterThan(changed.length - 1);
  });

  it('keeps the rate of false discoveries over many null fleets', () => {
    const rankSumP = FUNCTIONS.find(({ name }) => name === 'rank_sum_p');
    const random = seeded(5);
    let falsely = 0;
    for (let test = 0; test < 2000; test++) {
      const [a, b] = [0, 1].map(() => Array.from({ length: 20 }, () => Math.floor(30 * random())));
      let u = 0;
      for (const x of a ?? []) for (const y of b ?? []) u += y > x ? 1 : y === x ? 0.5 : 0;
      const counts = new Map<number, number>();
      for (const x of [...(a ?? []), ...(b ?? [])]) counts.set(x, (counts.get(x) ?? 0) + 1);
      const ties = [...counts.values()].reduce((sum, t) => sum + t ** 3 - t, 0);
      if (Number(rankSumP?.run(u, 20, 20, ties)) <= 0.05) falsely++;
    }
    // 100 are expected; the standard deviation is 10.
    expect(falsely).toBeGreaterThan(60);
    expect(falsely).toBeLessThan(140);
  });
});

describe('trend', () => {
  it('finds the day from which boots wasted more, and no other', async () => {
    const rows = await both('trend', { period: 'day' });
    expect(rows).toHaveLength(40);
    expect(rows.filter(({ change }) => change !== null)).toMatchObject([
      { period: '2026-02-02', change: 'rose' },
    ]);
    expect(Number(rows[21]?.change_p)).toBeLessThan(0.001);
  });

  it('has a series for each kernel', async () => {
    const rows = await both('trend', { period: 'day', by: 'kernel' });
    const changes = rows.filter(({ change }) => change !== null);
    expect(changes.map(({ kernel, change }) => [kernel, change])).toEqual([
      ['6.1.0', 'rose'],
      ['6.12.0', 'rose'],
    ]);
  });

  it('finds changes on both sides of a change, and none in noise', () => {
    const random = seeded(3);
    const noise = (length: number, base: number): number[] => Array.from({ length }, () => base + random());
    const found = changePoints([...noise(40, 0), ...noise(40, 5), ...noise(40, 2)], 0.05);
    expect(found.map(({ at, rose }) => [at, rose])).toEqual([
      [40, true],
      [80, false],
    ]);
    let falsely = 0;
    for (let n = 0; n < 400; n++) if (changePoints(noise(30, 0), 0.05).length > 0) falsely++;
    expect(falsely).toBeLessThan(40);
    expect(changePoints([], 0.05)).toEqual([]);
    expect(changePoints(new Array<number>(50).fill(7), 0.05)).toEqual([]);
  });
});

describe('similar', () => {
  it('has the copy of a boot first, and says what they share that is rare', async () => {
    const rows = await both('similar', { this: 'boot007', limit: '200' });
    expect(rows[0]).toMatchObject({ case: 'copy', similarity: 1, other: 0n, rarest: 'failure elf of odd' });
    expect(rows.map(({ case: name }) => name)).not.toContain('far');
    const others = rows.slice(1).map(({ similarity }) => Number(similarity));
    expect(Math.max(...others)).toBeLessThan(0.9);
    expect(others).toEqual([...others].sort((a, b) => b - a));
  });
});

describe('rare', () => {
  it('has the failure of one machine, and not that of all', async () => {
    const rows = await both('rare');
    expect(rows).toMatchObject([
      {
        ...{ reason: 'init', module: 'quirk', boots: 6n, machines: 1n, machine: 'machine 7' },
        ...{ boots_there: 6n, share_there: 1, boots_elsewhere: 114n },
      },
    ]);
    expect(Number(rows[0]?.chance)).toBeLessThan(1e-5);
  });
});
