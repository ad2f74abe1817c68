// SPDX-License-Identifier: Apache-2.0
/** Writes the HTML report of a batch from the files in its folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { batchQueries, openBatch } from '../batch/query.js';
import { allRows, type Database } from '../query/database.js';
import type { Query } from '../query/head.js';
import type { Result, ResultColumn, Value } from '../query/result.js';
import { runQuery } from '../query/run.js';
import { type BatchSection, batchHtml } from '../report/html/batch.js';
import type { Context } from './context.js';
import { writeFileWhole } from './files.js';
import { loadAssets } from './page-assets.js';

/** Canned batch queries shown as sections, where the batch has the tables that they need. */
const SECTIONS: readonly (readonly [query: string, title: string])[] = [
  ['top-advice', 'What to do'],
  ['waste-by-kernel', 'By kernel'],
  ['top-modules', 'By module'],
  ['top-requesters', 'By requester'],
  ['top-failures', 'Failures'],
  ['top-autoload', 'Requests of the kernel'],
  ['outliers', 'Outliers'],
  ['trend', 'Over time'],
];

/** Rows in the table of the worst boots, and how many of them list their modules. */
const MOST_BOOTS = 100;
const MOST_DETAILED = 30;
const MOST_BAD = 250;

const STATUSES = 'SELECT status, count(*) FROM cases GROUP BY status ORDER BY status';
const BAD = `SELECT path, status, error FROM cases WHERE status <> 'ok' ORDER BY path LIMIT ${MOST_BAD}`;
/** What was wasted at most; of a batch without the query `evidence` it is not known. */
const HIGH = `CASE e.lower_bound WHEN 0 THEN b.wasted_bytes ELSE e.wasted_high END`;
const BOOTS = (high: boolean): string =>
  high ? 'boots AS b JOIN evidence AS e ON e."case" = b."case" AND e.boot = b.boot' : 'boots AS b';
const wastedSql = (high: boolean): string =>
  `SELECT b.wasted_bytes, ${high ? HIGH : 'NULL'} FROM ${BOOTS(high)}`;
const worstSql = (high: boolean): string => `SELECT
  b."case", b.boot, b.wasted_bytes, ${high ? HIGH : 'NULL'} AS wasted_high, b.failures, b.modules_loaded, b.kernel,
  b.machine, b.cpus, b.started, b.complete
  FROM ${BOOTS(high)} WHERE b.wasted_bytes > 0 ORDER BY b.wasted_bytes DESC, b."case", b.boot LIMIT ${MOST_BOOTS}`;
const DUPLICATES = `SELECT d."case", d.boot, d.module, d.times, d.reason, d.bytes, d.bytes_low, d.bytes_high, d.basis
  FROM duplicates AS d JOIN (SELECT "case", boot, wasted_bytes FROM boots WHERE wasted_bytes > 0
    ORDER BY wasted_bytes DESC, "case", boot LIMIT ${MOST_DETAILED}) AS w ON w."case" = d."case" AND w.boot = d.boot
  ORDER BY w.wasted_bytes DESC, d."case", d.boot, coalesce(d.bytes, d.bytes_high, d.bytes_low) DESC, d.module`;

/** Writes the file whole or not at all. */
export async function writeBatchHtml(context: Context, folder: string, file: string): Promise<void> {
  const has = (name: string): boolean => existsSync(join(folder, `${name}.csv`));
  const sections = SECTIONS.flatMap(([name, title]) => {
    const query = batchQueries().get(name);
    const usable = query?.needs.every((table) => has(table.replaceAll('_', '-')));
    return query && usable ? [{ query, title }] : [];
  });
  const boots = has('boots');
  const [wasted, worst] = [wastedSql(has('evidence')), worstSql(has('evidence'))];
  const own = [
    STATUSES,
    BAD,
    ...(boots ? [wasted, worst] : []),
    ...(boots && has('duplicates') ? [DUPLICATES] : []),
  ];
  const db = await openBatch(
    folder,
    [...own, ...sections.map(({ query }) => query.sql)].join(';\n'),
    context.queries(),
  );
  try {
    const ask = (sql: string): Value[][] => (own.includes(sql) ? allRows(db, sql) : []);
    const chunks = batchHtml({
      assets: loadAssets(),
      label: folder,
      version: context.version,
      statuses: ask(STATUSES).map(([status, cases]) => ({
        status: String(status),
        cases: BigInt(String(cases)),
      })),
      wasted: ask(wasted).map(([low, high]) =>
        typeof low === 'bigint' ? { low, high: typeof high === 'bigint' ? high : null } : null,
      ),
      worst: {
        columns: columnsOf(context, ['boots', 'evidence'], db, worst, own),
        rows: ask(worst),
        empty: null,
      },
      worstDuplicates: {
        columns: columnsOf(context, ['duplicates'], db, DUPLICATES, own),
        rows: ask(DUPLICATES),
        empty: null,
      },
      bad: {
        columns: ['path', 'status', 'error'].map((name) => ({ name, type: 'TEXT' as const, unit: null })),
        rows: ask(BAD),
        empty: null,
      },
      sections: sections.map(({ query, title }) => sectionOf(db, query, title)),
    });
    writeFileWhole(file, chunks, context.io.cleanups);
  } finally {
    db.close();
  }
}

function sectionOf(db: Database, query: Query, title: string): BatchSection {
  return { title, summary: query.summary, result: runQuery(db, query, new Map()) };
}

/** The columns of some SQL over a batch's tables, with the types and units that the queries of those tables say. */
function columnsOf(
  context: Context,
  tables: readonly string[],
  db: Database,
  sql: string,
  asked: readonly string[],
): Result['columns'] {
  if (!asked.includes(sql)) return [];
  const statement = db.prepare(sql);
  const names = statement.getColumnNames();
  statement.free();
  const documented = tables.flatMap((table) => context.queries().get(table)?.columns ?? []);
  return names.map(
    (name): ResultColumn =>
      documented.find((column) => column.name === name) ?? { name, type: 'TEXT', unit: null },
  );
}
