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

  constructor(path: string, context: Context) {
    this.#path = path;
    this.#context = context;
  }

  update(figures: RunFigures, planned: number): void {
    this.#last = { figures, planned };
    if (performance.now() < this.#next) return;
    this.#next = performance.now() + INTERVAL_MS;
    this.#write(false);
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
  }
}
