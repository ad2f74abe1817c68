/** Bytes that can be read anywhere, for formats with tables of offsets. */
export interface RandomAccess {
  readonly size: number;
  /** Exactly `length` bytes from `offset`, fewer at the end. */
  read(offset: number, length: number): Uint8Array;
}
