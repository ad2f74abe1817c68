// SPDX-License-Identifier: Apache-2.0
/** The canned queries: one .sql file each, in the package's `queries` folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../model/package.js';
import { parseQuery, type Query } from './head.js';
import { didYouMean } from './suggest.js';

/** The package's folder of queries. */
export const QUERIES_FOLDER = fileURLToPath(new URL('queries/', PACKAGE_ROOT));

/**
 * All queries of a folder, by default those of the package, by name.
 *
 * @throws QueryHeadError for a head that does not follow the grammar.
 * @example
 * for (const [name, { summary }] of loadQueries()) console.log(name, summary);
 */
export function loadQueries(folder: string = QUERIES_FOLDER): ReadonlyMap<string, Query> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  const queries = files.sort().map((file) => {
    const path = join(folder, file);
    return parseQuery(file.slice(0, -'.sql'.length), readFileSync(path, 'utf8'), path);
  });
  return new Map(queries.map((query) => [query.name, query]));
}

/**
 * There is no query with that name; `suggestion` is the nearest one that there is.
 *
 * @example
 * try {
 *   findQuery(loadQueries(), 'duplicate');
 * } catch (error) {
 *   if (error instanceof UnknownQueryError) console.error(error.query, error.suggestion);
 * }
 */
export class UnknownQueryError extends Error {
  override readonly name = 'UnknownQueryError';
  readonly suggestion: string | null;
  constructor(
    readonly query: string,
    known: Iterable<string>,
  ) {
    super(`no query is named "${query}"`);
    this.suggestion = didYouMean(query, known);
  }
}

/**
 * The query of a name.
 *
 * @throws UnknownQueryError
 * @example
 * for (const { name, unit, meaning } of findQuery(loadQueries(), 'duplicates').columns) console.log(name, unit, meaning);
 */
export function findQuery(queries: ReadonlyMap<string, Query>, name: string): Query {
  const query = queries.get(name);
  if (!query) throw new UnknownQueryError(name, queries.keys());
  return query;
}
