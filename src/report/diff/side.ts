// SPDX-License-Identifier: Apache-2.0
/** One side of a comparison: the figures of a boot, or of one of its snapshots. */
import { attribute } from '../../accounting/attribution.js';
import type { AttributionRow, Boot, CaseModel, Snapshot } from '../../accounting/model.js';
import { PHASE_COUNTERS, PHASES, type Phase } from '../../model/counters.js';
import { type Asked, intOf, intOrNull, textOf } from '../answer/ask.js';

/** What is known of a number; `high` null: no upper bound. Null in its place: nothing is known. */
export interface Span {
  readonly low: bigint;
  readonly high: bigint | null;
}

interface PhaseSide {
  readonly failures: Span | null;
  readonly bytes: Span | null;
}

export interface ModuleSide {
  readonly times: Span;
  readonly bytes: Span | null;
}

export interface Side {
  /** What it is, in a word or two. */
  readonly label: string;
  readonly loaded: Span | null;
  readonly failures: Span | null;
  readonly wasted: Span | null;
  readonly phases: ReadonlyMap<Phase, PhaseSide>;
  /** Duplicates by module. */
  readonly modules: ReadonlyMap<string, ModuleSide>;
  /** Whether a module that is not among `modules` had no duplicates. */
  readonly modulesAreAll: boolean;
  /** Nanoseconds, as systemd-analyze or the log says. */
  readonly times: ReadonlyMap<'kernel' | 'initrd' | 'userspace' | 'total', bigint>;
}

const span = (value: bigint | null | undefined, lowerBound = false): Span | null =>
  value == null ? null : { low: value, high: lowerBound ? null : value };

/** A boot of a case; `asked`: the canned queries on its store. */
export function bootSide(model: CaseModel, boot: Boot, asked: Asked): Side {
  const of = <T extends { readonly boot: number }>(rows: readonly T[]): T[] =>
    rows.filter((row) => row.boot === boot.boot);
  const last = of(model.snapshots).at(-1);
  const { lowerBound } = boot;
  return {
    label: boot.kernel ?? boot.label ?? `boot ${boot.boot}`,
    loaded: span(boot.modulesLoaded, last === undefined && boot.trace?.complete !== true),
    failures: span(boot.failures, lowerBound),
    wasted: span(boot.wasted, lowerBound),
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
  const counter = (name: Parameters<typeof from.counters.get>[0]): bigint | null =>
    from.counters.get(name)?.value ?? null;
  const phases = new Map(
    PHASES.map((phase) => [
      phase,
      {
        failures: span(counter(PHASE_COUNTERS[phase].count)),
        bytes: span(counter(PHASE_COUNTERS[phase].bytes)),
      },
    ]),
  );
  return {
    label: label ?? (ofSeveral ? `boot ${boot}` : `snapshot ${snapshot}`),
    loaded: span(counter('modcount')),
    failures: total([...phases.values()].map((phase) => phase.failures)),
    wasted: total([...phases.values()].map((phase) => phase.bytes)) ?? span(from.wasted),
    phases,
    modules: modulesOf(attribute(boot, from, [], sizes).rows),
    modulesAreAll: from.list === 'whole' || from.list === 'empty',
    times: new Map(),
  };
}

function total(parts: readonly (Span | null)[]): Span | null {
  let sum = 0n;
  for (const part of parts) {
    if (part === null) return null;
    sum += part.low;
  }
  return span(sum);
}

function modulesOf(rows: readonly AttributionRow[]): Map<string, ModuleSide> {
  return new Map(
    rows.map((row) => [
      row.module,
      { times: { low: row.times, high: row.times }, bytes: { low: row.low, high: row.high } },
    ]),
  );
}
