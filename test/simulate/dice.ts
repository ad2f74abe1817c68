// SPDX-License-Identifier: Apache-2.0
/** Choices that look random and are the same for the same seed. */
import { random } from '../fuzz/mutate.js';

export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  /** A whole number, both ends included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1));
  }

  /** True in so many of a hundred throws. */
  percent(share: number): boolean {
    return this.#next() * 100 < share;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** Some of the items, in their order. */
  some<T>(items: readonly T[], share: number): T[] {
    return items.filter(() => this.percent(share));
  }
}
