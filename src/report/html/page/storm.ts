// SPDX-License-Identifier: Apache-2.0
/** The interactive storm chart: as wide as the window, zoomed by dragging, details of the bucket under the pointer. */
import { formatBytes } from '../../cell.js';
import { bucketed } from '../chart/buckets.js';
import { type Calls, OUTCOMES } from '../chart/calls.js';
import { grouped, momentLabel, spanLabel } from '../chart/scale.js';
import { STORM_FRAME, stormChart, stormHeight, stormX } from '../chart/storm.js';
import { h } from '../markup.js';
import { button, mount } from './dom.js';
import { hideTip, showTip } from './tip.js';
import { steer, steerByKey, type View } from './view.js';

/** Width of a bucket, at least. */
const BUCKET_PIXELS = 4;

export function liveStorm(part: HTMLElement, place: HTMLElement, calls: Calls, view: View): void {
  const height = stormHeight(calls);
  let width = 0;
  let buckets = bucketed(calls, view.from, view.to, 1);
  const cover = mount(
    h(
      'svg',
      { class: 'cover', height, 'aria-hidden': 'true' },
      h('rect', { class: 'drag', y: STORM_FRAME.top, height: 0, width: 0 }),
      h('line', { class: 'hair', y1: STORM_FRAME.top, y2: height - STORM_FRAME.bottom }),
    ),
  ) as SVGSVGElement;
  const [drag, hair] = [...cover.children] as [SVGRectElement, SVGLineElement];
  hair.style.visibility = 'hidden';

  const draw = (): void => {
    width = Math.max(320, Math.floor(place.clientWidth));
    const inner = width - STORM_FRAME.left - STORM_FRAME.right;
    buckets = bucketed(calls, view.from, view.to, Math.floor(inner / BUCKET_PIXELS));
    cover.setAttribute('width', String(width));
    place.replaceChildren(mount(stormChart(calls, buckets, view.from, view.to, width)), cover);
    reset.disabled = view.whole;
  };
  const timeAt = (clientX: number): number => {
    const inner = width - STORM_FRAME.left - STORM_FRAME.right;
    const share = (clientX - place.getBoundingClientRect().left - STORM_FRAME.left) / inner;
    return view.from + Math.min(1, Math.max(0, share)) * (view.to - view.from);
  };
  const reset = button('whole', 'Show the whole time (0, or a double click)', () => view.reset());
  part.querySelector('h3')?.append(mount(h('span', { class: 'tools' })));
  part.querySelector('.tools')?.append(
    button('+', 'Zoom in (+)', () => view.zoom(0.5)),
    button('−', 'Zoom out (-)', () => view.zoom(2)),
    button('◀', 'Earlier (Page Up)', () => view.pan(-0.5)),
    button('▶', 'Later (Page Down)', () => view.pan(0.5)),
    reset,
    mount(h('span', { class: 'note' }, 'drag to zoom')),
  );

  let from: number | null = null;
  place.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    from = event.clientX;
    place.setPointerCapture(event.pointerId);
  });
  place.addEventListener('pointermove', (event) => {
    const x = stormX(timeAt(event.clientX), view.from, view.to, width);
    hair.setAttribute('x1', String(x));
    hair.setAttribute('x2', String(x));
    hair.style.visibility = 'visible';
    if (from !== null) {
      const start = stormX(timeAt(from), view.from, view.to, width);
      drag.setAttribute('x', String(Math.min(start, x)));
      drag.setAttribute('width', String(Math.abs(x - start)));
      drag.setAttribute('height', String(height - STORM_FRAME.top - STORM_FRAME.bottom));
    }
    const index = Math.floor((timeAt(event.clientX) - buckets.from) / buckets.width);
    const counts = buckets.counts[index];
    if (counts) showTip(bucketTip(calls, buckets, index, counts), event.clientX, event.clientY);
  });
  place.addEventListener('pointerup', (event) => {
    const start = from;
    from = null;
    drag.setAttribute('width', '0');
    if (start === null || Math.abs(event.clientX - start) < 4) return;
    const times = [timeAt(start), timeAt(event.clientX)].sort((a, b) => a - b);
    view.set(times[0] ?? view.from, times[1] ?? view.to);
  });
  place.addEventListener('pointerleave', () => {
    hair.style.visibility = 'hidden';
    hideTip();
  });
  place.tabIndex = 0;
  place.setAttribute('role', 'group');
  place.setAttribute(
    'aria-label',
    'The storm over time; + and - zoom, Page Up and Page Down move, 0 shows all',
  );
  place.addEventListener('keydown', (event) => {
    if (steerByKey(event.key, view)) event.preventDefault();
  });
  steer(place, view, timeAt);
  view.onChange(draw);
  new ResizeObserver(() => {
    if (Math.floor(place.clientWidth) !== width) draw();
  }).observe(place);
  draw();
}

function bucketTip(
  calls: Calls,
  { from, width, cumulative, before }: ReturnType<typeof bucketed>,
  index: number,
  counts: readonly number[],
) {
  const at = from + index * width;
  const sum = cumulative[index] ?? 0;
  const here = sum - (index === 0 ? before : (cumulative[index - 1] ?? 0));
  return [
    h('b', {}, `${momentLabel(at, calls.zero, calls.unit, width / 10)} + ${spanLabel(width, calls.unit)}`),
    ...OUTCOMES.flatMap((outcome, place) =>
      counts[place] ? [h('div', {}, `${grouped(counts[place])} ${outcome}`)] : [],
    ),
    h('div', {}, `wasted here ${formatBytes(here)}, so far ${formatBytes(sum)}`),
  ];
}
