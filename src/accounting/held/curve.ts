// SPDX-License-Identifier: Apache-2.0
/** The bytes held over time: what is held for certain, and what may be. */

import type { Bounds } from '../../model/bounds.js';
import { orderOf } from '../../model/order.js';
import type { Attempt } from '../model.js';
import type { Fate, HeldCurve, Holding, Load, Point } from './types.js';

export function fateOf({ outcome }: Attempt): Fate {
  return outcome === 'loaded' || outcome === 'duplicate' || outcome === 'failed' ? outcome : 'other';
}

/** In the order in which `Changes` and `Sums` number them. */
const FATES: readonly Fate[] = ['loaded', 'duplicate', 'failed', 'other'];
const LAYOUTS = FATES.length;
const ALL = LAYOUTS + 1;

/**
 * The states of the curve in order of time, as one object. Times are rounded: at the same one, what may be held is
 * allocated first and freed last, what is held for certain is freed first. `between` is called with both done halfway.
 * Without `upper` only what is held for certain is followed.
 */
export function* curve(
  { loads, complete }: HeldCurve,
  upper = true,
  between = (_: State) => {},
): Iterable<State> {
  const changes = changesOf(loads, upper);
  const { order, times } = changes;
  const state = new State(changes, complete);
  for (let at = 0; at < order.length; ) {
    const t = times[order[at] ?? 0] ?? 0n;
    let end = at + 1;
    while (end < order.length && times[order[end] ?? 0] === t) end++;
    state.t = t;
    state.apply(at, end, true);
    between(state);
    state.apply(at, end, false);
    yield state;
    at = end;
  }
}

/** Ends of holdings, as columns: a storm has millions of them. */
class Changes {
  readonly times: bigint[] = [];
  /** Bytes; null without an upper bound. */
  readonly bytes: (number | null)[] = [];
  /** Position of the load among all. */
  readonly loads: number[] = [];
  readonly fates: number[] = [];
  /** CERTAIN, ALLOCATES and LAYOUT. */
  readonly kinds: number[] = [];
  /** The changes by time. */
  order: readonly number[] = [];

  add(t: bigint | null, bytes: number | null, load: number, fate: number, kind: number): void {
    if (t === null) return;
    this.times.push(t);
    this.bytes.push(bytes);
    this.loads.push(load);
    this.fates.push(fate);
    this.kinds.push(kind);
  }

  sort(): void {
    this.order = orderOf(this.times);
  }
}

const CERTAIN = 1;
const ALLOCATES = 2;
const LAYOUT = 4;

function changesOf(loads: Iterable<Load>, upper: boolean): Changes {
  const changes = new Changes();
  const first = upper ? firstTime(loads) : null;
  let load = 0;
  for (const { attempt, holdings } of loads) {
    const fate = FATES.indexOf(fateOf(attempt));
    for (const holding of holdings) {
      const { allocated, freed, bytes } = holding;
      const layout = holding.what === 'layout' ? LAYOUT : 0;
      if (isCertain(holding) && bytes.low > 0) {
        changes.add(allocated.latest, bytes.low, load, fate, layout | CERTAIN | ALLOCATES);
        changes.add(freed.earliest, bytes.low, load, fate, layout | CERTAIN);
      }
      if (!upper || bytes.high === 0) continue;
      changes.add(allocated.earliest ?? first, bytes.high, load, fate, layout | ALLOCATES);
      changes.add(freed.latest, bytes.high, load, fate, layout);
    }
    load++;
  }
  changes.sort();
  return changes;
}

function firstTime(loads: Iterable<Load>): bigint | null {
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
  readonly #changes: Changes;
  readonly #complete: boolean;
  readonly #low = new Sums();
  readonly #high = new Sums();
  /** Holdings without an upper bound. */
  readonly #unbounded = new Sums();
  /** Certain holdings of each load, and the number of loads with any. */
  readonly #holdings: number[] = [];
  #loads = 0;

  /** `complete` false: loads may be missing, and nothing is an upper bound. */
  constructor(changes: Changes, complete: boolean) {
    this.#changes = changes;
    this.#complete = complete;
  }

  /** Applies those of the changes from one place in their order to another that come first at one time, or the rest. */
  apply(from: number, to: number, first: boolean): void {
    const { order, kinds, fates, bytes, loads } = this.#changes;
    for (let at = from; at < to; at++) {
      const index = order[at] ?? 0;
      const kind = kinds[index] ?? 0;
      const isCertain = (kind & CERTAIN) !== 0;
      const sign = (kind & ALLOCATES) === 0 ? -1 : 1;
      if ((isCertain !== sign > 0) !== first) continue;
      const fate = fates[index] ?? 0;
      const layout = (kind & LAYOUT) !== 0;
      const count = bytes[index] ?? null;
      if (count === null) this.#unbounded.add(fate, layout, sign);
      else (isCertain ? this.#low : this.#high).add(fate, layout, sign * count);
      if (isCertain) this.#count(loads[index] ?? 0, sign);
    }
  }

  #count(load: number, sign: number): void {
    const before = this.#holdings[load] ?? 0;
    this.#holdings[load] = before + sign;
    if (before === 0) this.#loads++;
    else if (before + sign === 0) this.#loads--;
  }

  get all(): Bounds<number> {
    return this.#bounds(ALL);
  }

  /** All but layouts. */
  get rest(): Bounds<number> {
    // Where nothing bounds the layouts, nothing bounds the rest.
    const [all, layouts] = [this.all, this.layouts];
    return {
      low: all.low - layouts.low,
      high: all.high === null ? null : all.high - (layouts.high ?? 0),
    };
  }

  get layouts(): Bounds<number> {
    return this.#bounds(LAYOUTS);
  }

  point(): Point {
    const fate = (name: Fate): Bounds<number> => this.#bounds(FATES.indexOf(name));
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
      loads: this.#loads,
    };
  }

  #bounds(part: number): Bounds<number> {
    const isBounded = this.#complete && this.#unbounded.of[part] === 0;
    return { low: this.#low.of[part] ?? 0, high: isBounded ? (this.#high.of[part] ?? 0) : null };
  }
}

/** Sums of each fate, of layouts and of all. */
class Sums {
  readonly of: number[] = [0, 0, 0, 0, 0, 0];

  add(fate: number, layout: boolean, count: number): void {
    const { of } = this;
    of[fate] = (of[fate] ?? 0) + count;
    of[ALL] = (of[ALL] ?? 0) + count;
    if (layout) of[LAYOUTS] = (of[LAYOUTS] ?? 0) + count;
  }
}
