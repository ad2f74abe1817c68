// SPDX-License-Identifier: Apache-2.0
/** The comparison of two sides, line by line, and as data. */

import { type Bounds, exactly, NONE } from '../../model/bounds.js';
import { PHASES } from '../../model/counters.js';
import { ascending } from '../../model/order.js';
import type { Result, ResultColumn, Value } from '../../query/result.js';
import type { ModuleSide, Side } from './side.js';

export type Measure = 'duration_ns' | 'calls' | 'bytes';

export interface DiffLine {
  readonly section: 'boot time' | 'total' | 'phase' | 'module';
  readonly name: string;
  readonly measure: Measure;
  readonly before: Bounds | null;
  readonly after: Bounds | null;
}

/** Totals first, phases in their order, then the modules, those with the largest change first. */
export function diffLines(before: Side, after: Side): DiffLine[] {
  const lines: DiffLine[] = [];
  const add = (
    section: DiffLine['section'],
    name: string,
    measure: Measure,
    a: Bounds | null | undefined,
    b: Bounds | null | undefined,
  ): void => {
    if (a || b) lines.push({ section, name, measure, before: a ?? null, after: b ?? null });
  };
  for (const what of ['kernel', 'initrd', 'userspace', 'total'] as const) {
    add('boot time', what, 'duration_ns', point(before.times.get(what)), point(after.times.get(what)));
  }
  add('total', 'modules loaded', 'calls', before.loaded, after.loaded);
  add('total', 'failed loads', 'calls', before.failures, after.failures);
  add('total', 'wasted', 'bytes', before.wasted, after.wasted);
  for (const phase of PHASES) {
    const [a, b] = [before.phases.get(phase), after.phases.get(phase)];
    add('phase', phase, 'calls', a?.failures, b?.failures);
    add('phase', phase, 'bytes', a?.bytes, b?.bytes);
  }
  for (const { module, a, b } of changedModules(before, after)) {
    add('module', module, 'calls', a?.times, b?.times);
    add('module', module, 'bytes', a?.bytes, b?.bytes);
  }
  return lines;
}

const point = (value: bigint | undefined): Bounds | null => (value === undefined ? null : exactly(value));

interface Change {
  readonly module: string;
  readonly a: ModuleSide | null;
  readonly b: ModuleSide | null;
}

const NO_DUPLICATES: ModuleSide = { times: NONE, bytes: NONE };

/** Modules whose duplicates differ. A module that a side does not name had none there only if it names all. */
function changedModules(before: Side, after: Side): Change[] {
  const of = (side: Side, module: string): ModuleSide | null =>
    side.modules.get(module) ?? (side.modulesAreAll ? NO_DUPLICATES : null);
  const names = [...new Set([...before.modules.keys(), ...after.modules.keys()])];
  return names
    .map((module) => ({ module, a: of(before, module), b: of(after, module) }))
    .filter(
      ({ a, b }) => !same(a?.times ?? null, b?.times ?? null) || !same(a?.bytes ?? null, b?.bytes ?? null),
    )
    .sort(
      (x, y) =>
        ascending(
          weight(y, (side) => side.bytes),
          weight(x, (side) => side.bytes),
        ) ||
        ascending(
          weight(y, (side) => side.times),
          weight(x, (side) => side.times),
        ) ||
        (x.module < y.module ? -1 : 1),
    );
}

function weight({ a, b }: Change, of: (side: ModuleSide) => Bounds | null): bigint {
  const most = (side: ModuleSide | null): bigint => {
    const span = side && of(side);
    return span ? (span.high ?? span.low) : 0n;
  };
  const change = most(b) - most(a);
  return change < 0n ? -change : change;
}
const same = (a: Bounds | null, b: Bounds | null): boolean => a?.low === b?.low && a?.high === b?.high;

/** What the change can be at least and at most; null ends where nothing bounds it. */
export function changeOf({ before, after }: DiffLine): { low: bigint | null; high: bigint | null } | null {
  if (!before || !after) return null;
  // Ranges of one module in two snapshots are not independent, so equal ones may hide a change: they stay ranges.
  return {
    low: before.high === null ? null : after.low - before.high,
    high: after.high === null ? null : after.high - before.low,
  };
}

const COLUMNS: readonly ResultColumn[] = [
  { name: 'section', type: 'TEXT', unit: null },
  { name: 'name', type: 'TEXT', unit: null },
  { name: 'measure', type: 'TEXT', unit: null },
  ...[
    'before',
    'before_low',
    'before_high',
    'after',
    'after_low',
    'after_high',
    'change',
    'change_low',
    'change_high',
  ].map((name): ResultColumn => ({ name, type: 'INTEGER', unit: null })),
];

/** A row a measure; `before`, `after` and `change` where they are exact. */
export function diffResult(lines: readonly DiffLine[]): Result {
  return {
    columns: COLUMNS,
    rows: lines.map((line): Value[] => [
      line.section,
      line.name,
      line.measure,
      ...cells(line.before),
      ...cells(line.after),
      ...cells(changeOf(line)),
    ]),
    empty: 'neither side has evidence of failed loads or of boot time',
  };
}

function cells(span: { low: bigint | null; high: bigint | null } | null): Value[] {
  if (!span) return [null, null, null];
  return [span.low === span.high ? span.low : null, span.low, span.high];
}
