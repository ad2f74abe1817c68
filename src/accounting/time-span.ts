// SPDX-License-Identifier: Apache-2.0

import { larger, smaller } from '../model/bounds.js';
import { ascending } from '../model/order.js';
import type { SourceClock } from '../model/source.js';

/** A span of time. */
export interface TimeSpan {
  readonly from: bigint;
  readonly to: bigint;
}

/** Times of the same key can be compared: relative clocks and ticks have no zero in common. */
export function clockKey({ unit, zero }: SourceClock, source: number): string {
  return unit === 'ns' && zero !== 'relative' ? zero : `source ${source}`;
}

/** Null where none has a time. */
export function spanOf<T>(items: readonly T[], timeOf: (item: T) => bigint | null): TimeSpan | null {
  let from: bigint | null = null;
  let to: bigint | null = null;
  for (const item of items) {
    const t = timeOf(item);
    if (t === null) continue;
    if (from === null || t < from) from = t;
    if (to === null || t > to) to = t;
  }
  return from === null || to === null ? null : { from, to };
}

/** The time that any of them covers, as spans in order that do not touch. */
export function union(spans: Iterable<TimeSpan>): TimeSpan[] {
  const covered: { from: bigint; to: bigint }[] = [];
  const sorted = [...spans].sort((a, b) => ascending(a.from, b.from));
  for (const { from, to } of sorted) {
    const last = covered.at(-1);
    if (last && from <= last.to) {
      if (to > last.to) last.to = to;
    } else if (from < to) covered.push({ from, to });
  }
  return covered;
}

/** What both cover; each a union. */
export function common(a: readonly TimeSpan[], b: readonly TimeSpan[]): TimeSpan[] {
  const spans: TimeSpan[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i], b[j]] as [TimeSpan, TimeSpan];
    const [from, to] = [larger(x.from, y.from), smaller(x.to, y.to)];
    if (from < to) spans.push({ from, to });
    if (x.to < y.to) i++;
    else j++;
  }
  return spans;
}

/** What `a` covers and `b` does not; each a union. */
export function without(a: readonly TimeSpan[], b: readonly TimeSpan[]): TimeSpan[] {
  const [first, last] = [a[0], a.at(-1)];
  if (!first || !last) return [];
  const gaps: TimeSpan[] = [];
  let from = first.from;
  for (const span of b) {
    if (span.from > from) gaps.push({ from, to: span.from });
    if (span.to > from) from = span.to;
  }
  // Empty where `b` covers the end: nothing has it in common.
  gaps.push({ from, to: last.to });
  return common(a, gaps);
}

export function lengthOf(spans: readonly TimeSpan[]): bigint {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0n);
}
