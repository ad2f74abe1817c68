/** The ways in which a row's calls can have gone. */
import type { Charge, Row } from './problem.js';

/** Becoming calls, and the bytes of the row in each phase. */
export interface Move {
  readonly calls: number;
  readonly becoming: number;
  readonly load: number;
}

/** More ways than this for one row are not listed. */
const MOVES_MAX = 20_000;

/**
 * Every way for the row, fewest becoming calls first; null where its charges are not known one by one or the ways
 * are too many.
 */
export function movesOf(row: Row): Move[] | null {
  const { charges, times } = row;
  if (charges === null || row.high - row.low >= MOVES_MAX) return null;
  const [only, second] = charges;
  if (only && !second) {
    return Array.from({ length: row.high - row.low + 1 }, (_, i) => {
      const calls = row.low + i;
      return { calls, becoming: calls * only.becoming, load: (times - calls) * only.load };
    });
  }
  const becoming = multiples(charges, 'becoming', row.high);
  const load = multiples(charges, 'load', times - row.low);
  if (becoming === null || load === null) return null;
  const moves: Move[] = [];
  for (let calls = row.low; calls <= row.high; calls++) {
    for (const b of becoming[calls] ?? []) {
      for (const l of load[times - calls] ?? []) {
        if (moves.length === MOVES_MAX) return null;
        moves.push({ calls, becoming: b, load: l });
      }
    }
  }
  return moves;
}

/** Element k: every sum of k charges. Null where there are too many. */
function multiples(charges: readonly Charge[], phase: keyof Charge, most: number): number[][] | null {
  const sums: number[][] = [[0]];
  let size = 0;
  for (let k = 1; k <= most; k++) {
    const next = new Set((sums[k - 1] ?? []).flatMap((sum) => charges.map((charge) => sum + charge[phase])));
    size += next.size;
    if (size > MOVES_MAX) return null;
    sums.push([...next]);
  }
  return sums;
}
