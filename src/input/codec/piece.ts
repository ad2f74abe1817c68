/** How much to feed a decoder at a time. */

/**
 * What a decoder made of a piece before it met damage in it is lost with the piece. So pieces are a small part of what
 * was taken before them: of a short log as of a long one, at most a sixtieth is lost.
 */
export function pieceBytes(taken: number): number {
  return Math.min(Math.max(16, taken >> 6), 8 * 1024);
}
