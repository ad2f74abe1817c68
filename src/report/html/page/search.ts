// SPDX-License-Identifier: Apache-2.0
/** The search field of the page, and the modules that can be clicked in its tables. */
import { count } from '../../answer/words.js';
import { OUTCOMES } from '../chart/calls.js';
import { h } from '../markup.js';
import type { BootCalls } from './calls.js';
import { button, find, mountHtml } from './dom.js';
import type { Focus, Outcome } from './focus.js';
import type { Lanes } from './lanes.js';
import type { PageState } from './state.js';
import { columnNamed } from './tables.js';

export interface SearchedBoot {
  readonly calls: BootCalls;
  readonly lanes: Lanes | null;
}

/** Puts the field into the page's head; `/` leads to it, Enter goes from call to call. */
export function searchField(focus: Focus, boots: readonly SearchedBoot[]): HTMLInputElement {
  const place = mountHtml(
    h(
      'span.search',
      { role: 'search' },
      h('input', {
        type: 'search',
        placeholder: 'module, task or pid ( / )',
        'aria-label': 'Search calls by module, task or pid',
        title: 'Enter: next call; Shift+Enter: the one before; Esc: none',
      }),
      h('span.note', { 'aria-live': 'polite' }),
    ),
  );
  const input = find(place, 'input', HTMLInputElement);
  const note = find(place, '.note', HTMLElement);
  const clear = button('clear', 'Clear the search (Esc)', () => {
    input.value = '';
    focus.clear();
  });
  place.append(clear);
  document.querySelector('header')?.append(place);
  input.addEventListener('input', () => focus.set({ search: input.value.trim() }));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      clear.click();
      input.blur();
    }
    if (event.key !== 'Enter') return;
    event.preventDefault();
    for (const { lanes } of boots) if ((lanes?.next(event.shiftKey ? -1 : 1) ?? 0) > 0) break;
  });
  const show = (): void => {
    const { module, outcome, search } = focus.sought;
    if (input.value.trim() !== search) input.value = search;
    clear.hidden = !focus.any;
    const found = boots.reduce((sum, { calls }) => {
      const test = focus.test(calls);
      return sum + (test ? calls.start.filter((_, index) => test(index)).length : 0);
    }, 0);
    const named = [module, outcome].filter((part) => part !== null).join(', ');
    note.textContent = focus.any ? ` ${named} ${count(found, 'call')}` : '';
  };
  focus.onChange(show);
  show();
  return input;
}

/** Heads of columns that hold the name of a module. */
const MODULE_HEADS = ['module', 'worst module'];

/** Modules in a table become buttons that let their calls stand out. */
export function clickableModules(table: HTMLTableElement, focus: Focus): void {
  const column = columnNamed(table, MODULE_HEADS);
  if (column < 0) return;
  for (const row of table.tBodies[0]?.rows ?? []) {
    const cell = row.cells[column];
    const module = cell?.textContent ?? '';
    if (!cell || module === '' || module === '–') continue;
    const press = button('', `Highlight the calls of ${module}`, () =>
      focus.set({ module: focus.sought.module === module ? null : module }),
    );
    press.className = 'module';
    press.append(...cell.childNodes);
    cell.append(press);
    showSought(press, focus);
  }
}

/** Rows of what is looked for stand out in all tables, whenever that changes. */
export function markRows(focus: Focus): void {
  focus.onChange(() => {
    for (const press of document.querySelectorAll<HTMLElement>('button.module')) showSought(press, focus);
  });
}

function showSought(press: HTMLElement, focus: Focus): void {
  const module = press.textContent ?? '';
  const sought = focus.isModule(module);
  const row = press.closest('tr');
  row?.classList.toggle('sought', sought === true);
  row?.classList.toggle('other', sought === false);
  press.setAttribute('aria-pressed', String(focus.sought.module === module));
}

/** What is looked for comes from the address, and goes into it. */
export function keepFocus(focus: Focus, state: PageState): void {
  const restore = (): void => {
    const { module, outcome, search } = state.values;
    const known: Outcome | null = OUTCOMES.find((name) => name === outcome) ?? null;
    focus.set({ module: module ?? null, outcome: known, search: search ?? '' });
  };
  restore();
  state.onChange(restore);
  focus.onChange(() => {
    const { module, outcome, search } = focus.sought;
    state.set({ module: module ?? undefined, outcome: outcome ?? undefined, search: search || undefined });
  });
}
