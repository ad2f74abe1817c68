/** Records of which only the stamps matter: what is kept of these. */

/** printk stamps of one boot may fall by as much (CPUs, late readers) without a new boot having begun. */
export const REORDERING_MICROS = 5_000_000;

/** Bytes of records that are looked at together: first few, because most gaps are short, then more and more. */
const FIRST_PIECE_BYTES = 2 * 1024;
const LARGEST_PIECE_BYTES = 32 * 1024;

/** Records side by side that were passed over. */
export interface Passed {
  /** Where the last of them begins. */
  readonly last: number;
  /** Behind that. */
  readonly to: number;
}

/** Passes over records piece by piece, until a piece begins with none; an empty range where there are none at all. */
export function passAll(from: number, to: number, step: (at: number, end: number) => Passed | null): Passed {
  let all: Passed = { last: from, to: from };
  for (let size = FIRST_PIECE_BYTES; all.to < to; size = Math.min(size * 2, LARGEST_PIECE_BYTES)) {
    const passed = step(all.to, Math.min(to, all.to + size));
    if (!passed) break;
    all = passed;
  }
  return all;
}

/** Records that are passed over, in whole microseconds: for every line of a log, bigints would cost too much. */
export class Passing {
  #highest: number;
  #passed = -1;
  readonly #onEnd: (highest: number) => void;

  /** `highest`: the highest stamp before, rounded up. */
  constructor(highest: number, onEnd: (highest: number) => void) {
    this.#highest = highest;
    this.#onEnd = onEnd;
  }

  /** Passes over a record with that stamp; false where it must be read, because another boot may begin with it. */
  over(micros: number): boolean {
    if (micros + REORDERING_MICROS < this.#highest) return false;
    if (micros > this.#passed) this.#passed = micros;
    if (micros > this.#highest) this.#highest = micros;
    return true;
  }

  /** They are all passed over. */
  end(): void {
    if (this.#passed >= 0) this.#onEnd(this.#passed);
  }
}
