// SPDX-License-Identifier: Apache-2.0
/** How many boots wasted how much: bars over powers of two. */
import { formatBytes, grouped } from '../../cell.js';
import { type Element, h } from '../markup.js';
import { roundStep } from './scale.js';

export interface Bin {
  /** Bytes from here on, up to the next bin's; 0: nothing was wasted. */
  readonly from: number;
  readonly boots: number;
}

/** Counts boots by powers of two of their bytes, from the smallest to the largest, without gaps. */
export function binsOf(values: Iterable<{ readonly bytes: bigint; readonly boots: bigint }>): Bin[] {
  const counts = new Map<number, number>();
  for (const { bytes, boots } of values) {
    const from = bytes <= 0n ? 0 : 2 ** (bytes.toString(2).length - 1);
    counts.set(from, (counts.get(from) ?? 0) + Number(boots));
  }
  const powers = [...counts.keys()].filter((from) => from > 0);
  const bins: Bin[] = counts.has(0) ? [{ from: 0, boots: counts.get(0) ?? 0 }] : [];
  const last = Math.max(...powers);
  for (let from = Math.min(...powers); from <= last; from *= 2)
    bins.push({ from, boots: counts.get(from) ?? 0 });
  return bins;
}

const LEFT = 58;
const TOP = 16;
const HIGH = 130;
const BAR = 58;
/** Between boots that wasted nothing and the scale of the others. */
const APART = 30;

export function histogram(bins: readonly Bin[]): Element {
  const most = Math.max(1, ...bins.map((bin) => bin.boots));
  const step = Math.max(1, roundStep(most / 4));
  const top = Math.ceil(most / step) * step;
  const y = (boots: number): number => TOP + HIGH - (boots / top) * HIGH;
  const apart = bins[0]?.from === 0 ? APART : 0;
  const x = (index: number): number => LEFT + index * BAR + (index > 0 ? apart : 0);
  const width = x(bins.length) + 60;
  const grid: Element[] = [];
  for (let boots = 0; boots <= top; boots += step) {
    grid.push(
      h('line.grid', { x1: LEFT, x2: width, y1: y(boots), y2: y(boots) }),
      h('text.tick', { x: LEFT - 6, y: y(boots) + 4, 'text-anchor': 'end' }, grouped(boots)),
    );
  }
  const bars = bins.map(({ from, boots }, index) =>
    h(
      'rect.bar',
      { x: x(index) + 2, y: y(boots), width: BAR - 4, height: TOP + HIGH - y(boots) },
      h('title', `${grouped(boots)} boots: ${binName(from)}`),
    ),
  );
  const labels = bins.map(({ from }, index) =>
    h(
      'text',
      {
        class: index % 2 === 0 ? 'tick' : 'tick second',
        x: x(index) + (from === 0 ? BAR / 2 : 0),
        y: TOP + HIGH + 15,
        'text-anchor': 'middle',
      },
      from === 0 ? 'none' : roundBytes(from),
    ),
  );
  return h(
    'svg.histogram',
    {
      viewBox: `0 0 ${width} ${TOP + HIGH + 22}`,
      width,
      height: TOP + HIGH + 22,
      role: 'img',
      'aria-label': `Boots by waste: ${bins.map(({ from, boots }) => `${boots} ${binName(from)}`).join(', ')}`,
    },
    ...grid,
    ...bars,
    ...labels,
  );
}

/** `2.0 MiB` -> `2 MiB`: powers of two are whole. */
const roundBytes = (bytes: number): string => formatBytes(bytes).replace('.0', '');

const binName = (from: number): string =>
  from === 0 ? 'nothing' : `${formatBytes(from)} to ${formatBytes(from * 2)}`;
