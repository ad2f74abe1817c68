// SPDX-License-Identifier: Apache-2.0
/** Lanes per task, drawn on a canvas: who loaded what at the same time, who waited, whose call was coalesced. */

import { count } from '../../answer/words.js';
import { grouped } from '../../cell.js';
import { OUTCOMES } from '../chart/calls.js';
import { axisMarks, leftOf, RIGHT, timeOf, xOf } from '../chart/frame.js';
import { type Lane, laneLayout } from '../chart/lanes.js';
import { h } from '../markup.js';
import { callLine, callTip } from './call-text.js';
import type { BootCalls } from './calls.js';
import { button, mount, mountHtml } from './dom.js';
import { showEvidence } from './evidence.js';
import type { Focus } from './focus.js';
import { Hair } from './hair.js';
import { AXIS, BAR, drawAxis, drawBar, LANE, palette, shortLaneName } from './lanes-pen.js';
import { hideTip, showTip } from './tip.js';
import { steer, steerByKey, type View } from './view.js';

/** Lanes drawn at first, and added with each click. */
const LANES_A_TIME = 40;

const HINT = 'Point at a call, or use the arrow keys; Enter shows its line.';

export class Lanes {
  readonly #calls: BootCalls;
  readonly #view: View;
  readonly #focus: Focus;
  readonly #lanes: readonly Lane[];
  readonly #canvas = document.createElement('canvas');
  readonly #note = mountHtml(h('p.note'));
  readonly #line = mountHtml(h('p.call-line', { 'aria-live': 'polite' }, HINT));
  readonly #more: HTMLButtonElement;
  #shown = LANES_A_TIME;
  #width = 0;
  #selected: number | null = null;

