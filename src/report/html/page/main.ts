// SPDX-License-Identifier: Apache-2.0
/** The page's script: makes live what the HTML already says. */

import { extent } from '../chart/calls.js';
import { DRAGGED } from '../wire.js';
import { type BootCalls, loadCalls } from './calls.js';
import { Console } from './console.js';
import { find } from './dom.js';
import { evidenceLinks } from './evidence.js';
import { Focus } from './focus.js';
import { liveHeld } from './held.js';
import { Lanes } from './lanes.js';
import { ChosenTime } from './range.js';
import { clickableModules, keepFocus, markRows, type SearchedBoot, searchField } from './search.js';
import { SqlThread } from './sql.js';
import { PageState } from './state.js';
import { liveStorm } from './storm.js';
import { liveTable } from './tables.js';
import { steerByKey, View } from './view.js';

const state = new PageState();
const focus = new Focus();
const thread = new SqlThread();

async function charts(): Promise<void> {
  if (!document.querySelector('[data-chart]')) return;
  const boots = await loadCalls();
  const searched: SearchedBoot[] = [];
  const views: View[] = [];
  for (const part of document.querySelectorAll<HTMLElement>('.storm-part')) {
    const boot = Number(part.dataset.boot);
    const calls = boots.get(boot);
    if (!calls) continue;
    const { from, to } = extent(calls);
    const view = new View(from, to);
    liveStorm(part, find(part, '.chart', HTMLElement), calls, view, focus);
    const held = document.querySelector(`.held-part[data-boot="${boot}"] .chart`);
    if (held instanceof HTMLElement) liveHeld(held, calls, view);
    const place = document.querySelector(`.lanes-part[data-boot="${boot}"] .chart`);
    const lanes = place instanceof HTMLElement ? new Lanes(place, calls, view, focus) : null;
    lanes?.draw();
    const section = part.closest<HTMLElement>('.boot');
    if (section) new ChosenTime(section, { boot, calls, view, thread, focus });
    keepView(boot, calls, view);
    searched.push({ calls, lanes });
    views.push(view);
  }
  const input = searchField(focus, searched);
  for (const table of document.querySelectorAll<HTMLTableElement>('.boot table.data')) {
    clickableModules(table, focus);
  }
  markRows(focus);
  keepFocus(focus, state);
  pageKeys(input, views);
}

/** The shown time comes from the address, and goes into it. */
function keepView(boot: number, { zero }: BootCalls, view: View): void {
  const restore = (): void => {
    const { boot: named, from, to } = state.values;
    if (Number(named) !== boot || !/^\d+$/.test(from ?? '') || !/^\d+$/.test(to ?? '')) return;
    view.set(Number(BigInt(from ?? 0) - zero), Number(BigInt(to ?? 0) - zero));
  };
  restore();
  state.onChange(restore);
  const digits = (at: number): string => (zero + BigInt(Math.round(at))).toString();
  view.onChange(() => {
    if (!view.whole) state.set({ boot: String(boot), from: digits(view.from), to: digits(view.to) });
    else if (state.values.boot === String(boot))
      state.set({ boot: undefined, from: undefined, to: undefined });
  });
}

/** Keys that work wherever the page is: `/` searches, those of Perfetto move the chart that was last pointed at. */
function pageKeys(input: HTMLInputElement, views: readonly View[]): void {
  let [current] = views;
  for (const view of views) {
    view.onPoint((at) => {
      if (at !== null) current = view;
    });
  }
  document.addEventListener('keydown', (event) => {
    const { target, key } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof Element && target.closest('input, textarea, select, dialog')) return;
    if (key === '/') input.focus();
    else if (key === 'Escape') focus.clear();
    else if (!('wasd0+-'.includes(key) && current && steerByKey(key, current))) return;
    event.preventDefault();
  });
}

async function openConsole(): Promise<void> {
  if (!document.querySelector('[data-console]')) return;
  const asked = await Console.open(find(document, '[data-console]', HTMLElement), thread, state);
  document.querySelector('[data-query-list]')?.remove();
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('[data-query]') : null;
    const name = link?.getAttribute('data-query');
    if (!name) return;
    event.preventDefault();
    void asked.show(name);
  });
  void asked.restore();
}

/** What is folded in stays out of a printed page otherwise. */
function unfoldForPrint(): void {
  const folded: HTMLDetailsElement[] = [];
  window.addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details:not([open])')) {
      if (!(details instanceof HTMLDetailsElement) || details.closest('#console, #evidence')) continue;
      details.open = true;
      folded.push(details);
    }
  });
  window.addEventListener('afterprint', () => {
    for (const details of folded.splice(0)) details.open = false;
  });
}

/** The browser page around the report takes what is dropped. */
function tellOfDrags(): void {
  if (window.parent === window) return;
  document.addEventListener('dragenter', () => window.parent.postMessage(DRAGGED, '*'));
}

for (const table of document.querySelectorAll<HTMLTableElement>('table.data')) liveTable(table);
tellOfDrags();
unfoldForPrint();
await Promise.all([charts(), openConsole(), evidenceLinks()]);
document.documentElement.dataset.ready = 'true';
