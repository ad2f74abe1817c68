// SPDX-License-Identifier: Apache-2.0
/** Listens for files that are dragged onto the page, also onto the report in its frame, and for what is pasted. */
import { DRAGGED } from '../report/html/wire.js';
import { droppedFiles } from './given.js';
import type { Given } from './messages.js';

/** What is given next: a case of its own, more of the case shown, or what that is compared with. */
export type Next = 'new' | 'more' | 'compare';

export interface Taker {
  /** The frame of the report shown; each report has its own. */
  frame(): HTMLIFrameElement;
  /** Where a report is shown, the place of the drop says what it is for. */
  asks(): 'nothing' | 'new' | 'which';
  /** `next` is null where it is as it was said before. */
  take(given: Promise<readonly Given[]>, next: Next | null): void;
}

export function takeDrops({ frame, asks, take }: Taker): void {
  const show = (dragged: boolean): void => {
    const choosing = dragged && asks() === 'which' && document.body.dataset.state !== 'drop';
    document.body.classList.toggle('over', dragged && asks() !== 'nothing');
    document.body.classList.toggle('choosing', choosing);
  };
  // A frame keeps what is dragged over it to itself: the report tells, and the page covers it.
  window.addEventListener('message', ({ source, data }) => {
    if (source === frame().contentWindow && data === DRAGGED) show(true);
  });
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = asks() === 'nothing' ? 'none' : 'copy';
    show(true);
    const place = placeOf(event);
    for (const one of document.querySelectorAll('[data-next]')) one.classList.toggle('here', one === place);
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) show(false);
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    const next = (placeOf(event)?.dataset.next ?? null) as Next | null;
    show(false);
    if (event.dataTransfer && asks() !== 'nothing') take(droppedFiles(event.dataTransfer), next);
  });
  document.addEventListener('paste', (event) => {
    if (event.target instanceof Element && event.target.closest('textarea')) return;
    if (event.clipboardData) take(droppedFiles(event.clipboardData), null);
  });
}

const placeOf = ({ target }: DragEvent): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-next]') : null;
