// SPDX-License-Identifier: Apache-2.0
/** Merges the facts of probes within a call: several probes on one function report the same call. */
import type { ProbeFact } from '../../model/event.js';
import { type Call, type Fact, type Facts, NO_FACTS, noFacts } from './call.js';
import { stepsShown } from './steps.js';

/** A fact about a load: all but requests. */
export type LoadFact = Exclude<ProbeFact, { fact: 'request' }>;

/** A load is checked twice; further checks are of calls whose start or end was lost. */
const MOST_CHECKS = 64;

/** Adds a fact, recorded at `t`, to its call. `order`: how many duplicates the boot had before. */
export function addFact(call: Call, fact: LoadFact, order: number, t: bigint | null): void {
  const facts = ownFacts(call);
  if (t !== null) for (const step of stepsShown(facts, fact)) facts.at[step] ??= t;
  switch (fact.fact) {
    case 'charge':
      facts.charge = facts.charge ? mergeCharge(facts.charge, fact) : fact;
      break;
    case 'duplicate':
      if (facts.duplicate === null) facts.duplicateOrder = order;
      facts.duplicate = {
        fact: 'duplicate',
        module: facts.duplicate?.module ?? fact.module,
        reason: facts.duplicate?.reason ?? fact.reason,
      };
      break;
    case 'read':
      facts.read = {
        fact: 'read',
        file: fact.file ?? facts.read?.file ?? null,
        id: fact.id ?? facts.read?.id ?? null,
        ret: fact.ret ?? facts.read?.ret ?? null,
      };
      break;
    case 'decompress':
      facts.decompress = {
        fact: 'decompress',
        ret: fact.ret ?? facts.decompress?.ret ?? null,
        compressed: fact.compressed ?? facts.decompress?.compressed ?? null,
        image: fact.image ?? facts.decompress?.image ?? null,
      };
      break;
    case 'load-module':
      if (fact.point === 'entry') facts.loadEntry ??= fact;
      else if (fact.point === 'checked') facts.loadChecked ??= fact;
      else if (facts.loadReturn === null || facts.loadReturn.image === null) facts.loadReturn = fact;
      break;
    case 'patient-check':
      if (facts.patient.length < MOST_CHECKS) facts.patient = [...facts.patient, fact];
      break;
    case 'copied':
      facts.copied = fact;
      break;
    case 'idempotent':
      facts.idempotent = fact;
      break;
    case 'from-file':
      facts.fromFile = fact;
      break;
    case 'do-init':
      if (fact.point === 'entry') facts.initEntry = fact;
      else facts.initReturn ??= fact;
      break;
    case 'free-module':
      facts.laidOut = true;
      break;
    case 'layout':
      facts.layout = true;
      break;
    default:
      fact satisfies never;
  }
}

/** The call's own facts, writable. */
function ownFacts(call: Call): Facts {
  if (call.facts === NO_FACTS) call.facts = noFacts();
  return call.facts;
}

/** Merges the arguments of several probes on one function. */
function mergeCharge(a: Fact<'charge'>, b: Fact<'charge'>): Fact<'charge'> {
  return {
    fact: 'charge',
    phase: a.phase,
    module: a.module ?? b.module,
    image: a.image ?? b.image,
    compressed: a.compressed ?? b.compressed,
    flags: a.flags ?? b.flags,
  };
}

/** True where the call is past reading the module; later reads are firmware requested by the module's init. */
export function isPastRead({ facts, loaded }: Call): boolean {
  return (
    loaded !== null ||
    facts.charge !== null ||
    facts.duplicate !== null ||
    facts.loadEntry !== null ||
    facts.loadChecked !== null ||
    facts.loadReturn !== null ||
    facts.patient.length > 0 ||
    (facts.decompress !== null && facts.decompress.ret !== null)
  );
}

/** Whether the load is known to have failed before its end: what comes after that is another call's. */
export function hasFailedStep(call: Call): boolean {
  return firstError(call) !== null;
}

/** The call's result by probes on functions whose result it returns; null where none shows it. */
export function probedResult(call: Call): number | null {
  const { fromFile, loadReturn, idempotent } = call.facts;
  return fromFile?.ret ?? loadReturn?.ret ?? idempotent?.ret ?? firstError(call);
}

/** What the first step that failed returned. */
function firstError({ facts }: Call): number | null {
  const steps = [facts.read?.ret, facts.decompress?.ret, ...facts.patient.map((check) => check.ret)];
  return steps.find((ret) => (ret ?? 0) < 0) ?? null;
}
