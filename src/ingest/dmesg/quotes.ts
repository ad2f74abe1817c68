/**
 * Lines that a text holds twice: a log and its own grep, a mail that quotes what it answers. To say them again, the
 * text goes back in time or stands behind words of its own. In one go the same line may well come twice, as other
 * messages: some clocks tick only with the jiffies, and syslog's dates have whole seconds.
 */
import type { LogRecord } from './record.js';

interface Known {
  /** How often the line stood in one pass, at most. */
  most: number;
  pass: number;
  here: number;
}

/** Lines of syslog may be out of order by as much. */
const ROUGH_NS = 2_000_000_000n;
const MOST_REMEMBERED = 100_000;

export class Quotes {
  readonly #known = new Map<string, Known>();
  #pass = 0;
  #last: bigint | null = null;

  /** Text that is no log stands between. */
  interrupt(): void {
    this.#pass += 1;
    this.#last = null;
  }

  /** True for a line that was there before; remembers those that were not. */
  repeats({ boot, wall, tool, pid, text }: LogRecord): boolean {
    const t = boot ?? wall?.ns ?? null;
    // Before the clock runs, all boots have the same stamp.
    if (t === null || t === 0n) return false;
    if (this.#last !== null && t + (boot === null ? ROUGH_NS : 0n) < this.#last) this.#pass += 1;
    this.#last = t;
    const key = `${t} ${tool ?? ''} ${pid ?? ''} ${text}`;
    const known = this.#known.get(key);
    if (!known) {
      if (this.#known.size < MOST_REMEMBERED) this.#known.set(key, { most: 1, pass: this.#pass, here: 1 });
      return false;
    }
    known.here = known.pass === this.#pass ? known.here + 1 : 1;
    known.pass = this.#pass;
    if (known.here <= known.most) return true;
    known.most = known.here;
    return false;
  }
}
