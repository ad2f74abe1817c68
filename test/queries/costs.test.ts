// SPDX-License-Identifier: Apache-2.0
/** Queries about the cost of time and of checks, and about other machines, on calls that can be counted by hand. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadQueries } from '../../src/query/library.js';
import type { Value } from '../../src/query/result.js';
import { runQuery } from '../../src/query/run.js';
import { openStore } from '../../src/store/store.js';
import { build, type GivenSource, Trace } from '../accounting/make.js';
import { FIXTURES, openCapture } from '../accounting/truth.js';

type Store = Awaited<ReturnType<typeof openStore>>;

const stores: Store[] = [];
afterAll(() => {
  for (const store of stores) store.close();
});

async function storeOf(...given: readonly GivenSource[]): Promise<Store> {
  const { model } = build(...given);
  const store = await openStore({ sources: [], events: new Map(), diagnostics: [], model });
  stores.push(store);
  return store;
}

function ask(store: Store, name: string, params: Record<string, string> = {}): Record<string, Value>[] {
  const query = loadQueries().get(name);
  if (!query) throw new Error(`no query ${name}`);
  const { columns, rows } = runQuery(store.db, query, new Map(Object.entries(params)));
  return [...rows].map((row) =>
    Object.fromEntries(columns.map(({ name: key }, at) => [key, plain(row[at] ?? null)])),
  );
}

/** Seconds as their digits. */
const plain = (value: Value): Value =>
  value !== null && typeof value === 'object' && 'digits' in value ? String(value.digits) : value;

describe('time-cost', () => {
  it('adds up call time by requester and module, and says how much of it overlaps', async () => {
    const trace = new Trace();
    // 11 to 31 ms and 21 to 41 ms: 40 ms of calls in 30 ms.
    trace.at(10).finit(1).read(1, 1000, 'a.ko').at(20).finit(2).read(2, 1000, 'a.ko');
    trace.listed(1, 'a', 'becoming').charge(1, 'becoming', 'a', 1000).at(30).exit(1, -17);
    trace.listed(2, 'a', 'becoming').charge(2, 'becoming', 'a', 1000).at(40).exit(2, -17);
    const [row] = ask(await storeOf({ events: trace.events }), 'time-cost');
    expect(row).toMatchObject({
      ...{ requester: 'udev', module: 'a', failed: 2n, coalesced: 0n },
      ...{ failed_s: '0.040000', longest_s: '0.020000', covered_s: '0.030000', boot_covered_s: '0.030000' },
    });
  });

  it('is empty where nothing failed or waited', async () => {
    const trace = new Trace().finit(1).read(1, 1000, 'a.ko').loaded(1, 'a').exit(1, 0);
    expect(ask(await storeOf({ events: trace.events }), 'time-cost')).toEqual([]);
  });
});

describe('validation-cost', () => {
  const of = async (...files: readonly string[]) => {
    const { store } = await openCapture(join(FIXTURES, 's4-failures'), ...files);
    const opened = await store();
    stores.push(opened);
    return ask(opened, 'validation-cost');
  };

  it('sums bytes and time of what each check refused', async () => {
    const rows = await of('stats', 'trace.txt', 'dmesg.txt');
    expect(rows.find(({ policy }) => policy === 'vermagic')).toMatchObject({
      ...{ phase: 'becoming', refused: 2n, basis: 'measured', timed_calls: 2n, worst_module: 'nls_cp852' },
    });
    const calls = rows.reduce((sum, { refused }) => sum + Number(refused), 0);
    expect(calls).toBe(16);
    expect(rows.map(({ policy }) => policy)).toEqual(
      expect.arrayContaining(['signature', 'elf', 'blacklist', 'vermagic']),
    );
    for (const { wasted_bytes: bytes, spent_s: spent } of rows) {
      expect(bytes).toBeGreaterThan(0n);
      expect(Number(spent)).toBeGreaterThan(0);
    }
  });

  it('knows no bytes and no time of what only a log tells', async () => {
    const rows = await of('dmesg.txt');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows)
      expect(row).toMatchObject({ wasted_bytes: null, basis: null, spent_s: null, timed_calls: 0n });
  });
});

describe('projection', () => {
  const storm = (): Trace => {
    const trace = new Trace();
    const duplicate = (pid: number, module: string): void => {
      trace.finit(pid).read(pid, 1000, `${module}.ko`).listed(pid, module, 'becoming');
      trace.charge(pid, 'becoming', module, 1000).exit(pid, -17);
    };
    for (const pid of [1, 2, 3]) duplicate(pid, 'per_cpu');
    for (const pid of [4, 5]) duplicate(pid, 'some');
    duplicate(6, 'once');
    return trace;
  };
  const header = (cpus: number | null) => ({
    kind: 'trace-header' as const,
    ...{ tracer: 'nop', entriesInBuffer: null, entriesWritten: null, cpus, kernel: null },
  });

  it('scales what each CPU but one repeated, between as it was and as many as CPUs', async () => {
    const store = await storeOf({ events: [header(4), ...storm().events] });
    const rows = ask(store, 'projection', { cpus: '8' });
    const of = (part: string) => rows.find((row) => row.part === part);
    expect(of('per-CPU duplicates')).toMatchObject({
      ...{ now_low: 3000n, now_high: 3000n, projected_low: 3000n, projected_high: 7000n, basis: 'estimated' },
    });
    expect(of('other duplicates')).toMatchObject({
      // Two of three may have been per CPU, with one call that found the module live; one alone was not.
      ...{ now_low: 3000n, projected_low: 3000n, projected_high: 8000n },
      ...{ now_calls: 3n, projected_calls_low: 1n, projected_calls_high: 8n },
    });
    expect(of('all duplicates')).toMatchObject({
      ...{
        projected_low: 6000n,
        projected_high: 15_000n,
        projected_calls_low: 4n,
        projected_calls_high: 15n,
      },
    });
    expect(
      ask(store, 'projection', { cpus: '4' }).find(({ part }) => part === 'all duplicates'),
    ).toMatchObject({
      ...{ projected_low: 6000n, projected_high: 6000n, projected_calls_low: 6n, projected_calls_high: 6n },
    });
    const smaller = ask(store, 'projection', { cpus: '2' }).find(({ part }) => part === 'per-CPU duplicates');
    expect(smaller).toMatchObject({ projected_low: 1000n, projected_high: 3000n });
    for (const row of rows) expect(row.assumption).toBeTruthy();
  });

  it('says nothing without a number of CPUs', async () => {
    expect(ask(await storeOf({ events: storm().events }), 'projection', { cpus: '8' })).toEqual([]);
  });
});
