// SPDX-License-Identifier: Apache-2.0
/** The bytes held over time: what is held for certain, and what may be. */
import type { Bounds } from '../../model/bounds.js';
import type { Attempt } from '../model.js';
import type { Fate, Holding, Load, Point } from './types.js';

export function fateOf({ outcome }: Attempt): Fate {
  return outcome === 'loaded' || outcome === 'duplicate' || outcome === 'failed' ? outcome : 'other';
}

/** One end of one holding. */
interface Change {
  readonly t: bigint;
  readonly fate: Fate;
  readonly holding: Holding;
  readonly load: Load;
  readonly certain: boolean;
  readonly allocates: boolean;
}

/**
 * The states of the curve in order of time, as one object. Times are rounded: at the same one, what may be held is
 * allocated first and freed last, what is held for certain is freed first. `between` is called with both done halfway.
 * Without `upper` only what is held for certain is followed.
 */
export function* curve(loads: readonly Load[], upper = true, between = (_: State) => {}): Iterable<State> {
  const changes = changesOf(loads, upper);
  const state = new State();
  for (let at = 0; at < changes.length; ) {
    const t = changes[at]?.t ?? 0n;
    let end = at;
    while (changes[end]?.t === t) end++;
    const now = changes.slice(at, end);
    state.t = t;
    for (const change of now) if (change.certain !== change.allocates) state.apply(change);
    between(state);
    for (const change of now) if (change.certain === change.allocates) state.apply(change);
    yield state;
    at = end;
  }
}

function changesOf(loads: readonly Load[], upper: boolean): Change[] {
  const changes: Change[] = [];
  const first = upper ? firstTime(loads) : null;
  for (const load of loads) {
    const fate = fateOf(load.attempt);
    for (const holding of load.holdings) {
      const add = (t: bigint | null, certain: boolean, allocates: boolean): void => {
        if (t !== null) changes.push({ t, fate, holding, load, certain, allocates });
      };
      const { allocated, freed, bytes } = holding;
      if (isCertain(holding) && bytes.low > 0) {
        add(allocated.latest, true, true);
        add(freed.earliest, true, false);
      }
      if (!upper || bytes.high === 0) continue;
      add(allocated.earliest ?? first, false, true);
      add(freed.latest, false, false);
    }
  }
  return changes.sort((a, b) => (a.t < b.t ? -1 : a.t > b.t ? 1 : 0));
}

function firstTime(loads: readonly Load[]): bigint | null {
  let first: bigint | null = null;
  for (const { holdings } of loads) {
    for (const { allocated, freed } of holdings) {
      for (const t of [allocated.earliest, allocated.latest, freed.earliest, freed.latest])
        if (t !== null && (first === null || t < first)) first = t;
    }
  }
  return first;
}

/** True where there is a time at which it is held for certain. */
function isCertain({ allocated, freed }: Holding): boolean {
  return allocated.latest !== null && freed.earliest !== null && allocated.latest < freed.earliest;
}

/** What is held at a time. */
export class State {
  t = 0n;
  readonly #low = new Sums();
  readonly #high = new Sums();
  /** Holdings without an upper bound. */
  readonly #unbounded = new Sums();
  /** Certain holdings of each load. */
  readonly #loads = new Map<Load, number>();

  apply({ fate, holding, load, certain, allocates }: Change): void {
    const sign = allocates ? 1 : -1;
    const layout = holding.what === 'layout';
    const { low, high } = holding.bytes;
    if (!certain) {
      if (high === null) this.#unbounded.add(fate, layout, sign);
      else this.#high.add(fate, layout, sign * high);
      return;
    }
    this.#low.add(fate, layout, sign * low);
    const left = (this.#loads.get(load) ?? 0) + sign;
    if (left === 0) this.#loads.delete(load);
    else this.#loads.set(load, left);
  }

  get all(): Bounds<number> {
    return this.#bounds(this.#low.all, this.#unbounded.all, this.#high.all);
  }

  /** All but layouts. */
  get rest(): Bounds<number> {
    const [low, unbounded, high] = [this.#low, this.#unbounded, this.#high];
    // Where nothing bounds the layouts, nothing bounds the rest.
    return this.#bounds(low.all - low.layouts, unbounded.all, high.all - high.layouts);
  }

  get layouts(): Bounds<number> {
    return this.#bounds(this.#low.layouts, this.#unbounded.layouts, this.#high.layouts);
  }

  point(): Point {
    const fate = (name: Fate): Bounds<number> =>
      this.#bounds(this.#low.byFate[name], this.#unbounded.byFate[name], this.#high.byFate[name]);
    return {
      t: this.t,
      byFate: {
        loaded: fate('loaded'),
        duplicate: fate('duplicate'),
        failed: fate('failed'),
        other: fate('other'),
      },
      layouts: this.layouts,
      all: this.all,
      loads: this.#loads.size,
    };
  }

  #bounds(low: number, unbounded: number, high: number): Bounds<number> {
    return { low, high: unbounded > 0 ? null : high };
  }
}

class Sums {
  readonly byFate: Record<Fate, number> = { loaded: 0, duplicate: 0, failed: 0, other: 0 };
  layouts = 0;
  all = 0;

  add(fate: Fate, layout: boolean, count: number): void {
    this.byFate[fate] += count;
    this.all += count;
    if (layout) this.layouts += count;
  }
}
