// SPDX-License-Identifier: Apache-2.0
/**
 * The work of a query is linear in the rows of its tables, or n log n: by SQLite's plan, no table is scanned once for each
 * row of another. SQLite in WebAssembly counts no steps that a test could read.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allRows } from '../../src/query/database.js';
import { loadQueries } from '../../src/query/library.js';
import { openStore } from '../../src/store/store.js';
import type { Store } from '../../src/store/types.js';
import { EMPTY_MODEL } from '../cli/fake-case.js';

/** Tables of a query that have few rows however large the case is, by its name. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  'phase-waste': ['phases', 'p'], // four phases
  projection: ['a'], // the number of CPUs that was asked for
  timeline: ['width'], // one row
};

let store: Store;
beforeAll(async () => {
  store = await openStore({ sources: [], events: new Map(), diagnostics: [], model: EMPTY_MODEL });
});
afterAll(() => store.close());

interface Step {
  readonly id: number;
  readonly parent: number;
  readonly text: string;
}

/** What is scanned for each row of something else. */
function scannedOverAndOver(sql: string): string[] {
  const steps = allRows(store.db, `EXPLAIN QUERY PLAN ${sql}`).map(
    ([id, parent, , text]): Step => ({ id: Number(id), parent: Number(parent), text: String(text) }),
  );
  const found: string[] = [];
  const scanned = ({ text }: Step): string | null => /^SCAN (?!CONSTANT ROW)(\S+)/.exec(text)?.[1] ?? null;
  const visit = (parent: number, perRow: boolean): void => {
    let rows = perRow;
    for (const step of steps.filter((one) => one.parent === parent)) {
      const table = scanned(step);
      if (table !== null && rows) found.push(table);
      rows ||= table !== null && !/^UNION|^COMPOUND/.test(step.text);
      visit(step.id, perRow || step.text.startsWith('CORRELATED'));
    }
  };
  visit(0, false);
  return found;
}

it.each([...loadQueries().values()])('$name', ({ name, sql }) => {
  const found = scannedOverAndOver(sql);
  expect(found.filter((table) => !SHORT[name]?.includes(table))).toEqual([]);
});

it.each([
  ['a join without a key', 'SELECT * FROM attempts AS a CROSS JOIN boots AS b ON a.attempt <> b.boot', ['b']],
  [
    'a subquery for each row',
    'SELECT (SELECT count(*) FROM boots AS c WHERE c.cpus < b.cpus) FROM boots AS b',
    ['c'],
  ],
  ['a join by key', 'SELECT * FROM boots AS b JOIN attempts AS a USING (boot)', []],
])('%s', (_, sql, found) => {
  expect(scannedOverAndOver(sql)).toEqual(found);
});
