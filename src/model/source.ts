// SPDX-License-Identifier: Apache-2.0
/** Sources of evidence: files, archive members, and sections inside them. */

export type SourceKind = 'file' | 'directory' | 'archive' | 'member' | 'section' | 'stdin';

/** The clock of a source: `ns` since some zero, or bare `ticks` (counter, uptime, x86-tsc). */
export interface SourceClock {
  readonly unit: 'ns' | 'ticks';
  /** `boot`: zero is the kernel's start; `epoch`: 1970 (tai, wall clock); `relative`: the first entry. */
  readonly zero: 'boot' | 'epoch' | 'relative';
  /** How far times may be from those that printk stamped; absent: not at all, or it is not known. */
  readonly roughNs?: bigint;
}

export const BOOT_CLOCK: SourceClock = { unit: 'ns', zero: 'boot' };

/** That of `dmesg -T`, which prints whole seconds. */
export const SECONDS_CLOCK: SourceClock = { ...BOOT_CLOCK, roughNs: 1_000_000_000n };

/** That of `dmesg -H` and `--time-format delta`: sums of differences, of which one a minute is not printed. */
export const SUMMED_CLOCK: SourceClock = { ...BOOT_CLOCK, roughNs: 60_000_000_000n };

/** A node in the tree of sources; every event and diagnostic refers to one. */
export interface Source {
  /** From 1. Sources are renumbered once all are known (ingest/numbering.ts). */
  id: number;
  parent: number | null;
  /** The label that reports cite: `file`, `archive!member`, `file#section`. */
  readonly path: string;
  readonly kind: SourceKind;
  /** The name of the ingester that recognised it, or null. */
  format: string | null;
  /** Bytes read (after decompression); null for directories and archives. */
  bytes: number | null;
  lines: number;
  events: number;
  clock: SourceClock;
  /** Why it was taken for `format`, or why it was not recognised. */
  why: string;
  status: 'read' | 'unrecognised' | 'empty' | 'failed' | 'skipped' | 'container';
}
