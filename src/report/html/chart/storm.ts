// SPDX-License-Identifier: Apache-2.0
/** The storm over time: calls per bucket stacked by outcome, and below it the bytes wasted so far. */
import { formatBytes, grouped } from '../../cell.js';
import { type Element, h } from '../markup.js';
import type { Buckets } from './buckets.js';
import { type Calls, OUTCOMES } from './calls.js';
import { leftOf, px, RIGHT, timeAxis, xOf } from './frame.js';
import { binaryStep, roundStep, spanLabel } from './scale.js';

export const STORM_FRAME = {
  top: 20,
  calls: 106,
  gap: 18,
  bytes: 64,
  bottom: 22,
} as const;
/** Height of the chart: without waste there is nothing to draw of it. */
export function stormHeight(calls: Calls): number {
  const { top, calls: panel, gap, bytes, bottom } = STORM_FRAME;
  return top + panel + (hasWaste(calls) ? gap + bytes : 0) + bottom;
}

const hasWaste = (calls: Calls): boolean => calls.wasted.some((bytes) => bytes > 0);

/** The chart of [from, to], `width` pixels wide; with `marked`, all other calls are faint. */
export function stormChart(
  calls: Calls,
  buckets: Buckets,
  from: number,
  to: number,
  width: number,
  marked: Buckets | null = null,
): Element {
  const frame: Frame = {
    buckets,
    marked,
    width,
    x: (at) => Math.min(width - RIGHT, Math.max(leftOf(width), xOf(at, from, to, width))),
  };
  const total = buckets.counts.flat().reduce((sum, count) => sum + count, 0);
  const wasted = formatBytes(buckets.cumulative.at(-1) ?? 0);
  const height = stormHeight(calls);
  return h(
    'svg.storm',
    {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': `Load calls over time: ${grouped(total)}; below, bytes wasted so far: ${wasted} at the end`,
    },
    timeAxis(calls, [from, to], width, {
      top: STORM_FRAME.top,
      bottom: height - STORM_FRAME.bottom,
      text: height - 7,
    }),
    callsPanel(frame, spanLabel(buckets.width, calls.unit)),
    hasWaste(calls) ? bytesPanel(frame, from) : null,
  );
}

interface Frame {
  readonly buckets: Buckets;
  readonly marked: Buckets | null;
  readonly width: number;
  readonly x: (at: number) => number;
}

/** Calls per bucket, stacked by outcome. */
function callsPanel({ buckets, marked, width, x }: Frame, perBucket: string): Element[] {
  const bottom = STORM_FRAME.top + STORM_FRAME.calls;
  const most = Math.max(1, ...buckets.counts.map((counts) => counts.reduce((sum, count) => sum + count, 0)));
  const step = Math.max(1, roundStep(most / 4));
  const top = Math.ceil(most / step) * step;
  const y = (count: number) => bottom - (count / top) * STORM_FRAME.calls;
  const drawn: Element[] = [];
  for (let count = 0; count <= top; count += step) drawn.push(...yTick(y(count), grouped(count), width));
  const bars = ({ counts: all, from, width: span }: Buckets, faint: boolean): void => {
    for (const [index, counts] of all.entries()) {
      const start = x(from + index * span);
      const room = x(from + (index + 1) * span) - start;
      let sum = 0;
      for (const [outcome, count] of counts.entries()) {
        if (count === 0) continue;
        drawn.push(
          h('rect', {
            class: `o-${OUTCOMES[outcome]}${faint ? ' faint' : ''}`,
            x: px(start),
            y: px(y(sum + count)),
            width: px(Math.max(0.8, room > 3 ? room - 0.8 : room)),
            height: px(y(sum) - y(sum + count)),
          }),
        );
        sum += count;
      }
    }
  };
  bars(buckets, marked !== null);
  if (marked) bars(marked, false);
  drawn.push(h('text.axis', { x: leftOf(width) + 4, y: STORM_FRAME.top - 8 }, `load calls per ${perBucket}`));
  return drawn;
}

/** Bytes wasted up to each moment. */
function bytesPanel({ buckets, width, x }: Frame, from: number): Element[] {
  const ceiling = STORM_FRAME.top + STORM_FRAME.calls + STORM_FRAME.gap;
  const bottom = ceiling + STORM_FRAME.bytes;
  const bytes = Math.max(1, buckets.cumulative.at(-1) ?? 0);
  const step = binaryStep(bytes / 3);
  const top = Math.ceil(bytes / step) * step;
  const y = (value: number) => bottom - (value / top) * STORM_FRAME.bytes;
  const drawn: Element[] = [];
  for (let value = 0; value <= top; value += step) {
    drawn.push(...yTick(y(value), value === 0 ? '0' : formatBytes(value), width));
  }
  const points = buckets.cumulative.map((value, index) => {
    const end = x(buckets.from + (index + 1) * buckets.width);
    return `L${px(end)} ${px(y(value))}`;
  });
  const line = `M${px(x(from))} ${px(y(buckets.before))}${points.join('')}`;
  const end = px(x(buckets.from + buckets.cumulative.length * buckets.width));
  drawn.push(
    h('path.area', { d: `${line}L${end} ${px(bottom)}L${px(x(from))} ${px(bottom)}Z` }),
    h('path.curve', { d: line }),
    h('text.axis', { x: leftOf(width) + 4, y: ceiling + 3 }, 'wasted so far, at least'),
  );
  return drawn;
}

/** A line across at `y`, with its label. */
export function yTick(y: number, label: string, width: number): Element[] {
  const left = leftOf(width);
  return [
    h('line.grid', { x1: left, x2: width - RIGHT, y1: px(y), y2: px(y) }),
    h('text.tick', { x: left - 6, y: px(y + 3.5), 'text-anchor': 'end' }, label),
  ];
}

/** What the colours stand for, with how many calls of each there are. */
export function outcomeLegend(calls: Calls): Element {
  const counts = OUTCOMES.map(() => 0);
  for (const outcome of calls.outcome) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return h(
    'ul.legend',
    OUTCOMES.flatMap((outcome, index) =>
      counts[index]
        ? [
            h(
              'li',
              { 'data-outcome': outcome },
              swatch(outcome),
              ` ${outcome} `,
              h('b', grouped(counts[index])),
            ),
          ]
        : [],
    ),
  );
}

const swatch = (outcome: string): Element =>
  h(
    'svg.swatch',
    { width: 10, height: 10, 'aria-hidden': 'true' },
    h('rect', { class: `o-${outcome}`, width: 10, height: 10 }),
  );
