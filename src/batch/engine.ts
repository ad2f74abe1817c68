// SPDX-License-Identifier: Apache-2.0
/** Opens batches for questions: with DuckDB where it is installed, which works out of core, else with SQLite in memory. */
import type { Query } from '../query/head.js';
import { wordOffsets } from '../query/sql-text.js';
import { BatchError } from './case.js';
import type { Answers, BatchEngine, EngineOptions, OpenedTable } from './engine-types.js';
import { batchFolders, filesOf, type TableFiles } from './folders.js';
import { batchTables } from './query.js';
import { CASES } from './tables.js';

/**
 * Opens what the SQL to come names of the batches' tables.
 *
 * @param patterns Folders, or patterns with * and ?.
 * @param needs Tables that each folder must have, with _ for -.
 */
export async function openBatches(
  patterns: readonly string[],
  texts: readonly string[],
  perCase: ReadonlyMap<string, Query>,
  options: EngineOptions,
  needs: readonly string[] = [],
): Promise<BatchEngine> {
  const folders = batchFolders(patterns);
  const named = batchTables(perCase).filter(({ name }) =>
    texts.some((text) => wordOffsets(text, name).length > 0),
  );
  const tables = named.flatMap((table): OpenedTable[] => {
    const files = folders.flatMap((folder) => filesOf(folder, table) ?? []);
    const missing = folders.find((folder) => !files.some((has) => has.folder === folder));
    if (missing !== undefined && needs.includes(table.name)) {
      throw new BatchError(`${missing}/${table.file}.csv is missing`, [
        `the batch was made without the query ${table.file}`,
      ]);
    }
    return files.length > 0 ? [{ table, files }] : [];
  });
  const cases = folders.flatMap((folder) => filesOf(folder, CASES) ?? []);
  return { ...(await start(tables, cases, texts, options)), folders };
}

async function start(
  tables: readonly OpenedTable[],
  cases: readonly TableFiles[],
  texts: readonly string[],
  options: EngineOptions,
): Promise<Answers> {
  if (options.engine !== 'sqlite') {
    const { openDuckdb } = await import('./duckdb.js');
    const opened = await openDuckdb(tables, cases, options);
    if (opened) return opened;
    if (options.engine === 'duckdb' || options.memory !== null || options.threads !== null) {
      throw new BatchError('DuckDB is not installed', [
        'npm install @duckdb/node-api beside modwaste (70 MB); without it, SQLite answers in memory',
      ]);
    }
  }
  const { openSqlite } = await import('./sqlite.js');
  return openSqlite(tables, cases, texts);
}
