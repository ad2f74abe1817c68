// SPDX-License-Identifier: Apache-2.0
/** The outputs of a batch as tables: one of the cases, one for each canned query. */
import type { ColumnType, Query, QueryColumn } from '../query/head.js';
import type { ResultColumn } from '../query/result.js';
import { CASE_COLUMN } from './answers.js';

export interface BatchTable {
  /** Its name in SQL: the query's, with `_` for `-`. */
  readonly name: string;
  /** The output without its suffix. */
  readonly file: string;
  /** What a row is. */
  readonly summary: string;
  readonly columns: readonly QueryColumn[];
}

const column = (name: string, type: ColumnType, meaning: string): QueryColumn => ({
  ...{ name, type, meaning },
  unit: null,
});

export const CASES: BatchTable = {
  name: 'cases',
  file: 'cases',
  summary: 'The cases, in the order of the inputs.',
  columns: [
    column('path', 'TEXT', 'the case: its path as given, or its group'),
    column('digest', 'TEXT', 'SHA-256 of its contents'),
    column('status', 'TEXT', 'ok, incomplete, unrecognised, failed or skipped'),
    column('boots', 'INTEGER', 'boots found in it'),
    column('error', 'TEXT', 'what could not be read, or why it was skipped'),
    column('files', 'INTEGER', 'files or directories given as one case'),
    column('why', 'TEXT', 'why they are one case'),
    column('same_as', 'TEXT', 'an earlier case with the same contents'),
  ],
};

export function tableOf(query: Query): BatchTable {
  return {
    name: query.name.replaceAll('-', '_'),
    file: query.name,
    summary: query.summary,
    columns: [CASE_COLUMN, ...query.columns],
  };
}

/** Times are REAL, in seconds: SQL has no exact decimals; the CSV has. */
function sqlType(column: ResultColumn): 'TEXT' | 'INTEGER' | 'REAL' {
  return column.type === 'SECONDS' ? 'REAL' : (column.type ?? 'TEXT');
}

/** True for a column that names a case. */
export function isCaseName({ name }: BatchTable, column: string): boolean {
  return (name === CASES.name ? ['path', 'same_as'] : [CASE_COLUMN.name]).includes(column);
}

/** A digest cannot be compressed, and would take a quarter of all Parquet: it is in the CSV alone. */
export function isInParquet({ name }: BatchTable, column: string): boolean {
  return name !== CASES.name || column !== 'digest';
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export function createTable(name: string, columns: readonly ResultColumn[]): string {
  const lines = columns.map((column) => `${quoted(column.name)} ${sqlType(column)}`);
  return `CREATE TABLE ${quoted(name)} (${lines.join(', ')}) STRICT`;
}

export function insertInto(name: string, columns: readonly ResultColumn[]): string {
  return `INSERT INTO ${quoted(name)} VALUES (${columns.map(() => '?').join(', ')})`;
}
