// SPDX-License-Identifier: Apache-2.0
/** One attempt, and the types that all rows share. */
import type { Bounds } from '../model/bounds.js';
import type { Phase } from '../model/counters.js';
import type { SourceClock } from '../model/source.js';

/** How a number is known. An `estimated` one always has bounds beside it. */
export type Basis = 'measured' | 'derived' | 'bounded' | 'estimated';

/** How an attempt ended. `coalesced`: it waited for another load of the file, at no cost; `refused`: before anything was read. */
export type Outcome = 'loaded' | 'duplicate' | 'coalesced' | 'failed' | 'refused' | 'unknown';

/** Who made an attempt: the kernel (request_module), or a kind of user space. */
export type RequesterKind =
  | 'kernel'
  | 'udev'
  | 'systemd-modules-load'
  | 'systemd'
  | 'modprobe'
  | 'insmod'
  | 'init'
  | 'other'
  | 'unknown';

/** A place in the evidence. */
export interface Cite {
  readonly source: number;
  readonly line: number;
}

/** What some calls cost, on which modules, and by whom: the names of the most expensive first. */
export interface Worth {
  /** Bytes, at least; null where unknown. */
  readonly low: bigint | null;
  /** At most; null: no bound. */
  readonly high: bigint | null;
  readonly basis: Basis | null;
  /** Attempts, requests or allocations concerned. */
  readonly calls: bigint;
  readonly modules: readonly string[];
  readonly who: readonly string[];
}

/**
 * What a load passes, in the kernel's order (kernel/module/main.c), each when the first record showed it: kernel_read_file
 * entered and left, the copy of init_module, module_decompress entered and left, load_module entered, the first check
 * for duplicates passed, layout_and_allocate entered and known to be done, the failure charged or the second
 * check failed, the copy freed and init
 * about to run, the layout about to be freed, load_module left.
 */
export type Step =
  | 'reading'
  | 'read'
  | 'copied'
  | 'unpacking'
  | 'unpacked'
  | 'loading'
  | 'checked'
  | 'laying-out'
  | 'laid-out'
  | 'failed'
  | 'starting'
  | 'freeing'
  | 'returned';

/** What probes show of the memory that a load held. */
export interface Steps {
  readonly at: Readonly<Partial<Record<Step, bigint>>>;
  /** Bytes read from the file, or copied from user space. */
  readonly copied: number | null;
  /** Bytes of the decompressed file, signature included. */
  readonly unpacked: number | null;
}

/** One finit_module or init_module call. Times in the clock's unit (ns or ticks). */
export interface Attempt {
  readonly boot: number;
  readonly attempt: number;
  readonly start: bigint | null;
  readonly end: bigint | null;
  /** Attempts running at its start, including itself; null without a start, an end or a clock in nanoseconds. */
  readonly concurrent: number | null;
  readonly clock: SourceClock;
  readonly pid: number | null;
  readonly comm: string | null;
  readonly call: 'finit_module' | 'init_module' | null;
  /** Only probes show the attempt: its task has no syscall events (a 32-bit program on 64 bits, or none were traced). */
  readonly byProbes: boolean;
  /** An audit record or a line of strace shows the whole attempt; no trace does. */
  readonly wholeRecord: boolean;
  readonly flags: number | null;
  readonly module: string | null;
  /** The phase the failure is charged to; `init` for a failed init (charged nowhere); null: none, or not known. */
  readonly phase: Phase | 'init' | null;
  readonly outcome: Outcome;
  /** 0, a positive errno, or null where the end is unknown. */
  readonly errno: number | null;
  /** L: bytes of the uncompressed image without its signature. */
  readonly image: number | null;
  /** C: bytes of the compressed file; 0 where it was uncompressed. */
  readonly compressed: number | null;
  /** Bytes charged to `phase`; both ends equal where measured. */
  readonly wasted: Bounds<number>;
  readonly basis: Basis | null;
  /** Whether a duplicate entered the kernel's list, and with which reason (in the order of `listed`). */
  readonly listed: { readonly reason: 'becoming' | 'load'; readonly order: number } | null;
  /** Time of module:module_load: the load was done and init started. */
  readonly loadedAt: bigint | null;
  /** Memory and text of the laid-out module, where a probe read it. */
  readonly memory: number | null;
  readonly text: number | null;
  readonly steps: Steps;
  readonly requester: RequesterKind;
  readonly callSite: string | null;
  /** The requested name, and whether the join with that request is certain. */
  readonly requested: string | null;
  readonly parentComm: string | null;
  readonly joinCertain: boolean;
  readonly cite: Cite;
  /** Line of its exit, in the same source; null where the exit was not seen. */
  readonly endLine: number | null;
}

/** Duplicates and other failures; a coalesced or refused call did nothing that could fail. */
export function hasFailed({ outcome }: Pick<Attempt, 'outcome'>): boolean {
  return outcome === 'duplicate' || outcome === 'failed';
}
