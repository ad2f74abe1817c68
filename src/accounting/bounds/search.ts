/** Depth-first search with pruning: proves that an end is reached, or that it is not and which one is. */
import { leastAt, whereAtMostZero } from './convex.js';
import { type Sum, sumsOver, WEIGHTS, type Weights, weigh } from './envelope.js';
import type { Hull } from './interval.js';
import { type Move, movesOf } from './moves.js';
import type { Range, Row, Window } from './problem.js';
import { Residues } from './residue.js';

/** Steps left, shared by all searches of one solve. */
export interface Effort {
  left: number;
}

/** A solution, row by row; or the proof that there is none; or the effort ran out. */
export type Found = readonly Move[] | 'none' | 'unknown';

/** Steps (of about 0.1 us) to find the calls that a row can have, where they follow from a range. */
const STEPS_PER_ROW = 16;
/** Steps to look at one move, where each has to be looked at. */
const STEPS_PER_MOVE = 4;

/** Places remembered, so that memory stays bounded. */
const DEAD_MAX = 200_000;

const NOTHING: Move = { calls: 0, becoming: 0, load: 0 };

/** A search over one window at one signature length. */
export class Search {
  /** The input's positions, in the order of the search. */
  readonly #order: readonly number[];
  readonly #rows: readonly Row[];
  readonly #moves: readonly (readonly Move[])[];
  readonly #window: Window;
  /** Element d: the sums over rows d and later. */
  readonly #rest: readonly (readonly Sum[])[];
  readonly #effort: Effort;
  /** The row whose move is set before all others; -1 for none. What follows holds for it alone. */
  #first = -1;
  #residues: Residues;
  /** Places (row and sums so far) from which there is no solution; the last two rows are sooner tried again. */
  #dead = new Set<string>();
  #stop = 0;

  private constructor(moves: readonly Move[][], unordered: readonly Row[], window: Window, effort: Effort) {
    this.#order = searchOrder(unordered, moves);
    const rows = this.#order.flatMap((i) => unordered[i] ?? []);
    this.#rows = rows;
    this.#moves = this.#order.map((i) => moves[i] ?? []);
    this.#window = window;
    this.#effort = effort;
    const sums = sumsThatPrune(rows, window);
    this.#rest = [...rows.map((_, d) => sumsOver(rows.slice(d), window, sums)), sumsOver([], window)];
    this.#residues = new Residues(rows, window, -1);
  }

  /** Null where some row's ways cannot be listed. */
  static over(hull: Hull, window: Window, effort: Effort): Search | null {
    const moves: Move[][] = [];
    for (const row of hull.rows) {
      const own = movesOf(row);
      if (own === null) return null;
      moves.push(own);
    }
    return new Search(moves, hull.rows, window, effort);
  }

  /** Any solution. */
  any(steps: number): Found {
    this.#begin(-1, steps);
    const found = this.#from(0, NOTHING);
    return typeof found === 'string' ? found : this.#inOrder(found.reverse());
  }

