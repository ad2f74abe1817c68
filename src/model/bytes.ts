// SPDX-License-Identifier: Apache-2.0
/** Random access to bytes, for formats with tables of offsets. */
export interface RandomAccess {
  readonly size: number;
  /** `length` bytes from `offset`; fewer only at the end. */
  read(offset: number, length: number): Uint8Array;
}
