// SPDX-License-Identifier: Apache-2.0
/** Virtual memory that loads held over time: what was held for certain, duplicates in it, and what may have been held. */
import { heldPoints } from '../../../accounting/held/index.js';
import type { HeldCurve } from '../../../accounting/model.js';
import { type Element, h } from '../markup.js';
import { type Calls, extent } from './calls.js';
import { px } from './frame.js';
import { COLUMNS, HELD_FRAME, heldFrame } from './held-frame.js';
import { binaryStep } from './scale.js';

/** The most in one column of the picture. */
interface Column {
  low: number;
  high: number;
  duplicates: number;
}

/** Null where nothing was held, or by another clock than that of the calls. `label` is what the picture says in words. */
export function heldChart(
  curves: readonly HeldCurve[],
  calls: Calls,
  width: number,
  label: string,
): Element | null {
  const curve = curves.find(({ clock }) => clock.unit === calls.unit);
  if (!curve) return null;
  const { from, to } = extent(calls);
  const columns = columnsOf(curve, COLUMNS, (t) =>
    Math.floor(((Number(t - calls.zero) - from) / (to - from || 1)) * COLUMNS),
  );
  const most = Math.max(1, ...columns.map(({ low, high }) => Math.max(low, high)));
  const step = binaryStep(most / 3);
  const top = Math.ceil(most / step) * step;
  return heldFrame({ top, step, label }, calls, [from, to], width, curvesOf(columns, top));
}

/** The curves, `COLUMNS` wide. */
function curvesOf(columns: readonly Column[], top: number): Element[] {
  const y = (bytes: number): number => HELD_FRAME.bytes - (bytes / top) * HELD_FRAME.bytes;
  const line = (value: (column: Column) => number): string => {
    let path = '';
    let last: number | null = null;
    for (const [index, column] of columns.entries()) {
      const at = value(column);
      if (at !== last) path += `${last === null ? 'M' : `H${index}L`}${index} ${px(y(at))}`;
      last = at;
    }
    return `${path}H${columns.length}`;
  };
  const area = (value: (column: Column) => number): string => `${line(value)}V${HELD_FRAME.bytes}H0Z`;
  return [
    h('path.o-loaded', { d: area(({ low }) => low) }),
    h('path.o-duplicate', { d: area(({ duplicates }) => duplicates) }),
    h('path.curve', { d: line(({ high, low }) => Math.max(high, low)) }),
  ];
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
