// SPDX-License-Identifier: Apache-2.0
/** Times in order, to which others can be added anywhere without moving all of them. */

/** Times of one block; a fuller one is split. */
const BLOCK = 512;

/** Where a time is: its block, and its index there. */
export interface TimePlace {
  readonly block: number;
  readonly index: number;
}

export class SortedTimes {
  readonly #blocks: bigint[][] = [];

  add(time: bigint): void {
    // A log is mostly added in the order of time.
    const number = Math.min(this.#blockOf(time), this.#blocks.length - 1);
    const block = this.#blocks[number];
    if (!block) {
      this.#blocks.push([time]);
      return;
    }
    block.splice(lowerBound(block, time), 0, time);
    if (block.length > BLOCK) this.#blocks.splice(number + 1, 0, block.splice(BLOCK / 2));
  }

  /** The place of the first time that is not before `time`; of one that is past the last where there is none. */
  placeOf(time: bigint): TimePlace {
    const block = this.#blockOf(time);
    return { block, index: lowerBound(this.#blocks[block] ?? [], time) };
  }

  at({ block, index }: TimePlace): bigint | null {
    return this.#blocks[block]?.[index] ?? null;
  }

  after({ block, index }: TimePlace): TimePlace {
    return index + 1 < (this.#blocks[block]?.length ?? 0)
      ? { block, index: index + 1 }
      : { block: block + 1, index: 0 };
  }

  /** The first block whose last time is not before `time`. */
  #blockOf(time: bigint): number {
    return firstIndex(this.#blocks.length, (index) => (this.#blocks[index]?.at(-1) ?? 0n) >= time);
  }
}

export function laterPlace(a: TimePlace, b: TimePlace): TimePlace {
  return a.block > b.block || (a.block === b.block && a.index >= b.index) ? a : b;
}

const lowerBound = (times: readonly bigint[], time: bigint): number =>
  firstIndex(times.length, (index) => (times[index] ?? 0n) >= time);

/** The first index for which `is` holds, as it then does for all that follow; `length` where there is none. */
export function firstIndex(length: number, is: (index: number) => boolean): number {
  let from = 0;
  let to = length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (is(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
