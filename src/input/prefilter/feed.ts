/** Bytes put where their reader wants them, which spares it a copy. */

/** Puts some bytes, one at least, at the beginning of `into` and gives their number; 0 at the end. */
export type ByteFeed = (into: Uint8Array) => number | Promise<number>;

/** Few enough that a slow source is not waited for, and enough that a block is worth its while. */
const ENOUGH = 64 * 1024;

/** The bytes of a stream, chunk by chunk. */
export function feedOf(bytes: AsyncIterable<Uint8Array>): ByteFeed {
  const chunks = bytes[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  return async (into) => {
    let filled = 0;
    while (filled < into.length && filled < ENOUGH) {
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
