// SPDX-License-Identifier: Apache-2.0
/** What module loads of one boot held of virtual memory at once: the curve over time, and its peak. */
import { type Bounds, NOTHING, total, UNKNOWN } from '../../model/bounds.js';
import { groupBy } from '../../model/groups.js';
import type { Areas } from '../areas.js';
import type { Attempt, BootTrace, SizeRow } from '../model.js';
import { clockKey } from '../time-span.js';
import { curve, fateOf, type State } from './curve.js';
import { holdingsOf } from './holdings.js';
import { type KnownSizes, knownSizes } from './sizes.js';
import type { Fate, HeldArea, HeldCurve, HeldRow, Holding, Load, Point } from './types.js';

export interface LoadsOfBoot {
  readonly boot: number;
  readonly attempts: readonly Attempt[];
  readonly trace: BootTrace | null;
  readonly sizes: readonly SizeRow[];
  readonly areas: Areas;
}

/** Curves and peaks, worked out when they are asked for. */
export class HeldLater {
  readonly #boots: readonly LoadsOfBoot[];
  #rows: readonly HeldRow[] | null = null;

  constructor(boots: readonly LoadsOfBoot[]) {
    this.#boots = boots;
  }

  get curves(): readonly HeldCurve[] {
    return this.#boots.flatMap(heldCurves);
  }

  get rows(): readonly HeldRow[] {
    this.#rows ??= this.#boots.flatMap((one) =>
      knowsSize(one.attempts, one.sizes) ? (heldRow(heldCurves(one), one.areas) ?? []) : [],
    );
    return this.#rows;
  }
}

function heldCurves({ boot, attempts, trace, sizes }: LoadsOfBoot): HeldCurve[] {
  const known = knownSizes(attempts, sizes);
  const complete = trace?.complete === true && trace.sees === 'calls';
  const byClock = groupBy(attempts, ({ clock, cite }) => clockKey(clock, cite.source));
  return [...byClock.values()].flatMap((own) => {
    const [first] = own;
    const loads = new LoadsOf(own, known);
    const [any] = loads;
    return first && any ? [{ boot, clock: first.clock, complete, loads }] : [];
  });
}

/** The loads that hold memory, made anew each time: all at once they take more than the attempts. */
class LoadsOf implements Iterable<Load> {
  readonly #attempts: readonly Attempt[];
  readonly #known: KnownSizes;

  constructor(attempts: readonly Attempt[], known: KnownSizes) {
    this.#attempts = attempts;
    this.#known = known;
  }

