// SPDX-License-Identifier: Apache-2.0
/** The worker of thread.ts: decompresses a file and posts the output, not too far ahead of its reader. */
import { parentPort, workerData } from 'node:worker_threads';
import { ByteReader, CHUNK_BYTES, concat } from '../input/bytes.js';
import type { Report } from '../input/found.js';
import { compressionOf, MAGIC_BYTES } from '../input/magic.js';
import { fileFeed } from './disk.js';
import type { WorkerInput, WorkerOutput } from './thread.js';

/** Small chunks are joined into messages of this size. */
const MESSAGE_BYTES = 256 * 1024;
const AHEAD_BYTES = 8 * 1024 ** 2;

const { fd, size, mtimeMs } = workerData as WorkerInput;
const port = parentPort;

const post = (output: WorkerOutput, transfer: ArrayBuffer[] = []): void =>
  port?.postMessage(output, transfer);
const report: Report = (code, detail) => post({ is: 'problem', code, detail });

let ahead = 0;
let wake = (): void => {};
port?.on('message', (read: number) => {
  ahead -= read;
  wake();
});

async function* file(): AsyncGenerator<Uint8Array> {
  const feed = fileFeed({ fd, stats: { size, mtimeMs } }, report);
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const count = await feed(chunk);
    if (count === 0) return;
    yield chunk.subarray(0, count);
  }
}

async function decode(): Promise<void> {
  const input = new ByteReader(file());
  const unpack = compressionOf(await input.peek(MAGIC_BYTES));
  if (!unpack) return;
  let parts: Uint8Array[] = [];
  let length = 0;
  const flush = (): void => {
    if (length === 0) return;
    // A copy: the decoder may still use its output.
    const bytes = Uint8Array.from(concat(parts));
    post({ is: 'bytes', bytes, taken: input.taken }, [bytes.buffer]);
    ahead += length;
    parts = [];
    length = 0;
  };
  for await (const bytes of unpack(input, report)) {
    parts.push(bytes);
    length += bytes.length;
    if (length < MESSAGE_BYTES) continue;
    flush();
    while (ahead > AHEAD_BYTES)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
  flush();
}

await decode();
post({ is: 'end' });
port?.close();
