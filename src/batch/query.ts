// SPDX-License-Identifier: Apache-2.0
/** The canned queries over all boots of a batch, and the tables that they can read. */
import { join } from 'node:path';
import type { Query } from '../query/head.js';
import { loadQueries, QUERIES_FOLDER } from '../query/library.js';
import { type BatchTable, CASES, tableOf } from './tables.js';

let loaded: ReadonlyMap<string, Query> | null = null;

export function batchQueries(): ReadonlyMap<string, Query> {
  loaded ??= loadQueries(join(QUERIES_FOLDER, 'batch'));
  return loaded;
}

/** All tables that a batch can have. */
export function batchTables(queries: ReadonlyMap<string, Query>): BatchTable[] {
  return [CASES, ...[...queries.values()].map(tableOf)];
}
