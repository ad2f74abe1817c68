/** Unpacking a large file on a thread of its own, while what came out before is read. */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { DiagnosticCode } from '../../model/diagnostic.js';
import { PACKAGE_ROOT } from '../../model/package.js';
import type { DiskLeaf } from '../disk.js';
import type { Report } from '../found.js';

/** Beside a file of this size, a thread's start costs nothing. */
const WORTHWHILE_BYTES = 4 * 1024 ** 2;

const WORKER = new URL('dist/input/codec/worker.js', PACKAGE_ROOT);

/** What the worker is told. */
export interface WorkerInput {
  readonly fd: number;
  readonly size: number;
  readonly mtimeMs: number;
}

/** What it says, in order; `taken` counts the bytes of the file that it has decoded. It hears how many bytes were read. */
export type WorkerOutput =
  | { readonly is: 'bytes'; readonly bytes: Uint8Array; readonly taken: number }
  | { readonly is: 'problem'; readonly code: DiagnosticCode; readonly detail: string }
  | { readonly is: 'end' };

/** False for small files, and where the package was not built. */
export function isThreadWorthwhile({ stats }: DiskLeaf): boolean {
  return stats.isFile() && stats.size >= WORTHWHILE_BYTES && existsSync(WORKER);
}

export class UnpackThread {
  readonly #disk: DiskLeaf;
  /** Bytes of the file that became what was yielded so far. */
  taken = 0;

  constructor(disk: DiskLeaf) {
    this.#disk = disk;
  }

  /** What the file's compression holds, as the same decoder would give it here. */
  async *bytes(report: Report): AsyncGenerator<Uint8Array> {
    const { fd, stats } = this.#disk;
    const workerData: WorkerInput = { fd, size: stats.size, mtimeMs: stats.mtimeMs };
    const worker = new Worker(WORKER, { workerData });
    const heard: WorkerOutput[] = [];
    let failure: Error | null = null;
    let wake = (): void => {};
    worker.on('message', (output: WorkerOutput) => {
      heard.push(output);
      wake();
    });
    worker.on('error', (error) => {
      failure = error;
      wake();
    });
    try {
      for (;;) {
        const output = heard.shift();
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
