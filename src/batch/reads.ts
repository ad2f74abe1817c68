// SPDX-License-Identifier: Apache-2.0
/** The data that a canned query's result depends on, as a key: equal keys, equal results. */
import type { Query } from '../query/head.js';
import { bareSql } from '../query/sql-text.js';
import type { Row, TableDoc, Value } from '../store/table.js';

/** A table, and the columns that may be read of it. */
export interface Reads {
  readonly table: string;
  readonly columns: readonly number[];
}

/** `SELECT *, a AS b FROM table` and `table.*`. */
const ALL_COLUMNS = /(\w+)\.\*|\bSELECT\s+\*[^()]*?\bFROM\s+(\w+)/g;

/** The columns that the query names, and those of the keys, by which SQLite orders rows; of a computed one, all that it is computed from. */
export function readsOf({ sql, needs }: Query, tables: readonly TableDoc[]): Reads[] {
  const text = bareSql(sql);
  const words = new Set(text.match(/\w+/g));
  const whole = new Set([...text.matchAll(ALL_COLUMNS)].map(([, one, other]) => one ?? other));
  return tables
    .filter(({ name }) => needs.includes(name))
    .map(({ name, columns, computed, primaryKey }) => {
      const from = computed.filter((column) => words.has(column.name)).map((column) => column.sql);
      const read = new Set([...words, ...primaryKey, ...(from.join(' ').match(/\w+/g) ?? [])]);
      return {
        table: name,
        columns: [...columns.keys()].filter(
          (index) => whole.has(name) || read.has(columns[index]?.name ?? ''),
        ),
      };
    });
}

/** The values read of these rows, each told apart from all others; null where a table has more rows than are compared. */
export function keyOf(
  reads: readonly Reads[],
  rowsOf: (table: string) => readonly Row[] | null,
): string | null {
  let key = '';
  for (const { table, columns } of reads) {
    const rows = rowsOf(table);
    if (rows === null) return null;
    key += `${rows.length};`;
    for (const row of rows) for (const column of columns) key += textOf(row[column] ?? null);
  }
  return key;
}

const textOf = (value: Value): string =>
  typeof value === 'string' ? `${value.length}:${value}` : `${value};`;
