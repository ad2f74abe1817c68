// SPDX-License-Identifier: Apache-2.0
/** Detection: the ingesters judge the head; the best verdict wins. `detect --explain` shows the others, too. */

import type { Candidate, Head, Ingester } from './ingester.js';
import { forLinesAfter, frontOf, headWithout } from './line-fronts.js';

export interface Detection {
  readonly best: Candidate | null;
  /** Ingesters that recognised it, best first; all of them only where that was asked for. */
  readonly candidates: readonly Candidate[];
}

/**
 * What the head is, or what it is without what stands before each of its lines, if that says more. `all`: asks also the
 * ingesters that cannot beat the best.
 */
export function detect(head: Head, ingesters: readonly Ingester[], all = false): Detection {
  const detection = detectAsIs(head, ingesters, all ? null : 0);
  const front = frontOf(head);
  if (front === null) return detection;
  const needed = all ? null : leastBare(detection.best);
  const { best, candidates } = detectAsIs(headWithout(front, head), ingesters, needed);
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

/** Confidence below which nothing says more. */
function leastBare(asIs: Candidate | null): number {
  return asIs === null || BLIND_TO_FRONTS.has(asIs.ingester.name) ? 0 : asIs.verdict.confidence + 1;
}

/**
 * Sorted by confidence, then by priority, which is unique: the order is total. `needed`: the least confidence of use; the
 * ingesters that cannot give more than the best so far are not asked. Null: all are.
 */
function detectAsIs(head: Head, ingesters: readonly Ingester[], needed: number | null): Detection {
  const candidates: Candidate[] = [];
  let best: Candidate | null = null;
  for (const ingester of ingesters) {
    const least = needed === null ? 0 : Math.max(needed, leastToWin(ingester, best));
    if ((ingester.most ?? MOST) < least) continue;
    const soFar = best;
    const others = (text: Head): Candidate | null =>
      text === head ? soFar : detectAsIs(text, without(ingesters, ingester), 0).best;
    const verdict = ingester.sniff(head, others, least);
    if (!verdict) continue;
    const candidate = { ingester, verdict };
    candidates.push(candidate);
    if (best === null || byRank(candidate, best) < 0) best = candidate;
  }
  return { best, candidates: candidates.sort(byRank) };
}

/** The confidence of a certain verdict. */
const MOST = 100;

function leastToWin({ priority }: Ingester, best: Candidate | null): number {
  return best === null ? 0 : best.verdict.confidence + (priority < best.ingester.priority ? 1 : 0);
}

const byRank = (a: Candidate, b: Candidate): number =>
  b.verdict.confidence - a.verdict.confidence || b.ingester.priority - a.ingester.priority;

const without = (all: readonly Ingester[], one: Ingester): Ingester[] => all.filter((each) => each !== one);
