// SPDX-License-Identifier: Apache-2.0
/** The result of the accounting: everything known about each boot of a case, ready for the store. */
import type { Bounds, Range } from '../model/bounds.js';
import type { CounterName, Phase } from '../model/counters.js';
import type { Allocated } from '../model/event.js';
import type { SourceClock } from '../model/source.js';
import type { Attempt, Basis, Cite, RequesterKind, Worth } from './attempt.js';
import type { HeldCurve, HeldRow } from './held/types.js';
import type { AdviceKind, BootVerdict, ProblemKind } from './kinds.js';
import type { Remedies } from './remedies/types.js';
import type { TimeSpan } from './time-span.js';
import type { UnitRow } from './waiting/types.js';

export type { Attempt, Basis, Cite, Outcome, RequesterKind, Step, Steps, Worth } from './attempt.js';
export type { HeldCurve, HeldRow } from './held/types.js';
export type { Remedies } from './remedies/types.js';

/** One request_module() of the kernel, by the name it asked for; `t` in nanoseconds of `clock`. */
export interface Request {
  readonly boot: number;
  readonly t: bigint | null;
  readonly clock: SourceClock;
  readonly requested: string;
  readonly callSite: string | null;
  readonly pid: number | null;
  readonly comm: string | null;
  readonly wait: boolean | null;
  /** A repeated request for a name (kernel/module/dups.c; as the kernel logged it, where it did). */
  readonly duplicate: boolean;
  /** `trace`: the request itself; `log`: a message about a duplicate, failed or denied request. */
  readonly origin: 'trace' | 'log';
  readonly cite: Cite;
}

/** One dump of the debugfs files. */
export interface Snapshot {
  readonly snapshot: number;
  readonly label: string | null;
  readonly counters: ReadonlyMap<CounterName, { readonly value: bigint; readonly cite: Cite }>;
  readonly list: 'whole' | 'cut' | 'empty' | 'absent';
  readonly rows: readonly ListRow[];
  /** The table's own total (`Virtual mem wasted bytes`), which people quote alone. */
  readonly wasted: bigint | null;
  readonly cite: Cite;
}

/** A row of the duplicate list, newest name first. */
export interface ListRow {
  readonly module: string;
  readonly times: number;
  readonly reasons: number | null;
  readonly cite: Cite | null;
}

/** What the newest snapshot counted in a phase, where the byte counter may have wrapped or holds error codes. */
interface CounterBytesRow extends CountedBytes {
  readonly boot: number;
  readonly phase: Phase;
}

export interface CountedBytes {
  /** The counter as printed. */
  readonly printed: bigint;
  /** The true value; null where only `low` is certain. */
  readonly bytes: bigint | null;
  readonly low: bigint;
  readonly basis: Basis;
  readonly origin: string;
}

export type Verdict = 'balanced' | 'events incomplete' | 'counters missing' | 'unexplained' | 'no evidence';

/** Counters and events of one phase side by side; bytes as the kernel charges them. */
export interface LedgerRow {
  readonly boot: number;
  readonly phase: Phase;
  readonly counterFailures: bigint | null;
  readonly eventFailures: bigint | null;
  readonly counterBytes: bigint | null;
  readonly eventBytes: bigint | null;
  readonly verdict: Verdict;
  /** Explanation, where needed; else empty. */
  readonly reason: string;
}

/** The duplicates of one module, and their bytes: at least `low`, at most `high` (null: no bound), exactly `bytes` where known. */
export interface AttributionRow extends Bounds {
  readonly boot: number;
  readonly module: string;
  readonly times: bigint;
  readonly reasons: number | null;
  readonly becoming: Bounds;
  readonly load: Bounds;
  readonly image: bigint | null;
  readonly compressed: bigint | null;
  readonly bytes: bigint | null;
  readonly basis: Basis;
  readonly origin: string;
}

/**
 * One phase of the counters split into duplicates and other failures. Counts and bytes of the two add up to the
 * counter in every solution.
 */
export interface RemainderRow {
  readonly boot: number;
  readonly phase: Phase;
  readonly counterFailures: bigint | null;
  readonly counterBytes: bigint | null;
  readonly duplicates: Bounds;
  readonly duplicateBytes: Bounds;
  readonly otherFailures: Bounds;
  readonly otherBytes: Bounds;
  /** Reasons of the other failures in the log or the trace, `elf 3, vermagic 1`; null where unknown. */
  readonly reasons: string | null;
  /** Signature length subtracted from the sizes of module files; null where not needed. */
  readonly signature: Range | null;
}

