// SPDX-License-Identifier: Apache-2.0
/** sched_switch: what ran on each CPU. A recording has millions of them, so that they are kept in columns, as one event. */
import type { ParsedEvent } from '../../model/event.js';

/** No pid: nothing is known of what ran. */
const LOST = -1;
const LATEST = 2n ** 62n;
/** No kernel has more (NR_CPUS). */
const MOST_CPUS = 8192;
const FIRST_ROOM = 1024;

export class Switches {
  #line = 0;
  #count = 0;
  #times = new BigInt64Array(0);
  #cpus = new Int32Array(0);
  #previous = new Int32Array(0);
  #next = new Int32Array(0);
  /** Of each CPU, one more than the index of its last record; 0: none. */
  #last = new Uint32Array(0);

  /** False where a field is missing or impossible. */
  add(
    line: number,
    t: bigint | null,
    cpu: number | null,
    previous: number | null,
    next: number | null,
  ): boolean {
    if (t === null || cpu === null || previous === null || next === null) return false;
    if (t >= LATEST || cpu < 0 || cpu >= MOST_CPUS) return false;
    if (this.#count === 0) this.#line = line;
    this.#append(t, cpu, previous, next);
    this.#last[cpu] = this.#count;
    return true;
  }

  /** Records of that CPU are missing here. */
  lost(cpu: number): void {
    const last = this.#last[cpu] ?? 0;
    if (last > 0) this.#append(this.#times[last - 1] ?? 0n, cpu, LOST, LOST);
  }

  /** Null where there were none. */
  event(): ParsedEvent | null {
    const count = this.#count;
    if (count === 0) return null;
    return {
      kind: 'cpu-switches',
      line: this.#line,
      t: null,
      times: this.#times.subarray(0, count),
      cpus: this.#cpus.subarray(0, count),
      previous: this.#previous.subarray(0, count),
      next: this.#next.subarray(0, count),
    };
  }

  #append(t: bigint, cpu: number, previous: number, next: number): void {
    if (this.#count === this.#cpus.length) this.#grow();
    const at = this.#count++;
    this.#times[at] = t;
    this.#cpus[at] = cpu;
    this.#previous[at] = previous;
    this.#next[at] = next;
  }

  #grow(): void {
    if (this.#count === 0) this.#last = new Uint32Array(MOST_CPUS);
    const room = Math.max(FIRST_ROOM, this.#count * 2);
    const wider = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const made = new Int32Array(room);
      made.set(old);
      return made;
    };
    const times = new BigInt64Array(room);
    times.set(this.#times);
    this.#times = times;
    this.#cpus = wider(this.#cpus);
    this.#previous = wider(this.#previous);
    this.#next = wider(this.#next);
  }
}
