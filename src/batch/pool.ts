/** The workers: chunks of cases to threads, and what to do when a case takes a thread down with it. */
import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import { PACKAGE_ROOT } from '../model/package.js';
import { type BatchCase, BatchError, type CaseSettings, type Outcome } from './case.js';
import { failure, keep, outcomeOf } from './read-case.js';
import { Results } from './results.js';
import type { Done, Task } from './worker.js';

export interface PoolOptions {
  readonly jobs: number;
  readonly settings: CaseSettings;
  readonly fingerprint: string;
  readonly results: string;
  /** Heap of each worker in bytes. A case that needs more fails alone. */
  readonly workerBytes: number;
  /** Seconds that a case may take. */
  readonly timeout: number;
}

export const DEFAULT_JOBS = availableParallelism();
/** Below 2 GiB: from there on V8 lets a heap grow to four times what is in use before it looks for garbage. */
export const DEFAULT_WORKER_BYTES = 1900 * 1024 ** 2;
export const DEFAULT_TIMEOUT = 600;

/** A task has a cost of its own; with so many cases it is below a hundredth of theirs. */
const CHUNK = 4;
const MIB = 1024 * 1024;
/** What was read is garbage soon: a small young generation lets go of it, at no cost that could be measured. */
const YOUNG_MIB = 12;

export class Pool {
  readonly #options: PoolOptions;
  readonly #workers: Tinypool;

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
  }

  /** Does all cases; `done` hears of each, in the order in which they end. Holds only those at work. */
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
      // None waits for a worker: that would count against its time.
      if (running.size >= jobs) await Promise.race(running);
      if (failed !== null) break;
      start(chunk);
    }
    await Promise.all(running);
    if (failed !== null) throw failed;
  }

  async close(): Promise<void> {
    await this.#workers.destroy();
  }

  /** The cases of a chunk that took its worker down are tried one by one: their results so far are kept. */
  async #chunk(cases: readonly BatchCase[]): Promise<readonly Outcome[]> {
    let done: Done;
    try {
      done = await this.#run(cases);
    } catch (error) {
      const [only] = cases;
      if (only !== undefined && cases.length === 1) return [this.#giveUp(only, error)];
      const outcomes: Outcome[] = [];
      for (const one of cases) outcomes.push(...(await this.#chunk([one])));
      return outcomes;
    }
    if (done.fault !== null) throw new BatchError(`cannot keep results: ${done.fault}`);
    return done.outcomes;
  }

  async #run(cases: readonly BatchCase[]): Promise<Done> {
    const { settings, fingerprint, results, timeout } = this.#options;
    const task: Task = { cases, settings, fingerprint, results };
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeout * cases.length * 1000);
    try {
      return (await this.#workers.run(task, { signal: limit.signal })) as Done;
    } finally {
      clearTimeout(timer);
    }
  }

  #giveUp(one: BatchCase, error: unknown): Outcome {
    const result = failure(one, this.#options.fingerprint, this.#reason(error));
    keep(result, new Results(this.#options.results));
    return outcomeOf(one, result, 0, 0);
  }

  #reason(error: unknown): string {
    if (error instanceof Error && error.name === 'AbortError') {
      return `it took longer than ${this.#options.timeout} s (--timeout)`;
    }
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ERR_WORKER_OUT_OF_MEMORY')
      return 'it needs more memory than a worker has (--worker-memory)';
    return `its worker ended: ${error instanceof Error ? error.message : String(error)}`;
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
