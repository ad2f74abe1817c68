// SPDX-License-Identifier: Apache-2.0
/** Cited lines, shown in a window over the page where they are cited. */

import { h } from '../markup.js';
import { evidenceAround } from '../parts/evidence-lines.js';
import { pageData } from './blocks.js';
import { button, mount, mountHtml } from './dom.js';

const dialog = document.createElement('dialog');
dialog.className = 'evidence-window';

export async function showEvidence(source: number, line: number): Promise<void> {
  const { paths, evidence, textless, marks } = await pageData();
  const path = paths[source] ?? `source ${source}`;
  const close = button('close', 'Close (Esc)', () => dialog.close());
  const head = mountHtml(h('p', h('b', `${path}:${line}`)));
  head.append(' ', close);
  const body = evidenceAround(line, evidence[source], textless[source], marks[source]);
  dialog.replaceChildren(head, mount(body));
  if (!dialog.isConnected) document.body.append(dialog);
  if (!dialog.open) dialog.showModal();
}

/** What a link like `#e-5-2372` cites. */
function citeOf(link: Element | null): { readonly source: number; readonly line: number } | null {
  const [, source, line] = /^#e-(\d+)-(\d+)$/.exec(link?.getAttribute('href') ?? '') ?? [];
  return source === undefined || line === undefined ? null : { source: Number(source), line: Number(line) };
}

export async function evidenceLinks(): Promise<void> {
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey) return;
    const cite = citeOf(event.target.closest('a.cite'));
    if (!cite) return;
    event.preventDefault();
    void showEvidence(cite.source, cite.line);
  });
  // A click beside the window closes it.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  if (!document.querySelector('a.cite')) return;
  const { paths } = await pageData();
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a.cite')) {
    const cite = citeOf(link);
    if (cite) link.title = `${paths[cite.source]}:${cite.line}`;
  }
}