  /** The solution whose move of the row has the least `cost`, where that is below `below`. */
  least(row: number, cost: (move: Move) => number, below: number, steps: number): Found {
    const first = this.#order.indexOf(row);
    this.#begin(first, steps);
    const moves = (this.#moves[first] ?? []).filter((move) => cost(move) < below);
    moves.sort((a, b) => cost(a) - cost(b));
    for (const move of moves) {
      if (this.#gap(0, move) === null) continue;
      const rest = this.#from(0, move);
      if (rest === 'unknown') return rest;
      if (rest === 'none') continue;
      const solution = rest.reverse();
      solution.splice(first, 0, move);
      return this.#inOrder(solution);
    }
    return 'none';
  }

  /** The solution in the input's order. */
  #inOrder(solution: readonly Move[]): Move[] {
    const moves: Move[] = [];
    for (const [place, i] of this.#order.entries()) moves[i] = solution[place] ?? NOTHING;
    return moves;
  }

  #begin(first: number, steps: number): void {
    this.#first = first;
    this.#residues = new Residues(this.#rows, this.#window, first);
    this.#dead = new Set();
    this.#stop = Math.max(0, this.#effort.left - steps);
  }

  /** Moves of rows d and later, last row first, that complete the sums so far, which are within reach of them. */
  #from(d: number, so: Move): Move[] | 'none' | 'unknown' {
    if (d === this.#first) return this.#from(d + 1, so);
    if (d === this.#rows.length) return [];
    this.#effort.left -= 1;
    if (!this.#residues.allow(d, so)) return 'none';
    const place = d < this.#rows.length - 2 ? `${d} ${so.calls} ${so.becoming} ${so.load}` : null;
    if (place && this.#dead.has(place)) return 'none';
    if (this.#effort.left <= this.#stop) return 'unknown';
    for (const move of this.#next(d, so)) {
      const rest = this.#from(d + 1, add(so, move));
      if (rest === 'unknown') return rest;
      if (rest === 'none') continue;
      rest.push(move);
      return rest;
    }
    if (place && this.#dead.size < DEAD_MAX) this.#dead.add(place);
    return 'none';
  }

  /**
   * The moves of row d that leave the target within reach of the rows after it. Those that leave it nearest the
   * middle of what they can do come first: they are the likeliest to be completed.
   */
  #next(d: number, so: Move): Iterable<Move> {
    const moves = this.#moves[d] ?? [];
    if (this.#rows[d]?.charges?.length === 1) {
      this.#effort.left -= STEPS_PER_ROW;
      const range = this.#reach(d, so, moves);
      if (range === null) return [];
      const middle = leastAt((i) => this.#gapAfter(d, so, moves[i]) ?? Number.POSITIVE_INFINITY, range);
      return outward(moves, middle, range);
    }
    this.#effort.left -= moves.length * STEPS_PER_MOVE;
    return moves
      .map((move) => ({ move, gap: this.#gapAfter(d, so, move) }))
      .filter((next): next is { move: Move; gap: number } => next.gap !== null)
      .sort((a, b) => a.gap - b.gap)
      .map(({ move }) => move);
  }

  /** Of a row with one charge, which has a move for each number of calls: those that keep the target in reach. */
  #reach(d: number, so: Move, moves: readonly Move[]): Range | null {
    const fewest = moves[0]?.calls ?? 0;
    const rest = this.#rest[d + 1] ?? [];
    const skip = this.#skip(d + 1);
    const free = rest[0]?.least.calls(skip);
    const { low, high } = this.#window.calls;
    if (free === undefined) return null;
    let range: Range | null = {
      low: Math.max(0, low - so.calls - free.high - fewest),
      high: Math.min(moves.length - 1, high - so.calls - free.low - fewest),
    };
    for (const { weights, target, least, greatest } of rest) {
      for (const { side, bounds } of [
        { side: 1, bounds: least },
        { side: -1, bounds: greatest },
      ]) {
        if (range === null || range.low > range.high) return null;
        const limit = side === 1 ? target.high : -target.low;
        range = whereAtMostZero((i) => {
          const sums = add(so, moves[i] ?? NOTHING);
          const own = side * weigh(weights, sums.becoming, sums.load);
          return own + bounds.least(low - sums.calls, high - sums.calls, skip) - limit;
        }, range);
      }
    }
    return range;
  }

  #gapAfter(d: number, so: Move, move: Move | undefined): number | null {
    return move ? this.#gap(d + 1, add(so, move)) : null;
  }

  /** How far from the middle of the rest's range the target is, in ranges; null where it is out of reach. */
  #gap(d: number, so: Move): number | null {
    const { low, high } = this.#window.calls;
    const skip = this.#skip(d);
    let worst = 0;
    for (const { weights, target, least, greatest } of this.#rest[d] ?? []) {
      const done = weigh(weights, so.becoming, so.load);
      const from = done + least.least(low - so.calls, high - so.calls, skip);
      const to = done - greatest.least(low - so.calls, high - so.calls, skip);
      if (from > target.high || to < target.low) return null;
      const aim = (Math.max(target.low, from) + Math.min(target.high, to)) / 2;
      worst = Math.max(worst, Math.abs(aim - (from + to) / 2) / (to - from + 1));
    }
    return worst;
  }

  /** Where the first row stands among the rows from d on; -1 where it does not. */
  #skip(d: number): number {
    return this.#first >= d ? this.#first - d : -1;
  }
}

/**
 * All but the bytes of both phases, which prune little. Where all rows are plain and both phases balance, 2*becoming
 * + load does not change, and becoming alone stands for both.
 */
function sumsThatPrune(rows: readonly Row[], { becoming, load }: Window): readonly Weights[] {
  const plain = rows.every((row) => row.charges?.every((charge) => charge.load === 2 * charge.becoming));
  const exact = becoming.low === becoming.high && load.low === load.high;
  return plain && exact ? WEIGHTS.slice(0, 1) : WEIGHTS.slice(0, 3);
}

/**
 * Rows that have one way first; then by how far their charge is from the two most alike, farthest first: as with
 * coins, the large steps go before the small ones that can make up the rest to the byte.
 */
function searchOrder(rows: readonly Row[], moves: readonly Move[][]): number[] {
  const charge = (i: number): number => rows[i]?.becoming.low ?? 0;
  const ways = (i: number): number => moves[i]?.length ?? 0;
  const all = rows.map((_, i) => i).sort((a, b) => charge(a) - charge(b));
  const free = all.filter((i) => ways(i) > 1);
  let [centre, nearest] = [0, Number.POSITIVE_INFINITY];
  for (const [k, i] of free.entries()) {
    const next = free[k + 1];
    const apart = next === undefined ? nearest : charge(next) - charge(i);
    if (apart < nearest && apart > 0) [centre, nearest] = [charge(i), apart];
  }
  free.sort((a, b) => Math.abs(charge(b) - centre) - Math.abs(charge(a) - centre));
  return [...all.filter((i) => ways(i) <= 1), ...free];
}

function add(a: Move, b: Move): Move {
  return { calls: a.calls + b.calls, becoming: a.becoming + b.becoming, load: a.load + b.load };
}

/** The moves of the range, from the middle to both ends. */
function* outward(moves: readonly Move[], middle: number, { low, high }: Range): Iterable<Move> {
  for (let step = 0; middle - step >= low || middle + step <= high; step++) {
    const below = middle - step >= low ? moves[middle - step] : undefined;
    const above = step > 0 && middle + step <= high ? moves[middle + step] : undefined;
    if (below) yield below;
    if (above) yield above;
  }
}
