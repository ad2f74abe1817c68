// SPDX-License-Identifier: Apache-2.0
/** What pieces of advice would save together. */
import type { AdviceLine } from './lines.js';

/** Whether the savings add up to more than was wasted, so that some would save the same bytes. */
export function overlapping(advice: readonly AdviceLine[], wasted: bigint | null): boolean {
  const saved = advice.reduce((sum, { saves }) => sum + (saves?.low ?? 0n), 0n);
  return wasted !== null && saved > wasted;
}
