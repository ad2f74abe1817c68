// SPDX-License-Identifier: Apache-2.0
/** The worker of thread.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { UnpackSender } from '../input/beside.js';
import { CHUNK_BYTES } from '../input/bytes.js';
import type { Report } from '../input/found.js';
import { fileFeed } from './disk.js';
import type { WorkerInput } from './thread.js';

const { fd, size, mtimeMs } = workerData as WorkerInput;

async function* file(report: Report): AsyncGenerator<Uint8Array> {
  const feed = fileFeed({ fd, stats: { size, mtimeMs } }, report);
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const count = await feed(chunk);
    if (count === 0) return;
    yield chunk.subarray(0, count);
  }
}

const sender = new UnpackSender((output, transfer) => parentPort?.postMessage(output, transfer));
parentPort?.on('message', (read: number) => sender.wasRead(read));
await sender.send(file);
parentPort?.close();
