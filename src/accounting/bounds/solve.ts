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
import { type Cell, cellsOf, ENDS } from './cells.js';
import { conflictOf } from './conflict.js';
import { becomingCalls, IMAGE_MAX, IMAGE_MIN, imageRange, type Range, signatureRange } from './problem.js';
import type {
  BoundsCounters,
  BoundsInput,
  BoundsResult,
  RowBounds,
  RowInput,
  UnexplainedBounds,
} from './types.js';

const ZERO: Range = { low: 0, high: 0 };

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
  const cells = cellsOf(input, signature ?? ZERO);
  if (cells.length === 0) return null;
  const lengths = hull(cells.map((cell) => cell.signature));
  return {
    rows: input.rows.map((row, i) => rowBounds(row, i, cells, lengths, input.counters)),
    signature: signature && { ...lengths, exact: lengths.low === lengths.high },
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
  const end = (k: number): number => Math.min(...cells.map((cell) => cell.ends[i * ENDS + k] ?? 0));
  const low = end(0);
  const high = 0 - end(1);
  const unbounded =
    !hasSizes(row) &&
    ((counters.becomingBytes === null && high > 0) || (counters.loadBytes === null && low < row.times));
  const bytesLow = BigInt(end(2));
  const bytesHigh = unbounded ? null : BigInt(0 - end(3));
  return {
    module: row.module,
    times: row.times,
    becomingLow: low,
    becomingHigh: high,
    loadLow: row.times - high,
    loadHigh: row.times - low,
    bytesLow,
    bytesHigh,
    bytes: bytesLow === bytesHigh ? bytesLow : null,
    image: imageOf(row, signature),
    basis: bytesLow === bytesHigh ? 'derived' : 'bounded',
  };
}

function hasSizes({ forms }: RowInput): boolean {
  return forms.length > 0 && forms.every((form) => form.image.of !== 'unknown' && form.compressed !== null);
}

function imageOf({ forms }: RowInput, signature: Range): Range | null {
  if (forms.length === 0 || forms.some((form) => form.image.of === 'unknown')) return null;
  return hull(forms.map((form) => imageRange(form, signature)));
}

/** What the counters hold beyond the rows. */
function unexplainedOf(cells: readonly Cell[], { counters, rows }: BoundsInput): UnexplainedBounds {
  const times = rows.reduce((total, row) => total + row.times, 0);
  const of = (pick: (cell: Cell) => Range): Range => hull(cells.map(pick));
  const becoming = left(
    counters.failedBecoming,
    of((cell) => cell.hull.calls),
  );
  const load = left(
    counters.failedLoad,
    of(({ hull: { calls } }) => ({ low: times - calls.high, high: times - calls.low })),
  );
  const becomingBytes = left(
    counters.becomingBytes,
    of((cell) => cell.hull.becoming),
  );
  const loadBytes = left(
    counters.loadBytes,
    of((cell) => cell.hull.load),
  );
  const both =
    counters.becomingBytes === null || counters.loadBytes === null
      ? null
      : counters.becomingBytes + counters.loadBytes;
  const bytes = left(
    both,
    of((cell) => cell.hull.total),
  );
  return {
    becomingLow: Number(becoming.low),
    becomingHigh: becoming.high === null ? null : Number(becoming.high),
    loadLow: Number(load.low),
    loadHigh: load.high === null ? null : Number(load.high),
    becomingBytesLow: becomingBytes.low,
    becomingBytesHigh: becomingBytes.high,
    loadBytesLow: loadBytes.low,
    loadBytesHigh: loadBytes.high,
    bytesLow: bytes.high === null ? becomingBytes.low + loadBytes.low : bytes.low,
    bytesHigh: bytes.high,
  };
}

/** A counter less what the rows took of it. */
function left(counter: bigint | null, taken: Range): { low: bigint; high: bigint | null } {
  if (counter === null) return { low: 0n, high: null };
  return { low: counter - BigInt(taken.high), high: counter - BigInt(taken.low) };
}

function hull(ranges: readonly Range[]): Range {
  return { low: Math.min(...ranges.map((r) => r.low)), high: Math.max(...ranges.map((r) => r.high)) };
}

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
  return Math.max(...forms.map((form) => 2 * imageRange(form, ZERO).high + (form.compressed ?? IMAGE_MAX)));
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
        becomingLow: low,
        becomingHigh: high,
        loadLow: row.times - high,
        loadHigh: row.times - low,
        bytesLow: BigInt(IMAGE_MIN) * (2n * BigInt(row.times) - BigInt(high)),
        bytesHigh: null,
        bytes: null,
        image: null,
        basis: 'bounded',
      };
    }),
    signature: null,
    unexplained: {
      becomingLow: 0,
      becomingHigh: null,
      loadLow: 0,
      loadHigh: null,
      becomingBytesLow: 0n,
      becomingBytesHigh: null,
      loadBytesLow: 0n,
      loadBytesHigh: null,
      bytesLow: 0n,
      bytesHigh: null,
    },
  };
}
