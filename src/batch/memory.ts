// SPDX-License-Identifier: Apache-2.0
/** Memory outside the heap, which V8 does not limit: buffers of archives, and SQLite's. */
import { getHeapStatistics } from 'node:v8';

/** What the error column says; the heap's own limit ends the worker, with the same words. */
export const OUT_OF_MEMORY = 'out of memory in its worker (--worker-memory)';

/** `process.memoryUsage` would read the process's size from /proc besides. */
const external = (): number => getHeapStatistics().external_memory;

export class MemoryError extends Error {
  override readonly name = 'MemoryError';
}

/** Returns a check that throws once this thread holds `most` bytes more than now. */
export function memoryWatch(most: number): () => void {
  const before = external();
  return () => {
    if (external() - before > most) throw new MemoryError(OUT_OF_MEMORY);
  };
}
