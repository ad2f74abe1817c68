// SPDX-License-Identifier: Apache-2.0
/** What would have saved memory, and how much. */
import { add, type Bounds, NONE, type Range } from '../../model/bounds.js';
import type { Worth } from '../attempt.js';

export const REMEDIES = [
  'coalescing-kernel',
  'finit-module',
  'check-initstate',
  'uncompressed-modules',
  'udev-coalescing',
  'fix-requester-1',
  'fix-requester-2',
  'fix-requester-3',
  'drop-module-1',
  'drop-module-2',
  'drop-module-3',
] as const;
export type Remedy = (typeof REMEDIES)[number];

/** Some remedies that together save a part; one bit each, in the order of REMEDIES. */
export interface Removal {
  readonly mask: number;
  /** False where they may save it. */
  readonly certain: boolean;
}

/** Parts of failed loads that the same remedies save. */
export interface Cell {
  /** What the remedies cost on top, instead of what they save. */
  readonly costs: boolean;
  readonly bytes: Bounds;
  readonly calls: bigint;
  readonly removals: readonly Removal[];
  /** Of what a remedy costs: the remedies with which it does not. */
  readonly cancels: readonly Removal[];
}

/** What some remedies save together. */
export interface Savings extends Bounds {
  /** Bytes that failed loads would have cost besides. */
  readonly costs: Bounds;
  /** Failed loads that would have cost less, or would not have been made. */
  readonly calls: Range<bigint>;
}

export interface RemedyRow extends Worth {
  readonly boot: number;
  readonly remedy: Remedy;
  readonly mask: number;
  /** The requester or module that it is about. */
  readonly subject: string | null;
  /** Calls for certain; `calls` are those at most. */
  readonly certainCalls: bigint;
  readonly costs: Savings['costs'];
  /** What the replay assumes. */
  readonly assumption: string;
}

/** The remedies of one boot. */
export interface Remedies {
  readonly boot: number;
  readonly rows: readonly RemedyRow[];
  readonly cells: readonly Cell[];
  /** No remedy saves more than all that was wasted; null where that is only a lower bound. */
  readonly ceiling: bigint | null;
}

export const maskOf = (...remedies: readonly Remedy[]): number =>
  remedies.reduce((mask, remedy) => mask | (1 << REMEDIES.indexOf(remedy)), 0);

/** What the remedies of the mask save of the cells, each part once. */
export function savingsOf({ cells, ceiling }: Pick<Remedies, 'cells' | 'ceiling'>, mask: number): Savings {
  let [saves, costs, calls]: [Bounds, Bounds, Range<bigint>] = [NONE, NONE, NONE];
  for (const cell of cells) {
    const saved = strongest(cell.removals, mask);
    const cancelled = strongest(cell.cancels, mask);
    if (saved === 'no' || cancelled === 'certain') continue;
    const isCertain = saved === 'certain' && cancelled === 'no';
    const bytes = isCertain ? cell.bytes : { low: 0n, high: cell.bytes.high };
    if (cell.costs) costs = add(costs, bytes);
    else saves = add(saves, bytes);
    calls = { low: isCertain ? calls.low + cell.calls : calls.low, high: calls.high + cell.calls };
  }
  return { low: saves.low, high: atMost(saves.high, ceiling), costs, calls };
}

function strongest(sets: readonly Removal[], mask: number): 'certain' | 'possible' | 'no' {
  const applying = sets.filter((set) => (set.mask & mask) === set.mask);
  if (applying.some(({ certain }) => certain)) return 'certain';
  return applying.length > 0 ? 'possible' : 'no';
}

function atMost(high: bigint | null, ceiling: bigint | null): bigint | null {
  return ceiling !== null && (high === null || high > ceiling) ? ceiling : high;
}
