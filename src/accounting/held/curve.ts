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
 * The points of the curve in order of time. Times are rounded: at the same one, what may be held is allocated first and
 * freed last, what is held for certain is freed first. `between` is called with both done halfway.
 */
export function* curve(loads: readonly Load[], between: (point: Point) => void = () => {}): Iterable<Point> {
  const changes = changesOf(loads);
  const state = new State();
  for (let at = 0; at < changes.length; ) {
    const t = changes[at]?.t ?? 0n;
    let end = at;
    while (changes[end]?.t === t) end++;
    const now = changes.slice(at, end);
    for (const change of now) if (change.certain !== change.allocates) state.apply(change);
    between(state.point(t));
    for (const change of now) if (change.certain === change.allocates) state.apply(change);
    yield state.point(t);
    at = end;
  }
}

function changesOf(loads: readonly Load[]): Change[] {
  const changes: Change[] = [];
  const first = firstTime(loads);
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
      if (bytes.high === 0) continue;
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

class State {
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

  point(t: bigint): Point {
    const sum = (of: (sums: Sums) => number): Bounds<number> => ({
      low: of(this.#low),
      high: of(this.#unbounded) > 0 ? null : of(this.#high),
    });
    const fate = (name: Fate): Bounds<number> => sum((sums) => sums.byFate[name]);
    return {
      t,
      byFate: {
        loaded: fate('loaded'),
        duplicate: fate('duplicate'),
        failed: fate('failed'),
        other: fate('other'),
      },
      layouts: sum((sums) => sums.layouts),
      all: sum((sums) => sums.all),
      loads: this.#loads.size,
    };
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
