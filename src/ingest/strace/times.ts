// SPDX-License-Identifier: Apache-2.0
/**
 * Times of strace and perf trace in nanoseconds: since 1970 (-ttt), else since the first line (-t, -tt, -r, perf trace).
 */
import type { SourceClock } from '../../model/source.js';
import { nsFromSeconds } from '../../model/time.js';
import type { Call } from './call.js';

const DAY_NS = 86_400_000_000_000n;
/** Seconds since 1970 have ten digits, since the call before (-r) few. */
const EPOCH_DIGITS = 9;

export class Times {
  readonly #setClock: (clock: SourceClock) => void;
  #clockSet = false;
  #first: bigint | null = null;
  #last: bigint | null = null;
  /** Days that have passed since the first line, of a form with the time of day. */
  #days = 0n;
  #sum = 0n;

  constructor(setClock: (clock: SourceClock) => void) {
    this.#setClock = setClock;
  }

  /** The time of a line, which is to be asked for every line in order. */
  of({ at, perf }: Call): bigint | null {
    if (at === null) return null;
    if (perf) return this.#since(this.#first, milliseconds(at));
    if (at.includes(':')) return this.#ofDay(at);
    const ns = decimal(at);
    if (ns === null) return null;
    if (at.indexOf('.') >= EPOCH_DIGITS) {
      this.#clock('epoch');
      return ns;
    }
    this.#clock('relative');
    this.#sum += this.#first === null ? 0n : ns;
    this.#first ??= ns;
    return this.#sum;
  }

  #ofDay(at: string): bigint | null {
    const [, hours, minutes, seconds = '', fraction = ''] =
      /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/.exec(at) ?? [];
    if (hours === undefined) return null;
    const day = nsFromSeconds(`${Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)}`, fraction);
    // Past midnight.
    if (this.#last !== null && this.#last - day > DAY_NS / 2n) this.#days += 1n;
    this.#last = day;
    return this.#since(this.#first, day + this.#days * DAY_NS);
  }

  #since(first: bigint | null, ns: bigint | null): bigint | null {
    if (ns === null) return null;
    this.#clock('relative');
    this.#first ??= ns;
    return ns - (first ?? ns);
  }

  #clock(zero: SourceClock['zero']): void {
    if (this.#clockSet) return;
    this.#clockSet = true;
    this.#setClock({ unit: 'ns', zero });
  }
}

/** How long a call took. */
export function durationOf({ took, perf }: Call): bigint | null {
  if (took === null) return null;
  return perf ? milliseconds(took) : decimal(took);
}

function decimal(digits: string): bigint | null {
  const [, seconds, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,12}))?$/.exec(digits) ?? [];
  return seconds === undefined ? null : nsFromSeconds(seconds, fraction);
}

function milliseconds(digits: string): bigint | null {
  const ns = decimal(digits);
  return ns === null ? null : ns / 1000n;
}
