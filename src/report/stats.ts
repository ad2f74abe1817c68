// SPDX-License-Identifier: Apache-2.0
/** The rebuilt `stats` table as the kernel prints it, and as data. */
import type { RebuiltStats } from '../accounting/counters/rebuilt-stats.js';
import { formatStats } from '../accounting/counters/stats-table.js';
import { reasonText } from '../model/counters.js';
import type { Result, Value } from '../query/result.js';

/** The table as the kernel prints it. */
export function statsText(stats: RebuiltStats): string {
  return formatStats(Object.fromEntries(stats.counters), stats.duplicates ?? [], stats.modulus);
}

/** The same as data: a row a counter, and one a listed module. */
export function statsResult(stats: RebuiltStats): Result & { readonly rows: readonly Value[][] } {
  const boot = BigInt(stats.boot);
  const rows: Value[][] = [];
  for (const [counter, value] of stats.counters) rows.push([boot, 'counter', counter, value, null]);
  for (const { module, times, reasons } of stats.duplicates ?? []) {
    rows.push([boot, 'duplicate', module, BigInt(times), reasonText(reasons)]);
  }
  return {
    columns: [
      { name: 'boot', type: 'INTEGER', unit: null },
      { name: 'kind', type: 'TEXT', unit: null },
      { name: 'name', type: 'TEXT', unit: null },
      { name: 'value', type: 'INTEGER', unit: null },
      { name: 'reason', type: 'TEXT', unit: null },
    ],
    rows,
    empty: 'the evidence gives none of the counters',
  };
}
