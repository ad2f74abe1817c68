// SPDX-License-Identifier: Apache-2.0
/** Reference pages of canned queries: all of them, or one. */
import type { Query } from '../query/head.js';
import { type Page, textTable } from './document.js';

/** Summary, parameters, columns, meaning of an empty result, path of the file. */
function describe(query: Query): string {
  const params = query.params.map((param) => [
    param.name,
    param.type,
    param.defaultText === null ? 'required' : `default ${param.defaultText}`,
    param.meaning,
  ]);
  const columns = query.columns.map((column) => [
    column.name,
    column.type,
    column.unit ?? '',
    column.meaning,
  ]);
  return [
    `${query.name}: ${query.summary}\n`,
    ...(params.length > 0 ? [`Parameters (--param name=value):\n${textTable(params)}`] : []),
    `Columns:\n${textTable(columns)}`,
    [
      `No rows: ${query.empty}\n`,
      ...(query.needs.length > 0 ? [`Tables: ${query.needs.join(', ')}\n`] : []),
      `SQL: ${query.file}\n`,
    ].join(''),
  ].join('\n');
}

/** Names and summaries of the queries. */
export function queriesPage(queries: ReadonlyMap<string, Query>): Page {
  const rows = [...queries.values()].map((query) => [query.name, query.summary]);
  return { text: () => textTable(rows, ''), columns: ['query', 'summary'], rows };
}

/** Parameters and columns of one query. */
export function queryPage(query: Query): Page {
  return {
    text: () => describe(query),
    columns: ['kind', 'name', 'type', 'unit', 'default', 'meaning'],
    rows: [
      ...query.params.map((param) => [
        'param',
        param.name,
        param.type,
        null,
        param.defaultText,
        param.meaning,
      ]),
      ...query.columns.map((column) => [
        'column',
        column.name,
        column.type,
        column.unit,
        null,
        column.meaning,
      ]),
    ],
  };
}
