/** The storm over time: calls per bucket stacked by outcome, and below it the bytes wasted so far. */
import { formatBytes } from '../../cell.js';
import { type Element, h } from '../markup.js';
import type { Buckets } from './buckets.js';
import { type Calls, OUTCOMES } from './calls.js';
import { binaryStep, grouped, momentLabel, roundStep, spanLabel, timeTicks } from './scale.js';

export const STORM_FRAME = {
  left: 58,
  right: 12,
  top: 8,
  calls: 106,
  gap: 18,
  bytes: 64,
  bottom: 22,
} as const;
export const STORM_HEIGHT =
  STORM_FRAME.top + STORM_FRAME.calls + STORM_FRAME.gap + STORM_FRAME.bytes + STORM_FRAME.bottom;

/** Where a moment lies; moments outside [from, to] lie outside the frame. */
export function stormX(at: number, from: number, to: number, width: number): number {
  const inner = width - STORM_FRAME.left - STORM_FRAME.right;
  return STORM_FRAME.left + ((at - from) / (to - from || 1)) * inner;
}

const px = (value: number): string => String(Math.round(value * 100) / 100);

/** The chart of [from, to], `width` pixels wide. */
export function stormChart(calls: Calls, buckets: Buckets, from: number, to: number, width: number): Element {
  const { left, right, top, gap } = STORM_FRAME;
  const x = (at: number) => Math.min(width - right, Math.max(left, stormX(at, from, to, width)));
  const callsBottom = top + STORM_FRAME.calls;
  const bytesTop = callsBottom + gap;
  const bytesBottom = bytesTop + STORM_FRAME.bytes;

  const totals = buckets.counts.map((counts) => counts.reduce((sum, count) => sum + count, 0));
  const most = Math.max(1, ...totals);
  const callStep = Math.max(1, roundStep(most / 4));
  const callTop = Math.ceil(most / callStep) * callStep;
  const callY = (count: number) => callsBottom - (count / callTop) * STORM_FRAME.calls;

  const bytes = buckets.cumulative.at(-1) ?? 0;
  const byteStep = binaryStep(Math.max(1, bytes) / 3);
  const byteTop = Math.max(1, Math.ceil(bytes / byteStep)) * byteStep;
  const byteY = (value: number) => bytesBottom - (value / byteTop) * STORM_FRAME.bytes;

  const bars: Element[] = [];
  for (const [index, counts] of buckets.counts.entries()) {
    const start = x(buckets.from + index * buckets.width);
    const end = x(buckets.from + (index + 1) * buckets.width);
    let sum = 0;
    for (const [outcome, count] of counts.entries()) {
      if (count === 0) continue;
      const y = callY(sum + count);
      const high = callY(sum) - y;
      const wide = Math.max(0.8, end - start - (end - start > 3 ? 0.8 : 0));
      bars.push(
        h('rect', {
          class: `o-${OUTCOMES[outcome]}`,
          x: px(start),
          y: px(y),
          width: px(wide),
          height: px(high),
        }),
      );
      sum += count;
    }
  }

  const path = [`M${px(x(from))} ${px(byteY(buckets.before))}`];
  for (const [index, value] of buckets.cumulative.entries()) {
    path.push(`L${px(x(buckets.from + (index + 1) * buckets.width))} ${px(byteY(value))}`);
  }
  const line = path.join('');
  const area = `${line}L${px(x(buckets.from + buckets.cumulative.length * buckets.width))} ${px(bytesBottom)}L${px(x(from))} ${px(bytesBottom)}Z`;

  const grid: Element[] = [];
  for (let count = 0; count <= callTop; count += callStep)
    grid.push(...yTick(callY(count), grouped(count), width));
  for (let value = 0; value <= byteTop; value += byteStep) {
    grid.push(...yTick(byteY(value), value === 0 ? '0' : formatBytes(value), width));
  }
  for (const { at, step } of timeTicks(from, to, calls.zero, Math.max(2, Math.floor(width / 110)))) {
    const place = px(x(at));
    grid.push(h('line', { class: 'grid', x1: place, x2: place, y1: top, y2: bytesBottom }));
    grid.push(
      h(
        'text',
        { class: 'tick', x: place, y: STORM_HEIGHT - 7, 'text-anchor': 'middle' },
        momentLabel(at, calls.zero, calls.unit, step),
      ),
    );
  }

  const perBucket = spanLabel(buckets.width, calls.unit);
  return h(
    'svg',
    {
      class: 'storm',
      viewBox: `0 0 ${width} ${STORM_HEIGHT}`,
      width,
      height: STORM_HEIGHT,
      role: 'img',
      'aria-label': `Load calls over time, ${totals.reduce((sum, count) => sum + count, 0)} calls, at most ${most} in ${perBucket}; below, bytes wasted so far, ${formatBytes(bytes)} at the end`,
    },
    ...grid,
    ...bars,
    h('path', { class: 'area', d: area }),
    h('path', { class: 'curve', d: line }),
    h('text', { class: 'axis', x: left + 4, y: top + 9 }, `load calls per ${perBucket}`),
    h('text', { class: 'axis', x: left + 4, y: bytesTop + 3 }, 'wasted so far, at least'),
  );
}

function yTick(y: number, label: string, width: number): Element[] {
  const { left, right } = STORM_FRAME;
  return [
    h('line', { class: 'grid', x1: left, x2: width - right, y1: px(y), y2: px(y) }),
    h('text', { class: 'tick', x: left - 6, y: px(y + 3.5), 'text-anchor': 'end' }, label),
  ];
}

/** What the colours stand for, with how many calls of each there are. */
export function outcomeLegend(calls: Calls): Element {
  const counts = OUTCOMES.map(() => 0);
  for (const outcome of calls.outcome) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return h(
    'ul',
    { class: 'legend' },
    OUTCOMES.flatMap((outcome, index) =>
      counts[index] ? [h('li', {}, swatch(outcome), ` ${outcome} `, h('b', {}, grouped(counts[index])))] : [],
    ),
  );
}

const swatch = (outcome: string): Element =>
  h(
    'svg',
    { class: 'swatch', width: 10, height: 10, 'aria-hidden': 'true' },
    h('rect', { class: `o-${outcome}`, width: 10, height: 10 }),
  );
