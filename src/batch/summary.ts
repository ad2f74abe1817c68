// SPDX-License-Identifier: Apache-2.0
/** Counts, times and rates of a run: the contents of `run.json`, the one output that differs from run to run. */
import { readFileSync } from 'node:fs';
import { createHistogram } from 'node:perf_hooks';
import { type CaseStatus, isBad, type Outcome, STATUSES } from './case.js';

export interface RunSummary {
  readonly modwaste: string;
  readonly node: string;
  readonly jobs: number;
  readonly started: string;
  readonly seconds: number;
  readonly cases: number;
  readonly by_status: Readonly<Record<CaseStatus, number>>;
  /** Cases with the contents of an earlier one. */
  readonly copies: number;
  /** Cases whose earlier results were reused. */
  readonly reused: number;
  readonly boots: number;
  readonly bytes: number;
  readonly cases_per_second: number;
  readonly bytes_per_second: number;
  /** Peak memory of the process, workers included. */
  readonly peak_rss_bytes: number;
  /** Seconds that it took to read a case: the largest of so many percent of those that were read in this run. */
  readonly seconds_per_case: Readonly<Record<'p50' | 'p90' | 'p99' | 'p99.9' | 'max', number>>;
  /** The cases that took longest to read. */
  readonly slowest: readonly { readonly case: string; readonly seconds: number }[];
}

const PERCENTILES = [50, 90, 99, 99.9] as const;
const SLOWEST = 10;
const MARK_MS = 1000;
const MARKS = 30;
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** Linux's high-water mark; `maxRSS` would include the memory of the parent at fork. */
function peakRss(): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kib !== undefined) return Number(kib) * 1024;
  } catch {
    // No /proc.
  }
  return process.resourceUsage().maxRSS * 1024;
}

export class RunFigures {
  readonly #jobs: number;
  readonly #started = new Date();
  readonly #startMs = performance.now();
  readonly #byStatus = new Map<CaseStatus, number>();
  #cases = 0;
  #reused = 0;
  #boots = 0;
  #bytes = 0;
  #slowest: { case: string; seconds: number }[] = [];
  /** Microseconds of each case that was read, to three digits. */
  readonly #times = createHistogram();
  #readSeconds = 0;
  #readBytes = 0;
  /** What was read when, a second apart, of the last half minute. */
  readonly #marks: { readonly ms: number; readonly cases: number; readonly bytes: number }[] = [];

  constructor(jobs: number) {
    this.#jobs = jobs;
  }

  add({ name, status, boots, bytes, seconds, reused }: Outcome): void {
    this.#cases++;
    this.#byStatus.set(status, this.count(status) + 1);
    this.#boots += boots;
    this.#bytes += bytes;
    if (reused) this.#reused++;
    else if (status !== 'skipped') {
      this.#readBytes += bytes;
      this.#times.record(Math.max(1, Math.round(seconds * 1e6)));
      this.#readSeconds += seconds;
    }
    this.#mark();
    if (this.#slowest.length < SLOWEST || seconds > (this.#slowest.at(-1)?.seconds ?? 0)) {
      this.#slowest.push({ case: name, seconds: rounded(seconds) });
      this.#slowest = this.#slowest.sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
    }
  }

  count(status: CaseStatus): number {
    return this.#byStatus.get(status) ?? 0;
  }

  get cases(): number {
    return this.#cases;
  }

  /** Cases that were incomplete, unrecognised or failed. */
  get bad(): number {
    return STATUSES.filter(isBad).reduce((sum, status) => sum + this.count(status), 0);
  }

  /** Cases and bytes read per second of the last half minute: unchanged cases take no time, and say nothing of the rest. */
  get rates(): { readonly cases: number; readonly bytes: number } {
    const [first = { ms: this.#startMs, cases: 0, bytes: 0 }] = this.#marks;
    const seconds = Math.max((performance.now() - first.ms) / 1000, 0.001);
    const { cases } = this.read;
    return { cases: (cases - first.cases) / seconds, bytes: (this.#readBytes - first.bytes) / seconds };
  }

  #mark(): void {
    const ms = performance.now();
    if (ms - (this.#marks.at(-1)?.ms ?? this.#startMs) < MARK_MS) return;
    this.#marks.push({ ms, cases: this.read.cases, bytes: this.#readBytes });
    if (this.#marks.length > MARKS) this.#marks.shift();
  }

  /** Peak memory of the process until now, workers included. */
  get memory(): number {
    return peakRss();
  }

  /** How many cases were read, in so many seconds of all workers. */
  get read(): { readonly cases: number; readonly seconds: number } {
    return { cases: this.#times.count, seconds: this.#readSeconds };
  }

  get secondsPerCase(): RunSummary['seconds_per_case'] {
    const at = (percent: number): number =>
      this.#times.count === 0 ? 0 : this.#times.percentile(percent) / 1e6;
    const [p50, p90, p99, most] = PERCENTILES.map(at);
    return { p50: p50 ?? 0, p90: p90 ?? 0, p99: p99 ?? 0, 'p99.9': most ?? 0, max: at(100) };
  }

  get #elapsed(): number {
    return Math.max((performance.now() - this.#startMs) / 1000, 0.001);
  }

  summary(version: string, copies: number): RunSummary {
    const seconds = this.#elapsed;
    return {
      modwaste: version,
      node: process.version,
      jobs: this.#jobs,
      started: this.#started.toISOString(),
      seconds: rounded(seconds),
      cases: this.#cases,
      by_status: Object.fromEntries(STATUSES.map((status) => [status, this.count(status)])) as Record<
        CaseStatus,
        number
      >,
      copies,
      reused: this.#reused,
      boots: this.#boots,
      bytes: this.#bytes,
      cases_per_second: rounded(this.#cases / seconds),
      bytes_per_second: Math.round(this.#bytes / seconds),
      peak_rss_bytes: peakRss(),
      seconds_per_case: this.secondsPerCase,
      slowest: this.#slowest,
    };
  }
}
