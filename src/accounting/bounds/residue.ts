/** What divisibility says of rows that must take an exact number of calls and bytes. */
import type { Charge, Row, Window } from './problem.js';

/** Calls and bytes that some rows have taken. */
export interface Taken {
  readonly calls: number;
  readonly becoming: number;
  readonly load: number;
}

/** Of the rows from one on: every charge is `charge` modulo `divisor` (0: there is only that charge). */
interface Residue {
  readonly charge: number;
  readonly divisor: number;
}

/**
 * Where a phase balances exactly, n calls cost n times any one charge, modulo the greatest common divisor of the
 * charges' differences. With two rows left this alone tells whether they can make up the sum.
 */
export class Residues {
  readonly #window: Window;
  readonly #becoming: readonly Residue[];
  readonly #load: readonly Residue[];
  /** Calls of the rows from one on. */
  readonly #times: readonly number[];
  readonly #exact: { readonly becoming: boolean; readonly load: boolean };

  /** `first` is a row whose calls have been taken already. */
  constructor(rows: readonly Row[], window: Window, first: number) {
    const left = rows.map((row, i) => (i === first ? null : row));
    this.#window = window;
    this.#becoming = residues(left, 'becoming');
    this.#load = residues(left, 'load');
    const times = left.map((row) => row?.times ?? 0);
    for (let d = times.length - 2; d >= 0; d--) times[d] = (times[d] ?? 0) + (times[d + 1] ?? 0);
    this.#times = times;
    const counted = window.calls.low === window.calls.high;
    this.#exact = {
      becoming: counted && window.becoming.low === window.becoming.high,
      load: counted && window.load.low === window.load.high,
    };
  }

  /** False where rows `d` and later cannot complete what was taken. */
  allow(d: number, taken: Taken): boolean {
    const calls = this.#window.calls.high - taken.calls;
    if (
      this.#exact.becoming &&
      !divides(this.#becoming[d], calls, this.#window.becoming.high - taken.becoming)
    ) {
      return false;
    }
    const rest = (this.#times[d] ?? 0) - calls;
    return !this.#exact.load || divides(this.#load[d], rest, this.#window.load.high - taken.load);
  }
}

function divides(residue: Residue | undefined, calls: number, bytes: number): boolean {
  if (residue === undefined) return true;
  const excess = bytes - calls * residue.charge;
  return residue.divisor === 0 ? excess === 0 : excess % residue.divisor === 0;
}

function residues(rows: readonly (Row | null)[], phase: keyof Charge): Residue[] {
  const found: Residue[] = [];
  let residue: Residue | null = null;
  for (let d = rows.length - 1; d >= 0; d--) {
    for (const charge of rows[d]?.charges ?? []) {
      const value = charge[phase];
      const known: Residue = residue ?? { charge: value, divisor: 0 };
      residue = { charge: known.charge, divisor: gcd(known.divisor, Math.abs(value - known.charge)) };
    }
    found[d] = residue ?? { charge: 0, divisor: 0 };
  }
  return found;
}

function gcd(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}
