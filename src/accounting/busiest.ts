// SPDX-License-Identifier: Apache-2.0
/** The shortest span with most of the waste. */
import { ascending } from '../model/order.js';
import type { Attempt } from './model.js';
import { clockKey, type TimeSpan } from './time-span.js';

/** Ten of a hundred bytes may lie outside the span. */
const PARTS = 10n;

/** The shortest span of the calls' starts, in nanoseconds of the trace's clock, that holds 90 % of their wasted bytes; null where no timed call wasted any. */
export function busiestSpan(attempts: readonly Attempt[]): TimeSpan | null {
  const timed: { readonly start: bigint; readonly bytes: bigint }[] = [];
  let axis: string | null = null;
  let total = 0n;
  for (const { start, clock, cite, wasted } of attempts) {
    if (start === null || clock.unit !== 'ns' || wasted.low === 0) continue;
    const key = clockKey(clock, cite.source);
    axis ??= key;
    // Times of two clocks have no span.
    if (key !== axis) return null;
    const bytes = BigInt(wasted.low);
    timed.push({ start, bytes });
    total += bytes;
  }
  timed.sort((a, b) => ascending(a.start, b.start));
  let best: TimeSpan | null = null;
  let held = 0n;
  let first = 0;
  for (const { start: to, bytes } of timed) {
    held += bytes;
    let from = timed[first];
    while (from && (held - from.bytes) * PARTS >= total * (PARTS - 1n)) {
      held -= from.bytes;
      from = timed[++first];
    }
    if (!from || held * PARTS < total * (PARTS - 1n)) continue;
    if (best === null || to - from.start < best.to - best.from) best = { from: from.start, to };
  }
  return best;
}
