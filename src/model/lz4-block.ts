// SPDX-License-Identifier: Apache-2.0
/** LZ4 blocks (lz4_Block_format.md): runs of literals, and copies of earlier output. */

export class Lz4Error extends Error {}

/** Decodes a block to `out` at `from` and returns the end of its output. Copies reach back to `start`. */
export function decodeLz4Block(
  data: Uint8Array,
  out: Uint8Array,
  start: number,
  from: number,
  max: number,
): number {
  let to = from;
  let at = 0;
  const next = (): number => {
    const byte = data[at++];
    if (byte === undefined) throw new Lz4Error('a block is truncated');
    return byte;
  };
  const readLength = (nibble: number): number => {
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
    const literals = readLength(token >> 4);
    if (at + literals > data.length || to + literals > max) {
      throw new Lz4Error('a literal run is too long');
    }
    out.set(data.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence of a block has no copy.
    if (at >= data.length) return to;
    const distance = next() | (next() << 8);
    const length = readLength(token & 15) + 4;
    if (distance === 0 || distance > to - start || to + length > max) {
      throw new Lz4Error('a copy is out of bounds');
    }
    // A copy may overlap its own output, which repeats it.
    for (let index = 0; index < length; index++) out[to + index] = out[to + index - distance] ?? 0;
    to += length;
  }
}
