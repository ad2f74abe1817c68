// SPDX-License-Identifier: Apache-2.0
/** The report of a batch as one HTML file: how waste is distributed, the worst boots, and by what it comes. */

import { atLeast, type Bounds, NONE, total } from '../../model/bounds.js';
import type { Result, Value } from '../../query/result.js';
import { capital, count, spanText } from '../answer/words.js';
import { formatBytes, isText } from '../cell.js';
import { isNumeric } from '../columns.js';
import { binsOf, histogram } from './chart/histogram.js';
import { grouped } from './chart/scale.js';
import { type Assets, documentHtml } from './document.js';
import { type Element, h, type Markup } from './markup.js';
import { barCell, dataTable, largest, type TableCell, valueCell } from './parts/table.js';

export interface BatchSection {
  readonly title: string;
  /** What a row is. */
  readonly summary: string;
  readonly result: Result;
}

export interface BatchHtml {
  readonly label: string;
  readonly version: string;
  readonly assets: Assets;
  /** Cases by status. */
  readonly statuses: readonly { readonly status: string; readonly cases: bigint }[];
  /** Bytes wasted in each boot; null where nothing is known. */
  readonly wasted: readonly (Bounds | null)[];
  /** Boots, worst first: `case`, `boot`, then what is known of them. */
  readonly worst: Result;
  /** Duplicates of the worst boots: `case`, `boot`, then columns of that query. */
  readonly worstDuplicates: Result;
  readonly sections: readonly BatchSection[];
  /** Cases that are not ok. */
  readonly bad: Result;
}

const MOST_ROWS = 250;

export function batchHtml(batch: BatchHtml): Generator<string> {
  const worst = [...batch.worst.rows];
  const anchors = new Map(worst.map((row, index) => [keyOf(row), `boot-${index + 1}`]));
  const details = perBoot(batch.worstDuplicates);
  const body = [
    h(
      'header',
      {},
      h('h1', {}, 'modwaste batch ', h('small', {}, batch.label)),
      h(
        'nav',
        {},
        h('a', { href: '#worst' }, 'worst boots'),
        ...batch.sections.map(({ title }) => h('a', { href: `#${idOf(title)}` }, title.toLowerCase())),
      ),
    ),
    h(
      'main',
      {},
      h('p', { class: 'verdict' }, ...verdict(batch)),
      distribution(batch.wasted),
      section(
        'worst',
        'Worst boots',
        'Each leads to its modules below.',
        {
          ...batch.worst,
          rows: worst,
        },
        (row) => anchors.get(keyOf(row)) ?? null,
      ),
      ...batch.sections.map(({ title, summary, result }) => section(idOf(title), title, summary, result)),
      section('cases', 'Cases that are not ok', 'What could not be read, or only in part.', batch.bad),
      h('h2', {}, 'The worst boots, module by module'),
      ...worst.flatMap((row) => {
        const rows = details.get(keyOf(row));
        const id = anchors.get(keyOf(row));
        return rows && id ? [bootRows(id, row, batch.worstDuplicates, rows)] : [];
      }),
    ),
    h('footer', {}, `Made by modwaste ${batch.version}. This file makes no network requests.`),
  ];
  return documentHtml({ title: `modwaste batch: ${batch.label}`, body, blocks: [] }, batch.assets);
}

const keyOf = (row: readonly Value[]): string => `${row[1]} ${row[0]}`;
const idOf = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

function verdict({ wasted, statuses }: BatchHtml): Markup[] {
  const known = wasted.filter((bytes) => bytes !== null);
  const unknown = wasted.length - known.length;
  const all = total(known, NONE);
  const sum = unknown > 0 ? atLeast(all) : all;
  const cases = statuses.reduce((so, { cases: of }) => so + of, 0n);
  const wasting = known.filter(({ low }) => low > 0n).length;
  const parts: Markup[] = [
    h('b', { title: `${grouped(sum.low)} bytes` }, `${capital(spanText(sum))} wasted`),
    ` in ${grouped(wasting)} of `,
    h('b', {}, count(BigInt(wasted.length), 'boot')),
    ` of ${count(cases, 'case')}`,
  ];
  const sorted = known.map(({ low }) => low).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const at = (part: number): string => formatBytes(sorted[Math.ceil(sorted.length * part) - 1] ?? 0n);
  if (sorted.length > 0)
    parts.push(`; median boot ${at(0.5)}, 95th percentile ${at(0.95)}, maximum ${at(1)}`);
  if (unknown > 0) parts.push(`; unknown for ${grouped(unknown)} (no counters, no trace)`);
  return [...parts, '.'];
}

