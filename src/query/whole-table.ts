// SPDX-License-Identifier: Apache-2.0

import { isMadeInOrder } from '../store/rows.js';
import type { Row, TableDoc } from '../store/table.js';
import { allRows, type FilledOnDemand } from './database.js';
import type { Value } from './result.js';

/** The rows of each table by name. */
export type TableRows = Readonly<Record<string, () => Iterable<Row>>>;

/** All rows of a table in the order of its key; most tables need no database for that. */
export function wholeTable(
  store: FilledOnDemand,
  rows: TableRows,
  table: TableDoc,
): Iterable<readonly Exclude<Value, { digits: string }>[]> {
  const made = isMadeInOrder(table) ? rows[table.name]?.() : undefined;
  if (made) return made;
  store.fill([table.name]);
  return allRows(store.db, `SELECT ${table.columns.map(({ name }) => name).join()} FROM ${table.name}`);
}
