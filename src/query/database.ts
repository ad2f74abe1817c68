// SPDX-License-Identifier: Apache-2.0
/**
 * The part of sql.js that queries need, with the option `useBigInt`, which its type declarations lack (without it,
 * integers above 2^53 are rounded).
 */
export type SqlValue = null | string | number | bigint | Uint8Array;

export interface Statement {
  bind(values: Record<string, string | number | null>): boolean;
  step(): boolean;
  get(params?: null, config?: { readonly useBigInt: boolean }): SqlValue[];
  getColumnNames(): string[];
  free(): boolean;
}

export interface Database {
  prepare(sql: string): Statement;
}

/** All rows of a statement without parameters. */
export function allRows(db: Database, sql: string): SqlValue[][] {
  const statement = db.prepare(sql);
  try {
    const rows: SqlValue[][] = [];
    while (statement.step()) rows.push(statement.get(null, { useBigInt: true }));
    return rows;
  } finally {
    statement.free();
  }
}
