// SPDX-License-Identifier: Apache-2.0
/** Rows of the tables about memory held at once. */
import { heldPoints } from '../accounting/held/index.js';
import type { HeldCurve, HeldRow } from '../accounting/model.js';
import { clockName } from './clock-name.js';
import type { Row } from './table.js';

export function* heldRows(held: readonly HeldRow[]): Iterable<Row> {
  for (const h of held) {
    const { loaded, duplicate, failed, other } = h.byFate;
    const [fullest] = h.areas;
    yield [
      h.boot,
      h.peak.low,
      h.peak.high,
      h.basis,
      h.t,
      clockName(h.clock),
      h.loads,
      h.module,
      ...[h.moduleBytes, loaded, duplicate, failed, other].flatMap(({ low, high }) => [low, high]),
      fullest?.area ?? null,
      fullest?.bytes ?? null,
      fullest?.basis ?? null,
      fullest?.peak.low ?? null,
      fullest?.peak.high ?? null,
    ];
  }
}

export function* heldAreaRows(held: readonly HeldRow[]): Iterable<Row> {
  for (const { boot, areas } of held)
    for (const { area, bytes, basis, origin, peak } of areas)
      yield [boot, area, bytes, basis, origin, peak.low, peak.high];
}

/** One by one: a storm has many points. */
export function* heldTimelineRows(curves: readonly HeldCurve[]): Iterable<Row> {
  let boot = 0;
  let point = 0;
  for (const held of curves) {
    if (held.boot !== boot) point = 0;
    boot = held.boot;
    const clock = clockName(held.clock);
    for (const { t, all, layouts, byFate, loads } of heldPoints(held)) {
      const { loaded, duplicate, failed, other } = byFate;
      // Spelled out: a spread takes several times as long.
      yield [
        boot,
        ++point,
        t,
        clock,
        loads,
        all.low,
        all.high,
        loaded.low,
        loaded.high,
        duplicate.low,
        duplicate.high,
        failed.low,
        failed.high,
        other.low,
        other.high,
        layouts.low,
        layouts.high,
      ];
    }
  }
}
