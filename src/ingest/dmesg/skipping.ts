// SPDX-License-Identifier: Apache-2.0
/** Skips records of which only the timestamps matter. */

/** How far printk timestamps may fall within one boot (several CPUs, late readers). */
export const REORDERING_MICROS = 5_000_000;

/** Piece sizes in bytes: small at first, because most gaps are short, then growing. */
const FIRST_PIECE_BYTES = 2 * 1024;
const LARGEST_PIECE_BYTES = 32 * 1024;

/** Adjacent skipped records. */
export interface SkippedRange {
  /** The start of the last. */
  readonly last: number;
  /** The end of the last. */
  readonly to: number;
}

/** Skips records piece by piece, until a piece does not start with one; an empty range if there are none. */
export function skipPieces(
  from: number,
  to: number,
  step: (at: number, end: number) => SkippedRange | null,
): SkippedRange {
  let all: SkippedRange = { last: from, to: from };
  for (let size = FIRST_PIECE_BYTES; all.to < to; size = Math.min(size * 2, LARGEST_PIECE_BYTES)) {
    const skipped = step(all.to, Math.min(to, all.to + size));
    if (!skipped) break;
    all = skipped;
  }
  return all;
}

/** Timestamps of skipped records, in whole microseconds: bigints per line would cost too much. */
export class SkippedStamps {
  #highest: number;
  #skipped = -1;
  readonly #onEnd: (highest: number) => void;

  /** `highest`: the highest timestamp before, rounded up. */
  constructor(highest: number, onEnd: (highest: number) => void) {
    this.#highest = highest;
    this.#onEnd = onEnd;
  }

  /** Skips a record with this timestamp; false if it must be read, because it may start another boot. */
  skip(micros: number): boolean {
    if (micros + REORDERING_MICROS < this.#highest) return false;
    if (micros > this.#skipped) this.#skipped = micros;
    if (micros > this.#highest) this.#highest = micros;
    return true;
  }

  /** Whether a timestamp is not lower than any before. */
  isHighest(micros: number): boolean {
    return micros >= this.#highest;
  }

  /** Ends the skip. */
  end(): void {
    if (this.#skipped >= 0) this.#onEnd(this.#skipped);
  }
}
