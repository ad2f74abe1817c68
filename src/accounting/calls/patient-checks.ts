// SPDX-License-Identifier: Apache-2.0
/**
 * The two calls of module_patient_check_exists in a load (kernel/module/main.c since 6.4): in early_mod_check,
 * before layout, and in add_unformed_module, after it. Their number shows how far a call got. Return probes miss
 * hits under load, so this is only used in a trace in which no call lacks a check that it must have made.
 */
import { EBUSY, EEXIST } from '../../model/errno.js';
import type { Call, Fact, Seen } from './call.js';

/** The recorded checks of the call: entry and return probes may both stand for one. */
function checksOf({ facts }: Call): number {
  const returned = facts.patient.filter((check) => check.ret !== null).length;
  return Math.max(returned, facts.patient.length - returned);
}

/** True where the trace shows the checks of every call that must have made some, and there is such a call. */
export function showsEveryCheck(calls: readonly Call[]): boolean {
  let proven = false;
  for (const call of calls) {
    const least = leastChecks(call);
    if (least === 0) continue;
    if (checksOf(call) < least) return false;
    proven = true;
  }
  return proven;
}

/** The checks that a call must have made, by its other facts. */
function leastChecks({ entered, implicit, facts, loaded, ret }: Call): number {
  // Of a call that the trace joined late, the checks may have come before.
  if (!entered && !implicit) return 0;
  if (loaded !== null) return 2;
  const reached = facts.loadEntry !== null || facts.loadReturn !== null;
  return reached && (ret === -EEXIST || ret === -EBUSY) ? 1 : 0;
}

/** The phase in which a load of that many checks failed; null where the trace does not show every check. */
export function phaseByCount(call: Call, seen: Seen): 'becoming' | 'load' | null {
  if (!seen.everyCheck || !seen.whole || (!call.entered && !call.implicit)) return null;
  return checksOf(call) >= 2 ? 'load' : 'becoming';
}

/** True where a further check belongs to another call: this one made both, or failed one. */
export function checksAreDone(call: Call, next: Fact<'patient-check'>): boolean {
  const { patient } = call.facts;
  if (patient.some((check) => check.ret !== null && check.ret < 0)) return true;
  const same = patient.filter((check) => (check.ret === null) === (next.ret === null));
  return same.length >= 2;
}
