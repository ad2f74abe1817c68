// SPDX-License-Identifier: Apache-2.0
/** The interactive storm chart: as wide as the window, zoomed by dragging, details of the bucket under the pointer. */
import { formatBytes, grouped } from '../../cell.js';
import { type Buckets, bucketed } from '../chart/buckets.js';
import { type Calls, OUTCOMES } from '../chart/calls.js';
import { timeOf, xOf } from '../chart/frame.js';
import { momentLabel, spanLabel } from '../chart/scale.js';
import { STORM_FRAME, stormChart, stormHeight } from '../chart/storm.js';
import { h } from '../markup.js';
import type { BootCalls } from './calls.js';
import { button, mount, mountHtml } from './dom.js';
import type { Focus } from './focus.js';
import { Hair } from './hair.js';
import { hideTip, showTip } from './tip.js';
import { steer, steerByKey, type View } from './view.js';

/** Width of a bucket, at least. */
const BUCKET_PIXELS = 4;

export function liveStorm(
  part: HTMLElement,
  place: HTMLElement,
  calls: BootCalls,
  view: View,
  focus: Focus,
): void {
  let width = 0;
  let buckets = bucketed(calls, view.from, view.to, 1);
  const drag = mountHtml(h('div.drag', { hidden: true }));
  const hair = new Hair(place, view, () => width);
  drag.style.top = `${STORM_FRAME.top}px`;
  drag.style.height = `${stormHeight(calls) - STORM_FRAME.top - STORM_FRAME.bottom}px`;

  const draw = (): void => {
    width = Math.max(320, Math.floor(place.clientWidth));
    const most = Math.floor((xOf(1, 0, 1, width) - xOf(0, 0, 1, width)) / BUCKET_PIXELS);
    buckets = bucketed(calls, view.from, view.to, most);
    const test = focus.test(calls);
    const marked = test && bucketed(subset(calls, test), view.from, view.to, most);
    const chart = mount(stormChart(calls, buckets, view.from, view.to, width, marked));
    place.replaceChildren(chart, drag, hair.line);
    reset.disabled = view.whole;
  };
  const timeAt = (clientX: number): number =>
    timeOf(clientX - place.getBoundingClientRect().left, view.from, view.to, width);
  const reset = button('whole', 'Show the whole time (0, or a double click)', () => view.reset());
  part.querySelector('h3')?.append(mount(h('span.tools')));
  part.querySelector('.tools')?.append(
    button('+', 'Zoom in (W or +)', () => view.zoom(0.5)),
    button('−', 'Zoom out (S or -)', () => view.zoom(2)),
    button('◀', 'Earlier (A or Page Up)', () => view.pan(-0.5)),
    button('▶', 'Later (D or Page Down)', () => view.pan(0.5)),
    reset,
    mount(h('span.note', 'drag to choose a time; Ctrl+wheel zooms, Shift+wheel moves')),
  );
  for (const item of part.querySelectorAll<HTMLElement>('[data-outcome]')) outcomeButton(item, focus);

  let from: number | null = null;
  place.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    from = event.clientX;
    place.setPointerCapture(event.pointerId);
  });
  place.addEventListener('pointermove', (event) => {
    const at = timeAt(event.clientX);
    view.point(at);
    if (from !== null) {
      const [start, end] = [timeAt(from), at].map((time) => xOf(time, view.from, view.to, width)) as [
        number,
        number,
      ];
      drag.hidden = false;
      drag.style.left = `${Math.min(start, end)}px`;
      drag.style.width = `${Math.abs(end - start)}px`;
    }
    const index = Math.floor((at - buckets.from) / buckets.width);
    const counts = buckets.counts[index];
    if (counts) showTip(bucketTip(calls, buckets, index, counts), event.clientX, event.clientY);
  });
  const ended = (event: PointerEvent): void => {
    const start = from;
    from = null;
    drag.hidden = true;
    if (event.type !== 'pointerup' || start === null || Math.abs(event.clientX - start) < 4) return;
    const times = [timeAt(start), timeAt(event.clientX)].sort((a, b) => a - b);
    view.set(times[0] ?? view.from, times[1] ?? view.to);
  };
  place.addEventListener('pointerup', ended);
  place.addEventListener('pointercancel', ended);
  place.addEventListener('pointerleave', () => {
    view.point(null);
    hideTip();
  });
  place.tabIndex = 0;
  place.setAttribute('role', 'group');
  place.setAttribute('aria-label', 'The storm over time; W and S zoom, A and D move, 0 shows all');
  place.addEventListener('keydown', (event) => {
    if (steerByKey(event.key, view)) event.preventDefault();
  });
  steer(place, view, timeAt);
  view.onChange(draw);
  focus.onChange(draw);
  new ResizeObserver(() => {
    if (Math.floor(place.clientWidth) !== width) draw();
  }).observe(place);
  draw();
}

/** An entry of the legend as a button that lets its calls stand out. */
function outcomeButton(item: HTMLElement, focus: Focus): void {
  const outcome = OUTCOMES.find((known) => known === item.dataset.outcome);
  if (!outcome) return;
  const press = button('', `Highlight ${outcome} calls`, () =>
    focus.set({ outcome: focus.sought.outcome === outcome ? null : outcome }),
  );
  press.append(...item.childNodes);
  item.append(press);
  const show = (): void => press.setAttribute('aria-pressed', String(focus.sought.outcome === outcome));
  focus.onChange(show);
  show();
}

function subset(calls: Calls, test: (index: number) => boolean): Calls {
  const of = <T>(column: readonly T[]): T[] => column.filter((_, index) => test(index));
  return {
    ...calls,
    start: of(calls.start),
    end: of(calls.end),
    outcome: of(calls.outcome),
    wasted: of(calls.wasted),
  };
}

function bucketTip(
  calls: Calls,
  { from, width, cumulative, before }: Buckets,
  index: number,
  counts: readonly number[],
) {
  const at = from + index * width;
  const sum = cumulative[index] ?? 0;
  const here = sum - (index === 0 ? before : (cumulative[index - 1] ?? 0));
  return [
    h('b', `${momentLabel(at, calls.zero, calls.unit, width / 10)} + ${spanLabel(width, calls.unit)}`),
    ...OUTCOMES.flatMap((outcome, place) =>
      counts[place] ? [h('div', `${grouped(counts[place])} ${outcome}`)] : [],
    ),
    h('div', `wasted here ${formatBytes(here)}, so far ${formatBytes(sum)}`),
  ];
}
