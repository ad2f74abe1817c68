// SPDX-License-Identifier: Apache-2.0
/** Calls whose time was spent in vain: they failed, or waited for another call's load. */
import { type Attempt, hasFailed } from '../attempt.js';

export type Spent = Attempt & { readonly start: bigint; readonly end: bigint; readonly pid: number };

/** True where a trace times the call. */
export function isSpent(attempt: Attempt): attempt is Spent {
  const { outcome, start, end, pid, clock } = attempt;
  const isInVain = hasFailed(attempt) || outcome === 'coalesced';
  return isInVain && start !== null && end !== null && start <= end && pid !== null && clock.unit === 'ns';
}