  *[Symbol.iterator](): Generator<Load> {
    for (const attempt of this.#attempts) {
      const holdings = holdingsOf(attempt, this.#known);
      if (holdings.length > 0) yield { attempt, holdings };
    }
  }
}

/** The points of a curve. Where loads may be missing nothing is an upper bound, so what may be held changes nothing. */
export function* heldPoints(held: HeldCurve): Iterable<Point> {
  for (const state of curve(held, held.complete)) yield state.point();
}

/** Whether anything tells the size of a module: else nothing is known to have been held. */
function knowsSize(attempts: readonly Attempt[], sizes: readonly SizeRow[]): boolean {
  return (
    sizes.length > 0 ||
    attempts.some(
      ({ image, compressed, steps }) =>
        (image ?? steps.copied ?? steps.unpacked) !== null || (compressed ?? 0) > 0,
    )
  );
}

/** Null where nothing is known to have been held. */
function heldRow(curves: readonly HeldCurve[], areas: Areas): HeldRow | null {
  const rows = curves.flatMap((one) => peakOf(one, areas) ?? []);
  const [first, ...others] = rows.sort((a, b) => b.peak.low - a.peak.low);
  if (!first) return null;
  let high = first.peak.high;
  for (const { peak } of others)
    high = high === null || peak.high === null ? null : Math.max(high, peak.high);
  return { ...first, peak: { low: first.peak.low, high } };
}

interface Peak {
  low: number;
  high: number | null;
  t: bigint | null;
}

function raise(peak: Peak, { low, high }: Bounds<number>, t: bigint): void {
  if (low > peak.low) Object.assign(peak, { low, t });
  peak.high = peak.high === null || high === null ? null : Math.max(peak.high, high);
}

function peakOf(held: HeldCurve, areas: Areas): HeldRow | null {
  const start = (): Peak => ({ low: 0, high: held.complete ? 0 : null, t: null });
  const [all, layouts, rest] = [start(), start(), start()];
  const see = (state: State): void => {
    raise(all, state.all, state.t);
    raise(layouts, state.layouts, state.t);
    raise(rest, state.rest, state.t);
  };
  for (const state of curve(held, held.complete, see)) see(state);
  if (all.t === null) return null;
  const t = all.t;
  const parts = [...held.loads].map((load) => ({ load, bytes: bytesAt(load.holdings, t) }));
  const areasOf = areasHeld(areas, all, layouts, rest);
  // On 32 bit all of it lies in the vmalloc area, and no more than that holds.
  const [only] = areas.modules === 'vmalloc' ? areasOf : [];
  const peak = only?.peak ?? { low: all.low, high: all.high };
  return {
    boot: held.boot,
    clock: held.clock,
    peak,
    basis: peak.low === peak.high ? 'measured' : 'bounded',
    t,
    loads: parts.filter(({ bytes }) => bytes.low > 0).length,
    ...largestModule(parts),
    byFate: byFateAt(parts),
    areas: areasOf,
  };
}

interface Part {
  readonly load: Load;
  readonly bytes: Bounds<number>;
}

function bytesAt(holdings: readonly Holding[], t: bigint): Bounds<number> {
  return total(
    holdings.map(({ allocated, freed, bytes }) => {
      const isCertain =
        allocated.latest !== null && allocated.latest <= t && freed.earliest !== null && t < freed.earliest;
      const isPossible =
        (allocated.earliest === null || allocated.earliest <= t) &&
        (freed.latest === null || t <= freed.latest);
      return { low: isCertain ? bytes.low : 0, high: isPossible ? bytes.high : 0 };
    }),
    NOTHING,
  );
}

function largestModule(parts: readonly Part[]): Pick<HeldRow, 'module' | 'moduleBytes'> {
  const byModule = groupBy(
    parts.filter(({ load, bytes }) => load.attempt.module !== null && bytes.low > 0),
    ({ load }) => load.attempt.module ?? '',
  );
  const sums = [...byModule].map(([module, own]) => ({
    module,
    moduleBytes: total(
      own.map(({ bytes }) => bytes),
      NOTHING,
    ),
  }));
  const [most] = sums.sort((a, b) => b.moduleBytes.low - a.moduleBytes.low || (a.module < b.module ? -1 : 1));
  return most ?? { module: null, moduleBytes: UNKNOWN };
}

function byFateAt(parts: readonly Part[]): Record<Fate, Bounds<number>> {
  const of = (fate: Fate): Bounds<number> =>
    total(
      parts.filter(({ load }) => fateOf(load.attempt) === fate).map(({ bytes }) => bytes),
      NOTHING,
    );
  return { loaded: of('loaded'), duplicate: of('duplicate'), failed: of('failed'), other: of('other') };
}

/** Layouts lie in the module area, where there is one; the rest in the vmalloc area. */
function areasHeld({ vmalloc, modules }: Areas, all: Peak, layouts: Peak, rest: Peak): HeldArea[] {
  const areas: HeldArea[] = [];
  const add = (area: HeldArea['area'], known: Areas['vmalloc'], { low, high }: Peak): void => {
    if (!known) return;
    // What was allocated had room.
    const isFull = known.basis === 'measured' && (high === null || high > known.bytes);
    areas.push({ area, ...known, peak: { low, high: isFull ? Math.max(known.bytes, low) : high } });
  };
  add('vmalloc', vmalloc, modules === 'vmalloc' ? all : rest);
  if (modules !== 'vmalloc') add('modules', modules, layouts);
  const share = ({ peak, bytes }: HeldArea): number => peak.low / bytes;
  return areas.sort((a, b) => share(b) - share(a));
}
