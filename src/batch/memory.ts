// SPDX-License-Identifier: Apache-2.0
/** Memory outside the heap, which V8 does not limit: buffers of archives, and SQLite's. */

/** What the error column says; the heap's own limit ends the worker, with the same words. */
export const OUT_OF_MEMORY = 'out of memory in its worker (--worker-memory)';

export class MemoryError extends Error {
  override readonly name = 'MemoryError';
}

/** Gives a check that throws once this thread holds so many bytes more than now. */
export function memoryWatch(most: number): () => void {
  const before = process.memoryUsage().external;
  return () => {
    if (process.memoryUsage().external - before > most) throw new MemoryError(OUT_OF_MEMORY);
  };
}
