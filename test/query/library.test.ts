// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import initSqlJs, { type Database } from 'sql.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueryHeadError } from '../../src/query/head.js';
import { findQuery, loadQueries, UnknownQueryError } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { ddl, TABLES } from '../../src/store/schema.js';
import { required } from '../queries/required.js';

/** Columns that scripts rely on, in their order. */
const CONTRACT: Readonly<Record<string, string>> = {
  'phase-waste':
    'boot phase failures duplicates bytes bytes_low bytes_high share avg_bytes allocations basis origin failures_high duplicates_low duplicates_high',
  duplicates:
    'boot module times reason becoming_low becoming_high load_low load_high image_bytes compressed_bytes bytes bytes_low bytes_high share basis origin',
  requesters:
    'boot requester comm call_site attempts loaded duplicates coalesced failed wasted_bytes modules worst_module wasted_high parents refused unknown basis',
  attempts:
    'boot attempt t pid comm requester module phase outcome errno image_bytes compressed_bytes wasted_bytes basis source line',
  failures: 'boot reason module phase errno times wasted_bytes basis first_t source line',
  autoload: 'boot requested call_site requests duplicate_requests comm first_t',
  loads: 'boot module t load_us init_us file_bytes memory_bytes requester comm',
  timeline: 'boot t attempts loaded duplicates failed wasted_bytes cumulative_bytes basis',
  ledger:
    'boot phase counter_failures event_failures counter_bytes event_bytes difference_bytes verdict reason',
  'memory-pressure':
    'boot vmalloc_total vmalloc_used wasted_bytes wasted_share allocation_failures first_failure_t direct_reclaims compaction_failures oom_kills enomem_calls',
  boots:
    'boot label kernel machine cpus started duration_s modules_loaded failures wasted_bytes sources complete failures_high wasted_bytes_high',
  sources: 'source parent path format bytes lines events boot why status',
  diagnostics: 'severity code source line count detail help',
};

const queries = loadQueries();
let db: Database;

beforeAll(async () => {
  const sql = await initSqlJs();
  db = new sql.Database();
  for (const table of TABLES) db.run(ddl(table));
});
afterAll(() => db.close());

describe('the canned queries', () => {
  it('are all there, with the columns of the contract', () => {
    for (const [name, columns] of Object.entries(CONTRACT)) {
      expect([
        name,
        queries
          .get(name)
          ?.columns.map((column) => column.name)
          .join(' '),
      ]).toEqual([name, columns]);
    }
  });

  it.each([...queries.values()])(
    '$name gives the columns of its head, and no rows from an empty store',
    (query) => {
      const result = runQuery(db, query, required(query));
      expect([...result.rows]).toEqual([]);
    },
  );

  it.each([...queries.values()])(
    '$name needs tables that exist, uses its parameters, and is short',
    (query) => {
      const tables = TABLES.map((table) => table.name);
      expect(tables).toEqual(expect.arrayContaining([...query.needs]));
      for (const param of query.params) expect(query.sql).toContain(`$${param.name}`);
      for (const table of tables) {
        const used = new RegExp(`\\b(?:FROM|JOIN) +${table}\\b`).test(query.sql.replace(/^--.*$/gm, ''));
        if (used) expect(query.needs, `${query.name} reads ${table}`).toContain(table);
      }
      expect(query.sql.split('\n').length).toBeLessThan(120);
      expect(query.sql.replace(/^--.*$/gm, '').trimEnd()).not.toMatch(/;$/);
    },
  );

  it('say which is meant for a name that is nearly one', () => {
    expect(() => findQuery(queries, 'phase_waste')).toThrow(UnknownQueryError);
    expect(() => findQuery(queries, 'phase_waste')).toThrow(
      expect.objectContaining({ suggestion: 'did you mean phase-waste?' }),
    );
  });
});

describe('loadQueries', () => {
  it('reads each .sql file of a folder, named after it, in the order of names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'modwaste-queries-'));
    for (const name of ['b.sql', 'a-x.sql', 'c.sql.orig', 'README.md'])
      writeFileSync(
        join(folder, name),
        `-- Of ${name}.\n-- @column a TEXT  A.\n-- @empty None.\nSELECT 1 AS a\n`,
      );
    const found = loadQueries(folder);
    expect([...found].map(([name, { summary }]) => [name, summary])).toEqual([
      ['a-x', 'Of a-x.sql.'],
      ['b', 'Of b.sql.'],
    ]);
    expect(findQuery(found, 'b').file).toBe(join(folder, 'b.sql'));
    expect(() => findQuery(found, 'c')).toThrow(
      expect.objectContaining({ name: 'UnknownQueryError', message: 'no query is named "c"', query: 'c' }),
    );
    rmSync(folder, { recursive: true });
  });

  it('names the file and line of a wrong head', () => {
    const folder = mkdtempSync(join(tmpdir(), 'modwaste-queries-'));
    writeFileSync(join(folder, 'bad.sql'), '-- One.\n-- @column a\nSELECT 1 AS a\n');
    writeFileSync(join(folder, 'notes.txt'), 'no query');
    expect(() => loadQueries(folder)).toThrow(QueryHeadError);
    expect(() => loadQueries(folder)).toThrow(`${join(folder, 'bad.sql')}:2: expected`);
    rmSync(folder, { recursive: true });
  });
});
