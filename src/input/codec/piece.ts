// SPDX-License-Identifier: Apache-2.0
/**
 * How many bytes to feed a decoder next. If a piece is damaged, a decoder loses what it decoded of it. Pieces are at most
 * 1/64 of the input before them: short and long logs lose about as small a share. They are read whole, however the input
 * comes: what is given, and the limits that follow it, must not depend on that.
 */
export function pieceBytes(taken: number): number {
  return Math.min(Math.max(16, taken >> 6), 8 * 1024);
}
