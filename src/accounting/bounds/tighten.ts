/** Search in every cell that allows it, until each end is reached by a solution or the effort is spent. */
import { type Cell, ENDS } from './cells.js';
import type { Move } from './moves.js';
import { type Effort, type Found, Search } from './search.js';

export interface Tightened {
  /** Cells that may hold a solution. */
  readonly cells: readonly Cell[];
  /** Per row: low, -high of becoming calls; low, -high of bytes. Every solution lies within. */
  readonly ends: readonly (readonly number[])[];
  /** Per row: whether a solution is known for each end. */
  readonly tight: readonly boolean[];
}

/** A cell with its search, and the ends of each row that are still thought possible in it. */
interface Searched {
  readonly cell: Cell;
  readonly search: Search | null;
  readonly ends: number[][];
  /** Questions that took too long. */
  readonly stuck: Set<string>;
}

/** Part of the whole effort that one question may take. */
const SHARE = 16;
/** Part of it that finding any solution in each cell may take. */
const EXISTENCE = 8;

const bytesOf = (move: Move): number => move.becoming + move.load;

/** What each of a row's four ends is the least of. */
const COSTS: readonly ((move: Move) => number)[] = [
  (m) => m.calls,
  (m) => -m.calls,
  bytesOf,
  (m) => -bytesOf(m),
];

export function tighten(cells: readonly Cell[], steps: number): Tightened {
  const effort: Effort = { left: steps };
  const reached = (cells[0]?.hull.rows ?? []).map(() => COSTS.map(() => Number.POSITIVE_INFINITY));
  const share = Math.ceil(steps / SHARE);
  const heed = (found: Found): Found => {
    if (typeof found !== 'string') note(reached, found);
    return found;
  };

  const alive: Searched[] = [];
  for (const cell of cells) {
    const search =
      steps > 0 && cell.signature.low === cell.signature.high
        ? Search.over(cell.hull, cell.window, effort)
        : null;
    const ends = cell.hull.rows.map((_, row) => [...cell.ends.slice(row * ENDS, (row + 1) * ENDS)]);
    if (search && heed(search.any(Math.ceil(steps / EXISTENCE / cells.length))) === 'none') continue;
    alive.push({ cell, search, ends, stuck: new Set() });
  }

  for (const [row, ends] of reached.entries()) {
    for (const [k, cost] of COSTS.entries()) {
      const best = (of: Searched): number => of.ends[row]?.[k] ?? 0;
      for (const each of alive.toSorted((a, b) => best(a) - best(b))) {
        const below = ends[k] ?? Number.POSITIVE_INFINITY;
        if (best(each) >= below) break;
        if (each.search === null || each.stuck.has(question(each.cell, row, k))) continue;
        const found = heed(each.search.least(row, cost, below, share));
        if (found === 'unknown') each.stuck.add(question(each.cell, row, k));
        else settle(each, row, k, ends[k] ?? below);
      }
    }
  }

  const ends = reached.map((of, row) =>
    of.map((_, k) => Math.min(...alive.map((each) => each.ends[row]?.[k] ?? 0))),
  );
  return {
    cells: alive.map((each) => each.cell),
    ends,
    tight: ends.map(
      (of, row) =>
        of.every((end, k) => end === reached[row]?.[k]) ||
        (of[0] === -(of[1] ?? 0) && of[2] === -(of[3] ?? 0)),
    ),
  };
}

/** Takes a solution into what is reached. */
function note(reached: number[][], solution: readonly Move[]): void {
  for (const [row, move] of solution.entries()) {
    for (const [k, cost] of COSTS.entries()) {
      const ends = reached[row];
      if (ends) ends[k] = Math.min(ends[k] ?? Number.POSITIVE_INFINITY, cost(move));
    }
  }
}

/** A row with one charge costs most where it has the fewest becoming calls: two ends are one question. */
function question({ hull }: Cell, row: number, end: number): string {
  const one = hull.rows[row]?.charges?.length === 1;
  return `${row} ${one ? Math.min(end, COSTS.length - 1 - end) : end}`;
}

/** Sets an end that is now known; one of calls gives the end of bytes that goes with it. */
function settle({ cell, ends }: Searched, row: number, end: number, value: number): void {
  const own = ends[row];
  const { charges = null, times = 0 } = cell.hull.rows[row] ?? {};
  const [charge] = charges ?? [];
  if (own) own[end] = value;
  if (!own || !charge || charges?.length !== 1 || end > 1) return;
  const sign = end === 0 ? 1 : -1;
  const calls = sign * value;
  own[COSTS.length - 1 - end] = -sign * (calls * charge.becoming + (times - calls) * charge.load);
}
