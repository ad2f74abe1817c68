// SPDX-License-Identifier: Apache-2.0
/** The chart of memory held, as wide as the window, of the time that the other charts show. */
import { heldFrame } from '../chart/held-frame.js';
import type { BootCalls } from './calls.js';
import { mount } from './dom.js';
import { Hair } from './hair.js';
import type { View } from './view.js';

export function liveHeld(place: HTMLElement, calls: BootCalls, view: View): void {
  const made = place.querySelector('svg');
  const curves = [...(made?.querySelectorAll('.curves > *') ?? [])];
  if (!made) return;
  const [top, step] = [Number(made.dataset.top), Number(made.dataset.step)];
  const label = made.getAttribute('aria-label') ?? '';
  let width = 0;
  const hair = new Hair(place, view, () => width);
  const draw = (): void => {
    width = Math.max(320, Math.floor(place.clientWidth));
    const chart = mount(heldFrame({ top, step, label }, calls, [view.from, view.to], width, null));
    place.replaceChildren(chart, hair.line);
    place.querySelector('.curves')?.replaceChildren(...curves);
  };
  view.onChange(draw);
  new ResizeObserver(() => {
    if (Math.floor(place.clientWidth) !== width) draw();
  }).observe(place);
  draw();
}
