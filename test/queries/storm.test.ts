// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { allRows } from '../../src/query/database.js';
import { loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { FIXTURES, openCapture } from '../accounting/truth.js';

/** Most calls at once and when that was first so, from their begins and ends, ends first. */
const BY_STEPS = `
WITH timed AS (SELECT * FROM attempts WHERE t_ns IS NOT NULL AND end_ns IS NOT NULL AND clock <> 'ticks'),
steps AS (SELECT boot, clock, t_ns, 1 AS step FROM timed UNION ALL SELECT boot, clock, end_ns, -1 FROM timed),
running AS (
  SELECT boot, t_ns, sum(step) OVER (PARTITION BY boot, clock ORDER BY t_ns, step ROWS UNBOUNDED PRECEDING) AS calls
  FROM steps
)
SELECT calls, min(t_ns) FROM running GROUP BY boot, calls ORDER BY boot, calls DESC LIMIT 1`;

it('the peak of a storm is that of the steps of its calls', async () => {
  const opened = await openCapture(join(FIXTURES, 's2-dup-storm'), 'trace.txt');
  const { db } = await opened.store();
  const query = loadQueries().get('storm');
  if (!query) throw new Error('a query was expected');
  const [row] = [...runQuery(db, query, new Map()).rows];
  const [steps] = allRows(db, BY_STEPS);
  const peak = query.columns.findIndex(({ name }) => name === 'peak_attempts');
  expect(steps?.[0]).toBeGreaterThan(5n);
  expect(row?.[peak]).toBe(steps?.[0]);
  expect(allRows(db, 'SELECT max(concurrent) FROM attempts')).toEqual([[steps?.[0]]]);
  expect(allRows(db, `SELECT min(t_ns) FROM attempts WHERE concurrent = ${steps?.[0]}`)).toEqual([
    [steps?.[1]],
  ]);
});
