// SPDX-License-Identifier: Apache-2.0
/** Virtual memory that loads held over time: what was held for certain, duplicates in it, and what may have been held. */
import { heldPoints } from '../../../accounting/held/index.js';
import type { HeldCurve } from '../../../accounting/model.js';
import { formatBytes } from '../../cell.js';
import { type Element, h } from '../markup.js';
import { type Calls, extent } from './calls.js';
import { leftOf, px, RIGHT, timeAxis, xOf } from './frame.js';
import { binaryStep } from './scale.js';
import { yTick } from './storm.js';

const FRAME = { top: 8, bytes: 90, bottom: 22 } as const;
const HEIGHT = FRAME.top + FRAME.bytes + FRAME.bottom;
/** Widths of the picture that one step of the curve has at least. */
const COLUMN = 2;

/** The most in one column of the picture. */
interface Column {
  low: number;
  high: number;
  duplicates: number;
}

/** Null where nothing was held, or by another clock than that of the calls. `peak` is what the picture says in words. */
export function heldChart(
  curves: readonly HeldCurve[],
  calls: Calls,
  width: number,
  peak: string,
): Element | null {
  const curve = curves.find(({ clock }) => clock.unit === calls.unit);
  if (!curve) return null;
  const { from, to } = extent(calls);
  const left = leftOf(width);
  const columns = columnsOf(curve, Math.floor((width - left - RIGHT) / COLUMN), (t) => {
    const x = xOf(Number(t - calls.zero), from, to, width);
    return Math.floor((x - left) / COLUMN);
  });
  const most = Math.max(1, ...columns.map(({ low, high }) => Math.max(low, high)));
  const step = binaryStep(most / 3);
  const top = Math.ceil(most / step) * step;
  const bottom = FRAME.top + FRAME.bytes;
  const y = (bytes: number): number => bottom - (bytes / top) * FRAME.bytes;
  const ticks: Element[] = [];
  for (let value = 0; value <= top; value += step)
    ticks.push(...yTick(y(value), value === 0 ? '0' : formatBytes(value), width));
  const line = (value: (column: Column) => number): string =>
    columns
      .map((column, index) => {
        const [start, end] = [left + index * COLUMN, left + (index + 1) * COLUMN];
        return `${index === 0 ? 'M' : 'L'}${px(start)} ${px(y(value(column)))}H${px(end)}`;
      })
      .join('');
  const area = (value: (column: Column) => number): string => `${line(value)}V${bottom}H${left}Z`;
  return h(
    'svg',
    {
      class: 'storm',
      viewBox: `0 0 ${width} ${HEIGHT}`,
      width,
      height: HEIGHT,
      role: 'img',
      'aria-label': peak,
    },
    timeAxis(calls, [from, to], width, { top: FRAME.top, bottom, text: HEIGHT - 7 }),
    ...ticks,
    h('path', { class: 'o-loaded', d: area(({ low }) => low) }),
    h('path', { class: 'o-duplicate', d: area(({ duplicates }) => duplicates) }),
    h('path', { class: 'curve', d: line(({ high, low }) => Math.max(high, low)) }),
    h('text', { class: 'axis', x: left + 4, y: FRAME.top + 9 }, 'held at once: line at most, areas at least'),
  );
}

/** What each column shows; `columnOf`: that of a moment, which may lie outside. */
function columnsOf(curve: HeldCurve, count: number, columnOf: (t: bigint) => number): Column[] {
  const columns = Array.from({ length: count }, (): Column => ({ low: 0, high: 0, duplicates: 0 }));
  const see = (index: number, { low, high, duplicates }: Column): void => {
    const column = columns[index];
    if (!column) return;
    column.low = Math.max(column.low, low);
    column.high = Math.max(column.high, high);
    column.duplicates = Math.max(column.duplicates, duplicates);
  };
  let held: Column = { low: 0, high: 0, duplicates: 0 };
  let at = 0;
  const goTo = (index: number): void => {
    for (; at < Math.min(index, count); at++) see(at, held);
    see(Math.min(Math.max(index, 0), count - 1), held);
  };
  for (const { t, all, byFate } of heldPoints(curve)) {
    const index = columnOf(t);
    goTo(index);
    held = { low: all.low, high: all.high ?? 0, duplicates: byFate.duplicate.low };
    see(Math.min(Math.max(index, 0), count - 1), held);
  }
  goTo(count);
  return columns;
}
