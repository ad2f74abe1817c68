// SPDX-License-Identifier: Apache-2.0
/**
 * Results of canned queries that show the rows of one table, each by itself, in the order of its key: made without
 * SQLite, which would be filled with a million rows only to give them back. What a column shows is read from the SQL, of
 * which a few forms are understood; all other queries are SQLite's.
 */
import { formatSeconds } from '../model/time.js';
import { isMadeInOrder } from '../store/rows.js';
import { TABLES } from '../store/schema.js';
import type { Row, TableDoc, Value as TableValue } from '../store/table.js';
import type { Query } from './head.js';
import type { Result, Value } from './result.js';
import type { TableRows } from './whole-table.js';

type Cell = (row: Row) => TableValue;

const SELECT = /^SELECT (.+) FROM (\w+) ORDER BY ([\w, ]+)$/;
/** A comma outside parentheses. */
const SEPARATOR = /, (?![^()]*\))/;
const AS = / AS (\w+)$/;
const TICKS_AS_TEXT = /^CASE clock WHEN 'ticks' THEN CAST\((\w+) AS TEXT\) ELSE \1 END$/;
const IF_EQUAL = /^iif\((\w+) = (\w+), '(\w+)', '(\w+)'\)$/;
const IF_KNOWN = /^CASE WHEN (\w+) IS NOT NULL THEN (\w+) END$/;

/** Null where SQLite has to be asked. An integer is a bigint or a number, as in the rows of the table. */
export function rowByRow(query: Query, rows: TableRows): Result | null {
  const sql = query.sql
    .replace(/--[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const [, list = '', name = '', order] = SELECT.exec(sql) ?? [];
  const table = TABLES.find((one) => one.name === name);
  if (!table || order !== table.primaryKey.join(', ') || !isMadeInOrder(table)) return null;
  const items = list.split(SEPARATOR);
  if (items.map((item) => AS.exec(item)?.[1] ?? item).join() !== query.columns.map(({ name }) => name).join())
    return null;
  const cells = items.flatMap((item, index) => {
    const cell = cellOf(table, item.replace(AS, ''));
    return cell ? [query.columns[index]?.type === 'SECONDS' ? inSeconds(cell) : cell] : [];
  });
  if (cells.length < items.length) return null;
  function* made(): Generator<readonly Value[]> {
    for (const row of rows[name]?.() ?? []) yield cells.map((cell) => cell(row));
  }
  return { columns: query.columns, rows: made(), empty: query.empty };
}

function cellOf(table: TableDoc, sql: string): Cell | null {
  const index = table.columns.findIndex(({ name }) => name === sql);
  if (index >= 0) return (row) => row[index] ?? null;
  const computed = table.computed.find(({ name }) => name === sql);
  if (computed) return cellOf(table, computed.sql);
  const [, time] = TICKS_AS_TEXT.exec(sql) ?? [];
  if (time !== undefined) {
    return ofTwo(table, 'clock', time, (clock, t) => (clock === 'ticks' && t !== null ? String(t) : t));
  }
  const [, known, then] = IF_KNOWN.exec(sql) ?? [];
  if (known !== undefined && then !== undefined)
    return ofTwo(table, known, then, (value, shown) => (value === null ? null : shown));
  const [, left, right, same = '', other = ''] = IF_EQUAL.exec(sql) ?? [];
  if (left === undefined || right === undefined) return null;
  // A number may equal a bigint.
  return ofTwo(table, left, right, (a, b) => (a !== null && b !== null && `${a}` === `${b}` ? same : other));
}

function ofTwo(
  table: TableDoc,
  first: string,
  second: string,
  show: (first: TableValue, second: TableValue) => TableValue,
): Cell | null {
  const [a, b] = [cellOf(table, first), cellOf(table, second)];
  return a && b && ((row) => show(a(row), b(row)));
}

/** Times are nanoseconds; ticks are text. */
function inSeconds(cell: Cell): (row: Row) => Value {
  return (row) => {
    const value = cell(row);
    if (value === null) return null;
    return { digits: typeof value === 'string' ? value : formatSeconds(value) };
  };
}
