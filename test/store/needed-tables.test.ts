// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { allRows } from '../../src/query/database.js';
import { loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { startEngine } from '../../src/store/engine.js';
import { TABLES } from '../../src/store/schema.js';
import { openStore } from '../../src/store/store.js';
import { EMPTY_MODEL, source } from '../cli/fake-case.js';

const contents = {
  sources: [source(1, 'read'), source(2, 'failed')],
  events: new Map(),
  diagnostics: [],
  model: EMPTY_MODEL,
};

function tablesOf(db: Parameters<typeof runQuery>[0]): string[] {
  return allRows(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").map(([name]) =>
    String(name),
  );
}

describe('a store', () => {
  it.each([...loadQueries().values()])('has with what $name needs all that it asks for', async (query) => {
    const store = await openStore(contents, query.needs);
    expect(tablesOf(store.db)).toEqual([...query.needs].sort());
    const params = new Map(query.params.map(({ name }) => [name, '1']));
    expect(() => [...runQuery(store.db, query, params).rows]).not.toThrow();
    store.close();
  });

  it('fills each table once, whenever it is asked for', async () => {
    const store = await openStore(contents, ['sources']);
    store.fill(['sources', 'boots']);
    expect(tablesOf(store.db)).toEqual(['boots', 'sources']);
    store.fill();
    store.fill();
    expect(tablesOf(store.db)).toHaveLength(TABLES.length);
    expect(allRows(store.db, 'SELECT count(*) FROM sources')).toEqual([[2n]]);
    expect(() => store.db.run('DELETE FROM sources')).toThrow(/readonly/);
    store.close();
  });

  it('is exported whole', async () => {
    const store = await openStore(contents, ['sources']);
    const { Database } = await startEngine();
    const file = new Database(store.export());
    expect(tablesOf(file)).toHaveLength(TABLES.length);
    expect(file.exec('SELECT count(*) FROM sources')[0]?.values).toEqual([[2]]);
    file.close();
    store.close();
  });

  it('keeps integers exact, however large', async () => {
    const large = 2n ** 62n + 1n;
    const store = await openStore({
      ...contents,
      events: new Map([
        [
          1,
          [large, 2n ** 53n - 1n, -1n].map((t, index) => ({
            kind: 'module-free' as const,
            source: 1,
            line: index + 1,
            t,
            pid: 1,
            comm: null,
            cpu: null,
            module: 'x',
          })),
        ],
      ]),
    });
    const rows = allRows(store.db, 'SELECT CAST(t_ns AS TEXT), typeof(t_ns) FROM events ORDER BY line');
    expect(rows).toEqual([
      [String(large), 'integer'],
      ['9007199254740991', 'integer'],
      ['-1', 'integer'],
    ]);
    store.close();
  });
});
