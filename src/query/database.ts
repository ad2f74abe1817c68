// SPDX-License-Identifier: Apache-2.0
import type { StoreValue as SqlValue, Store, StoreDatabase } from '../store/types.js';

/**
 * The part of sql.js that queries need, with the option `useBigInt`, which its type declarations lack (without it,
 * integers above 2^53 are rounded).
 */
export type { StoreStatement as Statement, StoreValue as SqlValue } from '../store/types.js';

export type Database = Pick<StoreDatabase, 'prepare' | 'within'>;

/** A store whose tables are filled when something needs them. */
export type FilledOnDemand = Pick<Store, 'db' | 'fill'>;

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
