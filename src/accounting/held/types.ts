// SPDX-License-Identifier: Apache-2.0
/** What is known of the virtual memory that module loads held. */
import type { Bounds } from '../../model/bounds.js';
import type { SourceClock } from '../../model/source.js';
import type { Attempt, Basis } from '../attempt.js';

/** Something happened between two times; null: before the trace starts, or after it ends. */
export interface Between {
  readonly earliest: bigint | null;
  readonly latest: bigint | null;
}

export interface Holding {
  /** `file`: the read buffer or user space's copy; `image`: the unpacked file; `layout`: the module in its place. */
  readonly what: 'file' | 'image' | 'layout';
  readonly bytes: Bounds<number>;
  readonly allocated: Between;
  readonly freed: Between;
}

export interface Load {
  readonly attempt: Attempt;
  readonly holdings: readonly Holding[];
}

/** How the load that holds the memory ended; `other`: unknown. */
export type Fate = 'loaded' | 'duplicate' | 'failed' | 'other';

/** What loads by one clock held. */
export interface HeldCurve {
  readonly boot: number;
  readonly clock: SourceClock;
  /** False where loads may be missing: nothing is an upper bound. */
  readonly complete: boolean;
  readonly loads: Iterable<Load>;
}

/** What is held from `t` on, until the next point. */
export interface Point {
  readonly t: bigint;
  readonly all: Bounds<number>;
  readonly byFate: Readonly<Record<Fate, Bounds<number>>>;
  /** Layouts, which lie in the module area where there is one; all else lies in the vmalloc area. */
  readonly layouts: Bounds<number>;
  /** Loads that hold memory, for certain. */
  readonly loads: number;
}

/** The peak of one boot. */
export interface HeldRow {
  readonly boot: number;
  readonly clock: SourceClock;
  /** The most that was held at once. */
  readonly peak: Bounds<number>;
  readonly basis: Basis;
  /** When the lower bound of the peak was first reached. */
  readonly t: bigint;
  /** Loads that held memory then. */
  readonly loads: number;
  /** The module that held most then; null where none has a name. */
  readonly module: string | null;
  readonly moduleBytes: Bounds<number>;
  readonly byFate: Readonly<Record<Fate, Bounds<number>>>;
  /** The areas whose size is known, the fullest first. */
  readonly areas: readonly HeldArea[];
}

/** The most that loads held at once in one area of the address space. */
export interface HeldArea {
  readonly area: 'vmalloc' | 'modules';
  readonly bytes: number;
  readonly basis: Basis;
  readonly origin: string;
  readonly peak: Bounds<number>;
}
