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

export interface TableDoc {
  readonly name: string;
  readonly doc: string;
  readonly columns: readonly ColumnDoc[];
  readonly primaryKey: readonly string[];
}

export type Shorthand = readonly [
  name: string,
  type: ColumnType | `${ColumnType}!`,
  unit: string,
  doc: string,
];

export function table(
  name: string,
  doc: string,
  primaryKey: readonly string[],
  columns: readonly Shorthand[],
): TableDoc {
  return {
    name,
    doc,
    primaryKey,
    columns: columns.map(([column, type, unit, text]) => ({
      name: column,
      type: type.replace('!', '') as ColumnType,
      unit,
      notNull: type.endsWith('!'),
      doc: text,
    })),
  };
}

export const BOOT: Shorthand = ['boot', 'INTEGER!', '', 'the boot, 1 is the oldest'];
export const SOURCE: Shorthand = ['source', 'INTEGER!', '', 'source of the evidence: sources.source'];
export const LINE: Shorthand = ['line', 'INTEGER!', '', 'line (or record) in that source, from 1'];
export const CLOCK: Shorthand = ['clock', 'TEXT!', '', 'boot, epoch or relative (nanoseconds), or ticks'];

/** The CREATE TABLE statement. */
export function ddl({ name, columns, primaryKey }: TableDoc): string {
  const lines = columns.map(
    (column) => `  ${column.name} ${column.type}${column.notNull ? ' NOT NULL' : ''}`,
  );
  return `CREATE TABLE ${name} (\n${lines.join(',\n')},\n  PRIMARY KEY (${primaryKey.join(', ')})\n) STRICT, WITHOUT ROWID`;
}
