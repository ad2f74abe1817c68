// SPDX-License-Identifier: Apache-2.0
/** Routines that run side by side in simulated time. */

/** So many microseconds, or until something holds. */
type Wait = number | (() => boolean);
export type Routine<Result = void> = Generator<Wait, Result, void>;

export class Schedule {
  readonly #timed: { at: number; order: number; routine: Routine }[] = [];
  #waiting: { until: () => boolean; routine: Routine }[] = [];
  #order = 0;
  #now: number;

  constructor(start: number) {
    this.#now = start;
  }

  /** The time of what happens now: no two things happen at one time. */
  tick(): number {
    return ++this.#now;
  }

  get now(): number {
    return this.#now;
  }

  start(routine: Routine, after = 0): void {
    this.#timed.push({ at: this.#now + after, order: this.#order++, routine });
  }

  run(): void {
    for (let next = this.#next(); next; next = this.#next()) {
      this.#now = Math.max(this.#now, next.at);
      this.#resume(next.routine);
      const ready = this.#waiting.filter(({ until }) => until());
      this.#waiting = this.#waiting.filter((one) => !ready.includes(one));
      for (const { routine } of ready) this.start(routine, 1);
    }
    if (this.#waiting.length > 0) throw new Error('a routine waits for ever');
  }

  #next(): { at: number; routine: Routine } | undefined {
    this.#timed.sort((a, b) => a.at - b.at || a.order - b.order);
    return this.#timed.shift();
  }

  #resume(routine: Routine): void {
    const { done, value } = routine.next();
    if (done) return;
    if (typeof value === 'number') this.start(routine, value);
    else if (value()) this.start(routine, 1);
    else this.#waiting.push({ until: value, routine });
  }
}
