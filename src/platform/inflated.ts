// SPDX-License-Identifier: Apache-2.0
/** What inflating one piece of a deflate stream gives. */
export interface Inflated {
  readonly given: readonly Uint8Array[];
  /** What is wrong with the data, or null. */
  readonly damage: string | null;
  /** Bytes of the piece that follow the end of the stream. */
  readonly left: number;
}
