// SPDX-License-Identifier: Apache-2.0
/** The query console: the canned queries with their documentation, to be changed and run, over the case's tables. */
import { parseQuery, type Query } from '../../../query/head.js';
import { ParamError, parseAssignments } from '../../../query/params.js';
import type { Result, Value } from '../../../query/result.js';
import { runQuery, runSql } from '../../../query/run.js';
import { SqlError } from '../../../query/sql-error.js';
import { namedParams } from '../../../query/sql-text.js';
import { TABLES } from '../../../store/schema.js';
import { isNumeric } from '../../columns.js';
import { type Format, formatResult } from '../../format.js';
import { grouped } from '../chart/scale.js';
import { h, type Markup } from '../markup.js';
import { dataTable, valueCell } from '../parts/table.js';
import { pageData } from './blocks.js';
import { openDatabase } from './database.js';
import { button, find, mount } from './dom.js';
import { liveTable } from './tables.js';

/** Rows that are shown of a result; its download has them all. */
const MOST_SHOWN = 1000;
/** The query that is there at first. */
const FIRST = 'duplicates';
const OWN = 'one’s own SQL';

export class Console {
  readonly #queries: ReadonlyMap<string, Query>;
  readonly #place: HTMLElement;
  readonly #choice: HTMLSelectElement;
  readonly #editor: HTMLTextAreaElement;
  readonly #params: HTMLInputElement;
  readonly #docs: HTMLElement;
  readonly #status: HTMLElement;
  readonly #output: HTMLElement;

  static async open(place: HTMLElement): Promise<Console> {
    const { queries } = await pageData();
    return new Console(place, new Map(queries.map(({ name, sql }) => [name, parseQuery(name, sql, name)])));
  }

