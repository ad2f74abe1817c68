// SPDX-License-Identifier: Apache-2.0
/** The query console: the canned queries with their documentation, to be changed and run, over the case's tables. */

import { parseQuery, type Query } from '../../../query/head.js';
import { ParamError, parseAssignments } from '../../../query/params.js';
import { count } from '../../answer/words.js';
import { grouped } from '../../cell.js';
import type { Format } from '../../format.js';
import { pageData } from './blocks.js';
import { consoleLayout, failureText, queryDocs, resultDocs, resultTable } from './console-layout.js';
import { button, download, find, mount } from './dom.js';
import { type Question, SqlFailed, type SqlThread } from './sql.js';
import type { PageState } from './state.js';
import { liveTable } from './tables.js';

/** Rows that are shown of a result; its download has them all. */
const MOST_SHOWN = 1000;
/** The query that is there at first. */
const FIRST = 'duplicates';

export class Console {
  readonly #queries: ReadonlyMap<string, Query>;
  readonly #thread: SqlThread;
  readonly #state: PageState;
  readonly #place: HTMLElement;
  readonly #choice: HTMLSelectElement;
  readonly #limit: HTMLSelectElement;
  readonly #editor: HTMLTextAreaElement;
  readonly #params: HTMLInputElement;
  readonly #docs: HTMLElement;
  readonly #status: HTMLElement;
  readonly #output: HTMLElement;
  readonly #stop: HTMLButtonElement;

  static async open(place: HTMLElement, thread: SqlThread, state: PageState): Promise<Console> {
    const { queries } = await pageData();
    const parsed = new Map(queries.map(({ name, sql }) => [name, parseQuery(name, sql, name)]));
    return new Console(place, parsed, thread, state);
  }

  private constructor(
    place: HTMLElement,
    queries: ReadonlyMap<string, Query>,
    thread: SqlThread,
    state: PageState,
  ) {
    this.#place = place;
    this.#queries = queries;
    this.#thread = thread;
    this.#state = state;
    place.replaceChildren(mount(consoleLayout([...queries.keys()])));
    this.#choice = find(place, 'select[name=query]', HTMLSelectElement);
    this.#limit = find(place, 'select[name=limit]', HTMLSelectElement);
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
    this.#stop = button('Stop', 'Stop the running statement', () => this.#thread.stop());
    this.#stop.disabled = true;
    find(place, '.buttons', HTMLElement).append(
      button('Run', 'Run the SQL (Ctrl+Enter)', () => void this.run()),
      this.#stop,
      button('CSV', 'Download all rows of this SQL as CSV', () => void this.download('csv')),
      button('JSON', 'Download all rows of this SQL as JSON', () => void this.download('json')),
    );
    this.choose(queries.has(FIRST) ? FIRST : ([...queries.keys()][0] ?? ''));
  }

  /** Puts a canned query into the editor. */
  choose(name: string): void {
    const query = this.#queries.get(name);
    this.#choice.value = query ? name : '';
    if (!query) return;
    this.#editor.value = bare(query);
    this.#params.value = query.params.map((param) => `${param.name}=${param.defaultText ?? ''}`).join(' ');
    this.#docs.replaceChildren(mount(queryDocs(query)));
  }

  async show(name: string): Promise<void> {
    this.choose(name);
    this.#place.closest('section')?.scrollIntoView();
    await this.run();
    this.#editor.focus({ preventScroll: true });
  }

  /** Runs again what a passed-on address holds. */
  async restore(): Promise<void> {
    const { query, params, sql } = this.#state.values;
    if (query === undefined && sql === undefined) return;
    this.choose(query ?? '');
    if (params !== undefined) this.#params.value = params;
    if (sql !== undefined) this.#editor.value = sql;
    await this.run();
  }

  get #query(): Query | null {
    return this.#queries.get(this.#choice.value) ?? null;
  }

  get #edited(): boolean {
    return this.#query === null || bare(this.#query) !== this.#editor.value.trim();
  }

  #question(format: Format | null): Question {
    const query = this.#query;
    const given = parseAssignments(this.#params.value.split(/\s+/).filter((word) => word !== ''));
    return {
      query: query && { name: query.name, sql: query.sql },
      sql: this.#edited ? this.#editor.value : null,
      given: [...given],
      most: MOST_SHOWN,
      format,
    };
  }

  /** Does something with the thread; what goes wrong is shown. */
  async #guarded(work: () => Promise<string>): Promise<void> {
    this.#status.textContent = 'running';
    this.#stop.disabled = false;
    try {
      this.#status.textContent = await work();
    } catch (error) {
      this.#status.textContent = 'failed';
      this.#output.replaceChildren(mount(failureText(failureOf(error))));
    } finally {
      this.#stop.disabled = true;
    }
  }

  run(): Promise<void> {
    return this.#guarded(async () => {
      const start = performance.now();
      const answer = await this.#thread.ask(this.#question(null), Number(this.#limit.value));
      const took = Math.round(performance.now() - start);
      const query = this.#query;
      this.#output.replaceChildren(mount(resultTable(answer)));
      const table = this.#output.querySelector('table');
      if (table) liveTable(table);
      this.#docs.replaceChildren(
        mount(this.#edited || !query ? resultDocs(answer.columns, query) : queryDocs(query)),
      );
      this.#state.set({
        query: query?.name,
        params: this.#params.value || undefined,
        sql: this.#edited ? this.#editor.value : undefined,
      });
      const rows = answer.rows.length;
      return answer.more
        ? `the first ${grouped(rows)} rows; a download has all of them (${took} ms)`
        : `${count(rows, 'row')} (${took} ms)${rows === 0 && answer.empty ? `. ${answer.empty}` : ''}`;
    });
  }

  download(format: 'csv' | 'json'): Promise<void> {
    return this.#guarded(async () => {
      const name = `${this.#fileName()}.${format}`;
      const { text } = await this.#thread.ask(this.#question(format), Number(this.#limit.value));
      download(text ?? new Blob(), name);
      return `${name} written`;
    });
  }

  /** After what is run: `timeline-bucket_ms-100`, `duplicates-edited`, `sql`. */
  #fileName(): string {
    const query = this.#query;
    if (!query) return 'sql';
    if (this.#edited) return `${query.name}-edited`;
    const changed = this.#question(null).given.filter(([name, value]) =>
      query.params.some((param) => param.name === name && param.defaultText !== value),
    );
    return [query.name, ...changed.flat()].join('-').replace(/[^\w.-]+/g, '_');
  }
}

/** A query's SQL without its head, which stands beside the editor. */
const bare = ({ sql }: Query): string => sql.replace(/^(?:--.*\n)+/, '').trim();

function failureOf(error: unknown) {
  if (error instanceof SqlFailed) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return { message, suggestion: error instanceof ParamError ? error.suggestion : null, place: null };
}