function distribution(wasted: readonly (Bounds | null)[]): Element | null {
  const known = wasted.flatMap((bytes) => (bytes === null ? [] : [Number(bytes.low)]));
  if (known.length === 0) return null;
  return h(
    'figure',
    {},
    h('h3', {}, 'Boots by what they wasted'),
    h('div', { class: 'chart' }, histogram(binsOf(known))),
  );
}

function section(
  id: string,
  title: string,
  summary: string,
  { columns, rows }: Result,
  anchorOf: (row: readonly Value[]) => string | null = () => null,
): Element | null {
  const all = [...rows];
  if (all.length === 0) return null;
  const bytes = columns.findIndex(({ name }) => name === 'wasted_bytes' || name === 'bytes');
  const high = columns.findIndex(({ name }) => name === 'wasted_high' || name === 'bytes_high');
  const most = largest(all.flatMap((row) => bigOf(row[bytes]) ?? []));
  const bar = (row: readonly Value[]): TableCell => {
    const low = bigOf(row[bytes]) ?? 0n;
    // Sums over boots say in their column's help that they are lower bounds.
    return barCell(low, high < 0 ? low : bigOf(row[high]), most);
  };
  const cells = (row: readonly Value[]): TableCell[] =>
    columns.flatMap((column, index): TableCell[] => {
      const value = row[index] ?? null;
      const anchor = index === 0 ? anchorOf(row) : null;
      const cell = valueCell(value, column);
      const shown = anchor !== null ? { ...cell, shown: h('a', { href: `#${anchor}` }, cell.shown) } : cell;
      return index === bytes ? [shown, bar(row)] : [shown];
    });
  return h(
    'section',
    { id },
    h('h3', {}, title, h('small', {}, summary)),
    dataTable({
      label: title,
      columns: columns.flatMap((column, index) => {
        const own = { name: column.name.replaceAll('_', ' '), numeric: isNumeric(column, []) };
        return index === bytes ? [own, { name: '' }] : [own];
      }),
      rows: all.slice(0, MOST_ROWS).map(cells),
    }),
    all.length > MOST_ROWS
      ? h(
          'p',
          { class: 'note' },
          `The first ${MOST_ROWS} of ${grouped(all.length)} rows; modwaste batch-query has them all.`,
        )
      : null,
  );
}

const bigOf = (value: Value | undefined): bigint | null => (typeof value === 'bigint' ? value : null);

/** Rows by case and boot. */
function perBoot({ rows }: Result): Map<string, (readonly Value[])[]> {
  const found = new Map<string, (readonly Value[])[]>();
  for (const row of rows) found.set(keyOf(row), [...(found.get(keyOf(row)) ?? []), row]);
  return found;
}

function bootRows(
  id: string,
  [name, boot]: readonly Value[],
  { columns }: Result,
  rows: readonly (readonly Value[])[],
): Element {
  const label = `${isText(name ?? null) ? name : ''}, boot ${boot}`;
  return h(
    'figure',
    { class: 'evidence', id },
    h('figcaption', {}, label),
    dataTable({
      label,
      columns: columns
        .slice(2)
        .map((column) => ({ name: column.name.replaceAll('_', ' '), numeric: isNumeric(column, []) })),
      rows: rows.map((row) =>
        row.slice(2).map((value, index) => {
          const column = columns[index + 2];
          return column ? valueCell(value, column) : { shown: null };
        }),
      ),
    }),
  );
}
