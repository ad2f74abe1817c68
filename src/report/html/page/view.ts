// SPDX-License-Identifier: Apache-2.0
/** The part of time that the charts of one boot show; they share it. */
export class View {
  readonly #min: number;
  readonly #max: number;
  readonly #listeners: (() => void)[] = [];
  readonly #pointed: ((at: number | null) => void)[] = [];
  from: number;
  to: number;

  constructor(min: number, max: number) {
    // A boot of one call has no extent of its own.
    const margin = Math.max((max - min) * 0.01, 1000);
    this.#min = min - margin;
    this.#max = max + margin;
    this.from = this.#min;
    this.to = this.#max;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Calls back with the moment under the pointer, in whichever chart it is. */
  onPoint(listener: (at: number | null) => void): void {
    this.#pointed.push(listener);
  }

  point(at: number | null): void {
    for (const listener of this.#pointed) listener(at);
  }

  get whole(): boolean {
    return this.from === this.#min && this.to === this.#max;
  }

  set(from: number, to: number): void {
    const span = Math.min(Math.max(to - from, 100), this.#max - this.#min);
    this.from = Math.max(this.#min, Math.min(from, this.#max - span));
    this.to = this.from + span;
    for (const listener of this.#listeners) listener();
  }

  reset(): void {
    this.set(this.#min, this.#max);
  }

  /** A factor below 1 shows less time; `at` keeps its place. */
  zoom(factor: number, at = (this.from + this.to) / 2): void {
    this.set(at - (at - this.from) * factor, at + (this.to - at) * factor);
  }

  /** Moves by a part of what is shown. */
  pan(part: number): void {
    const span = this.to - this.from;
    this.set(this.from + span * part, this.to + span * part);
  }
}

/** The wheel zooms with Ctrl and moves with Shift; `timeAt` tells the time under a place of the window. */
export function steer(target: HTMLElement, view: View, timeAt: (clientX: number) => number): void {
  target.addEventListener(
    'wheel',
    (event) => {
      // A plain wheel scrolls the page.
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      const by = event.deltaY || event.deltaX;
      if (event.ctrlKey) view.zoom(by > 0 ? 1.25 : 0.8, timeAt(event.clientX));
      else view.pan(by > 0 ? 0.1 : -0.1);
    },
    { passive: false },
  );
  target.addEventListener('dblclick', () => view.reset());
}

/** The keys of Perfetto, and those of the buttons. */
const STEPS: Readonly<Record<string, (view: View) => void>> = {
  '+': (view) => view.zoom(0.5),
  '=': (view) => view.zoom(0.5),
  w: (view) => view.zoom(0.7),
  '-': (view) => view.zoom(2),
  s: (view) => view.zoom(1 / 0.7),
  a: (view) => view.pan(-0.15),
  d: (view) => view.pan(0.15),
  0: (view) => view.reset(),
  PageUp: (view) => view.pan(-0.5),
  PageDown: (view) => view.pan(0.5),
};

/** True where the key moved the view. */
export function steerByKey(key: string, view: View): boolean {
  const step = STEPS[key];
  step?.(view);
  return step !== undefined;
}
