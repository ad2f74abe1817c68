// SPDX-License-Identifier: Apache-2.0
/** The report of a batch as one HTML file: the distribution of waste, the worst boots, and what causes it. */

import { atLeast, type Bounds, NONE, total } from '../../model/bounds.js';
import { groupBy } from '../../model/groups.js';
import type { Result, ResultColumn, Value } from '../../query/result.js';
import { shortNames } from '../answer/short-names.js';
import { capital, count, spanText } from '../answer/words.js';
import { dataText, formatBytes, grouped, humanText, isText } from '../cell.js';
import { isNumeric } from '../columns.js';
import { binsOf, histogram } from './chart/histogram.js';
import { type Assets, documentHtml } from './document.js';
import { type Element, h, type Markup } from './markup.js';
import { barCell, dataTable, largest, resultCells, type TableCell, valueCell } from './parts/table.js';

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
  /** Cases by status: the status, how many. */
  readonly statuses: Result;
  /**
   * Bytes wasted at least, how many boots wasted as many, and what those wasted at most; NULL: unknown. In order, NULL
   * first.
   */
  readonly wasted: Result;
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
  const waste = wasteOf(batch.wasted);
  const worst = [...batch.worst.rows];
  const anchors = new Map(worst.map((row, index) => [keyOf(row), `boot-${index + 1}`]));
  const details = groupBy(batch.worstDuplicates.rows, keyOf);
  const body = [
    h(
      'header',
      h('h1', 'modwaste batch ', h('small', batch.label)),
      h(
        'nav',
        h('a', { href: '#worst' }, 'worst boots'),
        ...batch.sections.map(({ title }) => h('a', { href: `#${idOf(title)}` }, title.toLowerCase())),
      ),
    ),
    h(
      'main',
      h('p.verdict', ...verdict(waste, batch.statuses)),
      distribution(waste),
      section(
        'worst',
        'Worst boots',
        'Each row links to its modules below.',
        {
          ...batch.worst,
          rows: worst,
        },
        (row) => anchors.get(keyOf(row)) ?? null,
      ),
      ...batch.sections.map(({ title, summary, result }) => section(idOf(title), title, summary, result)),
      section('cases', 'Cases that are not ok', 'What could not be read, or only in part.', batch.bad),
      h('h2', 'The worst boots, module by module'),
      ...worst.flatMap((row) => {
        const rows = details.get(keyOf(row));
        const id = anchors.get(keyOf(row));
        return rows && id ? [bootRows(id, row, batch.worstDuplicates, rows)] : [];
      }),
    ),
    h('footer', `Made by modwaste ${batch.version}. This file makes no network requests.`),
  ];
  return documentHtml({ title: `modwaste batch: ${batch.label}`, body, blocks: [] }, batch.assets);
}

const keyOf = (row: readonly Value[]): string => `${row[1]} ${row[0]}`;
const idOf = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

/** How many boots wasted how much, in order. */
type Counts = readonly { readonly bytes: bigint; readonly boots: bigint }[];

interface Waste {
  readonly known: Counts;
  /** Of the boots that are known. */
  readonly sum: Bounds;
  /** Boots whose waste is not known. */
  readonly unknown: bigint;
}

function wasteOf({ rows }: Result): Waste {
  const known: { bytes: bigint; boots: bigint }[] = [];
  const sums: Bounds[] = [];
  let unknown = 0n;
  for (const [low, many, high] of rows) {
    const [bytes, boots] = [bigOf(low), bigOf(many) ?? 0n];
    if (bytes === null) unknown += boots;
    else {
      known.push({ bytes, boots });
      sums.push({ low: bytes * boots, high: bigOf(high) });
    }
  }
  return { known, sum: total(sums, NONE), unknown };
}

const bootsOf = (counts: Counts): bigint => counts.reduce((sum, { boots }) => sum + boots, 0n);

/** The value of the boot at a part of all of them. */
function quantile(counts: Counts, part: number): bigint {
  const wanted = Math.ceil(Number(bootsOf(counts)) * part);
  let seen = 0n;
  for (const { bytes, boots } of counts) {
    seen += boots;
    if (seen >= wanted) return bytes;
  }
  return 0n;
}

