// SPDX-License-Identifier: Apache-2.0
/** Copies the texts of events: a slice would keep the block of input that it was cut from in memory. */

/** V8 makes longer slices a reference to the whole string, here up to a block of the input. */
const COPIED_BELOW = 13;

export class OwnText {
  readonly #known = new Map<string, string>();

  /** Replaces the texts of an event, also those of objects in it, by copies; equal ones share one. */
  own(value: object): void {
    const fields = value as Record<string, unknown>;
    for (const name in fields) {
      const field = fields[name];
      if (typeof field === 'string') {
        if (field.length >= COPIED_BELOW) fields[name] = this.#copy(field);
        // Columns of numbers have no texts, and millions of elements.
      } else if (typeof field === 'object' && field !== null && !ArrayBuffer.isView(field)) this.own(field);
    }
  }

  #copy(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const copy = ` ${text}`.slice(1);
    this.#known.set(copy, copy);
    return copy;
  }
}
