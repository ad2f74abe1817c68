// SPDX-License-Identifier: Apache-2.0
/** The steps of a load that its records show, for the memory that it holds from one to the other. */
import type { ProbeFact } from '../../model/event.js';
import type { Step, Steps } from '../model.js';
import { type Call, type Facts, NO_FACTS, type Seen } from './call.js';

type LoadFact = Exclude<ProbeFact, { fact: 'request' }>;

/** The steps that a fact shows; `facts`: those of the call so far. */
export function stepsShown(facts: Readonly<Facts>, fact: LoadFact): readonly Step[] {
  switch (fact.fact) {
    case 'read':
      return fact.ret === null ? ['reading'] : fact.ret > 0 ? ['read'] : [];
    case 'copied':
      return ['copied'];
    case 'decompress':
      return [fact.ret === null ? 'unpacking' : 'unpacked'];
    case 'load-module':
      return fact.point === 'checked' ? [] : [fact.point === 'entry' ? 'loading' : 'returned'];
    case 'patient-check':
      return checkShown(facts, fact);
    case 'layout':
      return ['laying-out'];
    case 'duplicate':
      return fact.reason === 'load' ? ['laid-out'] : [];
    case 'charge':
      return fact.phase === 'load' ? ['laid-out', 'failed'] : ['failed'];
    case 'do-init':
      return fact.point === 'entry' ? ['starting'] : [];
    case 'free-module':
      return ['freeing'];
    case 'from-file':
      return ['returned'];
    case 'idempotent':
      return [];
  }
}

/** The second check is made after layout; a check that fails is followed by the frees. */
function checkShown(
  { patient }: Readonly<Facts>,
  { ret, reason }: Extract<ProbeFact, { fact: 'patient-check' }>,
): readonly Step[] {
  const second =
    reason === undefined ? patient.some((one) => (one.ret === null) === (ret === null)) : reason === 'load';
  const passed: readonly Step[] = second ? ['laid-out'] : [];
  if (ret === null) return passed;
  if (ret < 0) return [...passed, 'failed'];
  return second ? passed : ['checked'];
}

const NO_STEPS: Steps = { at: {}, copied: null, unpacked: null };

export function stepsOf({ call, len, loaded, facts }: Call, seen: Seen): Steps {
  const copied = call === 'init_module' ? (len ?? facts.copied?.size ?? null) : readOf(facts);
  const starting = loaded?.t ?? null;
  if (facts === NO_FACTS && copied === null && starting === null) return NO_STEPS;
  const entry = seen.contradicted.has('entry') ? null : (facts.loadEntry?.image ?? null);
  // do_init_module is called after the tracepoint.
  const at = starting === null ? facts.at : { ...facts.at, starting };
  return { at, copied, unpacked: facts.decompress === null ? null : (facts.decompress.image ?? entry) };
}

function readOf({ read, copied }: Facts): number | null {
  return read?.ret != null && read.ret > 0 ? read.ret : (copied?.size ?? null);
}
