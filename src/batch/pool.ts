// SPDX-License-Identifier: Apache-2.0
/** Distributes cases over worker threads, and handles a case that kills its thread. */

import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import { errorMessage } from '../model/error-message.js';
import { PACKAGE_ROOT } from '../model/package.js';
import { systemAdvice, systemCode, systemReason } from '../model/system-error.js';
import { type BatchCase, BatchError, type CaseSettings, type Outcome } from './case.js';
import { failure, keep, outcomeOf } from './read-case.js';
import { Results } from './results.js';
import type { Done, Task } from './worker.js';

export interface PoolOptions {
  readonly jobs: number;
  readonly settings: CaseSettings;
  readonly fingerprint: string;
  readonly results: string;
  /** Heap limit of a worker in bytes. Only the case that exceeds it fails. */
  readonly workerBytes: number;
  /** Seconds that a case may take. */
  readonly timeout: number;
}

export const DEFAULT_JOBS = availableParallelism();
/** Below 2 GiB: above it, V8 lets a heap grow to four times its live size before it collects. */
export const DEFAULT_WORKER_BYTES = 1900 * 1024 ** 2;
export const DEFAULT_TIMEOUT = 600;

/** Cases per task, so that the overhead of a task is below one percent. */
const CHUNK = 4;
const MIB = 1024 * 1024;
/** Most allocations are short-lived: a small young generation saves memory at no measurable cost. */
const YOUNG_MIB = 12;

const NO_DESCRIPTORS: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

function cannotStart(error: unknown): BatchError {
  const what = `cannot start a worker: ${systemReason(error)}`;
  return new BatchError(what, [...systemAdvice(error), '--resume then continues']);
}

export class Pool {
  readonly #options: PoolOptions;
  readonly #workers: Tinypool;
  /** Rejects where a worker ends outside a case: it could not start. */
  readonly #broken: Promise<never>;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#workers = new Tinypool({
      filename: new URL('dist/batch/worker.js', PACKAGE_ROOT).href,
      runtime: 'worker_threads',
      isolateWorkers: false,
      minThreads: options.jobs,
      maxThreads: options.jobs,
      resourceLimits: {
        maxOldGenerationSizeMb: Math.ceil(options.workerBytes / MIB),
        maxYoungGenerationSizeMb: YOUNG_MIB,
      },
    });
    this.#broken = new Promise((_, reject) => {
      this.#workers.on('error', (error) => {
        reject(cannotStart(error));
      });
    });
    this.#broken.catch(() => undefined);
  }

  /** Reads all cases and calls `done` for each, in order of completion. Holds only the running cases. */
  async doAll(cases: AsyncIterable<BatchCase>, done: (outcome: Outcome) => void): Promise<void> {
    const { jobs } = this.#options;
    const running = new Set<Promise<void>>();
    let failed: unknown = null;
    const start = (chunk: readonly BatchCase[]): void => {
      const work = this.#chunk(chunk)
        .then((outcomes) => {
          for (const outcome of outcomes) done(outcome);
        })
        .catch((error: unknown) => {
          failed ??= error;
        })
        .finally(() => running.delete(work));
      running.add(work);
    };
    for await (const chunk of chunks(cases)) {
      // Waiting for a worker would count against the case's time limit.
      if (running.size >= jobs) await Promise.race(running);
      if (failed !== null) break;
      start(chunk);
    }
    await Promise.all(running);
    if (failed !== null) throw failed;
  }

  async close(): Promise<void> {
    // Tinypool waits with once(), which calls this where a worker that still starts dies meanwhile.
    for (const worker of this.#workers.threads) Object.assign(worker, { removeListener: () => undefined });
    await this.#workers.destroy().catch(() => undefined);
  }

  /** Retries the cases of a chunk that killed its worker one by one; results so far are kept. */
  async #chunk(cases: readonly BatchCase[]): Promise<readonly Outcome[]> {
    let done: Done;
    try {
      done = await this.#run(cases);
    } catch (error) {
      if (error instanceof BatchError) throw error;
      // Its modules could not be opened: no fault of the case.
      if (NO_DESCRIPTORS.has(systemCode(error) ?? '')) throw cannotStart(error);
      const [only] = cases;
      if (only !== undefined && cases.length === 1) return [this.#giveUp(only, error)];
      const outcomes: Outcome[] = [];
      for (const one of cases) outcomes.push(...(await this.#chunk([one])));
      return outcomes;
    }
    if (done.fault !== null) {
      throw new BatchError(`cannot write to ${this.#options.results}: ${done.fault}`, [
        '--resume then continues; what was read until now is kept',
      ]);
    }
    return done.outcomes;
  }

  async #run(cases: readonly BatchCase[]): Promise<Done> {
    const { settings, fingerprint, results, timeout } = this.#options;
    const task: Task = { cases, settings, fingerprint, results };
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeout * cases.length * 1000);
    try {
      const work = this.#workers.run(task, { signal: limit.signal }) as Promise<Done>;
      return await Promise.race([work, this.#broken]);
    } finally {
      clearTimeout(timer);
    }
  }

  #giveUp(one: BatchCase, error: unknown): Outcome {
    const result = failure(one, this.#options.fingerprint, this.#describe(error));
    keep(result, new Results(this.#options.results));
    return outcomeOf(one, result, 0, 0);
  }

  #describe(error: unknown): string {
    if (error instanceof Error && error.name === 'AbortError') {
      return `timed out after ${this.#options.timeout} s (--timeout)`;
    }
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'out of memory in its worker (--worker-memory)';
    return `its worker died: ${errorMessage(error)}`;
  }
}

async function* chunks(cases: AsyncIterable<BatchCase>): AsyncGenerator<BatchCase[]> {
  let chunk: BatchCase[] = [];
  for await (const one of cases) {
    chunk.push(one);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
