// SPDX-License-Identifier: Apache-2.0
/** Decompresses a large file on a worker thread while its output is read. */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Report, UnpackBeside } from '../input/found.js';
import type { DiagnosticCode } from '../model/diagnostic.js';
import { PACKAGE_ROOT } from '../model/package.js';
import type { DiskLeaf } from './disk.js';

/** From this size on, starting a thread costs little in comparison. */
const WORTHWHILE_BYTES = 4 * 1024 ** 2;

const WORKER = new URL('dist/disk/worker.js', PACKAGE_ROOT);

/** The file to decompress. */
export interface WorkerInput {
  readonly fd: number;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Messages of the worker, in order; `taken`: bytes of the file decoded. It gets back the number of bytes read. */
export type WorkerOutput =
  | { readonly is: 'bytes'; readonly bytes: Uint8Array; readonly taken: number }
  | { readonly is: 'problem'; readonly code: DiagnosticCode; readonly detail: string }
  | { readonly is: 'end' };

/** False for small files, and where the package was not built. */
export function isThreadWorthwhile({ stats }: DiskLeaf): boolean {
  return stats.isFile() && stats.size >= WORTHWHILE_BYTES && existsSync(WORKER);
}

export class UnpackThread implements UnpackBeside {
  readonly #disk: DiskLeaf;
  /** Bytes of the file decoded for what was yielded so far. */
  taken = 0;

  constructor(disk: DiskLeaf) {
    this.#disk = disk;
  }

  /** The decompressed file, as the same decoder would give it on this thread. */
  async *bytes(report: Report): AsyncGenerator<Uint8Array> {
    const { fd, stats } = this.#disk;
    const workerData: WorkerInput = { fd, size: stats.size, mtimeMs: stats.mtimeMs };
    const worker = new Worker(WORKER, { workerData });
    const received: WorkerOutput[] = [];
    let failure: Error | null = null;
    let wake = (): void => {};
    worker.on('message', (output: WorkerOutput) => {
      received.push(output);
      wake();
    });
    worker.on('error', (error) => {
      failure = error;
      wake();
    });
    try {
      for (;;) {
        const output = received.shift();
        if (output === undefined) {
          if (failure) throw failure;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if (output.is === 'bytes') {
          this.taken = output.taken;
          yield output.bytes;
          worker.postMessage(output.bytes.length);
        } else if (output.is === 'problem') report(output.code, output.detail);
        else return;
      }
    } finally {
      await worker.terminate();
    }
  }
}
