/** What the bytes of a case come from: files, archive members, and sections inside them. */

export type SourceKind = 'file' | 'directory' | 'archive' | 'member' | 'section' | 'stdin';

/** How the times of a source count: `ns` since some zero, or bare `ticks` (counter, uptime, x86-tsc). */
export interface SourceClock {
  readonly unit: 'ns' | 'ticks';
  /** `boot`: zero is the start of the kernel; `epoch`: 1970 (tai, wall clock); `relative`: the first entry. */
  readonly zero: 'boot' | 'epoch' | 'relative';
}

export const BOOT_CLOCK: SourceClock = { unit: 'ns', zero: 'boot' };

/** One node of the tree of sources; every event and diagnostic points at one. */
export interface Source {
  /** From 1. Numbers are given anew when all sources are known (ingest/numbering.ts), and stay from then on. */
  id: number;
  parent: number | null;
  /** The label reports cite: `file`, `archive!member`, `file#section`. */
  readonly path: string;
  readonly kind: SourceKind;
  /** The ingester's name for what it is, or null where none recognised it. */
  format: string | null;
  /** Bytes read (after decompression); null for directories and archives. */
  bytes: number | null;
  lines: number;
  events: number;
  clock: SourceClock;
  /** Why it was taken for `format`, or why for nothing. */
  why: string;
  status: 'read' | 'unrecognised' | 'empty' | 'failed' | 'skipped' | 'container';
}
