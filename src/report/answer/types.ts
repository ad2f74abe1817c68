// SPDX-License-Identifier: Apache-2.0
/** The structured answer of a case: all that a report states. Text, Markdown, JSON and HTML are views of it. */
import type { Bounds } from '../../model/bounds.js';
import type { BootLine, Evidence, Held, Lists, Outcomes, Storm } from './lines.js';

export interface Answer {
  /** Boots with findings first, those that wasted most before others; then the rest; boots that are alike, the oldest first. */
  readonly boots: readonly BootBrief[];
  /** The first of them, with all that a report states of a boot. */
  readonly inFull: readonly BootAnswer[];
  /** What was read: `2 of 3 sources: dmesg, ftrace`. */
  readonly read: string;
}

export interface BootAnswer extends BootLine, Lists {
  /** File that it starts in. */
  readonly file: string | null;
  readonly moduleBytes: bigint | null;
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  readonly outcomes: Outcomes | null;
  readonly storm: Storm | null;
  /** The most that loads held of virtual memory at once. */
  readonly held: Held | null;
  /** Bytes of becoming and load by the counters, shared out; null where no counters bound them. */
  readonly remainder: { readonly duplicates: Bounds; readonly others: Bounds } | null;
  /** True where several advices would save the same bytes. */
  readonly savingsOverlap: boolean;
}

/** What a table of boots states. */
export type BootBrief = Pick<BootAnswer, 'boot' | 'bootId' | 'kernel' | 'file' | 'evidence' | 'verdict'>;

/** The sentence that a boot comes down to, as data. */
export type Verdict =
  | {
      readonly kind: 'wasted';
      readonly bytes: Bounds;
      /** Failed loads; null where their number is not known. */
      readonly failures: bigint | null;
      /** When 90 % of it came, in seconds. */
      readonly when: { readonly from: string; readonly to: string } | null;
      readonly module: VerdictModule | null;
      readonly requester: VerdictRequester | null;
      readonly exhausted: Exhausted | null;
      readonly crowded: Crowded | null;
      readonly troubles: readonly Trouble[];
    }
  /** All phases are known, and no byte was charged to any. */
  | { readonly kind: 'nothing-wasted'; readonly troubles: readonly Trouble[] }
  /** Something went wrong, and no evidence names bytes. */
  | {
      readonly kind: 'trouble';
      readonly exhausted: Exhausted | null;
      readonly crowded: Crowded | null;
      readonly troubles: readonly Trouble[];
    }
  | { readonly kind: 'clear' }
  /** No problem is known, but the evidence could not show one. */
  | { readonly kind: 'unclear'; readonly doubts: readonly string[] };

export interface VerdictModule {
  readonly module: string;
  readonly bytes: Bounds;
  readonly times: bigint;
  readonly of: 'duplicates' | 'failures';
  /** Why it failed; null for duplicates. */
  readonly reason: string | null;
  readonly estimated: boolean;
}

export interface VerdictRequester {
  readonly name: string;
  readonly requester: string;
  readonly comm: string | null;
  readonly callSite: string | null;
  readonly bytes: Bounds;
  /** Of all waste, in percent, at least unless `percentExact`; null where nothing bounds that. */
  readonly percent: number | null;
  readonly percentExact: boolean;
  /** The failed loads that the trace holds, where counters hold more; else null. */
  readonly traced: bigint | null;
  /** True where that is half of it or more, of what is known. */
  readonly most: boolean;
}

/** A small vmalloc area had no room for modules. */
export interface Exhausted {
  /** Size of the area; null where not known. */
  readonly area: bigint | null;
  readonly estimated: boolean;
  /** Allocations that failed; a lower bound where the kernel left messages out. */
  readonly allocations: Bounds;
  /** Loads that failed with ENOMEM. */
  readonly loads: bigint;
}

/** Loads held much of an area of the address space at once. */
export interface Crowded {
  readonly area: 'vmalloc' | 'modules';
  readonly areaBytes: bigint;
  readonly estimated: boolean;
  readonly peak: Bounds;
}

/** Something that went wrong besides waste, and how often. */
export interface Trouble {
  readonly what: string;
  readonly count: bigint;
  /** Loads that may have wasted memory. */
  readonly loads: boolean;
  /** On what: modules, requests, units; each once. */
  readonly names: readonly string[];
}
