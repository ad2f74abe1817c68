// SPDX-License-Identifier: Apache-2.0
/** The database of the shell, in a thread that can be ended. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { PACKAGE_ROOT } from '../../model/package.js';
import { timerMs } from '../../model/time.js';
import { timedOut } from '../supervise.js';
import type { Asked, FromWorker, Looks, Part, ToWorker } from './answer.js';

/** SQL that failed, as the lines to print. */
export class ShellError extends Error {
  override readonly name = 'ShellError';
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

/** The user ended the query. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

export interface Engine {
  /** Throws ShellError, and StoppedError after `stop`. */
  ask(asked: Asked, looks: Looks): AsyncIterable<Part>;
  /** Ends what is being computed. */
  stop(): void;
  close(): Promise<void>;
}

const SCRIPT = new URL('dist/cli/shell/worker.js', PACKAGE_ROOT);

/**
 * `file`: the bytes of an SQLite file. `seconds`: what a question may take. After a stop, the next question starts a new
 * thread.
 */
export function threadEngine(file: Uint8Array, seconds: number): Engine {
  let worker: Worker | null = null;
  let stopping: AbortController | null = null;
  return {
    async *ask(asked, looks) {
      worker ??= new Worker(SCRIPT, { workerData: file });
      const thread = worker;
      const stopped = new AbortController();
      stopping = stopped;
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        this.stop();
      }, timerMs(seconds));
      let message: ToWorker = { asked, looks };
      try {
        for (;;) {
          const answered = once(thread, 'message', { signal: stopped.signal });
          thread.postMessage(message);
          const [reply] = (await answered) as [FromWorker];
          if (reply === 'done') return;
          if ('error' in reply) throw new ShellError(reply.error);
          yield reply;
          message = 'next';
        }
      } catch (error) {
        if (isLate) throw new ShellError(timedOut(seconds));
        if (stopped.signal.aborted) throw new StoppedError('stopped');
        if (error instanceof ShellError) throw error;
        // The thread died: out of memory, for example.
        worker = null;
        throw error;
      } finally {
        clearTimeout(timer);
        stopping = null;
      }
    },
    stop() {
      if (!stopping) return;
      void worker?.terminate();
      worker = null;
      stopping.abort();
    },
    async close() {
      await worker?.terminate();
      worker = null;
    },
  };
}
