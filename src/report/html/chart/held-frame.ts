// SPDX-License-Identifier: Apache-2.0
/** The axes around the curves of memory held, drawn again for another width or time; the curves are stretched to fit. */
import { formatBytes } from '../../cell.js';
import { type Element, h, type Markup } from '../markup.js';
import { type Calls, extent } from './calls.js';
import { leftOf, px, RIGHT, timeAxis } from './frame.js';
import { yTick } from './storm.js';

export const HELD_FRAME = { top: 20, bytes: 90, bottom: 22 } as const;
const HEIGHT = HELD_FRAME.top + HELD_FRAME.bytes + HELD_FRAME.bottom;
/** Parts of the time of all calls that the curves are drawn in. */
export const COLUMNS = 1000;

/** The axes of the picture: what a chart that is drawn again has to know. */
export interface HeldFrame {
  /** Bytes at the upper end, and from line to line. */
  readonly top: number;
  readonly step: number;
  /** What the picture says in words. */
  readonly label: string;
}

/** The picture of [from, to] around curves that cover the time of all calls. */
export function heldFrame(
  { top, step, label }: HeldFrame,
  calls: Calls,
  [from, to]: readonly [number, number],
  width: number,
  curves: Markup,
): Element {
  const left = leftOf(width);
  const bottom = HELD_FRAME.top + HELD_FRAME.bytes;
  const ticks: Element[] = [];
  for (let value = 0; value <= top; value += step) {
    const y = bottom - (value / top) * HELD_FRAME.bytes;
    ticks.push(...yTick(y, value === 0 ? '0' : formatBytes(value), width));
  }
  const all = extent(calls);
  const scale = COLUMNS / (all.to - all.from || 1);
  return h(
    'svg',
    {
      ...{ class: 'storm held', viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT },
      ...{ role: 'img', 'aria-label': label, 'data-top': top, 'data-step': step },
    },
    timeAxis(calls, [from, to], width, { top: HELD_FRAME.top, bottom, text: HEIGHT - 7 }),
    ...ticks,
    h(
      'svg',
      {
        ...{
          class: 'curves',
          x: left,
          y: HELD_FRAME.top,
          width: width - left - RIGHT,
          height: HELD_FRAME.bytes,
        },
        viewBox: `${px((from - all.from) * scale)} 0 ${px((to - from) * scale)} ${HELD_FRAME.bytes}`,
        preserveAspectRatio: 'none',
      },
      curves,
    ),
    h('text.axis', { x: left + 4, y: HELD_FRAME.top - 8 }, 'held at once: line at most, areas at least'),
  );
}
