// SPDX-License-Identifier: Apache-2.0
/** Advice: what to do, only as far as the evidence goes, the most worth first. */

import { descending } from '../../model/order.js';
import type { AdviceRow } from '../model.js';
import { counterAdvice } from './counters.js';
import { duplicateAdvice } from './duplicates.js';
import type { Advice, AdviceEvidence } from './evidence.js';
import { failureAdvice } from './failures.js';
import { memoryAdvice } from './memory.js';
import { problemAdvice, requestAdvice } from './problems.js';

export function adviceRows(evidence: AdviceEvidence): AdviceRow[] {
  const { boot } = evidence.boot;
  return withoutEchoes([
    ...problemAdvice(evidence),
    ...memoryAdvice(evidence),
    ...duplicateAdvice(evidence),
    counterAdvice(evidence),
    ...failureAdvice(evidence),
    requestAdvice(evidence),
  ])
    .sort(byWorth)
    .map(({ urgent: _, ...advice }, index) => ({ boot, rank: index + 1, ...advice }));
}

/** The kernel's line about an allocation and the load that failed for it are one matter. */
function withoutEchoes(all: readonly (Advice | null)[]): Advice[] {
  const first = new Map<string, Advice>();
  for (const advice of all) {
    if (advice === null) continue;
    const echoes = advice.kind.endsWith('-exhausted');
    const key = echoes ? advice.kind : advice.text;
    const known = first.get(key);
    if (!known) first.set(key, advice);
    else if (known.low === null && advice.low !== null) {
      const { low, high, basis } = advice;
      const names = (mine: readonly string[], theirs: readonly string[]) => (mine.length > 0 ? mine : theirs);
      first.set(key, {
        ...known,
        low,
        high,
        basis,
        modules: names(known.modules, advice.modules),
        who: names(known.who, advice.who),
      });
    }
  }
  return withoutEnomem([...first.values()]);
}

/** Where allocations in the vmalloc area failed, loads that failed with ENOMEM are what that came to. */
function withoutEnomem(all: readonly Advice[]): Advice[] {
  const loads = all.find(({ kind, evidence }) => kind === 'memory-exhausted' && evidence === 'failures');
  const area = all.find(({ kind }) => kind === 'vmalloc-exhausted');
  if (!loads || !area) return [...all];
  const merged: Advice = {
    ...(area.low === null && loads.low !== null ? { ...area, ...worthOf(loads) } : area),
    modules: loads.modules.length > 0 ? loads.modules : area.modules,
    who: loads.who.length > 0 ? loads.who : area.who,
  };
  return all.flatMap((advice) => (advice === loads ? [] : advice === area ? [merged] : [advice]));
}

const worthOf = ({ low, high, basis, calls }: Advice): Pick<Advice, 'low' | 'high' | 'basis' | 'calls'> => ({
  low,
  high,
  basis,
  calls,
});

/** To find out why loads failed comes after what to do about those that are explained. */
const isOpen = ({ kind }: Advice): boolean => kind === 'unexplained-failures';

function byWorth(a: Advice, b: Advice): number {
  return (
    Number(b.urgent ?? false) - Number(a.urgent ?? false) ||
    Number(isOpen(a)) - Number(isOpen(b)) ||
    descending(a.low ?? -1n, b.low ?? -1n) ||
    descending(a.high ?? -1n, b.high ?? -1n) ||
    descending(a.calls, b.calls)
  );
}
