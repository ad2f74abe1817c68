// SPDX-License-Identifier: Apache-2.0
/** Standard input that can be read twice: for the case, and for the lines that its report cites. */

/** Bytes kept in memory; a longer input can be read only once. */
const MOST_BYTES = 64 * 1024 ** 2;

export class HeldStdin {
  readonly #input: AsyncIterable<Uint8Array>;
  #chunks: Uint8Array[] | null = [];
  #bytes = 0;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input;
  }

  /** The input, the first time. */
  async *first(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#input) {
      this.#bytes += chunk.length;
      if (this.#bytes > MOST_BYTES) this.#chunks = null;
      this.#chunks?.push(chunk);
      yield chunk;
    }
  }

  /** The input again; null where it was too long to be kept. */
  again(): AsyncIterable<Uint8Array> | null {
    return this.#chunks && replay(this.#chunks);
  }
}

async function* replay(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
