// SPDX-License-Identifier: Apache-2.0
/** One side of a comparison: the figures of a boot, or of one of its snapshots. */

import { attribute } from '../../accounting/counters/attribution.js';
import type { AttributionRow, Boot, CaseModel, Snapshot } from '../../accounting/model.js';
import { countsOf } from '../../accounting/phase-counts.js';
import { type Bounds, exactly } from '../../model/bounds.js';
import { PHASES, type Phase } from '../../model/counters.js';
import { type Asked, intOf, intOrNull, textOf } from '../answer/ask.js';

interface PhaseSide {
  readonly failures: Bounds | null;
  readonly bytes: Bounds | null;
}

export interface ModuleSide {
  readonly times: Bounds;
  readonly bytes: Bounds | null;
}

export interface Side {
  /** What it is, in a word or two. */
  readonly label: string;
  readonly loaded: Bounds | null;
  readonly failures: Bounds | null;
  readonly wasted: Bounds | null;
  readonly phases: ReadonlyMap<Phase, PhaseSide>;
  /** Duplicates by module. */
  readonly modules: ReadonlyMap<string, ModuleSide>;
  /** Whether a module that is not among `modules` had no duplicates. */
  readonly modulesAreAll: boolean;
  /** Nanoseconds, as systemd-analyze or the log says. */
  readonly times: ReadonlyMap<'kernel' | 'initrd' | 'userspace' | 'total', bigint>;
}

/** Null where nothing is known. */
const bounds = (value: bigint | null): Bounds | null => (value === null ? null : exactly(value));
const between = (low: bigint | null, high: bigint | null): Bounds | null =>
  low === null ? null : { low, high };

/** A boot of a case; `name`: what it is called where the evidence names no kernel; `asked`: the canned queries on its store. */
export function bootSide(model: CaseModel, boot: Boot, name: string, asked: Asked): Side {
  const of = <T extends { readonly boot: number }>(rows: readonly T[]): T[] =>
    rows.filter((row) => row.boot === boot.boot);
  const last = of(model.snapshots).at(-1);
  const { modulesLoaded: loaded } = boot;
  return {
    label: boot.kernel ?? boot.label ?? name,
    loaded: between(loaded, last === undefined && boot.trace?.complete !== true ? null : loaded),
    failures: between(boot.failures, boot.failuresHigh),
    wasted: between(boot.wasted, boot.wastedHigh),
    phases: new Map(
      asked.ofBoot('phase-waste', BigInt(boot.boot)).map((row) => [
        textOf(row.phase) as Phase,
        {
          failures:
            row.failures === null ? null : { low: intOf(row.failures), high: intOrNull(row.failures_high) },
          bytes: row.basis === null ? null : { low: intOf(row.bytes_low), high: intOrNull(row.bytes_high) },
        },
      ]),
    ),
    modules: modulesOf(of(model.attribution)),
    modulesAreAll: last ? last.list === 'whole' || last.list === 'empty' : boot.trace?.complete === true,
    times: new Map(of(model.times).map((row) => [row.what, row.ns])),
  };
}

/** The side of one snapshot, as if it were the last; `ofSeveral`: the snapshots are of several boots. */
export function snapshotSide(
  model: CaseModel,
  from: Snapshot & { readonly boot: number },
  ofSeveral: boolean,
): Side {
  const { boot, label, snapshot } = from;
  const sizes = model.sizes.filter((row) => row.boot === boot);
  const phases = new Map(
    PHASES.map((phase) => {
      const { failures, bytes } = countsOf(from, phase);
      return [phase, { failures: bounds(failures), bytes: bounds(bytes) }];
    }),
  );
  return {
    label: label ?? (ofSeveral ? `boot ${boot}` : `snapshot ${snapshot}`),
    loaded: bounds(from.counters.get('modcount')?.value ?? null),
    failures: total([...phases.values()].map((phase) => phase.failures)),
    wasted: total([...phases.values()].map((phase) => phase.bytes)) ?? bounds(from.wasted),
    phases,
    modules: modulesOf(attribute(boot, from, [], sizes, true).rows),
    modulesAreAll: from.list === 'whole' || from.list === 'empty',
    times: new Map(),
  };
}

function total(parts: readonly (Bounds | null)[]): Bounds | null {
  let sum = 0n;
  for (const part of parts) {
    if (part === null) return null;
    sum += part.low;
  }
  return bounds(sum);
}

function modulesOf(rows: readonly AttributionRow[]): Map<string, ModuleSide> {
  return new Map(
    rows.map((row) => [row.module, { times: exactly(row.times), bytes: { low: row.low, high: row.high } }]),
  );
}
