// SPDX-License-Identifier: Apache-2.0
/** Reading bytes into the reader's own buffer, which saves a copy. */

/** Writes at least one byte to the start of `into` and returns how many; 0 at the end. */
export type ByteFeed = (into: Uint8Array) => number | Promise<number>;

/** Bytes that make a block worth scanning; more would mean waiting for a slow source. */
const ENOUGH_BYTES = 64 * 1024;

/** Feeds the chunks of a stream. */
export function feedOf(bytes: AsyncIterable<Uint8Array>): ByteFeed {
  const chunks = bytes[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  return async (into) => {
    let filled = 0;
    while (filled < into.length && filled < ENOUGH_BYTES) {
      if (held.length === 0) {
        const next = await chunks.next();
        if (next.done) break;
        held = next.value;
      }
      const taken = held.subarray(0, into.length - filled);
      into.set(taken, filled);
      filled += taken.length;
      held = held.subarray(taken.length);
    }
    return filled;
  };
}
