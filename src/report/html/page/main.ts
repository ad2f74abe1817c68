// SPDX-License-Identifier: Apache-2.0
/** The page's script: makes live what the HTML already says. */

import { extent } from '../chart/calls.js';
import { loadCalls } from './calls.js';
import { Console } from './console.js';
import { find } from './dom.js';
import { evidenceLinks } from './evidence.js';
import { Lanes } from './lanes.js';
import { liveStorm } from './storm.js';
import { liveTable } from './tables.js';
import { View } from './view.js';

async function charts(): Promise<void> {
  if (!document.querySelector('[data-chart]')) return;
  const boots = await loadCalls();
  for (const part of document.querySelectorAll<HTMLElement>('.storm-part')) {
    const calls = boots.get(Number(part.dataset.boot));
    if (!calls) continue;
    const { from, to } = extent(calls);
    const view = new View(from, to);
    liveStorm(part, find(part, '.chart', HTMLElement), calls, view);
    const lanes = document.querySelector(`.lanes-part[data-boot="${Number(part.dataset.boot)}"] .chart`);
    if (lanes instanceof HTMLElement) new Lanes(lanes, calls, view).draw();
  }
}

async function openConsole(): Promise<void> {
  if (!document.querySelector('[data-console]')) return;
  const asked = await Console.open(find(document, '[data-console]', HTMLElement));
  document.querySelector('[data-query-list]')?.remove();
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('[data-query]') : null;
    const name = link?.getAttribute('data-query');
    if (!name) return;
    event.preventDefault();
    void asked.show(name);
  });
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

for (const table of document.querySelectorAll<HTMLTableElement>('table.data')) liveTable(table);
unfoldForPrint();
await Promise.all([charts(), openConsole(), evidenceLinks()]);
document.documentElement.dataset.ready = 'true';
