// SPDX-License-Identifier: Apache-2.0
/** Events of /sys/kernel/debug/modules: snapshots, counters, rows of the duplicate list. */
import type { CounterName } from '../counters.js';
import type { EventBase } from './base.js';

/**
 * One dump of /sys/kernel/debug/modules. A source holds one or more, numbered from 0; the counters and rows that
 * follow belong to it. `list`: `whole` (seen to its end), `cut` (truncated), `empty` (a whole table without a list), or
 * `absent` (counters only: duplicates are unknown).
 */
export interface Snapshot extends EventBase {
  readonly kind: 'snapshot';
  readonly snapshot: number;
  readonly list: 'whole' | 'cut' | 'empty' | 'absent';
  /** Its label in the source (`before`, `after-1`), if any. */
  readonly label: string | null;
  /** The table's own total, `Virtual mem wasted bytes`, if present: often the only row that people quote. */
  readonly wastedBytes?: bigint;
  /** The machine, and the kernel's release, that a prompt or `uname -a` above it names, if any. */
  readonly host?: string;
  readonly release?: string;
}

export interface Counter extends EventBase {
  readonly kind: 'counter';
  readonly snapshot: number;
  readonly counter: CounterName;
  readonly value: bigint;
}

/**
 * A row of the duplicate list; rank 0 is the first row, the newest name. `reasons` null: only names were printed, and
 * `times` is 1, its lower bound.
 */
export interface DuplicateRow extends EventBase {
  readonly kind: 'duplicate-row';
  readonly snapshot: number;
  readonly rank: number;
  readonly module: string;
  readonly times: number;
  readonly reasons: number | null;
}
