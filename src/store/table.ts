// SPDX-License-Identifier: Apache-2.0
/** Documentation of a table, and the DDL generated from it. */

export type Value = string | number | bigint | null;
export type Row = readonly Value[];

type ColumnType = 'INTEGER' | 'REAL' | 'TEXT';

interface ColumnDoc {
  readonly name: string;
  readonly type: ColumnType;
  /** `bytes`, `ns`, `calls`, ...; empty for none. */
  readonly unit: string;
  readonly notNull: boolean;
  readonly doc: string;
}

/** A column that SQLite computes from the others of its row. */
interface ComputedColumn extends ColumnDoc {
  readonly sql: string;
}

/** A table and its columns, as `modwaste tables` documents them. */
export interface TableDoc {
  readonly name: string;
  readonly doc: string;
  /** The columns that rows have values for. */
  readonly columns: readonly ColumnDoc[];
  /** After them: what the canned query of the same name has besides, so that a name means one thing in both. */
  readonly computed: readonly ComputedColumn[];
  readonly primaryKey: readonly string[];
}

export type Shorthand = readonly [
  name: string,
  type: ColumnType | `${ColumnType}!`,
  unit: string,
  doc: string,
];

/** A column that SQLite computes. */
export type Computed = readonly [...Shorthand, sql: string];

export function table(
  name: string,
  doc: string,
  primaryKey: readonly string[],
  columns: readonly Shorthand[],
  computed: readonly Computed[] = [],
): TableDoc {
  return {
    name,
    doc,
    primaryKey,
    columns: columns.map(columnDoc),
    computed: computed.map(([column, type, unit, text, sql]) => ({
      ...columnDoc([column, type, unit, text]),
      sql,
    })),
  };
}

function columnDoc([name, type, unit, doc]: Shorthand): ColumnDoc {
  return { name, type: type.replace('!', '') as ColumnType, unit, notNull: type.endsWith('!'), doc };
}

export const BOOT: Shorthand = ['boot', 'INTEGER!', '', 'the boot, 1 is the oldest'];
export const SOURCE: Shorthand = ['source', 'INTEGER!', '', 'source of the evidence: sources.source'];
export const LINE: Shorthand = ['line', 'INTEGER!', '', 'line (or record) in that source, from 1'];
export const CLOCK: Shorthand = ['clock', 'TEXT!', '', 'boot, epoch or relative (nanoseconds), or ticks'];

/** Seconds of a column of nanoseconds, for reading: the integers are exact. */
export function seconds(name: string, ns: string, doc: string): Computed {
  return [name, 'REAL', 's', `${doc}; ${ns} is exact`, `${ns} / 1e9`];
}

/** The time of a row, for reading. */
export function time(name: string): Computed {
  const sql = "CASE clock WHEN 'ticks' THEN t_ns ELSE t_ns / 1e9 END";
  return [name, 'REAL', 's', 't_ns in seconds, or in ticks by such a clock; t_ns is exact', sql];
}

/** The CREATE TABLE statement. */
export function ddl({ name, columns, computed, primaryKey }: TableDoc): string {
  const lines = [
    ...columns.map((column) => `  ${column.name} ${column.type}${column.notNull ? ' NOT NULL' : ''}`),
    ...computed.map((column) => `  ${column.name} ${column.type} AS (${column.sql})`),
  ];
  return `CREATE TABLE ${name} (\n${lines.join(',\n')},\n  PRIMARY KEY (${primaryKey.join(', ')})\n) STRICT, WITHOUT ROWID`;
}
