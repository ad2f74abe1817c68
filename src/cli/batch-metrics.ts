// SPDX-License-Identifier: Apache-2.0
/** Keeps the file of `batch --metrics` up to date: whole at any time, since a collector reads it whenever it likes. */
import { openMetrics } from '../batch/metrics.js';
import type { RunFigures } from '../batch/summary.js';
import type { Context } from './context.js';
import { writeFileWhole } from './files.js';

const INTERVAL_MS = 10_000;

export class BatchMetrics {
  readonly #path: string;
  readonly #context: Context;
  #last: { readonly figures: RunFigures; readonly planned: number } | null = null;
  #next = 0;
  #isWritten = false;

  constructor(path: string, context: Context) {
    this.#path = path;
    this.#context = context;
  }

  update(figures: RunFigures, planned: number): void {
    this.#last = { figures, planned };
    if (performance.now() < this.#next) return;
    this.#next = performance.now() + INTERVAL_MS;
    try {
      this.#write(false);
    } catch (error) {
      // A name that is wrong is so at once. A disk that is full later must not end the run.
      if (!this.#isWritten) throw error;
    }
  }

  finish(): void {
    this.#write(true);
  }

  #write(isFinished: boolean): void {
    if (!this.#last) return;
    const { figures, planned } = this.#last;
    const text = openMetrics(figures.summary(this.#context.version, 0), {
      planned,
      read: figures.read,
      isFinished,
    });
    writeFileWhole(this.#path, [text], this.#context.io.cleanups);
    this.#isWritten = true;
  }
}
