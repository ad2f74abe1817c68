// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Case, caseOf } from '../../src/case.js';
import { allRows } from '../../src/query/database.js';
import { isMadeInOrder } from '../../src/store/rows.js';
import { ddl, TABLES } from '../../src/store/schema.js';
import type { Store } from '../../src/store/types.js';
import { FIXTURES, openCapture } from '../accounting/truth.js';

let opened: Case;
let store: Store;

beforeAll(async () => {
  opened = await openCapture(
    join(FIXTURES, 's4-failures'),
    'stats',
    'trace.txt',
    'dmesg.txt',
    'modules-find-printf.txt',
  );
  store = await opened.store();
});

const one = (sql: string): unknown => allRows(store.db, sql)[0]?.[0];

describe('the schema', () => {
  it('documents every table and column, in lower case', () => {
    for (const table of TABLES) {
      expect(table.name).toMatch(/^[a-z_]+$/);
      expect(table.doc).toMatch(/\.$/);
      for (const column of [...table.columns, ...table.computed]) {
        expect(column.name).toMatch(/^[a-z_]+$/);
        expect(column.doc.length).toBeGreaterThan(2);
      }
    }
  });

  it('names each table, and each column of one, once', () => {
    const names = TABLES.map((table) => table.name);
    expect(new Set(names).size).toBe(names.length);
    for (const { columns, computed } of TABLES) {
      const all = [...columns, ...computed].map((column) => column.name);
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('has keys of columns that are never NULL', () => {
    for (const { name, columns, primaryKey } of TABLES) {
      expect(primaryKey.length, name).toBeGreaterThan(0);
      for (const key of primaryKey)
        expect(columns.find((column) => column.name === key)?.notNull, `${name}.${key}`).toBe(true);
    }
  });

  it('is strict, and what the database says it is', () => {
    for (const table of TABLES) {
      expect(ddl(table)).toContain('STRICT');
      const columns = allRows(
        store.db,
        `SELECT name, type, "notnull" FROM pragma_table_xinfo('${table.name}') ORDER BY cid`,
      );
      expect(columns).toEqual(
        [...table.columns, ...table.computed].map(({ name, type, notNull }) => [
          name,
          type,
          notNull ? 1n : 0n,
        ]),
      );
      expect(one(`SELECT strict FROM pragma_table_list WHERE name = '${table.name}'`)).toBe(1n);
    }
  });
});

describe('a filled store', () => {
  it('holds every event that was emitted, and no other', () => {
    const emitted = opened.sources.reduce((sum, source) => sum + source.events, 0);
    expect(emitted).toBeGreaterThan(500);
    expect(one('SELECT count(*) FROM events')).toBe(BigInt(emitted));
    for (const source of opened.sources) {
      expect(one(`SELECT count(*) FROM events WHERE source = ${source.id}`)).toBe(BigInt(source.events));
    }
  });

  it('holds every row of the model', () => {
    const { model } = opened;
    const counts: readonly [string, number][] = [
      ['boots', model.boots.length],
      ['attempts', model.attempts.length],
      ['requests', model.requests.length],
      ['counter_bytes', model.counterBytes.length],
      ['attribution', model.attribution.length],
      ['remainder', model.remainder.length],
      ['failed_loads', model.failures.length],
      ['loads', model.loads.length],
      ['ledger', model.ledger.length],
      ['module_sizes', model.sizes.length],
      ['memory', model.memory.length],
      ['boot_times', model.times.length],
      ['allocation_failures', model.allocationFailures.length],
      ['diagnostics', opened.diagnostics.length],
      ['sources', opened.sources.length],
    ];
    for (const [table, count] of counts)
      expect(one(`SELECT count(*) FROM ${table}`), table).toBe(BigInt(count));
  });

  it('points at sources that exist, at lines within them, and never at line 0', () => {
    for (const { name, columns } of TABLES) {
      const has = (column: string): boolean => columns.some((known) => known.name === column);
      if (name === 'sources' || !has('source')) continue;
      expect(
        one(
          `SELECT count(*) FROM ${name} AS t LEFT JOIN sources AS s USING (source) WHERE t.source IS NOT NULL AND s.path IS NULL`,
        ),
        name,
      ).toBe(0n);
      if (!has('line')) continue;
      expect(one(`SELECT count(*) FROM ${name} WHERE line < 1`), name).toBe(0n);
      expect(
        one(`SELECT count(*) FROM ${name} AS t JOIN sources AS s USING (source) WHERE t.line > s.lines`),
        name,
      ).toBe(0n);
    }
    expect(
      one(
        'SELECT count(*) FROM sources AS a LEFT JOIN sources AS b ON b.source = a.parent WHERE a.parent IS NOT NULL AND b.path IS NULL',
      ),
    ).toBe(0n);
  });

  it('points at boots that exist', () => {
    for (const { name, columns } of TABLES) {
      if (name === 'boots' || !columns.some((column) => column.name === 'boot')) continue;
      expect(
        one(
          `SELECT count(*) FROM ${name} AS t LEFT JOIN boots AS b USING (boot) WHERE t.boot IS NOT NULL AND b.complete IS NULL`,
        ),
        name,
      ).toBe(0n);
    }
  });

  it('keeps every field of an event: the JSON of the details is valid', () => {
    expect(one('SELECT count(*) FROM events WHERE NOT json_valid(detail)')).toBe(0n);
    expect(
      one(
        `SELECT json_extract(detail, '$.fact.phase') FROM events WHERE kind = 'probe' AND detail LIKE '%"charge"%' LIMIT 1`,
      ),
    ).toBe('becoming');
  });

  it('makes the rows of numbered tables in the order of the database', () => {
    const shown = (rows: Iterable<readonly unknown[]>) => [...rows].map((row) => row.map(String));
    const rows = opened.rows();
    const tables = TABLES.filter(isMadeInOrder);
    const names = tables.map(({ name }) => name);
    for (const { name, columns } of tables) {
      const stored = columns.map((column) => column.name).join();
      expect(shown(rows[name]?.() ?? []), name).toEqual(
        shown(allRows(store.db, `SELECT ${stored} FROM ${name}`)),
      );
    }
    expect(names).toEqual(expect.arrayContaining(['events', 'attempts', 'requests', 'loads']));
    expect(names).not.toContain('counters');
  });

  it('counts the sources that say something of a boot', () => {
    expect(allRows(store.db, 'SELECT boot, sources FROM boots')).toEqual(
      allRows(store.db, 'SELECT boot, count(DISTINCT source) FROM events GROUP BY boot'),
    );
    expect(one('SELECT max(sources) FROM boots')).toBe(4n);
  });

  it('refuses to be written, also after an export', () => {
    expect(() => store.db.run('DELETE FROM events')).toThrow(/readonly/);
    const file = store.export();
    expect(file.subarray(0, 15)).toEqual(new TextEncoder().encode('SQLite format 3'));
    expect(() => store.db.run('DELETE FROM events')).toThrow(/readonly/);
    // Compared by element, megabytes take seconds.
    expect(Buffer.compare(store.export(), file)).toBe(0);
  });

  it('still has its tables after SQL that failed while it ran, and when others are filled later', async () => {
    const late = await caseOf({ ...opened, events: new Map() }).store(['sources']);
    expect(() => allRows(late.db, 'SELECT json(path) FROM sources')).toThrow(/malformed JSON/);
    expect(() => late.db.run('DELETE FROM sources')).toThrow(/readonly/);
    late.fill(['diagnostics']);
    expect(allRows(late.db, 'SELECT count(*) FROM sources')).toEqual([[BigInt(opened.sources.length)]]);
    expect(allRows(late.db, 'SELECT count(*) FROM diagnostics')).toHaveLength(1);
    late.close();
  });

  it('keeps integers beyond 2^53 exact', async () => {
    const { openStore } = await import('../../src/store/store.js');
    const { model } = opened;
    const big = 9_007_199_254_740_993n;
    const [boot] = model.boots;
    if (!boot) throw new Error('a boot was expected');
    const copy = await openStore({
      sources: opened.sources,
      events: new Map(),
      diagnostics: [],
      model: { ...model, boots: [{ ...boot, wasted: big }] },
    });
    expect(allRows(copy.db, 'SELECT wasted_bytes FROM boots')).toEqual([[big]]);
    copy.close();
  });
});