function verdict({ known, sum: all, unknown }: Waste, statuses: Result): Markup[] {
  const sum = unknown > 0n ? atLeast(all) : all;
  const cases = [...statuses.rows].reduce((so, [, of]) => so + (bigOf(of) ?? 0n), 0n);
  const wasting = bootsOf(known.filter(({ bytes }) => bytes > 0n));
  const parts: Markup[] = [
    h('b', { title: `${grouped(sum.low)} bytes` }, `${capital(spanText(sum))} wasted`),
    ` in ${grouped(wasting)} of `,
    h('b', count(bootsOf(known) + unknown, 'boot')),
    ` of ${count(cases, 'case')}`,
  ];
  const at = (part: number): string => formatBytes(quantile(known, part));
  if (known.length > 0) parts.push(`; median boot ${at(0.5)}, 95th percentile ${at(0.95)}, maximum ${at(1)}`);
  if (unknown > 0n) parts.push(`; unknown for ${grouped(unknown)} (no counters, no trace)`);
  return [...parts, '.'];
}

function distribution({ known }: Waste): Element | null {
  if (known.length === 0) return null;
  return h('figure', h('h3', 'Boots by waste'), h('div.chart', histogram(binsOf(known))));
}

function section(
  id: string,
  title: string,
  summary: string,
  { columns, rows }: Result,
  anchorOf: (row: readonly Value[]) => string | null = () => null,
): Element | null {
  const { first: all, others } = firstOf(rows, MOST_ROWS);
  if (all.length === 0) return null;
  const bytes = columns.findIndex(({ name }) => name === 'wasted_bytes' || name === 'bytes');
  const high = columns.findIndex(({ name }) => name === 'wasted_high' || name === 'bytes_high');
  const most = largest(all.flatMap((row) => bigOf(row[bytes]) ?? []));
  const bar = (row: readonly Value[]): TableCell => {
    const low = bigOf(row[bytes]) ?? 0n;
    // Sums over boots say in their column's help that they are lower bounds.
    return barCell(low, high < 0 ? low : bigOf(row[high]), most);
  };
  const names = caseNames(columns, all);
  const cells = (row: readonly Value[]): TableCell[] =>
    columns.flatMap((column, index): TableCell[] => {
      const value = row[index] ?? null;
      const anchor = index === 0 ? anchorOf(row) : null;
      const cell = column.name === 'case' ? nameCell(value, column, names) : valueCell(value, column);
      const shown = anchor !== null ? { ...cell, shown: h('a', { href: `#${anchor}` }, cell.shown) } : cell;
      return index === bytes ? [shown, bar(row)] : [shown];
    });
  return h(
    'section',
    { id },
    h('h3', title, h('small', summary)),
    dataTable({
      label: title,
      columns: columns.flatMap((column, index) => {
        const own = { name: column.name.replaceAll('_', ' '), numeric: isNumeric(column, []) };
        return index === bytes ? [own, { name: '' }] : [own];
      }),
      rows: all.map(cells),
    }),
    others > 0
      ? h(
          'p.note',
          `The first ${MOST_ROWS} of ${grouped(all.length + others)} rows; modwaste batch-query lists all.`,
        )
      : null,
  );
}

/** Cases of a table by the shortest names that tell them apart: a folder that all share fills a column with nothing. */
function caseNames(columns: Result['columns'], rows: readonly (readonly Value[])[]): Map<string, string> {
  const index = columns.findIndex(({ name }) => name === 'case');
  const paths = rows.map((row) => row[index] ?? null).filter(isText);
  return shortNames(paths);
}

function nameCell(value: Value, column: ResultColumn, names: ReadonlyMap<string, string>): TableCell {
  const name = isText(value) ? (names.get(value) ?? value) : value;
  return { ...valueCell(name, column), value: dataText(value) ?? '', title: humanText(value, column) };
}

/** The first rows, and how many follow: a table of a million is not kept. */
function firstOf(rows: Result['rows'], most: number): { first: (readonly Value[])[]; others: number } {
  const first: (readonly Value[])[] = [];
  let others = 0;
  for (const row of rows) {
    if (first.length < most) first.push(row);
    else others++;
  }
  return { first, others };
}

const bigOf = (value: Value | undefined): bigint | null => (typeof value === 'bigint' ? value : null);

function bootRows(
  id: string,
  [name, boot]: readonly Value[],
  { columns }: Result,
  rows: readonly (readonly Value[])[],
): Element {
  const label = `${isText(name ?? null) ? name : ''}, boot ${boot}`;
  return h(
    'figure.evidence',
    { id },
    h('figcaption', label),
    dataTable({
      label,
      columns: columns
        .slice(2)
        .map((column) => ({ name: column.name.replaceAll('_', ' '), numeric: isNumeric(column, []) })),
      rows: rows.map((row) => resultCells(row, columns).slice(2)),
    }),
  );
}
