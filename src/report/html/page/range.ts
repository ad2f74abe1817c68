// SPDX-License-Identifier: Apache-2.0
/** The chosen time in the tables of a boot: sums over its calls, and only those rows that fall into it. */

import { formatSeconds } from '../../../model/time.js';
import type { Value } from '../../../query/result.js';
import { spanText } from '../../answer/words.js';
import { spanLabel } from '../chart/scale.js';
import { h } from '../markup.js';
import { dataTable, headOf, valueCell } from '../parts/table.js';

import { pageData } from './blocks.js';
import type { BootCalls } from './calls.js';
import { mountHtml } from './dom.js';
import type { Focus } from './focus.js';
import { clickableModules } from './search.js';
import type { SqlThread } from './sql.js';
import { columnNamed, liveTable } from './tables.js';
import type { View } from './view.js';

/** Tables that are sums over calls: the canned query `window` gives them for a span of time. */
const SUMS = [
  { label: 'Worst modules', by: 'module' },
  { label: 'Load calls by requester', by: 'requester' },
] as const;
/** Heads of columns that hold a row's moment. */
const MOMENTS = ['t', 'first t'];
/** Rows of a sum that are shown. */
const MOST = 250;
/** Milliseconds without a further change of the view, after which the tables follow. */
const CALM = 150;

export interface Charted {
  readonly boot: number;
  readonly calls: BootCalls;
  readonly view: View;
  readonly thread: SqlThread;
  readonly focus: Focus;
}

export class ChosenTime {
  readonly #section: HTMLElement;
  readonly #charted: Charted;
  #timer = 0;
  /** Counts the changes of the view: an answer that comes after another change is dropped. */
  #turn = 0;

  constructor(section: HTMLElement, charted: Charted) {
    this.#section = section;
    this.#charted = charted;
    charted.view.onChange(() => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void this.#follow(), CALM);
    });
  }

  /** A moment of the view on the clock: exact nanoseconds, or ticks. */
  #moment(at: number): bigint {
    return this.#charted.calls.zero + BigInt(Math.round(at));
  }

  async #follow(): Promise<void> {
    const turn = ++this.#turn;
    const { calls, view } = this.#charted;
    const { whole, from, to } = view;
    const words = whole ? null : `in the chosen ${spanLabel(to - from, calls.unit)}`;
    const [start, end] = [this.#moment(from), this.#moment(to)];
    for (const table of this.#section.querySelectorAll<HTMLTableElement>('table.data')) {
      if (!table.closest('.window'))
        filterRows(table, whole ? null : { start, end, unit: calls.unit }, words);
    }
    for (const sum of SUMS) {
      const region = this.#section.querySelector<HTMLElement>(
        `.table[aria-label="${sum.label}"]:not(.window)`,
      );
      if (!region) continue;
      const made = words === null ? null : await this.#sums(sum.by, sum.label, start, end);
      if (turn !== this.#turn) return;
      this.#replace(region, made, words);
    }
  }

  async #sums(by: string, label: string, start: bigint, end: bigint): Promise<HTMLElement> {
    const query = (await pageData()).queries.find(({ name }) => name === 'window') ?? null;
    const { calls, thread, boot } = this.#charted;
    const ticks = calls.unit === 'ticks';
    const text = (moment: bigint): string => {
      const least = moment < 0n ? 0n : moment;
      return ticks ? least.toString() : formatSeconds(least);
    };
    const { columns, rows } = await thread.ask(
      {
        query,
        sql: null,
        given: [
          ['from', text(start)],
          ['to', text(end)],
          ['by', by],
        ],
        most: Number.MAX_SAFE_INTEGER,
        format: null,
      },
      30,
    );
    const omitted = new Set(['boot', 'wasted_low', 'wasted_high', ...(by === 'module' ? ['comm'] : [])]);
    const shown = columns.filter(({ name }) => !omitted.has(name));
    const own = rows.filter((row) => Number(row[0]) === boot);
    const bytes = (row: readonly Value[], name: string): bigint | null => {
      const value = row[columns.findIndex((column) => column.name === name)];
      return typeof value === 'bigint' ? value : null;
    };
    return mountHtml(
      dataTable({
        label: `${label}, chosen time`,
        columns: [
          ...shown.map((column) => ({
            name: column.name === 'name' ? by : headOf(column.name),
            numeric: column.type !== 'TEXT',
          })),
          { name: 'wasted', numeric: true },
        ],
        rows: own.slice(0, MOST).map((row) => {
          const low = bytes(row, 'wasted_low') ?? 0n;
          const wasted = spanText({ low, high: bytes(row, 'wasted_high') });
          return [
            ...shown.map((column) => valueCell(row[columns.indexOf(column)] ?? null, column)),
            { shown: wasted, value: low.toString() },
          ];
        }),
        more: { rows: own.length - MOST, query: 'window' },
      }),
    );
  }

  /** Shows the sums of the chosen time in place of those of the boot; null shows the boot's again. */
  #replace(region: HTMLElement, made: HTMLElement | null, words: string | null): void {
    const part = region.parentElement;
    part?.querySelector('.window')?.remove();
    part?.querySelector('.chosen')?.remove();
    const filter = part?.querySelector<HTMLElement>('.filter');
    region.hidden = made !== null;
    if (filter) filter.hidden = made !== null;
    if (!made || words === null) return;
    const holder = mountHtml(h('div.window'));
    holder.append(made);
    region.after(holder);
    const table = made.querySelector('table');
    if (table) liveTable(table);
    if (table) clickableModules(table, this.#charted.focus);
    part?.querySelector('h3')?.append(mountHtml(h('small.chosen', words)));
  }
}

interface Span {
  readonly start: bigint;
  readonly end: bigint;
  readonly unit: 'ns' | 'ticks';
}

/** Hides the rows whose moment lies outside; a table without moments stays as it is. */
function filterRows(table: HTMLTableElement, span: Span | null, words: string | null): void {
  const column = columnNamed(table, MOMENTS);
  const body = table.tBodies[0];
  if (column < 0 || !body) return;
  let inside = 0;
  for (const row of body.rows) {
    const cell = row.cells[column];
    const moment = momentOf(cell?.dataset.v ?? cell?.textContent ?? '', span?.unit ?? 'ns');
    const out = span !== null && (moment === null || moment < span.start || moment > span.end);
    row.classList.toggle('outside', out);
    if (!out) inside++;
  }
  const part = table.closest('.part');
  const head = part?.querySelector('h3, summary');
  head?.querySelector('.chosen')?.remove();
  if (words !== null) {
    head?.append(mountHtml(h('small.chosen', ` ${inside} of ${body.rows.length} ${words}`)));
  }
}

/** `49.439235` -> nanoseconds; ticks as they are. */
function momentOf(text: string, unit: 'ns' | 'ticks'): bigint | null {
  const [, seconds, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (seconds === undefined) return null;
  return unit === 'ticks' ? BigInt(seconds) : BigInt(seconds + fraction.padEnd(9, '0').slice(0, 9));
}
