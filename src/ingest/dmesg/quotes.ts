// SPDX-License-Identifier: Apache-2.0
/**
 * Repeated lines: a log and its own grep, a mail that quotes another. A repetition goes back in time or follows other text.
 * Within one pass equal lines may be different messages: some clocks tick only with jiffies, and syslog has whole
 * seconds. Microseconds are no proof: the clock of some guests ticks every 10 ms, to any microsecond.
 */
import type { LogRecord } from './record.js';

interface Known {
  /** Its maximum number in one pass. */
  most: number;
  pass: number;
  here: number;
}

/** How far syslog lines may be out of order. */
const REORDERING_NS = 2_000_000_000n;
const SECOND_NS = 1_000_000_000n;
const MAX_REMEMBERED = 100_000;

export class Quotes {
  readonly #known = new Map<string, Known>();
  #pass = 0;
  #last: bigint | null = null;
  #interrupted = false;

  /** Text other than log lines comes between. */
  interrupt(): void {
    this.#interrupted = true;
  }

  /** True for a repeated line; remembers new ones. */
  repeats({ boot, wall, tool, pid, text }: LogRecord): boolean {
    const t = boot ?? wall?.ns ?? null;
    // Before the clock runs, all boots have the same timestamp.
    if (t === null || t === 0n) return false;
    if (this.#startsPass(t, boot === null)) this.#pass += 1;
    this.#last = t;
    this.#interrupted = false;
    const key = `${t} ${tool ?? ''} ${pid ?? ''} ${text}`;
    const known = this.#known.get(key);
    if (!known) {
      if (this.#known.size < MAX_REMEMBERED) this.#known.set(key, { most: 1, pass: this.#pass, here: 1 });
      return false;
    }
    known.here = known.pass === this.#pass ? known.here + 1 : 1;
    known.pass = this.#pass;
    if (known.here <= known.most) return true;
    known.most = known.here;
    return false;
  }

  #startsPass(t: bigint, isDate: boolean): boolean {
    if (this.#last === null) return this.#interrupted;
    // A log of whole seconds goes on after a line without a stamp; the next message may equal one before.
    if (this.#interrupted && !(t % SECOND_NS === 0n && t >= this.#last)) return true;
    return t + (isDate ? REORDERING_NS : 0n) < this.#last;
  }
}
