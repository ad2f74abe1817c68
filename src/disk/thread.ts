// SPDX-License-Identifier: Apache-2.0
/** Decompresses a large file on a worker thread while its output is read. */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type Unpacked, UnpackReceiver, WORTHWHILE_BYTES } from '../input/beside.js';
import { PACKAGE_ROOT } from '../model/package.js';
import type { DiskLeaf } from './disk.js';

const WORKER = new URL('dist/disk/worker.js', PACKAGE_ROOT);

/** The file to decompress. */
export interface WorkerInput {
  readonly fd: number;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Null for small files, and where the package was not built. */
export function unpackBeside({ fd, stats }: DiskLeaf): UnpackReceiver | null {
  if (!stats.isFile() || stats.size < WORTHWHILE_BYTES || !existsSync(WORKER)) return null;
  return new UnpackReceiver((receive, fail) => {
    const workerData: WorkerInput = { fd, size: stats.size, mtimeMs: stats.mtimeMs };
    const worker = new Worker(WORKER, { workerData });
    worker.on('message', (output: Unpacked) => receive(output));
    worker.on('error', fail);
    return { wasRead: (bytes) => worker.postMessage(bytes), end: () => worker.terminate() };
  });
}