  constructor(place: HTMLElement, calls: BootCalls, view: View, focus: Focus) {
    this.#calls = calls;
    this.#view = view;
    this.#focus = focus;
    this.#lanes = laneLayout(calls);
    this.#more = button('more lanes', 'Show more lanes', () => {
      this.#shown += LANES_A_TIME;
      this.draw();
    });
    const drawing = mountHtml(h('div.drawing'));
    drawing.append(this.#canvas);
    new Hair(drawing, view, () => this.#width);
    place.replaceChildren(drawing, this.#line, this.#note);
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute('role', 'img');
    this.#canvas.setAttribute(
      'aria-label',
      `${calls.start.length} calls in ${this.#lanes.length} lanes; arrow keys go from call to call, Enter shows the line`,
    );
    this.#listen();
    new ResizeObserver(() => this.draw()).observe(place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    view.onChange(() => this.draw());
    focus.onChange(() => this.draw());
  }

  get #visible(): readonly Lane[] {
    return this.#lanes.slice(0, this.#shown);
  }

  #x(at: number): number {
    return xOf(at, this.#view.from, this.#view.to, this.#width);
  }

  #timeAt(clientX: number): number {
    const x = clientX - this.#canvas.getBoundingClientRect().left;
    return timeOf(x, this.#view.from, this.#view.to, this.#width);
  }

  draw(): void {
    const lanes = this.#visible;
    const width = Math.max(320, this.#canvas.parentElement?.clientWidth ?? 0);
    const height = AXIS + lanes.length * LANE + 4;
    const left = leftOf(width);
    const scale = window.devicePixelRatio || 1;
    this.#width = width;
    this.#canvas.width = width * scale;
    this.#canvas.height = height * scale;
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    const pen = this.#canvas.getContext('2d');
    if (!pen) return;
    pen.scale(scale, scale);
    pen.font = '11px system-ui, sans-serif';
    pen.textBaseline = 'middle';
    const colours = palette(this.#canvas);
    const stands = this.#standsOut();
    drawAxis(pen, colours, axisMarks(this.#calls, this.#view.from, this.#view.to, width), height);
    let inView = 0;
    let merged = 0;
    for (const [row, lane] of lanes.entries()) {
      const y = AXIS + row * LANE + 2;
      pen.globalAlpha = 1;
      pen.fillStyle = colours.text;
      pen.fillText(shortLaneName(pen, lane, left - 8), 0, y + LANE / 2 - 1);
      pen.fillStyle = colours.faint;
      pen.fillRect(left, y + BAR, width - left - RIGHT, 1);
      let drawnTo = Number.NEGATIVE_INFINITY;
      for (const index of lane.calls) {
        const start = this.#calls.start[index] ?? 0;
        const end = this.#calls.end[index] ?? start;
        if (end < this.#view.from || start > this.#view.to) continue;
        inView++;
        const from = Math.max(left, this.#x(start));
        const to = Math.min(width - RIGHT, Math.max(this.#x(end), from + 1));
        if (to <= drawnTo) merged++;
        drawnTo = Math.max(drawnTo, to);
        drawBar(pen, colours, {
          outcome: this.#calls.outcome[index] ?? OUTCOMES.length - 1,
          module: this.#calls.module[index] ?? null,
          from,
          to,
          y,
          selected: index === this.#selected,
          faint: !stands(index),
        });
      }
    }
    this.#tell(lanes.length, inView, merged);
  }

  /** What is looked for stands out, else the module of the selected call. */
  #standsOut(): (index: number) => boolean {
    const sought = this.#focus.test(this.#calls);
    if (sought) return sought;
    const module = this.#selected === null ? null : (this.#calls.module[this.#selected] ?? null);
    return (index) => module === null || this.#calls.module[index] === module;
  }

  #tell(lanes: number, inView: number, merged: number): void {
    const all = this.#lanes.length;
    const hidden = this.#lanes.slice(lanes).reduce((sum, lane) => sum + lane.calls.length, 0);
    const parts = [
      `${count(inView, 'call')} in this time in ${count(lanes, 'lane')}`,
      merged > 0 ? `${grouped(merged)} of them behind others in the same pixel: zoom in` : null,
      hidden > 0
        ? `${count(hidden, 'call')} in ${count(all - lanes, 'lane')} that wasted less are not shown`
        : null,
    ].filter((part) => part !== null);
    this.#note.replaceChildren(`${parts.join('; ')}. `);
    if (hidden > 0) this.#note.append(this.#more);
  }

  /** The call at a place of the window, or the nearest within a few pixels in its lane. */
  #callAt(clientX: number, clientY: number): number | null {
    const box = this.#canvas.getBoundingClientRect();
    const lane = this.#visible[Math.floor((clientY - box.top - AXIS - 2) / LANE)];
    if (!lane) return null;
    const x = clientX - box.left;
    let best: number | null = null;
    let nearest = 4;
    for (const index of lane.calls) {
      const from = this.#x(this.#calls.start[index] ?? 0);
      const to = Math.max(this.#x(this.#calls.end[index] ?? 0), from + 1);
      const away = x < from ? from - x : x > to ? x - to : 0;
      if (away < nearest || (away === 0 && nearest === 0)) {
        nearest = away;
        best = index;
      }
    }
    return best;
  }

  #listen(): void {
    const canvas = this.#canvas;
    canvas.addEventListener('pointermove', (event) => {
      this.#view.point(this.#timeAt(event.clientX));
      const index = this.#callAt(event.clientX, event.clientY);
      canvas.classList.toggle('on-call', index !== null);
      if (index === null) hideTip();
      else showTip(callTip(this.#calls, index), event.clientX, event.clientY);
    });
    canvas.addEventListener('pointerleave', () => {
      this.#view.point(null);
      hideTip();
    });
    canvas.addEventListener('click', (event) => this.select(this.#callAt(event.clientX, event.clientY)));
    canvas.addEventListener('keydown', (event) => {
      if (this.#key(event.key) || steerByKey(event.key, this.#view)) event.preventDefault();
    });
    steer(canvas, this.#view, (clientX) => this.#timeAt(clientX));
  }

  #key(key: string): boolean {
    const selected = this.#selected;
    switch (key) {
      case 'ArrowRight':
        this.#step(1);
        return true;
      case 'ArrowLeft':
        this.#step(-1);
        return true;
      case 'ArrowDown':
        this.#stepLane(1);
        return true;
      case 'ArrowUp':
        this.#stepLane(-1);
        return true;
      case 'Escape':
        if (selected === null) return false;
        this.select(null);
        return true;
      case 'Enter': {
        if (selected === null) return false;
        const { source, line } = this.#calls.detail(selected);
        void showEvidence(source, line);
        return true;
      }
      default:
        return false;
    }
  }

  #laneOf(index: number): number {
    return this.#lanes.findIndex((lane) => lane.calls.includes(index));
  }

  /** Adds lanes until that of the call is there. */
  #reveal(index: number): void {
    const row = this.#laneOf(index);
    while (row >= this.#shown) this.#shown += LANES_A_TIME;
  }

  #step(by: number): void {
    const row = this.#selected === null ? 0 : this.#laneOf(this.#selected);
    const calls = this.#lanes[row]?.calls ?? [];
    const place = this.#selected === null ? -1 : calls.indexOf(this.#selected);
    this.select(calls[Math.max(0, Math.min(calls.length - 1, place + by))] ?? null);
  }

  #stepLane(by: number): void {
    const row = this.#selected === null ? -1 : this.#laneOf(this.#selected);
    const lane = this.#visible[Math.max(0, Math.min(this.#visible.length - 1, row + by))];
    const now = this.#selected === null ? 0 : (this.#calls.start[this.#selected] ?? 0);
    const next = lane?.calls.find((index) => (this.#calls.start[index] ?? 0) >= now) ?? lane?.calls.at(-1);
    this.select(next ?? null);
  }

  /** The next call that is looked for, in order of time; the number of such calls. */
  next(by: 1 | -1): number {
    const test = this.#focus.test(this.#calls);
    const found = this.#calls.start.flatMap((_, index) => (test?.(index) ? [index] : []));
    if (found.length === 0) return 0;
    const now = this.#selected === null ? -1 : found.indexOf(this.#selected);
    const place = now < 0 ? (by > 0 ? 0 : found.length - 1) : (now + by + found.length) % found.length;
    this.select(found[place] ?? null);
    return found.length;
  }

  select(index: number | null): void {
    this.#selected = index;
    if (index !== null) {
      const start = this.#calls.start[index] ?? 0;
      if (start < this.#view.from || start > this.#view.to) {
        const half = (this.#view.to - this.#view.from) / 2;
        this.#view.set(start - half, start + half);
      }
      this.#reveal(index);
      this.#line.replaceChildren(mount(callLine(this.#calls, index)));
    } else this.#line.replaceChildren(HINT);
    this.draw();
  }
}