export interface FailureRow {
  readonly boot: number;
  readonly reason: string;
  readonly module: string | null;
  readonly phase: Phase | 'init' | null;
  readonly errno: number | null;
  readonly times: number;
  readonly wasted: bigint | null;
  readonly basis: Basis | null;
  /** Time from enter to exit of those calls that a trace times, and their number. */
  readonly spentNs: bigint | null;
  readonly timedCalls: number;
  readonly firstT: bigint | null;
  readonly clock: SourceClock;
  readonly cite: Cite;
}

export interface LoadRow {
  readonly boot: number;
  readonly module: string;
  readonly t: bigint | null;
  readonly clock: SourceClock;
  readonly loadNs: bigint | null;
  readonly initNs: bigint | null;
  readonly fileBytes: number | null;
  readonly memoryBytes: number | null;
  readonly requester: RequesterKind | null;
  readonly comm: string | null;
  readonly cite: Cite | null;
}

/** A counter of /proc/vmstat. */
export interface MemoryCounterRow {
  readonly boot: number;
  readonly name: string;
  readonly count: number;
  readonly cite: Cite;
}

/** An option of a kernel's configuration about module loading. */
export interface KernelOptionRow {
  readonly boot: number;
  readonly name: string;
  readonly value: string;
  readonly release: string | null;
  readonly cite: Cite;
}

export interface MemoryRow {
  readonly boot: number;
  readonly what: string;
  readonly bytes: number;
  readonly cite: Cite;
}

export interface SizeRow {
  readonly boot: number;
  readonly module: string;
  readonly of: 'file' | 'compressed-file' | 'memory';
  readonly bytes: number;
  readonly path: string | null;
  readonly cite: Cite;
}

/** A failed allocation in the kernel log, however many lines report it. */
export interface AllocationRow {
  readonly boot: number;
  readonly t: bigint | null;
  readonly what: Allocated;
  readonly bytes: number | null;
  /** The task that allocated, and the module that it was for, where known. */
  readonly comm: string | null;
  readonly pid: number | null;
  readonly module: string | null;
  /** What of a load asked, by the stack trace (see AllocationFailure). */
  readonly during: 'read' | 'image' | 'load' | 'init' | 'other' | null;
  /** Outcome of the load that it was for; null where unknown. */
  readonly load: 'failed' | 'loaded' | null;
  /** Messages about failures that the kernel had suppressed by then: failures are a lower bound. */
  readonly suppressed: number;
  readonly message: string;
  readonly cite: Cite;
}

/** What to do, and what it would save. Names are those of the most expensive attempts, at most three. */
export interface AdviceRow extends Worth {
  readonly boot: number;
  /** 1 saves most. */
  readonly rank: number;
  readonly kind: AdviceKind;
  readonly text: string;
  /** The canned query that shows it. */
  readonly evidence: string;
}

/** What the evidence does not show, and how to capture it. */
export interface CaptureRow {
  readonly boot: number;
  readonly what: string;
  /** Commands and recipes. */
  readonly how: string;
}

/** What the capture script tried, and what it could not get. */
export interface CaptureStepRow {
  readonly boot: number;
  readonly what: string;
  /** `ok`, `failed`, `skipped`, `exit N`, `missing` or `setting`. */
  readonly result: string;
  readonly detail: string | null;
  readonly cite: Cite;
}

/** A problem with module loading other than a failed load. */
export interface ProblemRow {
  readonly boot: number;
  readonly kind: ProblemKind;
  /** Module or requested name, where known. */
  readonly module: string | null;
  /** Task or unit. */
  readonly who: string | null;
  readonly times: number;
  /** Duration in nanoseconds, where known; the longest. */
  readonly durationNs: bigint | null;
  /** The message, or the measurement. */
  readonly message: string;
  /** The first time. */
  readonly t: bigint | null;
  readonly clock: SourceClock;
  readonly cite: Cite | null;
}

/** Whether the traces of a boot hold all its attempts. */
export interface TraceState {
  /** False where attempts are known to be missing: sums over the trace are lower bounds. */
  readonly complete: boolean;
  /** Why not; empty where complete. */
  readonly reason: string;
}

