// SPDX-License-Identifier: Apache-2.0
/** Rows of the tables about remedies. */
import type { Remedies } from '../accounting/model.js';
import type { Row } from './table.js';

export function remedyTables(remedies: readonly Remedies[]): Record<string, () => Iterable<Row>> {
  return {
    remedies: () =>
      remedies.flatMap(({ rows }) =>
        rows.map(
          (r): Row => [
            r.boot,
            r.mask,
            r.remedy,
            r.subject,
            r.low,
            r.high,
            r.costs.low,
            r.costs.high,
            r.basis,
            r.certainCalls,
            r.calls,
            r.modules.join(', ') || null,
            r.who.join(', ') || null,
            r.assumption,
          ],
        ),
      ),
    remedy_parts: () =>
      remedies.flatMap(({ boot, cells, ceiling }) =>
        cells.map(
          ({ costs, bytes, calls }, index): Row => [
            boot,
            index + 1,
            Number(costs),
            bytes.low,
            bytes.high,
            calls,
            ceiling,
          ],
        ),
      ),
    remedy_sets: () =>
      remedies.flatMap(({ boot, cells }) =>
        cells.flatMap(({ removals, cancels }, index) => [
          ...removals.map(({ mask, certain }): Row => [boot, index + 1, 0, mask, Number(certain)]),
          ...cancels.map(({ mask, certain }): Row => [boot, index + 1, 1, mask, Number(certain)]),
        ]),
      ),
  };
}
