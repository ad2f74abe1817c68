// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '../../src/case.js';
import { loadQueries } from '../../src/query/library.js';
import type { Value } from '../../src/query/result.js';
import { runQuery, runSql } from '../../src/query/run.js';
import { TABLES } from '../../src/store/schema.js';
import type { Store } from '../../src/store/types.js';
import { FIXTURES, openCapture } from '../accounting/truth.js';
import { required } from './required.js';

/** The columns that scripts rely on, in their order. */
const CONTRACT: Readonly<Record<string, string>> = {
  'phase-waste':
    'boot, phase, failures, duplicates, bytes, bytes_low, bytes_high, share, avg_bytes, allocations, basis, origin, failures_high, duplicates_low, duplicates_high',
  duplicates:
    'boot, module, times, reason, becoming_low, becoming_high, load_low, load_high, image_bytes, compressed_bytes, bytes, bytes_low, bytes_high, share, basis, origin',
  requesters:
    'boot, requester, comm, call_site, attempts, loaded, duplicates, coalesced, failed, wasted_bytes, modules, worst_module, wasted_high, parents, refused, unknown, basis',
  attempts:
    'boot, attempt, t, pid, comm, requester, module, phase, outcome, errno, image_bytes, compressed_bytes, wasted_bytes, basis, source, line',
  failures: 'boot, reason, module, phase, errno, times, wasted_bytes, basis, first_t, source, line',
  autoload: 'boot, requested, call_site, requests, duplicate_requests, comm, first_t',
  held: 'boot, peak_low, peak_high, basis, t, loads, module, module_bytes, loaded_bytes, duplicate_bytes, failed_bytes, area, area_bytes, area_basis, area_peak_low, area_peak_high, share_low, share_high',
  remedies:
    'boot, remedy, subject, saves_low, saves_high, costs_low, costs_high, basis, calls_low, calls_high, modules, who, assumption',
  'held-timeline':
    'boot, t, held_low, held_high, loads, loaded_low, loaded_high, duplicate_low, duplicate_high, failed_low, failed_high, layout_low, layout_high, basis',
  loads: 'boot, module, t, load_us, init_us, file_bytes, memory_bytes, requester, comm',
  timeline: 'boot, t, attempts, loaded, duplicates, failed, wasted_bytes, cumulative_bytes, basis',
  ledger:
    'boot, phase, counter_failures, event_failures, counter_bytes, event_bytes, difference_bytes, verdict, reason',
  'memory-pressure':
    'boot, vmalloc_total, vmalloc_used, wasted_bytes, wasted_share, allocation_failures, first_failure_t, direct_reclaims, compaction_failures, oom_kills, enomem_calls',
  boots:
    'boot, label, kernel, machine, cpus, started, duration_s, modules_loaded, failures, wasted_bytes, sources, complete, failures_high, wasted_bytes_high',
  advice: 'boot, rank, kind, saves_low, saves_high, basis, calls, modules, who, text, evidence',
  capture: 'boot, what, how',
  window:
    'boot, name, comm, attempts, loaded, duplicates, coalesced, failed, wasted_low, wasted_high, first_t, basis',
  'worst-modules': 'boot, module, duplicates, other_failures, reasons, bytes, bytes_low, bytes_high, basis',
  sources: 'source, parent, path, format, bytes, lines, events, boot, why, status',
  module: 'boot, t, clock, what, attempt, pid, comm, bytes, detail, source, line',
  diagnostics: 'severity, code, source, line, count, detail, help',
};

const queries = loadQueries();
const names = [...queries.keys()];

const CAPTURES: readonly (readonly [string, readonly string[]])[] = [
  ['s2-dup-storm', ['stats', 'trace_pipe.txt', 'trace.txt', 'modules-find-printf.txt']],
  ['s4-failures', ['stats', 'trace.txt', 'dmesg.txt']],
  ['s5-autoload', ['trace.txt', 'dmesg.txt']],
  ['s12-loadrace', ['stats', 'modules-find-printf.txt']],
];
const cases: Case[] = [];
const stores: Store[] = [];

beforeAll(async () => {
  for (const [name, files] of CAPTURES) {
    const opened = await openCapture(join(FIXTURES, name), ...files);
    cases.push(opened);
    stores.push(await opened.store());
  }
});

