// SPDX-License-Identifier: Apache-2.0
/** A case with its canned queries, whose rows are typed objects. */

import type { Case } from './case-of.js';
import { Buffer } from './platform/index.js';
import type { Query } from './query/head.js';
import { findQuery, loadQueries } from './query/library.js';
import type { Value } from './query/result.js';
import type { QueryParams, QueryRows } from './query/rows.js';
import { runQuery } from './query/run.js';

/** A value of a row: INTEGER is a bigint, REAL a number, TEXT and exact seconds (`47.900769`) are strings. */
export type RowValue = bigint | number | string | null;

/** A case that answers queries by rows of typed objects. */
export interface OpenedCase extends Case {
  /**
   * The rows of a canned query, or of one of `CaseOptions.queries`, by its name.
   *
   * @throws UnknownQueryError, ParamError; SqlError for a query of your own that is wrong.
   * @example
   * for (const { module, times, bytes } of await opened.query('duplicates')) console.log(module, times, bytes);
   * const story = await opened.query('module', { name: 'i915' });
   */
  query<Name extends keyof QueryRows>(name: Name, ...params: QueryParams[Name]): Promise<QueryRows[Name][]>;
  /** A query of your own; a canned one is typed by its name. */
  query<Name extends string>(
    name: Name extends keyof QueryRows ? never : Name,
    params?: Readonly<Record<string, string | number>>,
  ): Promise<Record<string, RowValue>[]>;
}

let packaged: ReadonlyMap<string, Query> | null = null;

/** Adds `query` to a case; your own queries replace canned ones of their names. */
export function withQueries(opened: Case, own: readonly Query[]): OpenedCase {
  packaged ??= loadQueries();
  const queries = new Map([...packaged, ...own.map((one) => [one.name, one] as const)]);
  const query = async (
    name: string,
    params: Readonly<Record<string, string | number>> = {},
  ): Promise<Record<string, RowValue>[]> => {
    const asked = findQuery(queries, name);
    const given = new Map(Object.entries(params).map(([key, value]) => [key, String(value)]));
    const { db } = await opened.store(asked.needs.length > 0 ? asked.needs : undefined);
    return Array.from(runQuery(db, asked, given).rows, (row) =>
      Object.fromEntries(asked.columns.map((column, index) => [column.name, plain(row[index] ?? null)])),
    );
  };
  return { ...opened, query: query as OpenedCase['query'] };
}

function plain(value: Value): RowValue {
  if (value === null || typeof value !== 'object') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value.digits;
}
