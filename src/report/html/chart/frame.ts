// SPDX-License-Identifier: Apache-2.0
/** Where the time axis starts and ends: the same in the chart and in the lanes, which stand under one another. */
import { type Element, h } from '../markup.js';
import type { Calls } from './calls.js';
import { momentLabel, timeTicks } from './scale.js';

export const RIGHT = 12;
/** Room for labels; less of it in a narrow window. */
export const leftOf = (width: number): number => (width < 600 ? 92 : 150);

/** Where a moment lies; moments outside [from, to] lie outside the frame. */
export function xOf(at: number, from: number, to: number, width: number): number {
  const left = leftOf(width);
  return left + ((at - from) / (to - from || 1)) * (width - left - RIGHT);
}

/** The moment at a place, within [from, to]. */
export function timeOf(x: number, from: number, to: number, width: number): number {
  const left = leftOf(width);
  const share = (x - left) / (width - left - RIGHT);
  return from + Math.min(1, Math.max(0, share)) * (to - from);
}

export const px = (value: number): string => String(Math.round(value * 100) / 100);

/** Round moments of [from, to] with their labels and places. */
export function axisMarks(
  calls: Pick<Calls, 'zero' | 'unit'>,
  from: number,
  to: number,
  width: number,
): { readonly x: number; readonly label: string }[] {
  return timeTicks(from, to, calls.zero, Math.max(2, Math.floor((width - leftOf(width)) / 110))).map(
    ({ at, step }) => ({
      x: xOf(at, from, to, width),
      label: momentLabel(at, calls.zero, calls.unit, step),
    }),
  );
}

/** Lines from `top` to `bottom` at round moments, with their labels at `text`. */
export function timeAxis(
  calls: Pick<Calls, 'zero' | 'unit'>,
  [from, to]: readonly [number, number],
  width: number,
  { top, bottom, text }: { readonly top: number; readonly bottom: number; readonly text: number },
): Element[] {
  return axisMarks(calls, from, to, width).flatMap(({ x, label }) => [
    h('line.grid', { x1: px(x), x2: px(x), y1: top, y2: bottom }),
    h('text.tick', { x: px(x), y: text, 'text-anchor': 'middle' }, label),
  ]);
}
