// SPDX-License-Identifier: Apache-2.0
/** Regions of a file with the CPUs' pages. They must not overlap: a small file could otherwise be read thousands of times. */

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
    const end = start + size;
    let low = 0;
    let high = this.#taken.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#taken[middle]?.start ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    const before = this.#taken[low - 1];
    const after = this.#taken[low];
    if ((before && before.end > start) || (after && after.start < end)) return false;
    this.#taken.splice(low, 0, { start, end });
    return true;
  }
}
