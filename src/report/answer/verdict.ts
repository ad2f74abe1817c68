// SPDX-License-Identifier: Apache-2.0
/** The verdict on a boot, from what is known of it. */
import { add, atLeast, type Bounds, exactly, intersection, larger, NONE, total } from '../../model/bounds.js';
import { percentText } from '../cell.js';
import type { ModuleLine, RequesterLine } from './lines.js';
import { duplicatesOf, type Known, troublesOf } from './troubles.js';
import type { Crowded, Exhausted, Verdict, VerdictModule, VerdictRequester } from './types.js';

export interface Totals {
  readonly wasted: Bounds | null;
  readonly failures: bigint | null;
  readonly when: { readonly from: string; readonly to: string } | null;
  /** Why the evidence cannot show that there was no problem. */
  readonly doubts: string | null;
  readonly exhausted: Exhausted | null;
  readonly crowded: Crowded | null;
}

export function verdictOf(known: Known, totals: Totals): Verdict {
  const { evidence } = known;
  const { wasted, failures, exhausted, crowded } = totals;
  if (wasted !== null && (wasted.low > 0n || (evidence.lowerBound && (failures ?? 0n) > 0n))) {
    const troubles = troublesOf(known, exhausted, (phase) => phase === 'init');
    const module = worstModule(known);
    const requester = worstRequester(known, wasted, failures);
    const { when } = totals;
    return { kind: 'wasted', bytes: wasted, failures, when, module, requester, exhausted, crowded, troubles };
  }
  const troubles = [...duplicatesOf(known), ...troublesOf(known, exhausted, () => true)];
  if (wasted !== null && !evidence.lowerBound && exhausted === null)
    return { kind: 'nothing-wasted', troubles };
  if (troubles.length > 0 || exhausted !== null) return { kind: 'trouble', exhausted, crowded, troubles };
  const doubts = doubtsOf(known, totals);
  return doubts.length > 0 ? { kind: 'unclear', doubts } : { kind: 'clear' };
}

/** True where there is something to read about. */
export function isFinding(verdict: Verdict): boolean {
  switch (verdict.kind) {
    case 'wasted':
    case 'trouble':
    case 'unclear':
      return true;
    case 'nothing-wasted':
      return verdict.troubles.length > 0;
    case 'clear':
      return false;
  }
}

/** A trace or counters without a finding are no worse for the lack of a log. */
function doubtsOf({ evidence }: Known, { doubts, wasted }: Totals): string[] {
  // Counters that do not tell the waste lack rows.
  const measured = (evidence.snapshots > 0n && wasted !== null) || evidence.trace === 'calls';
  const rest = measured && evidence.logs === 0n ? doubts?.replace(NO_LOG, '') : doubts;
  return rest ? [rest] : [];
}

const NO_LOG = /(?:^|; )there is no kernel log$/;

/** Where the bounds of modules overlap, the worst one is unknown. */
function isWorst(first: ModuleLine, modules: readonly ModuleLine[]): boolean {
  if (first.bytes !== null) return true;
  return modules.every(
    ({ module, bytes, span }) =>
      module === first.module || (bytes ?? span.high ?? first.span.low + 1n) <= first.span.low,
  );
}

/** The module on which most was wasted, by duplicates or by other failures. */
function worstModule({ modules, failures }: Known): VerdictModule | null {
  const costly = failures
    .filter(({ phase, module, wasted }) => phase !== 'init' && module !== null && (wasted ?? 0n) > 0n)
    .sort((a, b) => ((a.wasted ?? 0n) < (b.wasted ?? 0n) ? 1 : -1))[0];
  const [first] = modules;
  const bytes = first ? (first.bytes ?? first.span.high ?? first.span.low) : 0n;
  if (costly?.module && (costly.wasted ?? 0n) > bytes) {
    const low = costly.wasted ?? 0n;
    const high = costly.basis === 'bounded' ? null : low;
    return {
      module: costly.module,
      bytes: { low, high },
      times: costly.times,
      of: 'failures',
      reason: costly.reason,
      estimated: false,
    };
  }
  if (!first || bytes === 0n || !isWorst(first, modules)) return null;
  const span = first.bytes === null ? first.span : exactly(first.bytes);
  return {
    module: first.module,
    bytes: span,
    times: first.times,
    of: 'duplicates',
    reason: null,
    estimated: first.basis === 'estimated',
  };
}

/** What these bytes are of all. What they may be more is more of both, so the least share is beside the most of others. */
function shareOf(
  bytes: Bounds,
  others: Bounds,
  all: Bounds,
): Pick<VerdictRequester, 'percent' | 'percentExact'> {
  if (bytes.low === bytes.high && all.low === all.high) {
    const share = Math.min(1, Number(bytes.low) / Number(all.low));
    return { percent: Number(percentText(share, 0)), percentExact: true };
  }
  const most = intersection(all, {
    low: bytes.low,
    high: others.high === null ? null : bytes.low + others.high,
  }).high;
  return {
    percent: most === null ? null : Number((bytes.low * 100n) / larger(most, bytes.low)),
    percentExact: false,
  };
}

/** The program by which most was wasted, whatever call sites led to it. */
function worstRequester(
  { requesters, evidence, outcomes }: Known,
  all: Bounds,
  failures: bigint | null,
): VerdictRequester | null {
  const byName = new Map<string, { bytes: Bounds; most: RequesterLine }>();
  for (const row of requesters) {
    const name = row.comm ?? row.requester;
    const bytes = row.wasted ?? (row.duplicates + row.failed > 0n ? atLeast(NONE) : NONE);
    const known = byName.get(name);
    const isMost = bytes.low > (known?.most.wasted?.low ?? -1n);
    byName.set(name, { bytes: add(known?.bytes ?? NONE, bytes), most: known && !isMost ? known.most : row });
  }
  const [first] = [...byName].sort(([a, x], [b, y]) =>
    x.bytes.low === y.bytes.low ? (a < b ? -1 : 1) : x.bytes.low < y.bytes.low ? 1 : -1,
  );
  if (!first || first[1].bytes.low === 0n) return null;
  const [name, { bytes: seen, most }] = first;
  // The calls that a trace lacks may be of anyone.
  const bytes = evidence.traceComplete ? seen : atLeast(seen);
  const traced = outcomes?.failures ?? 0n;
  const isPartial = failures !== null && traced < failures;
  const holdsAll = evidence.traceComplete && (evidence.snapshots === 0n || (failures !== null && !isPartial));
  const others = [...byName].flatMap(([other, row]) => (other === name ? [] : [row.bytes]));
  return {
    ...{ name, requester: most.requester, comm: most.comm, callSite: most.callSite, bytes },
    ...shareOf(bytes, holdsAll ? total(others, NONE) : atLeast(NONE), all),
    traced: isPartial ? traced : null,
    most: bytes.low * 2n >= all.low,
  };
}
