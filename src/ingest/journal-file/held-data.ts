// SPDX-License-Identifier: Apache-2.0

/** A data object is longer than this, so that one at most starts in so many bytes; its offset is a multiple of eight. */
const SLOT = 64;
const STEP = 8;
/** Marks an object whose contents are unknown. */
const UNKNOWN = 0x80;

/** The data objects of a journal file: where they lie, and the hash of what they hold. A few bytes for each. */
export class HeldData {
  /** Where in its slot an object starts, in steps from one on; zero without one. */
  #starts = new Uint8Array(1024);
  #hashes = new Int32Array(1024);

  /** `hash`: null if the contents are too large or damaged. */
  add(offset: number, hash: number | null): void {
    const slot = Math.floor(offset / SLOT);
    if (slot >= this.#starts.length) {
      const [starts, hashes] = [new Uint8Array(2 * slot), new Int32Array(2 * slot)];
      starts.set(this.#starts);
      hashes.set(this.#hashes);
      [this.#starts, this.#hashes] = [starts, hashes];
    }
    this.#starts[slot] = ((offset % SLOT) / STEP + 1) | (hash === null ? UNKNOWN : 0);
    this.#hashes[slot] = hash ?? 0;
  }

  /** The hash of the object at an offset; null if it is not known, undefined if there is no object. */
  hashAt(offset: number): number | null | undefined {
    const slot = Math.floor(offset / SLOT);
    const start = this.#starts[slot] ?? 0;
    if ((start & ~UNKNOWN) !== (offset % SLOT) / STEP + 1) return undefined;
    return (start & UNKNOWN) !== 0 ? null : this.#hashes[slot];
  }
}
