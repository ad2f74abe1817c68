// SPDX-License-Identifier: Apache-2.0
/** In which phase load_module failed, where no charge says so: before or after its layout (kernel/module/main.c). */

import { ENOENT, ENOEXEC, ENOMEM, EPERM } from '../../model/errno.js';
import { holds, type Kernel, SIGNATURE_ERRORS } from '../kernel.js';
import type { Call, Seen } from './call.js';
import { phaseByCount } from './patient-checks.js';

type LoadPhase = 'becoming' | 'load' | null;

/** What layout_and_allocate itself returns. */
const OF_LAYOUT: ReadonlySet<number> = new Set([-ENOEXEC, -ENOMEM]);

export function phaseOfLoad(call: Call, ret: number, seen: Seen, kernel: Kernel): LoadPhase {
  const { facts } = call;
  if (facts.laidOut || (facts.layout && !OF_LAYOUT.has(ret))) return 'load';
  return (
    byOffset(call, seen) ??
    (reachedLoad(call) ? phaseByCount(call, seen) : null) ??
    byErrno(call, ret, kernel)
  );
}

/** True where a probe shows that the call got as far as load_module. */
export function reachedLoad({ facts }: Call): boolean {
  return facts.loadEntry !== null || facts.loadReturn !== null || facts.patient.length > 0;
}

/** Two calls of the patient check in load_module: the lower offset is the early one (becoming). */
function byOffset({ facts }: Call, seen: Seen): LoadPhase {
  const refused = facts.patient.findLast((check) => check.ret !== null && check.ret < 0);
  // Kernels that did not inline the callers name them.
  if (refused?.reason !== undefined) return refused.reason;
  const last = refused ?? facts.patient.findLast((check) => check.callOffset !== null);
  if (!last || last.callOffset === null || seen.patientOffsets.length < 2) return null;
  if (last.callOffset !== seen.patientOffsets[0]) return 'load';
  return refused ? 'becoming' : null;
}

/** Errors that only one part of load_module returns, in calls that are known to have got there. */
function byErrno({ call, facts }: Call, ret: number, { release }: Kernel): LoadPhase {
  const reached = facts.loadEntry !== null || facts.loadReturn !== null || (facts.read?.ret ?? -1) >= 0;
  if (!reached && call !== 'init_module') return null;
  // The first thing that load_module does.
  if (SIGNATURE_ERRORS.includes(-ret)) return 'becoming';
  // simplify_symbols: a symbol that nothing exports.
  if (ret === -ENOENT) return 'load';
  // The blacklist, or a lockdown: both before layout. Only later kernels refuse after it. Without CAP_SYS_MODULE a call
  // is refused with the same number before it reads anything.
  return ret === -EPERM && reached && holds('namespaceRefusal', release) === false ? 'becoming' : null;
}
