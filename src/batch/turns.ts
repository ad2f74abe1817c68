// SPDX-License-Identifier: Apache-2.0
/** Does one thing after the other, in the order in which they were asked for, whatever becomes of each. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<Told>(work: () => Promise<Told>): Promise<Told> {
    const told = this.#last.then(work);
    this.#last = told.catch(() => undefined);
    return told;
  }
}
