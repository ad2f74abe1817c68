// SPDX-License-Identifier: Apache-2.0
/** Detection: every ingester judges the head; the best verdict wins, the others are kept for `detect --explain`. */
import type { Head, Ingester, Verdict } from './ingester.js';

interface Candidate {
  readonly ingester: Ingester;
  readonly verdict: Verdict;
}

export interface Detection {
  readonly best: Candidate | null;
  /** All ingesters that recognised it, best first. */
  readonly candidates: readonly Candidate[];
}

/** Sorted by confidence, then by priority, which is unique: the order is total. */
export function detect(head: Head, ingesters: readonly Ingester[]): Detection {
  const candidates: Candidate[] = [];
  for (const ingester of ingesters) {
    const verdict = ingester.sniff(head);
    if (verdict) candidates.push({ ingester, verdict });
  }
  candidates.sort(
    (a, b) => b.verdict.confidence - a.verdict.confidence || b.ingester.priority - a.ingester.priority,
  );
  return { best: candidates[0] ?? null, candidates };
}
