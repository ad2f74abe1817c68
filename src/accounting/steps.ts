// SPDX-License-Identifier: Apache-2.0
/** The steps of a load that its records show, for the memory that it holds from one to the other. */
import type { ProbeFact } from '../model/event.js';
import { type Call, type Facts, NO_FACTS, type Seen } from './call.js';
import type { Step, Steps } from './model.js';

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
      return [fact.point === 'entry' ? 'loading' : 'returned'];
    case 'patient-check':
      return checkShown(facts, fact);
    case 'layout':
      return ['laying-out'];
    case 'duplicate':
      return fact.reason === 'load' ? ['laid-out'] : [];
    case 'charge':
      return fact.phase === 'load' ? ['laid-out', 'charged'] : ['charged'];
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

/** The second check is made after layout. */
function checkShown(
  { patient }: Readonly<Facts>,
  check: Extract<ProbeFact, { fact: 'patient-check' }>,
): readonly Step[] {
  if (check.reason !== undefined)
    return check.reason === 'load' ? ['laid-out'] : check.ret === 0 ? ['checked'] : [];
  const alike = patient.filter(({ ret }) => (ret === null) === (check.ret === null));
  if (alike.length > 0) return ['laid-out'];
  return check.ret === 0 ? ['checked'] : [];
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
