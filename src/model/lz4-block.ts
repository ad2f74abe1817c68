/** LZ4 blocks (lz4_Block_format.md): runs of literals, and copies out of what came before. */

export class Lz4Error extends Error {}

/** Writes the block to `out` from `begin`, and returns its end there; copies reach back to `start`. */
export function decodeLz4Block(
  data: Uint8Array,
  out: Uint8Array,
  start: number,
  begin: number,
  max: number,
): number {
  let to = begin;
  let at = 0;
  const next = (): number => {
    const byte = data[at++];
    if (byte === undefined) throw new Lz4Error('a block ends early');
    return byte;
  };
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) {
      let byte: number;
      do {
        byte = next();
        length += byte;
      } while (byte === 255);
    }
    return length;
  };
  for (;;) {
    const token = next();
    const literals = lengthOf(token >> 4);
    if (at + literals > data.length || to + literals > max) {
      throw new Lz4Error('a run is too long');
    }
    out.set(data.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence of a block has no copy.
    if (at >= data.length) return to;
    const distance = next() | (next() << 8);
    const length = lengthOf(token & 15) + 4;
    if (distance === 0 || distance > to - start || to + length > max) {
      throw new Lz4Error('a copy reaches outside');
    }
    // A copy may overlap what it makes, so that it repeats.
    for (let index = 0; index < length; index++) out[to + index] = out[to + index - distance] ?? 0;
    to += length;
  }
}
