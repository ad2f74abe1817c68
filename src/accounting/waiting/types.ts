// SPDX-License-Identifier: Apache-2.0
/** What is known of a unit of systemd that a boot waited for. */
import type { Bounds } from '../../model/bounds.js';
import type { Cite } from '../attempt.js';

export interface UnitRow {
  readonly boot: number;
  readonly unit: string;
  /** Whether it waits for udev or loads modules itself; null: neither is known. */
  readonly awaits: 'udev' | 'modules' | null;
  /** Whether the boot waited for it; null where no critical chain tells. */
  readonly onChain: boolean | null;
  readonly from: bigint | null;
  readonly took: bigint | null;
  /** Time of it during which a call that failed or waited was in flight; null where the trace's clock is another. */
  readonly inFlight: Bounds | null;
  /** Time of it in which the CPUs ran failed calls and nothing else, at least; null where it cannot be known. */
  readonly alone: bigint | null;
  readonly cite: Cite;
}