/** Rows with the columns by name. */
function rowsOf(
  store: Store,
  name: string,
  params: Readonly<Record<string, string>> = {},
): Record<string, Value>[] {
  const query = queries.get(name);
  if (!query) throw new Error(`no query ${name}`);
  const given = new Map([...required(query), ...Object.entries(params)]);
  const result = runQuery(store.db, query, given);
  return [...result.rows].map((row) =>
    Object.fromEntries(result.columns.map((column, index) => [column.name, row[index] ?? null])),
  );
}

const textOf = (row: Record<string, Value>): string =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

describe('the canned queries', () => {
  it('have the columns of the contract, in its order', () => {
    for (const [name, columns] of Object.entries(CONTRACT)) {
      expect(
        queries
          .get(name)
          ?.columns.map((column) => column.name)
          .join(', '),
        name,
      ).toBe(columns);
    }
  });

  it('need only tables that exist, and all tables that they use', () => {
    const tables = new Set(TABLES.map((table) => table.name));
    for (const query of queries.values()) {
      for (const table of query.needs) expect(tables, query.name).toContain(table);
    }
  });

  it.each(names)(
    '%s gives its columns, from the tables that it needs alone, over nothing and over captures',
    async (name) => {
      const query = queries.get(name);
      for (const [index, opened] of cases.entries()) {
        const store = stores[index];
        if (!store || !query) continue;
        const all = rowsOf(store, name).map(textOf);
        const part = await opened.store(query.needs);
        expect(rowsOf(part, name).map(textOf)).toEqual(all);
      }
    },
  );

  // One schema a name: what the query `attempts` gives, SQL finds in the table `attempts`.
  const tabled = names.flatMap((name) => {
    const table = TABLES.find((one) => one.name === name.replaceAll('-', '_'));
    return table ? [[name, table] as const] : [];
  });

  it.each(tabled)('%s gives what the table of that name holds', (name, table) => {
    expect(tabled.length).toBeGreaterThan(8);
    const documented = queries.get(name)?.columns ?? [];
    const held = [...table.columns, ...table.computed].map((column) => column.name);
    expect(held).toEqual(expect.arrayContaining(documented.map((column) => column.name)));
    const list = documented.map((column) => column.name).join();
    const plain = (value: Value): unknown => {
      if (typeof value === 'object' && value !== null && 'digits' in value) return Number(value.digits);
      return typeof value === 'bigint' ? Number(value) : value;
    };
    const sorted = (rows: Iterable<readonly Value[]>): string[] =>
      [...rows].map((row) => JSON.stringify(row.map(plain))).sort();
    for (const store of stores) {
      const query = queries.get(name);
      if (!query) continue;
      const own = runSql(store.db, 'test', `SELECT ${list} FROM ${table.name}`);
      expect(sorted(own.rows)).toEqual(sorted(runQuery(store.db, query, new Map()).rows));
    }
  });

  it.each(names)('%s has a total order: no two rows are the same', (name) => {
    for (const store of stores) {
      const rows = rowsOf(store, name).map(textOf);
      expect(new Set(rows).size).toBe(rows.length);
    }
  });

  it.each(names)('%s gives values of the types that its head says', (name) => {
    const columns = queries.get(name)?.columns ?? [];
    for (const store of stores) {
      for (const row of rowsOf(store, name)) {
        for (const { name: column, type } of columns) {
          const value = row[column] ?? null;
          if (value === null) continue;
          const kind = typeof value === 'object' ? 'digits' : typeof value;
          const expected = { INTEGER: 'bigint', TEXT: 'string', REAL: 'number', SECONDS: 'digits' }[type];
          expect(kind, `${name}.${column}`).toBe(expected);
        }
      }
    }
  });
});

