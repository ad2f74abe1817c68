// SPDX-License-Identifier: Apache-2.0
/** The outputs of a batch as tables: one of the cases, one for each canned query. */
import type { Query } from '../query/head.js';
import type { ResultColumn } from '../query/result.js';
import { CASE_COLUMN } from './answers.js';

export interface BatchTable {
  /** Its name in SQL: the query's, with `_` for `-`. */
  readonly name: string;
  /** The output without its suffix. */
  readonly file: string;
  readonly columns: readonly ResultColumn[];
}

const text = (name: string): ResultColumn => ({ name, type: 'TEXT', unit: null });

export const CASES: BatchTable = {
  name: 'cases',
  file: 'cases',
  columns: [
    text('path'),
    text('digest'),
    text('status'),
    { name: 'boots', type: 'INTEGER', unit: null },
    text('error'),
    { name: 'files', type: 'INTEGER', unit: null },
    text('why'),
    text('same_as'),
  ],
};

export function tableOf(query: Query): BatchTable {
  return {
    name: query.name.replaceAll('-', '_'),
    file: query.name,
    columns: [CASE_COLUMN, ...query.columns],
  };
}

/** Times are REAL, in seconds: SQL has no exact decimals; the CSV has. */
function sqlType(column: ResultColumn): 'TEXT' | 'INTEGER' | 'REAL' {
  return column.type === 'SECONDS' ? 'REAL' : (column.type ?? 'TEXT');
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export function createTable(name: string, columns: readonly ResultColumn[]): string {
  const lines = columns.map((column) => `${quoted(column.name)} ${sqlType(column)}`);
  return `CREATE TABLE ${quoted(name)} (${lines.join(', ')}) STRICT`;
}

export function insertInto(name: string, columns: readonly ResultColumn[]): string {
  return `INSERT INTO ${quoted(name)} VALUES (${columns.map(() => '?').join(', ')})`;
}
