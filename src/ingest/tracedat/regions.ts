// SPDX-License-Identifier: Apache-2.0
/** Parts of a file that were read. None may overlap another: a small file could otherwise be read thousands of times. */

interface Region {
  readonly start: number;
  readonly end: number;
}

export class Regions {
  /** By start; none overlap. */
  readonly #taken: Region[] = [];

  /** False if the bytes overlap another region. */
  take(start: number, size: number): boolean {
    if (size <= 0) return true;
    if (this.freeUntil(start, start + size) < start + size) return false;
    this.#taken.splice(this.#indexOf(start), 0, { start, end: start + size });
    return true;
  }

  /** Where the next region starts behind `start`, at most `end`; `start` where it lies in one. */
  freeUntil(start: number, end: number): number {
    const index = this.#indexOf(start);
    const [before, after] = [this.#taken[index - 1], this.#taken[index]];
    if (before && before.end > start) return start;
    return Math.min(end, after?.start ?? end);
  }

  /** Of the first region that does not start before `start`. */
  #indexOf(start: number): number {
    let low = 0;
    let high = this.#taken.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#taken[middle]?.start ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
