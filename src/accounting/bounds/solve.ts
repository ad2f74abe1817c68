// SPDX-License-Identifier: Apache-2.0
/**
 * How many bytes each row of the kernel's duplicate list cost, from counters, list and sizes alone.
 *
 * The list (kernel/module/stats.c) gives a name, a count and the set of reasons; the counters give calls and bytes
 * of the phases `becoming` and `load`, all failures together. problem.ts has the equations between them: a becoming
 * call is charged L + C, a load call 2L + C, and other failures (or rows truncated from the
 * list) take any calls and bytes that are left over. Method:
 *  1. Cases. Each phase has no other failure, so that it balances to the byte, or some, so that its bytes only
 *     bound from above. In 2*becoming + load bytes the split of a plain row cancels: that sum gives the length of
 *     the signature. The remaining range is split into cells where that narrows an answer.
 *  2. Intervals. In every cell each weighted sum is linear in the rows' becoming calls. Giving the calls to the
 *     rows of least slope first yields the exact least of one sum; what this leaves each row is repeated until
 *     nothing changes. It is always sound, also for images known as a range or not at all.
 * Evidence without a solution is explained in `conflict`, and the answer omits the sizes.
 */
import {
  add,
  atLeast,
  type Bounds,
  big,
  exactOf,
  hull,
  largest,
  NONE,
  NOTHING,
  type Range,
  rest,
  smallest,
  UNKNOWN,
} from '../../model/bounds.js';
import { type Cell, cellsOf, ENDS } from './cells.js';
import { conflictOf } from './conflict.js';
import { becomingCalls, IMAGE_MAX, IMAGE_MIN, imageRange, signatureRange } from './problem.js';
import type {
  BoundsCounters,
  BoundsInput,
  BoundsResult,
  RowBounds,
  RowInput,
  UnexplainedBounds,
} from './types.js';

/** Sound bounds from the evidence: every solution lies within. Never throws. */
export function solveBounds(input: BoundsInput): BoundsResult {
  const known = { ...input, rows: input.list === 'absent' ? [] : input.rows };
  const unsized = { ...known, rows: known.rows.map((row) => ({ ...row, forms: [] })) };
  const contradicted = exactInNumbers(known)
    ? null
    : 'The numbers are too large to be those of module loads.';
  const solved = contradicted === null ? solveWith(known) : null;
  if (solved) return solved;
  const conflict = contradicted ?? conflictOf(known);
  for (const counters of [known.counters, { ...known.counters, becomingBytes: null, loadBytes: null }]) {
    const less = { ...unsized, counters };
    const counted = exactInNumbers(less) ? solveWith(less) : null;
    if (counted) return { ...counted, conflict };
  }
  return { ...fromListAlone(unsized), conflict };
}

/** Null where there is no solution. */
function solveWith(input: BoundsInput): BoundsResult | null {
  const signature = signatureRange(input);
  const cells = cellsOf(input, signature ?? NOTHING);
  if (cells.length === 0) return null;
  const lengths = hullOf(cells.map((cell) => cell.signature));
  return {
    rows: input.rows.map((row, i) => rowBounds(row, i, cells, lengths, input.counters)),
    signature: signature && lengths,
    unexplained: unexplainedOf(cells, input),
    conflict: null,
  };
}

function rowBounds(
  row: RowInput,
  i: number,
  cells: readonly Cell[],
  signature: Range,
  counters: BoundsCounters,
): RowBounds {
  const end = (k: number): number => smallest(cells.map((cell) => cell.ends[i * ENDS + k] ?? 0));
  const low = end(0);
  const high = 0 - end(1);
  const unbounded =
    !hasSizes(row) &&
    ((counters.becomingBytes === null && high > 0) || (counters.loadBytes === null && low < row.times));
  const bytes = { low: BigInt(end(2)), high: unbounded ? null : BigInt(0 - end(3)) };
  return {
    module: row.module,
    times: row.times,
    becoming: { low, high },
    load: { low: row.times - high, high: row.times - low },
    bytes,
    image: imageOf(row, signature),
    basis: exactOf(bytes) === null ? 'bounded' : 'derived',
  };
}

function hasSizes({ forms }: RowInput): boolean {
  return forms.length > 0 && forms.every((form) => form.image.of !== 'unknown' && form.compressed !== null);
}

function imageOf({ forms }: RowInput, signature: Range): Range | null {
  if (forms.length === 0 || forms.some((form) => form.image.of === 'unknown')) return null;
  return hullOf(forms.map((form) => imageRange(form, signature)));
}

/** What the counters hold beyond the rows. */
function unexplainedOf(cells: readonly Cell[], { counters, rows }: BoundsInput): UnexplainedBounds {
  const times = rows.reduce((sum, row) => sum + row.times, 0);
  const left = (counter: bigint | null, taken: (cell: Cell) => Range): Bounds =>
    rest(counter, big(hullOf(cells.map(taken))));
  const becoming = left(counters.becomingBytes, (cell) => cell.hull.becoming);
  const load = left(counters.loadBytes, (cell) => cell.hull.load);
  const both =
    counters.becomingBytes === null || counters.loadBytes === null
      ? null
      : counters.becomingBytes + counters.loadBytes;
  const bytes = left(both, (cell) => cell.hull.total);
  return {
    becoming: { calls: small(left(counters.failedBecoming, (cell) => cell.hull.calls)), bytes: becoming },
    load: {
      calls: small(
        left(counters.failedLoad, ({ hull: { calls } }) => ({
          low: times - calls.high,
          high: times - calls.low,
        })),
      ),
      bytes: load,
    },
    bytes: bytes.high === null ? add(becoming, load) : bytes,
  };
}

const small = ({ low, high }: Bounds): Bounds<number> => ({
  low: Number(low),
  high: high === null ? null : Number(high),
});

/** Of at least one range. */
const hullOf = (ranges: readonly Range[]): Range => hull(ranges) ?? NOTHING;

/** True where no sum of the solver can leave the integers that a double holds. */
function exactInNumbers({ counters, rows }: BoundsInput): boolean {
  const most = rows.map((row) => row.times * (hasSizes(row) ? largestCharge(row) : 3 * IMAGE_MAX));
  const values = [counters.failedBecoming, counters.failedLoad, counters.becomingBytes, counters.loadBytes];
  const sum = [...most, ...values.map((value) => Number(value ?? 0n))].reduce(
    (total, value) => total + value,
    0,
  );
  return 4 * sum < Number.MAX_SAFE_INTEGER;
}

function largestCharge({ forms }: RowInput): number {
  return largest(forms.map((form) => 2 * imageRange(form, NOTHING).high + (form.compressed ?? IMAGE_MAX)));
}

/** What is left where even counters and list contradict each other: the list, and no counter. */
function fromListAlone({ rows }: BoundsInput): Omit<BoundsResult, 'conflict'> {
  return {
    rows: rows.map((row) => {
      const calls = becomingCalls(row);
      const { low, high } = calls.low <= calls.high ? calls : { low: 0, high: row.times };
      return {
        module: row.module,
        times: row.times,
        becoming: { low, high },
        load: { low: row.times - high, high: row.times - low },
        bytes: { low: BigInt(IMAGE_MIN) * (2n * BigInt(row.times) - BigInt(high)), high: null },
        image: null,
        basis: 'bounded',
      };
    }),
    signature: null,
    unexplained: { becoming: ANY, load: ANY, bytes: atLeast(NONE) },
  };
}

const ANY = { calls: UNKNOWN, bytes: atLeast(NONE) };
