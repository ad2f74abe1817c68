// SPDX-License-Identifier: Apache-2.0
/** Tables made live: sorted by a column's exact values, filtered by a word. */
import { h } from '../markup.js';
import { mountHtml } from './dom.js';

/** Rows from which on a table can be filtered. */
const FILTERED = 8;

/** What a cell sorts by: a number where it is one, else its text. */
function keyOf(row: HTMLTableRowElement, column: number): string {
  const cell = row.cells[column];
  return cell?.dataset.v ?? cell?.textContent ?? '';
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** Exact, also for integers beyond 2^53; what is empty comes last, whichever the direction. */
function compareKeys(a: string, b: string, direction: number): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  if (NUMBER.test(a) && NUMBER.test(b)) {
    const [left, right] = [Number(a), Number(b)];
    if (left !== right) return left < right ? -direction : direction;
    if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) {
      const order = BigInt(a) - BigInt(b);
      return order === 0n ? 0 : order < 0n ? -direction : direction;
    }
    return 0;
  }
  return a < b ? -direction : a > b ? direction : 0;
}

/** The first column under one of these heads, or -1. */
export function columnNamed(table: HTMLTableElement, heads: readonly string[]): number {
  return [...(table.tHead?.rows[0]?.cells ?? [])].findIndex((cell) => heads.includes(cell.textContent ?? ''));
}

export function liveTable(table: HTMLTableElement): void {
  const body = table.tBodies[0];
  const head = table.tHead?.rows[0];
  if (!body || !head) return;
  for (const [column, cell] of [...head.cells].entries()) {
    if (cell.textContent === '') continue;
    const sort = document.createElement('button');
    sort.type = 'button';
    sort.append(...cell.childNodes);
    cell.append(sort);
    sort.addEventListener('click', () => {
      const numeric = cell.classList.contains('n');
      const now = cell.getAttribute('aria-sort');
      const direction = now === null ? (numeric ? -1 : 1) : now === 'ascending' ? -1 : 1;
      for (const other of head.cells) other.removeAttribute('aria-sort');
      cell.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
      const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row, column) }));
      keyed.sort((a, b) => compareKeys(a.key, b.key, direction));
      body.append(...keyed.map(({ row }) => row));
    });
  }
  if (body.rows.length >= FILTERED) addFilter(table, body);
}

function addFilter(table: HTMLTableElement, body: HTMLTableSectionElement): void {
  const input = document.createElement('input');
  input.type = 'search';
  input.placeholder = 'filter';
  input.setAttribute(
    'aria-label',
    `Filter ${table.closest('[aria-label]')?.getAttribute('aria-label') ?? 'the table'}`,
  );
  const shownCount = mountHtml(h('span.note', { 'aria-live': 'polite' }));
  input.addEventListener('input', () => {
    const wanted = input.value.toLowerCase();
    let shown = 0;
    for (const row of body.rows) {
      row.hidden = !(row.textContent ?? '').toLowerCase().includes(wanted);
      if (!row.hidden) shown++;
    }
    shownCount.textContent = wanted === '' ? '' : ` ${shown} of ${body.rows.length} rows`;
  });
  const bar = mountHtml(h('div.filter'));
  bar.append(input, shownCount);
  const holder = table.closest('.table');
  holder?.before(bar);
}
