// SPDX-License-Identifier: Apache-2.0
/** JSON by hand where numbers must be exact: JSON.stringify would round integers and cannot hold a bigint. */
import { escapeJson } from '../model/escape.js';
import type { Result, ResultColumn, Value } from '../query/result.js';
import { dataText, isText } from './cell.js';

function jsonValue(value: Value): string {
  if (value === null) return 'null';
  if (isText(value) || value instanceof Uint8Array) return escapeJson(JSON.stringify(dataText(value)));
  return dataText(value) ?? 'null';
}

function jsonRow(keys: readonly string[], row: readonly Value[]): string {
  return `{${row.map((value, index) => `${keys[index]}:${jsonValue(value)}`).join(',')}}`;
}

/** Keys of one object: a name that the user's SQL gives twice gets `_2`, `_3`. */
function keysOf(columns: readonly ResultColumn[]): string[] {
  const used = new Set<string>();
  return columns.map(({ name }) => {
    let key = name;
    for (let count = 2; used.has(key); count++) key = `${name}_${count}`;
    used.add(key);
    return escapeJson(JSON.stringify(key));
  });
}

/** One array of objects, one object a line. */
export function* formatJson(result: Result): Generator<string> {
  const keys = keysOf(result.columns);
  let before = '[\n';
  for (const row of result.rows) {
    yield `${before}${jsonRow(keys, row)}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/** One object a line. */
export function* formatNdjson(result: Result): Generator<string> {
  const keys = keysOf(result.columns);
  for (const row of result.rows) yield `${jsonRow(keys, row)}\n`;
}
