// SPDX-License-Identifier: Apache-2.0
import type { SourceClock } from '../model/source.js';

/** As the column `clock` of each table says it. */
export function clockName(clock: SourceClock): string {
  return clock.unit === 'ticks' ? 'ticks' : clock.zero;
}
