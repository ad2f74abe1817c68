// SPDX-License-Identifier: Apache-2.0
/** What a batch says on stderr while it runs: one line that moves on a terminal, a line now and then elsewhere. */

import { isBad, type Outcome } from '../batch/case.js';
import type { Plan } from '../batch/plan.js';
import type { RunFigures, RunSummary } from '../batch/summary.js';
import { escapeLine } from '../model/escape.js';
import { count } from '../report/answer/words.js';
import { formatBytes } from '../report/cell.js';
import type { Messages } from './messages.js';

/** A line on a terminal that moves is read no faster. */
const TERMINAL_MS = 200;
const FIRST_LINE_MS = 10_000;
const LAST_LINE_MS = 300_000;

/** `3 s`, `2 min 5 s`, `1 h 4 min`. */
function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export class BatchProgress {
  readonly #messages: Messages;
  readonly #isTTY: boolean;
  /** Null as long as the cases are not counted: those of a stream. */
  #total: number | null = null;
  #cases = 0;
  #assembling = false;
  #interval = FIRST_LINE_MS;
  #next: number;

  constructor(messages: Messages, isTTY: boolean) {
    this.#messages = messages;
    this.#isTTY = isTTY;
    this.#next = performance.now() + (isTTY ? 0 : FIRST_LINE_MS);
  }

  planned({ cases, files, repeated }: Pick<Plan, 'cases' | 'files' | 'repeated'>): void {
    this.#total = cases;
    if (repeated > 0) {
      const were = repeated === 1 ? 'was given more than once; it' : 'were given more than once; each';
      this.#messages.note(`${count(repeated, 'case')} ${were} is read once`);
    }
    const kept =
      files > cases
        ? `${count(files, 'file')} in ${count(cases, 'case')}; --case file makes each file a case`
        : count(cases, 'case');
    this.#messages.note(kept);
  }

  /** Cases of the run; of a stream, those until now. */
  get total(): number {
    return this.#total ?? this.#cases;
  }

  done(outcome: Outcome, figures: RunFigures): void {
    this.#cases = figures.cases;
    if (isBad(outcome.status)) {
      const { name, status, error } = outcome;
      this.#messages.error(`modwaste: ${escapeLine(name)}: ${status}${error ? `: ${error}` : ''}`);
    }
    const now = performance.now();
    if (now < this.#next) return;
    const line = this.#line(figures);
    if (this.#isTTY) {
      this.#next = now + TERMINAL_MS;
      this.#messages.progress(line);
      return;
    }
    // Less and less often, to keep the logs of long runs short.
    this.#interval = Math.min(this.#interval * 1.5, LAST_LINE_MS);
    this.#next = now + this.#interval;
    this.#messages.note(line);
  }

  /** `1200 of 5,000 cases, 3 bad, 240.1/s (12.3 MiB/s), 180 MiB of memory, 2 min 5 s left`. */
  #line(figures: RunFigures): string {
    const { cases, bytes } = figures.rates;
    const of =
      this.#total === null
        ? count(figures.cases, 'case')
        : `${figures.cases} of ${count(this.#total, 'case')}`;
    const speed = `${cases.toFixed(1)}/s (${formatBytes(Math.round(bytes))}/s), ${formatBytes(figures.memory)} of memory`;
    const isKnown = this.#total !== null && cases > 0;
    const left = isKnown ? `, ${durationText(((this.#total ?? 0) - figures.cases) / cases)} left` : '';
    return `${of}, ${figures.bad} bad, ${speed}${left}`;
  }

  assembling(): void {
    this.#assembling = true;
    this.#messages.progress('writing the results');
  }

  interrupted(): void {
    if (this.#total === null && this.#cases === 0) return;
    const some = this.#total === null ? `${this.#cases}` : `${this.#cases} of ${this.#total}`;
    const done = this.#assembling ? 'all' : some;
    this.#messages.error(`modwaste: interrupted with ${done} cases read; --resume continues`);
  }
}

/** `5000 cases in 1 min 23 s (60.2/s, 1.2 MiB/s, 190 MiB of memory at most): 4940 ok, 31 incomplete, 29 failed`. */
export function finishLine(summary: RunSummary): string {
  const counts = Object.entries(summary.by_status).filter(([, cases]) => cases > 0);
  const statuses = counts.map(([status, cases]) => `${cases} ${status}`).join(', ') || 'none in this shard';
  const reused = summary.reused > 0 ? `, ${summary.reused} of them unchanged` : '';
  const copies = summary.copies > 0 ? `, ${summary.copies} equal to another (same_as in cases.csv)` : '';
  return (
    `${count(summary.cases, 'case')} in ${durationText(summary.seconds)} (${summary.cases_per_second.toFixed(1)}/s, ` +
    `${formatBytes(summary.bytes_per_second)}/s, ${formatBytes(summary.peak_rss_bytes)} of memory at most): ` +
    `${statuses}${reused}${copies}`
  );
}
