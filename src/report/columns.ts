// SPDX-License-Identifier: Apache-2.0
/** Whether a column is numeric, for all formatters. */
import type { ResultColumn, Value } from '../query/result.js';
import { isText } from './cell.js';

/** Whether a column holds numbers: by its declared type, else by the values seen of it. */
export function isNumeric(column: ResultColumn, seen: readonly Value[]): boolean {
  if (column.type !== null) return column.type !== 'TEXT';
  const known = seen.filter((value) => value !== null);
  return known.length > 0 && !known.some((value) => isText(value) || value instanceof Uint8Array);
}
