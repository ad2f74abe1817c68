// SPDX-License-Identifier: Apache-2.0
/** Worker threads that read cases, and the handling of a case that kills its thread. */

import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import { errorMessage } from '../model/error-message.js';
import { PACKAGE_ROOT } from '../model/package.js';
import { systemAdvice, systemCode, systemReason } from '../model/system-error.js';
import { timerMs } from '../model/time.js';
import { BatchError } from './case.js';
import { packFrame } from './frame.js';
import { OUT_OF_MEMORY } from './memory.js';
import { endGroup, type ProcessGroup, processGroup } from './process-group.js';
import { failure } from './read-case.js';
import { compareHere, type Several } from './siblings.js';
import type { Asked, Done, Task, Work } from './task.js';

export interface PoolOptions {
  readonly jobs: number;
  /** Starts workers with the first case: there may be none to read. */
  readonly resume: boolean;
}

export const DEFAULT_JOBS = availableParallelism();
/** Below 2 GiB: above it, V8 lets a heap grow to four times its live size before it collects. */
export const DEFAULT_WORKER_BYTES = 1900 * 1024 ** 2;
export const DEFAULT_TIMEOUT = 600;

const MIB = 1024 * 1024;
/** Most allocations are short-lived: a small young generation saves memory at no measurable cost. */
const YOUNG_MIB = 12;

const NO_DESCRIPTORS: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

function cannotStart(error: unknown): BatchError {
  const what = `cannot start a worker: ${systemReason(error)}`;
  return new BatchError(what, [...systemAdvice(error), '--resume then continues']);
}

export class Pool {
  readonly #work: Work;
  readonly #jobs: number;
  #started: Tinypool | null = null;
  /** Ends each task that runs, where a worker ends outside a case: it could not start. */
  readonly #running = new Set<(error: BatchError) => void>();
  /** Of the tasks that run. */
  readonly #groups = new Set<ProcessGroup>();
  #broken: BatchError | null = null;
  #isClosed = false;

  constructor(work: Work, { jobs, resume }: PoolOptions) {
    this.#work = work;
    this.#jobs = jobs;
    // Else they start while the cases are listed.
    if (!resume) this.#started = this.#start();
  }

  get #workers(): Tinypool {
    this.#started ??= this.#start();
    return this.#started;
  }

  #start(): Tinypool {
    const workers = new Tinypool({
      filename: new URL('dist/batch/worker.js', PACKAGE_ROOT).href,
      runtime: 'worker_threads',
      isolateWorkers: false,
      minThreads: this.#jobs,
      maxThreads: this.#jobs,
      resourceLimits: {
        maxOldGenerationSizeMb: Math.ceil(this.#work.workerBytes / MIB),
        maxYoungGenerationSizeMb: YOUNG_MIB,
      },
    });
    workers.on('error', (error) => {
      this.#broken = cannotStart(error);
      for (const end of this.#running) end(this.#broken);
    });
    return workers;
  }

  /** Kills the commands that read URLs: they do not end with their workers. */
  endCommands(): void {
    for (const group of this.#groups) endGroup(group);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.endCommands();
    // Tinypool waits with once(), which calls this where a worker that still starts dies meanwhile.
    for (const worker of this.#started?.threads ?? [])
      Object.assign(worker, { removeListener: () => undefined });
    await this.#started?.destroy().catch(() => undefined);
  }

  /** `casesOfSeveral` by a worker: it reads cases next, by code that is warm then. */
  async compare(paths: readonly string[]): Promise<Several[]> {
    try {
      return await this.#unlessBroken(
        this.#workers.run(paths, { name: 'casesOfSeveral' }) as Promise<Several[]>,
      );
    } catch (error) {
      if (this.#isClosed) throw error;
      return compareHere(paths);
    }
  }

  /** Reads the cases; those of a chunk that killed its worker are tried again one by one. */
  async read(cases: readonly Asked[]): Promise<readonly Done[]> {
    try {
      return [await this.#run(cases)];
    } catch (error) {
      if (error instanceof BatchError) throw error;
      // Its modules could not be opened: no fault of the case.
      if (NO_DESCRIPTORS.has(systemCode(error) ?? '')) throw cannotStart(error);
      const [only] = cases;
      if (only && cases.length === 1) return [this.#giveUp(only, error)];
      const all: Done[] = [];
      for (const one of cases) all.push(...(await this.read([one])));
      return all;
    }
  }

  async #run(cases: readonly Asked[]): Promise<Done> {
    const group = processGroup();
    const task: Task = { work: this.#work, group, cases };
    const limit = new AbortController();
    this.#groups.add(group);
    const timer = setTimeout(() => limit.abort(), timerMs(this.#work.timeout * cases.length));
    try {
      const work = this.#workers.run(task, { signal: limit.signal }) as Promise<Done>;
      return await this.#unlessBroken(work);
    } finally {
      clearTimeout(timer);
      endGroup(group);
      this.#groups.delete(group);
    }
  }

  /** Not `Promise.race` with one promise of the pool, which would keep the result of each task. */
  #unlessBroken<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#broken) reject(this.#broken);
      this.#running.add(reject);
      work.then(resolve, reject).finally(() => this.#running.delete(reject));
    });
  }

  #giveUp({ one }: Asked, error: unknown): Done {
    const result = failure(one, this.#describe(error));
    return {
      answers: [{ head: result, stamp: null, seconds: 0 }],
      frame: packFrame(this.#work.fingerprint, [result]),
    };
  }

  #describe(error: unknown): string {
    if (error instanceof Error && error.name === 'AbortError') {
      return `timed out after ${this.#work.timeout} s (--timeout)`;
    }
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ERR_WORKER_OUT_OF_MEMORY') return OUT_OF_MEMORY;
    return `its worker died: ${errorMessage(error)}`;
  }
}
