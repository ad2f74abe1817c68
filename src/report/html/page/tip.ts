// SPDX-License-Identifier: Apache-2.0
/** The one tip of the page: what is under the pointer. */
import type { Markup } from '../markup.js';
import { mount } from './dom.js';

let tip: HTMLElement | null = null;

export function showTip(markup: Markup, clientX: number, clientY: number): void {
  if (!tip) {
    tip = document.createElement('div');
    tip.className = 'tip';
    tip.setAttribute('aria-hidden', 'true');
    // What was under the pointer has moved away.
    for (const moved of ['scroll', 'keydown', 'blur']) window.addEventListener(moved, hideTip);
    document.body.append(tip);
  }
  tip.replaceChildren(mount(markup));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = clientX + 14 + width > window.innerWidth ? clientX - 14 - width : clientX + 14;
  const top = clientY + 14 + height > window.innerHeight ? clientY - 14 - height : clientY + 14;
  tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
}

export function hideTip(): void {
  if (tip) tip.hidden = true;
}