  private constructor(place: HTMLElement, queries: ReadonlyMap<string, Query>) {
    this.#place = place;
    this.#queries = queries;
    place.replaceChildren(mount(layout([...queries.keys()])));
    this.#choice = find(place, 'select', HTMLSelectElement);
    this.#editor = find(place, 'textarea', HTMLTextAreaElement);
    this.#params = find(place, 'input[name=params]', HTMLInputElement);
    this.#docs = find(place, '.docs', HTMLElement);
    this.#status = find(place, '.status', HTMLElement);
    this.#output = find(place, '.output', HTMLElement);
    this.#choice.addEventListener('change', () => this.choose(this.#choice.value));
    this.#editor.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      void this.run();
    });
    find(place, '.buttons', HTMLElement).append(
      button('Run', 'Run the SQL (Ctrl+Enter)', () => void this.run()),
      button('CSV', 'Download all rows of this SQL as CSV', () => void this.download('csv')),
      button('JSON', 'Download all rows of this SQL as JSON', () => void this.download('json')),
    );
    this.choose(queries.has(FIRST) ? FIRST : ([...queries.keys()][0] ?? ''));
  }

  /** Puts a canned query into the editor. */
  choose(name: string): void {
    const query = this.#queries.get(name);
    this.#choice.value = name;
    if (!query) return;
    // What the head says stands beside the editor.
    this.#editor.value = query.sql.replace(/^(?:--.*\n)+/, '').trimEnd();
    this.#params.value = query.params.map((param) => `${param.name}=${param.defaultText ?? ''}`).join(' ');
    this.#docs.replaceChildren(mount(documentation(query)));
  }

  async show(name: string): Promise<void> {
    this.choose(name);
    this.#place.closest('section')?.scrollIntoView();
    await this.run();
    this.#editor.focus({ preventScroll: true });
  }

  async #result(): Promise<Result> {
    const query = this.#queries.get(this.#choice.value);
    const sql = this.#editor.value;
    const given = new Map([
      ...parseAssignments(this.#params.value.split(/\s+/).filter((word) => word !== '')),
    ]);
    const db = await openDatabase(sql);
    if (query?.sql.trimEnd().endsWith(sql.trim())) return runQuery(db, query, given);
    const named = namedParams(sql);
    const result = runSql(db, 'SQL', sql, new Map([...given].filter(([name]) => named.includes(name))));
    if (!query) return result;
    // A changed query keeps the types and units of the columns whose names are left.
    const columns = result.columns.map(
      (column) =>
        query.columns.find(({ name }) => name === column.name && column.type !== 'SECONDS') ?? column,
    );
    return { ...result, columns };
  }

  async run(): Promise<void> {
    this.#status.textContent = 'running';
    // Lets the word be painted before the page is busy.
    await new Promise((resolve) => setTimeout(resolve));
    const start = performance.now();
    try {
      const result = await this.#result();
      const rows: (readonly Value[])[] = [];
      let more = false;
      for (const row of result.rows) {
        if (rows.length === MOST_SHOWN) {
          more = true;
          break;
        }
        rows.push(row);
      }
      const took = Math.round(performance.now() - start);
      this.#status.textContent = more
        ? `the first ${grouped(rows.length)} rows; a download has them all (${took} ms)`
        : `${grouped(rows.length)} row${rows.length === 1 ? '' : 's'} (${took} ms)${rows.length === 0 ? `. ${result.empty ?? ''}` : ''}`;
      this.#output.replaceChildren(mount(resultTable(result, rows)));
      const table = this.#output.querySelector('table');
      if (table) liveTable(table);
    } catch (error) {
      this.#fail(error);
    }
  }

  async download(format: Format): Promise<void> {
    try {
      const text = [...formatResult(await this.#result(), format)];
      const link = document.createElement('a');
      link.href = URL.createObjectURL(
        new Blob(text, { type: format === 'csv' ? 'text/csv' : 'application/json' }),
      );
      link.download = `${this.#choice.value || 'result'}.${format}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      this.#status.textContent = `${link.download} written`;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#status.textContent = 'failed';
    this.#output.replaceChildren(mount(failure(error)));
  }
}

function layout(names: readonly string[]): Markup {
  return [
    h(
      'div',
      { class: 'console-head' },
      h(
        'label',
        {},
        'query ',
        h(
          'select',
          {},
          ...names.map((name) => h('option', { value: name }, name)),
          h('option', { value: '' }, OWN),
        ),
      ),
      h(
        'label',
        {},
        'parameters ',
        h('input', { name: 'params', spellcheck: 'false', placeholder: 'name=value' }),
      ),
      h('span', { class: 'buttons' }),
      h('span', { class: 'status note', role: 'status' }),
    ),
    h(
      'div',
      { class: 'grid even' },
      h('textarea', { 'aria-label': 'SQL', spellcheck: 'false', rows: 14 }),
      h('div', { class: 'docs', tabindex: 0, role: 'region', 'aria-label': 'What the query gives' }),
    ),
    h('div', { class: 'output' }),
    h('details', { class: 'part' }, h('summary', {}, 'Tables'), ...TABLES.map(tableDocs)),
  ];
}

function tableDocs({ name, doc, columns, computed }: (typeof TABLES)[number]): Markup {
  return [
    h('h4', {}, name),
    h('p', {}, doc),
    h(
      'dl',
      {},
      ...[...columns, ...computed].flatMap((column) => [
        h(
          'dt',
          {},
          `${column.name} `,
          h('small', {}, `${column.type}${column.unit ? `, ${column.unit}` : ''}`),
        ),
        h('dd', {}, column.doc),
      ]),
    ),
  ];
}

function documentation({ summary, params, columns, empty }: Query): Markup {
  return [
    h('p', {}, summary),
    h(
      'dl',
      {},
      ...params.flatMap((param) => [
        h(
          'dt',
          {},
          `$${param.name} `,
          h('small', {}, `${param.type}, ${param.defaultText ?? 'must be given'}`),
        ),
        h('dd', {}, param.meaning),
      ]),
      ...columns.flatMap((column) => [
        h('dt', {}, `${column.name} `, h('small', {}, column.unit ?? '')),
        h('dd', {}, column.meaning),
      ]),
    ),
    h('p', { class: 'note' }, `No rows: ${empty}`),
  ];
}

function resultTable({ columns }: Result, rows: readonly (readonly Value[])[]): Markup {
  return dataTable({
    label: 'Result',
    columns: columns.map((column, index) => ({
      name: column.name,
      numeric: isNumeric(
        column,
        rows.slice(0, 50).map((row) => row[index] ?? null),
      ),
    })),
    rows: rows.map((row) =>
      row.map((value, index) => {
        const column = columns[index];
        return column ? valueCell(value, column) : { shown: null };
      }),
    ),
  });
}

function failure(error: unknown): Markup {
  if (error instanceof SqlError) {
    const { place, suggestion } = error;
    return [
      h(
        'p',
        { class: 'error', role: 'alert' },
        error.message,
        suggestion === null ? null : `; ${suggestion}`,
      ),
      place ? h('pre', {}, `${place.text}\n${' '.repeat(place.column - 1)}^`) : null,
    ];
  }
  const suggestion = error instanceof ParamError && error.suggestion !== null ? `; ${error.suggestion}` : '';
  return h(
    'p',
    { class: 'error', role: 'alert' },
    `${error instanceof Error ? error.message : String(error)}${suggestion}`,
  );
}