/** What a trace can show: all attempts, those that the kernel charges, or successful loads only. */
export type TraceSight = 'calls' | 'charges' | 'loads';

/** The traces of a boot. */
export interface BootTrace extends TraceState {
  readonly sees: TraceSight;
  /** Probed functions of the module loader. */
  readonly probes: readonly string[];
}

/** A boot before its verdict. */
export type BootRow = Omit<Boot, 'verdict' | 'doubts'>;

/** One run of a kernel: what is known of it, and its totals. Null is unknown. */
export interface Boot {
  readonly boot: number;
  readonly label: string | null;
  readonly kernel: string | null;
  readonly machine: string | null;
  readonly cpus: number | null;
  /** Word size of the kernel; with 32, byte counters wrap at 2^32. */
  readonly wordBits: 32 | 64 | null;
  /** Epoch nanoseconds of boot time 0. */
  readonly started: bigint | null;
  readonly durationNs: bigint | null;
  readonly commandLine: string | null;
  /** True where no evidence is known to be missing. */
  readonly complete: boolean;
  /** Null where no trace of the boot holds attempts. */
  readonly trace: BootTrace | null;
  /** The shortest span with 90 % of the waste, in nanoseconds of the trace's clock; null without a trace. */
  readonly busiest: TimeSpan | null;
  /** The most duplicates and other failures that ran at once; null where no clock in seconds shows any. */
  readonly failedAtOnce: number | null;
  /** Nanoseconds in which the CPUs ran failed calls and nothing else, at least; null where it cannot be known. */
  readonly failedAlone: bigint | null;
  readonly sources: readonly number[];
  /** Kernel logs among them. */
  readonly logs: number;
  /** Where it starts in the evidence: its banner, else its first event. */
  readonly cite: Cite | null;
  readonly modulesLoaded: bigint | null;
  readonly failures: bigint | null;
  /** At most; null: no bound. */
  readonly failuresHigh: bigint | null;
  readonly wasted: bigint | null;
  readonly wastedHigh: bigint | null;
  /** True where `wasted` or `failures` is only a lower bound. */
  readonly lowerBound: boolean;
  /** Why, in a sentence; null where that is plain from the numbers. */
  readonly lowerBoundReason: string | null;
  /** `clear`: no finding, and sufficient evidence; `unclear`: no finding, but `doubts`. */
  readonly verdict: BootVerdict;
  /** Why findings may be missing, each a clause. */
  readonly doubts: readonly string[];
}

/** A boot time, as systemd-analyze or the log gives it. */
export interface BootTimeRow {
  readonly boot: number;
  readonly what: 'kernel' | 'initrd' | 'userspace' | 'total';
  readonly ns: bigint;
  readonly cite: Cite;
}

/** What the accounting found, in memory: the rows of the tables before they are stored. */
export interface CaseModel {
  readonly boots: readonly Boot[];
  /** Sources that start in the middle of a boot whose start another source holds. */
  readonly continued: readonly number[];
  readonly attempts: readonly Attempt[];
  readonly requests: readonly Request[];
  readonly snapshots: readonly (Snapshot & { readonly boot: number })[];
  readonly counterBytes: readonly CounterBytesRow[];
  readonly ledger: readonly LedgerRow[];
  readonly attribution: readonly AttributionRow[];
  readonly remainder: readonly RemainderRow[];
  readonly failures: readonly FailureRow[];
  readonly loads: readonly LoadRow[];
  readonly times: readonly BootTimeRow[];
  readonly units: readonly UnitRow[];
  readonly memory: readonly MemoryRow[];
  readonly memoryCounters: readonly MemoryCounterRow[];
  readonly kernelOptions: readonly KernelOptionRow[];
  readonly sizes: readonly SizeRow[];
  readonly allocationFailures: readonly AllocationRow[];
  readonly problems: readonly ProblemRow[];
  readonly advice: readonly AdviceRow[];
  readonly captures: readonly CaptureRow[];
  readonly captureSteps: readonly CaptureStepRow[];
  readonly remedies: readonly Remedies[];
  readonly held: readonly HeldRow[];
  readonly heldCurves: readonly HeldCurve[];
  /** Index of the source's first event that belongs to the boot, in order. */
  readonly spans: readonly { readonly source: number; readonly from: number; readonly boot: number }[];
}
