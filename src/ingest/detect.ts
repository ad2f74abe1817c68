// SPDX-License-Identifier: Apache-2.0
/** Detection: every ingester judges the head; the best verdict wins, the others are kept for `detect --explain`. */

import type { Head, Ingester, Verdict } from './ingester.js';
import { forLinesAfter, frontOf, headWithout } from './line-fronts.js';

interface Candidate {
  readonly ingester: Ingester;
  readonly verdict: Verdict;
}

export interface Detection {
  readonly best: Candidate | null;
  /** All ingesters that recognised it, best first. */
  readonly candidates: readonly Candidate[];
}

/** What the head is, or what it is without what stands before each of its lines, if that says more. */
export function detect(head: Head, ingesters: readonly Ingester[]): Detection {
  const detection = detectAsIs(head, ingesters);
  const front = frontOf(head);
  if (front === null) return detection;
  const { best, candidates } = detectAsIs(headWithout(front, head), ingesters);
  if (best?.ingester.reads !== 'lines' || !saysMore(best, detection.best)) return detection;
  const why = `${best.verdict.why}, after what all lines start with`;
  const found = { ingester: forLinesAfter(front, best.ingester), verdict: { ...best.verdict, why } };
  return { best: found, candidates: [found, ...candidates.slice(1)] };
}

/** A trace takes what is before the name of a task for part of it, and a text of several kinds shows only some of them. */
const BLIND_TO_FRONTS: ReadonlySet<string> = new Set(['ftrace', 'mixed']);

function saysMore(bare: Candidate, asIs: Candidate | null): boolean {
  if (asIs === null || bare.verdict.confidence > asIs.verdict.confidence) return true;
  return bare.ingester === asIs.ingester && BLIND_TO_FRONTS.has(bare.ingester.name);
}

/** Sorted by confidence, then by priority, which is unique: the order is total. */
function detectAsIs(head: Head, ingesters: readonly Ingester[]): Detection {
  const candidates: Candidate[] = [];
  for (const ingester of ingesters) {
    const others = (text: Head): Verdict | null =>
      detectAsIs(text, without(ingesters, ingester)).best?.verdict ?? null;
    const verdict = ingester.sniff(head, others);
    if (verdict) candidates.push({ ingester, verdict });
  }
  candidates.sort(
    (a, b) => b.verdict.confidence - a.verdict.confidence || b.ingester.priority - a.ingester.priority,
  );
  return { best: candidates[0] ?? null, candidates };
}

const without = (all: readonly Ingester[], one: Ingester): Ingester[] => all.filter((each) => each !== one);
