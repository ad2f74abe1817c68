// SPDX-License-Identifier: Apache-2.0
/** Writes the HTML report of a batch from the files in its folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openBatches } from '../batch/engine.js';
import { batchQueries } from '../batch/query.js';
import type { Result, ResultColumn } from '../query/result.js';
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

const ANY_ENGINE = { engine: 'auto', memory: null, threads: null } as const;
const NO_PARAMS: ReadonlyMap<string, string> = new Map();

const STATUSES = 'SELECT status, count(*) FROM cases GROUP BY status ORDER BY status';
const BAD = `SELECT path, status, error FROM cases WHERE status <> 'ok' ORDER BY path LIMIT ${MOST_BAD}`;
/** What was wasted at most; of a batch without the query `evidence` it is not known. */
const HIGH = `CASE e.lower_bound WHEN 0 THEN b.wasted_bytes ELSE e.wasted_high END`;
const BOOTS = (high: boolean): string =>
  high ? 'boots AS b JOIN evidence AS e ON e."case" = b."case" AND e.boot = b.boot' : 'boots AS b';
/** Bytes wasted at least, how many boots wasted as many, and what those wasted at most. */
const wastedSql = (high: boolean): string => `SELECT
  b.wasted_bytes, count(*) AS boots, ${high ? `CASE WHEN count(${HIGH}) = count(*) THEN sum(${HIGH}) END` : 'NULL'}
  FROM ${BOOTS(high)} GROUP BY b.wasted_bytes ORDER BY b.wasted_bytes`;
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
  const texts = [...own, ...sections.map(({ query }) => query.sql)];
  const engine = await openBatches([folder], texts, context.queries(), ANY_ENGINE);
  context.io.cleanups.add(engine.abandon);
  /** With the types and units that the queries of the tables say. */
  const ask = async (sql: string, tables: readonly string[]): Promise<Result> => {
    if (!own.includes(sql)) return { columns: [], rows: [], empty: null };
    const { columns, rows } = await engine.answerOwn(sql, NO_PARAMS);
    const documented = tables.flatMap((table) => context.queries().get(table)?.columns ?? []);
    const typed = columns.map(
      ({ name }): ResultColumn =>
        documented.find((column) => column.name === name) ?? { name, type: 'TEXT', unit: null },
    );
    return { columns: typed, rows, empty: null };
  };
  try {
    const answers: BatchSection[] = [];
    for (const { query, title } of sections) {
      answers.push({ title, summary: query.summary, result: await engine.answer(query, NO_PARAMS) });
    }
    const chunks = batchHtml({
      assets: loadAssets(),
      label: folder,
      version: context.version,
      statuses: await ask(STATUSES, []),
      wasted: await ask(wasted, ['boots']),
      worst: await ask(worst, ['boots', 'evidence']),
      worstDuplicates: await ask(DUPLICATES, ['duplicates']),
      bad: await ask(BAD, []),
      sections: answers,
    });
    writeFileWhole(file, chunks, context.io.cleanups);
  } finally {
    engine.close();
  }
}
