// SPDX-License-Identifier: Apache-2.0
/** Results made from the rows of a table are those of SQLite. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { PACKAGE_ROOT } from '../../src/model/package.js';
import { parseQuery } from '../../src/query/head.js';
import { loadQueries } from '../../src/query/library.js';
import { rowByRow } from '../../src/query/row-by-row.js';
import { runQuery } from '../../src/query/run.js';
import { formatCsv } from '../../src/report/csv.js';

const QUERIES = [...loadQueries().values()].filter(({ params }) => params.length === 0);
const sample = (path: string) => fileURLToPath(new URL(join('samples', path), PACKAGE_ROOT));

/** A counter of events as trace clock: its times are ticks. */
const TICKS = `# tracer: nop
 modprobe-7   [000] .....  1234: sys_finit_module(fd: 3, uargs: 7f, flags: 0)
 modprobe-7   [000] .....  5678: module_load: m
 modprobe-7   [000] .....  9012: sys_finit_module -> 0x0
`;

describe('a result row by row', () => {
  it.each([
    ['dup-storm', sample('dup-storm')],
    ['failures', sample('failures')],
    ['autoload', sample('autoload')],
    ['ticks', { name: 'trace.txt', bytes: new TextEncoder().encode(TICKS) }],
  ])('is what SQLite gives, of %s', async (name, input) => {
    const opened = await openCase({ inputs: [input] });
    const { db } = await opened.store();
    const made: string[] = [];
    for (const query of QUERIES) {
      const result = rowByRow(query, opened.rows());
      if (!result) continue;
      made.push(query.name);
      expect([...formatCsv(result)].join(''), query.name).toBe(
        [...formatCsv(runQuery(db, query, new Map()))].join(''),
      );
    }
    expect(made).toEqual(expect.arrayContaining(['attempts', 'held-timeline', 'advice']));
    if (name === 'ticks') expect(opened.model.attempts[0]?.clock.unit).toBe('ticks');
    await opened.close();
  });

  it.each([
    ['another order', 'SELECT boot, attempt FROM attempts ORDER BY attempt'],
    ['a condition', 'SELECT boot, attempt FROM attempts WHERE pid = 1 ORDER BY boot, attempt'],
    ['an expression', 'SELECT boot, attempt + 1 AS attempt FROM attempts ORDER BY boot, attempt'],
    ['distinct rows', 'SELECT DISTINCT boot, attempt FROM attempts ORDER BY boot, attempt'],
    ['no such table', 'SELECT boot, attempt FROM calls ORDER BY boot, attempt'],
    ['a key of names', 'SELECT boot, module AS attempt FROM attribution ORDER BY boot, module'],
  ])('is left to SQLite where there is %s', (_, sql) => {
    const head = `-- Rows.\n-- @column boot INTEGER -  boot\n-- @column attempt INTEGER -  number\n-- @empty None.\n`;
    expect(rowByRow(parseQuery('own', head + sql, 'own.sql'), {})).toBeNull();
  });
});
