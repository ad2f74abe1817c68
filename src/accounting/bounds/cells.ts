// SPDX-License-Identifier: Apache-2.0
/** The space of solutions, divided into cells: one window of the sums, one range of signature lengths. */
import type { Range } from '../../model/bounds.js';
import { type Hull, intervalHull } from './interval.js';
import type { Window } from './problem.js';
import { type Row, rowAt, windows } from './problem.js';
import type { BoundsInput } from './types.js';

export interface Cell {
  readonly window: Window;
  readonly signature: Range;
  readonly hull: Hull;
  /** See endsOf; ENDS of them for each row. */
  readonly ends: Float64Array;
}

/** Preference for splitting a cell at the signature's own end. */
const OUTERMOST = 64;

/** Ends that a row has. */
export const ENDS = 4;

/** Hulls that may be computed while splitting the range of signature lengths: fewer for long lists. */
const hullsMax = (rows: number): number => Math.max(40, Math.min(192, Math.floor(3000 / (rows + 1))));

/**
 * The ends of the answer, with highs negated, so that the minimum over all cells is the hull: for each row low and high
 * of becoming calls and of bytes, then low and high of the signature.
 */
function endsOf(hull: Hull, signature: Range): Float64Array {
  const ends = new Float64Array(hull.rows.length * ENDS + 2);
  let at = 0;
  for (const [i, row] of hull.rows.entries()) {
    const bytes = hull.bytes[i];
    ends[at++] = row.low;
    ends[at++] = -row.high;
    ends[at++] = bytes?.low ?? 0;
    ends[at++] = -(bytes?.high ?? 0);
  }
  ends[at++] = signature.low;
  ends[at] = -signature.high;
  return ends;
}

/** Cells whose union holds every solution; none where the evidence contradicts itself. */
export function cellsOf(input: BoundsInput, signature: Range): Cell[] {
  const times = input.rows.reduce((total, row) => total + row.times, 0);
  let hulls = 0;
  const cell = (window: Window, range: Range): Cell[] => {
    hulls += 1;
    const rows: Row[] = [];
    for (const row of input.rows) {
      const at = rowAt(row, range, input.counters);
      if (at === null) return [];
      rows.push(at);
    }
    const hull = intervalHull(rows, window);
    return hull ? [{ window, signature: range, hull, ends: endsOf(hull, range) }] : [];
  };
  let cells = windows(input.counters, times).flatMap((window) => cell(window, signature));
  while (hulls < hullsMax(input.rows.length)) {
    const widest = widestAtAnEnd(cells);
    if (widest === null) break;
    const { low, high } = widest.signature;
    const middle = Math.floor((low + high) / 2);
    const halves = [
      { low, high: middle },
      { low: middle + 1, high },
    ].flatMap((half) => cell(widest.window, half));
    cells = cells.flatMap((each) => (each === widest ? halves : [each]));
  }
  return cells;
}

/**
 * Of the cells that set an end of the hull, the one with the longest range of signature lengths over one; those
 * that set the signature's own ends come first, because every signed row's bytes hang on them.
 */
function widestAtAnEnd(cells: readonly Cell[]): Cell | null {
  const hull = cells[0]?.ends.slice() ?? new Float64Array();
  for (const { ends } of cells)
    for (let k = 0; k < hull.length; k++) {
      const end = ends[k] ?? 0;
      if (end < (hull[k] ?? 0)) hull[k] = end;
    }
  let widest: Cell | null = null;
  let width = 0;
  for (const cell of cells) {
    const length = cell.signature.high - cell.signature.low;
    const outermost = cell.ends.subarray(-2).some((end, k) => end === hull.at(k - 2));
    const rank = outermost ? length * OUTERMOST : length;
    if (rank > width && (outermost || cell.ends.some((end, k) => end === hull[k]))) {
      widest = cell;
      width = rank;
    }
  }
  return widest;
}
