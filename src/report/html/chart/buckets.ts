// SPDX-License-Identifier: Apache-2.0
/** Calls counted into equal buckets of time. */
import { type Calls, OUTCOMES } from './calls.js';
import { roundStep } from './scale.js';

export interface Buckets {
  /** Start of the first bucket, from the zero of the calls; buckets start at round times of the clock. */
  readonly from: number;
  readonly width: number;
  /** Attempts that started in each bucket, by outcome. */
  readonly counts: readonly (readonly number[])[];
  /** Bytes wasted in the boot up to each bucket's end, at least. */
  readonly cumulative: readonly number[];
  /** Bytes wasted before the first bucket. */
  readonly before: number;
}

/** Buckets over [from, to], at most `most` of them. */
export function bucketed(calls: Calls, from: number, to: number, most: number): Buckets {
  // One bucket more than fits can be touched, because the first starts at a round time before `from`.
  const width = Math.max(1, roundStep((to - from || 1) / Math.max(1, most - 1)));
  const rest = Number(calls.zero % BigInt(width));
  const first = Math.floor((from + rest) / width) * width - rest;
  const length = Math.max(1, Math.floor((to - first) / width) + 1);
  const counts = Array.from({ length }, () => OUTCOMES.map(() => 0));
  const wasted = new Array<number>(length).fill(0);
  let before = 0;
  for (const [index, start] of calls.start.entries()) {
    const bytes = calls.wasted[index] ?? 0;
    if (start < first) {
      before += bytes;
      continue;
    }
    const bucket = counts[Math.floor((start - first) / width)];
    if (!bucket) break;
    const outcome = calls.outcome[index] ?? OUTCOMES.length - 1;
    bucket[outcome] = (bucket[outcome] ?? 0) + 1;
    const at = Math.floor((start - first) / width);
    wasted[at] = (wasted[at] ?? 0) + bytes;
  }
  let sum = before;
  return { from: first, width, counts, cumulative: wasted.map((bytes) => (sum += bytes)), before };
}
