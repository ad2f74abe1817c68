// SPDX-License-Identifier: Apache-2.0
/** Tables of a page: cells say their exact value beside the one for people, so that a script can sort by it. */
import type { ResultColumn, Value } from '../../../query/result.js';
import { dataText, grouped, humanText, isText } from '../../cell.js';
import { type Element, h, type Markup } from '../markup.js';

export interface TableColumn {
  readonly name: string;
  /** What the column says, shown on hovering. */
  readonly help?: string;
  readonly numeric?: boolean;
}

export interface TableCell {
  readonly shown: Markup;
  /** What the cell sorts by, where that is not what is shown. */
  readonly value?: string;
  readonly title?: string;
}

export interface TableOptions {
  /** Names the table to those who cannot see what stands around it. */
  readonly label: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly TableCell[])[];
  /** Rows beyond those that are in the table, and where they are. */
  readonly more?: { readonly rows: number; readonly query: string } | undefined;
}

export function dataTable({ label, columns, rows, more }: TableOptions): Element {
  const head = columns.map(({ name, help, numeric }) =>
    h('th', { scope: 'col', class: numeric ? 'n' : null, title: help ?? null }, name),
  );
  const body = rows.map((cells) =>
    h(
      'tr',
      ...cells.map(({ shown, value, title }, index) =>
        h(
          'td',
          {
            class: columns[index]?.numeric ? 'n' : isLong(shown) ? 'long' : null,
            'data-v': value ?? null,
            title: title ?? null,
          },
          shown,
        ),
      ),
    ),
  );
  return h(
    'div.table',
    { role: 'region', 'aria-label': label, tabindex: 0 },
    h('table.data', h('thead', h('tr', ...head)), h('tbody', ...body)),
    more && more.rows > 0 ? h('p.note', `${grouped(more.rows)} more rows: `, queryLink(more.query)) : null,
  );
}

/** Text that a table breaks rather than grow wider. */
const LONG = 28;
const isLong = (shown: Markup): boolean => typeof shown === 'string' && shown.length > LONG;

/** `wasted_bytes` -> `wasted`, `counter_bytes` -> `counter bytes`: the head of a column that prints with units. */
export function headOf(column: string): string {
  return column.replace(/^(wasted|memory)_bytes$/, '$1').replaceAll('_', ' ');
}

/** Leads to a canned query in the page's console. */
export function queryLink(query: string): Element {
  return h('a.query', { href: '#console', 'data-query': query }, `query ${query}`);
}

/** Characters of a text that a cell shows. */
const MOST_TEXT = 200;

/** The text, truncated where it is too long for a table, with its full length. */
export function truncated(text: string, most = MOST_TEXT): string {
  return text.length > most ? `${text.slice(0, most)}… (${grouped(text.length)} characters)` : text;
}

/** A value of a result: bytes with units, calls grouped, the exact number behind it. */
export function valueCell(value: Value, column: ResultColumn): TableCell {
  const shown = humanText(value, column);
  const exact = dataText(value);
  if (exact === null) return { shown: '–', value: '' };
  if (isText(value)) return shown.length > MOST_TEXT ? { shown: truncated(shown), title: shown } : { shown };
  if (column.unit === 'calls') return { shown: grouped(exact), value: exact };
  if (shown === exact) return { shown };
  const unit = column.unit === null || column.unit === 'ratio' ? '' : ` ${column.unit}`;
  return { shown, value: exact, title: `${grouped(exact)}${unit}` };
}

/** The cells of a row of a result. */
export function resultCells(row: readonly Value[], columns: readonly ResultColumn[]): TableCell[] {
  return columns.map((column, index) => valueCell(row[index] ?? null, column));
}

export function largest(values: Iterable<bigint>): bigint {
  let most = 0n;
  for (const value of values) if (value > most) most = value;
  return most;
}

/**
 * A part of the largest as a bar; where only a range is known, what lies between its ends is dashed, and open to the
 * right where it has no upper end. Nothing is drawn of what is not known at all.
 */
export function barCell(low: bigint, high: bigint | null, most: bigint, kind = 'bar'): TableCell {
  const share = (part: bigint): number => (most === 0n ? 0 : Number((part * 10_000n) / most) / 100);
  const certain = share(low);
  const isUnknown = low === 0n && high === null;
  const range = isUnknown ? 0 : Math.min(100, high === null ? 100 : share(high)) - certain;
  return {
    shown: h(
      'svg.bar',
      { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      h('rect.track', { width: 100, height: 10 }),
      h('rect', { class: kind, width: low > 0n ? Math.max(certain, 0.7) : 0, height: 10 }),
      range > 0
        ? h('rect', {
            class: `${kind} range${high === null ? ' open' : ''}`,
            x: certain,
            width: Math.max(range, 0.7),
            height: 10,
          })
        : null,
    ),
    value: low.toString(),
  };
}
