// SPDX-License-Identifier: Apache-2.0
/** The structured answer of a case: all that a report states. Text, Markdown, JSON and HTML are views of it. */
import type { Bounds } from '../../model/bounds.js';

export interface Answer {
  /** Boots with findings first, those that wasted most before others; then the rest, the newest first. */
  readonly boots: readonly BootAnswer[];
  /** What was read: `2 of 3 sources: dmesg, ftrace`. */
  readonly read: string;
}

export interface BootAnswer {
  readonly boot: bigint;
  /** File that it starts in. */
  readonly file: string | null;
  readonly bootId: string | null;
  readonly kernel: string | null;
  readonly machine: string | null;
  readonly cpus: bigint | null;
  readonly started: string | null;
  readonly modulesLoaded: bigint | null;
  readonly moduleBytes: bigint | null;
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  readonly phases: readonly PhaseLine[];
  readonly modules: readonly ModuleLine[];
  readonly requesters: readonly RequesterLine[];
  readonly requests: readonly RequestLine[];
  readonly failures: readonly FailureLine[];
  readonly problems: readonly ProblemLine[];
  readonly allocations: readonly AllocationLine[];
  readonly outcomes: Outcomes | null;
  readonly storm: Storm | null;
  readonly shares: readonly ShareLine[];
  /** Bytes of becoming and load by the counters, shared out; null where no counters bound them. */
  readonly remainder: { readonly duplicates: Bounds; readonly others: Bounds } | null;
  readonly ledger: readonly LedgerLine[];
  readonly advice: readonly AdviceLine[];
  /** True where several advices would save the same bytes. */
  readonly savingsOverlap: boolean;
  /** What would tell more of failed loads. */
  readonly capture: readonly CaptureLine[];
}

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
      readonly troubles: readonly Trouble[];
    }
  /** All phases are known, and no byte was charged to any. */
  | { readonly kind: 'nothing-wasted'; readonly troubles: readonly Trouble[] }
  /** Something went wrong, and no evidence names bytes. */
  | { readonly kind: 'trouble'; readonly exhausted: Exhausted | null; readonly troubles: readonly Trouble[] }
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
  readonly bytes: bigint;
  /** Of all waste, in percent. */
  readonly percent: number;
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

/** Something that went wrong besides waste: so many of these. */
export interface Trouble {
  readonly what: string;
  readonly count: bigint;
  /** Loads that may have wasted memory. */
  readonly loads: boolean;
  /** On what: modules, requests, units; each once. */
  readonly names: readonly string[];
}

export interface Evidence {
  readonly logs: bigint;
  readonly snapshots: bigint;
  readonly list: string | null;
  readonly trace: 'calls' | 'charges' | 'loads' | null;
  readonly traceComplete: boolean;
  readonly traceReason: string | null;
  readonly probes: string | null;
  readonly lowerBound: boolean;
  /** Where the boot starts. */
  readonly source: bigint | null;
  readonly line: bigint | null;
}

interface PhaseLine {
  readonly phase: string;
  /** At least, unless `failuresExact`. */
  readonly failures: bigint | null;
  readonly failuresExact: boolean;
  readonly duplicates: bigint | null;
  readonly bytes: bigint | null;
  readonly span: Bounds;
}

export interface ModuleLine {
  readonly module: string;
  readonly times: bigint;
  readonly reason: string | null;
  readonly bytes: bigint | null;
  readonly span: Bounds;
  readonly basis: string;
  readonly origin: string;
}

export interface RequesterLine {
  readonly requester: string;
  readonly comm: string | null;
  readonly callSite: string | null;
  readonly parents: string | null;
  readonly attempts: bigint;
  readonly loaded: bigint;
  readonly duplicates: bigint;
  readonly coalesced: bigint;
  readonly failed: bigint;
  /** Null where nothing is known of the bytes. */
  readonly wasted: Bounds | null;
}

interface RequestLine {
  readonly requested: string;
  readonly requests: bigint | null;
  readonly duplicates: bigint;
  readonly callSites: string | null;
  readonly comms: string | null;
}

interface FailureLine {
  readonly reason: string;
  readonly module: string | null;
  readonly phase: string | null;
  readonly errno: bigint | null;
  readonly times: bigint;
  readonly wasted: bigint | null;
  readonly basis: string | null;
  /** `trace.txt:12`. */
  readonly place: string;
}

interface ProblemLine {
  readonly kind: string;
  readonly module: string | null;
  readonly who: string | null;
  readonly times: bigint;
  readonly seconds: string | null;
  readonly firstAt: string | null;
  readonly message: string;
  readonly place: string | null;
}

interface AllocationLine {
  readonly at: string | null;
  readonly what: string;
  readonly bytes: bigint | null;
  readonly module: string | null;
  readonly comm: string | null;
  /** What became of the load: failed or loaded; null where nothing says. */
  readonly load: string | null;
  readonly message: string;
  readonly place: string;
}

export interface Outcomes {
  readonly attempts: bigint;
  readonly loaded: bigint;
  readonly duplicates: bigint;
  readonly coalesced: bigint;
  readonly failed: bigint;
  readonly refused: bigint;
  readonly unknown: bigint;
  readonly charged: bigint;
  readonly failedInits: bigint;
  readonly phaseUnknown: bigint;
}

export interface Storm {
  readonly calls: bigint;
  readonly first: string | null;
  readonly last: string | null;
  readonly peak: bigint | null;
  readonly seconds: string | null;
}

interface ShareLine {
  readonly side: string;
  readonly attempts: bigint;
  readonly wasted: bigint;
  /** Part of the bytes of all sides, 0 to 1. */
  readonly share: number | null;
}

export interface LedgerLine {
  readonly phase: string;
  readonly verdict: string;
  readonly reason: string | null;
}

export interface AdviceLine {
  readonly rank: bigint;
  readonly kind: string;
  readonly saves: Bounds | null;
  readonly basis: string | null;
  readonly calls: bigint;
  readonly modules: string | null;
  readonly who: string | null;
  readonly text: string;
  readonly evidence: string;
}

export interface CaptureLine {
  readonly what: string;
  readonly how: string;
}
