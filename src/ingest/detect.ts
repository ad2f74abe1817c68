/** Detection: every ingester looks at the head; the best verdict wins, the others are kept to explain it. */
import type { Head, Ingester, Verdict } from './ingester.js';

interface Candidate {
  readonly ingester: Ingester;
  readonly verdict: Verdict;
}

export interface Detection {
  readonly best: Candidate | null;
  /** All who recognised something, best first. */
  readonly candidates: readonly Candidate[];
}

/** Orders by confidence, then by the ingester's priority, which is unique: the order is total. */
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
