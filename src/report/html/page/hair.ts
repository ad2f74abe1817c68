// SPDX-License-Identifier: Apache-2.0
/** A line at the moment under the pointer, in every chart of the boot at once. */
import { xOf } from '../chart/frame.js';
import { h } from '../markup.js';
import { mountHtml } from './dom.js';
import type { View } from './view.js';

export class Hair {
  readonly line = mountHtml(h('div.hair', { hidden: true }));

  /** `width` tells how wide the chart is. */
  constructor(place: HTMLElement, view: View, width: () => number) {
    place.append(this.line);
    view.onPoint((at) => {
      this.line.hidden = at === null || at < view.from || at > view.to;
      if (at !== null) this.line.style.left = `${xOf(at, view.from, view.to, width())}px`;
    });
  }
}