describe('over captures', () => {
  const storeOf = (name: string): Store => {
    const store = stores[CAPTURES.findIndex(([capture]) => capture === name)];
    if (!store) throw new Error(`no capture ${name}`);
    return store;
  };

  it('phase-waste has four rows a boot, in the order of the phases, with shares that add up', () => {
    const rows = rowsOf(storeOf('s4-failures'), 'phase-waste');
    expect(rows.map((row) => row.phase)).toEqual(['kread', 'decompress', 'becoming', 'load']);
    expect(rows.reduce((sum, row) => sum + Number(row.share), 0)).toBeCloseTo(1, 12);
    expect(rows.map((row) => row.avg_bytes)).toEqual([12347n, 4401n, 8956n, 1304871n]);
  });

  it('worst-modules adds the other failures of a module to its duplicates', () => {
    const store = storeOf('s4-failures');
    const worst = new Map(rowsOf(store, 'worst-modules').map((row) => [row.module, row]));
    const waste = new Map<unknown, { calls: bigint; bytes: bigint }>();
    for (const { module, times, bytes, wasted_bytes } of [
      ...rowsOf(store, 'duplicates'),
      ...rowsOf(store, 'failures'),
    ]) {
      if (module === null) continue;
      const held = waste.get(module) ?? { calls: 0n, bytes: 0n };
      held.calls += times as bigint;
      held.bytes += ((bytes ?? wasted_bytes) as bigint | null) ?? 0n;
      waste.set(module, held);
    }
    expect(worst.size).toBe(waste.size);
    const order = [...worst.values()].map((row) => (row.bytes ?? row.bytes_low) as bigint);
    expect(order).toEqual([...order].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
    for (const [module, { calls, bytes }] of waste) {
      const row = worst.get(module as Value);
      expect((row?.duplicates as bigint) + (row?.other_failures as bigint)).toBe(calls);
      expect(row?.bytes_low).toBe(bytes);
    }
    expect([...worst.values()].some((row) => row.other_failures !== 0n)).toBe(true);
  });

  it('window counts the calls of a span, both ends included, to the nanosecond', () => {
    const store = storeOf('s2-dup-storm');
    const times = rowsOf(store, 'attempts').map((row) => (row.t as { digits: string }).digits);
    const [first = '', last = ''] = [times[4], times[9]];
    const inWindow = (from: string, to: string): bigint => {
      const query = queries.get('window');
      if (!query) throw new Error('a query was expected');
      const given = new Map([
        ['from', from],
        ['to', to],
      ]);
      const at = query.columns.findIndex(({ name }) => name === 'attempts');
      return [...runQuery(store.db, query, given).rows].reduce((sum, row) => sum + (row[at] as bigint), 0n);
    };
    expect(inWindow(first, last)).toBe(6n);
    const nanosecond = (digits: string, by: bigint): string => {
      const [seconds = '', fraction = ''] = digits.split('.');
      const ns = (BigInt(seconds + fraction.padEnd(9, '0')) + by).toString();
      return `${ns.slice(0, -9)}.${ns.slice(-9)}`;
    };
    expect(inWindow(nanosecond(first, 1n), nanosecond(last, -1n))).toBe(4n);
    expect(() => inWindow('soon', last)).toThrow('parameter from must be a number of seconds, not "soon"');
  });

  it('duplicates come by bytes, and with the remainder make the counters', () => {
    const rows = rowsOf(storeOf('s2-dup-storm'), 'duplicates');
    const bytes = rows.map((row) => row.bytes as bigint);
    expect([...bytes].sort((a, b) => Number(b - a))).toEqual(bytes);
    const rest = rowsOf(storeOf('s2-dup-storm'), 'remainder').reduce(
      (sum, row) => sum + (row.other_bytes_low as bigint),
      0n,
    );
    expect(bytes.reduce((sum, value) => sum + value, 0n) + rest).toBe(57_010_136n);
  });

  it('timeline adds up to the boot, in buckets of the width asked for', () => {
    const store = storeOf('s2-dup-storm');
    for (const bucket_ms of ['100', '1000']) {
      const rows = rowsOf(store, 'timeline', { bucket_ms });
      expect(rows.reduce((sum, row) => sum + (row.attempts as bigint), 0n)).toBe(493n);
      expect(rows.at(-1)?.cumulative_bytes).toBe(57_010_136n);
    }
    expect(rowsOf(store, 'timeline', { bucket_ms: '100' }).length).toBeGreaterThan(
      rowsOf(store, 'timeline').length,
    );
  });

  it('storm: how many at once, how long inside failed calls', () => {
    const [row] = rowsOf(storeOf('s2-dup-storm'), 'storm');
    expect(row).toMatchObject({ attempts: 493n, failed: 264n, coalesced: 202n });
    // 12 workers and the programs that they started.
    expect(row?.peak_attempts).toBeGreaterThanOrEqual(12n);
    const modules = rowsOf(storeOf('s2-dup-storm'), 'storm-modules');
    const seconds = (value: Value): number => Number((value as { digits: string } | null)?.digits ?? 0);
    const sum = modules.reduce((total, module) => total + seconds(module.failed_time_s ?? null), 0);
    expect(sum).toBeCloseTo(seconds(row?.failed_time_s ?? null), 6);
    for (const module of modules)
      expect(module.peak_attempts as bigint).toBeLessThanOrEqual(row?.peak_attempts as bigint);
  });

  it('storm-modules knows from the list alone what it can', () => {
    const [row] = rowsOf(storeOf('s12-loadrace'), 'storm-modules');
    expect(row).toMatchObject({ duplicates: 7n, attempts: null, first_t: null });
  });

  it('shares and callers add up to the calls', () => {
    for (const name of ['shares', 'callers', 'requesters']) {
      const rows = rowsOf(storeOf('s2-dup-storm'), name);
      expect(rows.reduce((sum, row) => sum + (row.attempts as bigint), 0n)).toBe(493n);
      expect(rows.reduce((sum, row) => sum + (row.wasted_bytes as bigint), 0n)).toBe(57_010_136n);
    }
    expect(rowsOf(storeOf('s5-autoload'), 'shares')).toMatchObject([
      { side: 'kernel', attempts: 42n, requests: 398n, duplicate_requests: 344n },
    ]);
  });

  it('aliases resolve to the modules that they loaded', () => {
    const rows = rowsOf(storeOf('s5-autoload'), 'aliases');
    const modules = (requested: string) =>
      rows.filter((row) => row.requested === requested).map((row) => row.module);
    expect(modules('fs-vfat')).toEqual(['fat', 'vfat']);
    expect(modules('net-pf-5')).toEqual(['llc', 'psnap', 'appletalk']);
    expect(rows.every((row) => row.certain === 1n)).toBe(true);
  });

  it('module tells the story of one module from all sources, by either spelling of its name', () => {
    const store = storeOf('s2-dup-storm');
    const rows = rowsOf(store, 'module', { name: 'lab_big' });
    expect(rowsOf(store, 'module', { name: 'lab-big' })).toEqual(rows);
    const calls = rowsOf(store, 'attempts').filter((row) => row.module === 'lab_big');
    const of = (what: string) => rows.filter((row) => row.what === what);
    expect(of('call').map((row) => row.attempt)).toEqual(calls.map((row) => row.attempt));
    const wasted = (all: readonly Record<string, Value>[], column: string): bigint =>
      all.reduce((sum, row) => sum + ((row[column] as bigint | null) ?? 0n), 0n);
    expect(wasted(of('result'), 'bytes')).toBe(wasted(calls, 'wasted_bytes'));
    expect(of('result').filter((row) => row.detail === 'duplicate in becoming, errno 17')).toHaveLength(10);
    // Each step lies within its call.
    expect(of('read').length).toBeGreaterThan(10);
    const time = (row: Record<string, Value> | undefined): number =>
      Number((row?.t as { digits: string } | undefined)?.digits);
    for (const step of rows.filter((row) => row.attempt !== null)) {
      const [call, result] = ['call', 'result'].map((what) =>
        of(what).find((row) => row.attempt === step.attempt),
      );
      expect(time(step)).toBeGreaterThanOrEqual(time(call));
      expect(time(step)).toBeLessThanOrEqual(time(result));
    }
    expect(of('size').length).toBeGreaterThan(0);
    expect(of('list').map((row) => row.detail)).toEqual([
      '10 duplicates in the list of snapshot 0, Becoming',
    ]);
    const times = rows.filter((row) => row.t !== null).map(time);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(rowsOf(store, 'module', { name: 'lab' })).toEqual([]);
  });

  it('module holds the requests for an alias, and the log lines', () => {
    const kinds = (name: string, module: string): Set<Value> =>
      new Set(rowsOf(storeOf(name), 'module', { name: module }).map((row) => row.what ?? null));
    expect(kinds('s5-autoload', 'vfat')).toContain('request');
    expect(kinds('s4-failures', 'lab_needs')).toContain('load-failure');
  });

  it('ledger says balanced where it is', () => {
    expect(rowsOf(storeOf('s2-dup-storm'), 'ledger').map((row) => row.verdict)).toEqual(
      Array(4).fill('balanced'),
    );
    expect(rowsOf(storeOf('s12-loadrace'), 'ledger').map((row) => [row.verdict, row.reason])).toEqual(
      Array(4).fill(['events incomplete', 'no trace of this boot']),
    );
  });
});
