// SPDX-License-Identifier: Apache-2.0
/** One failed load, before equal ones become one row. */
import type { Bounds } from '../../model/bounds.js';
import type { SourceClock } from '../../model/source.js';
import type { Cite, FailureRow } from '../model.js';

export interface Case {
  readonly reason: string;
  /** Null for a message without a name, until user space names it. */
  module: string | null;
  phase: FailureRow['phase'];
  errno: number | null;
  wasted: Bounds | null;
  /** From enter to exit, where a trace times the call. */
  spentNs?: bigint | null;
  t: bigint | null;
  clock: SourceClock;
  cite: Cite;
}
