// SPDX-License-Identifier: Apache-2.0
/** Figures of the accounting are the sums that the queries' texts show. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allRows } from '../../src/query/database.js';
import { findQuery, loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { FIXTURES, openCapture } from '../accounting/truth.js';

const QUERIES = loadQueries();

describe.each([
  ['s2-dup-storm', ['trace.txt']],
  ['s2-dup-storm', ['stats']],
  ['s4-failures', ['trace.txt', 'stats']],
  ['s12-loadrace', ['trace.txt']],
] as const)('%s, %j', (name, files) => {
  const opened = openCapture(join(FIXTURES, name), ...files);
  const rowsOf = async (query: string) => {
    const { db } = await (await opened).store();
    return [...runQuery(db, findQuery(QUERIES, query), new Map()).rows];
  };

  it('phases add up to the row of the boot', async () => {
    const phases = await rowsOf('phase-waste');
    const column = (query: string, wanted: string) =>
      findQuery(QUERIES, query).columns.findIndex((one) => one.name === wanted);
    const sum = (wanted: string): bigint =>
      phases.reduce(
        (total, row) => total + ((row[column('phase-waste', wanted)] as bigint | null) ?? 0n),
        0n,
      );
    const [boot] = await rowsOf('boots');
    expect(sum('bytes')).toBe(boot?.[column('boots', 'wasted_bytes')]);
    expect(sum('failures')).toBe(boot?.[column('boots', 'failures')]);
    expect(sum('failures')).toBeGreaterThan(0n);
  });

  it('rows of duplicates that a trace holds are sums over attempts', async () => {
    const { db } = await (await opened).store();
    const shown = allRows(
      db,
      "SELECT module, times, bytes_low, bytes_high FROM attribution WHERE origin = 'trace' ORDER BY module",
    );
    const summed = allRows(
      db,
      `SELECT module, count(*), sum(wasted_low), sum(wasted_high) FROM attempts
       WHERE outcome = 'duplicate' AND module IN (SELECT module FROM attribution WHERE origin = 'trace')
       GROUP BY module ORDER BY module`,
    );
    expect(shown).toEqual(summed);
  });
});
