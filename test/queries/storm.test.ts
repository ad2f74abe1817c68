// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { allRows } from '../../src/query/database.js';
import { loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { FIXTURES, openCapture } from '../accounting/truth.js';
import { CORPUS, has } from '../corpus/index.js';

/** Most calls at once and when that was first so, from their begins and ends, ends first. */
const bySteps = (which: string): string => `
WITH timed AS (
  SELECT * FROM attempts WHERE t_ns IS NOT NULL AND end_ns IS NOT NULL AND clock <> 'ticks' AND ${which}
),
steps AS (SELECT boot, clock, t_ns, 1 AS step FROM timed UNION ALL SELECT boot, clock, end_ns, -1 FROM timed),
running AS (
  SELECT boot, t_ns, sum(step) OVER (PARTITION BY boot, clock ORDER BY t_ns, step ROWS UNBOUNDED PRECEDING) AS calls
  FROM steps
)
SELECT calls, min(t_ns) FROM running GROUP BY boot, calls ORDER BY boot, calls DESC LIMIT 1`;

async function stormOf(folder: string, ...files: string[]) {
  const opened = await openCapture(folder, ...files);
  const { db } = await opened.store();
  const query = loadQueries().get('storm');
  if (!query) throw new Error('a query was expected');
  const [row] = [...runQuery(db, query, new Map()).rows];
  const of = (column: string) => row?.[query.columns.findIndex(({ name }) => name === column)];
  return { db, of };
}

it('the peak of a storm is that of the steps of its calls', async () => {
  const { db, of } = await stormOf(join(FIXTURES, 's2-dup-storm'), 'trace.txt');
  const [steps] = allRows(db, bySteps('1'));
  expect(steps?.[0]).toBeGreaterThan(5n);
  expect(of('peak_attempts')).toBe(steps?.[0]);
  expect(allRows(db, 'SELECT max(concurrent) FROM attempts')).toEqual([[steps?.[0]]]);
  expect(allRows(db, `SELECT min(t_ns) FROM attempts WHERE concurrent = ${steps?.[0]}`)).toEqual([
    [steps?.[1]],
  ]);
});

it('has a peak of its failed calls alone', async () => {
  const { db, of } = await stormOf(join(FIXTURES, 's2-dup-storm'), 'trace_pipe.txt', 'trace.txt');
  const [failed] = allRows(db, bySteps("outcome IN ('duplicate', 'failed')"));
  expect(of('peak_failed')).toBe(failed?.[0]);
  // By truth-calls.tsv, where 14 calls ran at once.
  expect(of('peak_failed')).toBe(9n);
  expect(of('failed_timed')).toBe(of('failed'));
});

it.runIf(has('s8-clocks'))('has no span over several clocks, and times no call by ticks', async () => {
  const [mono, tai, tsc] = ['mono/trace.txt', 'tai/trace.txt', 'x86-tsc/trace.txt'];
  const both = await stormOf(join(CORPUS, 's8-clocks'), mono, tai, tsc);
  expect([both.of('first_t'), both.of('last_t'), both.of('failed_timed')]).toEqual([null, null, 10n]);
  expect(both.of('failed')).toBe(15n);
  const one = await stormOf(join(CORPUS, 's8-clocks'), mono, tsc);
  expect(one.of('first_t')).not.toBeNull();
  expect([one.of('failed'), one.of('failed_timed')]).toEqual([10n, 5n]);
});
