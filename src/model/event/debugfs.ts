/** Events of /sys/kernel/debug/modules: readings, counters, rows of the duplicate list. */
import type { CounterName } from '../counters.js';
import type { EventBase } from './base.js';

/**
 * One reading of /sys/kernel/debug/modules. A source holds one or more, numbered from 0; counters and rows
 * that follow belong to it. `list`: `whole` table seen to its end; `cut`; `empty` (the table is whole and has no
 * list); `absent` (only counters: nothing may be said of duplicates).
 */
export interface Snapshot extends EventBase {
  readonly kind: 'snapshot';
  readonly snapshot: number;
  readonly list: 'whole' | 'cut' | 'empty' | 'absent';
  /** What the paste calls it (`before`, `after-1`), where it does. */
  readonly label: string | null;
  /** The table's own total, `Virtual mem wasted bytes`, where it is printed: often the one row that people quote. */
  readonly wastedBytes?: bigint;
}

export interface Counter extends EventBase {
  readonly kind: 'counter';
  readonly snapshot: number;
  readonly counter: CounterName;
  readonly value: bigint;
}

/**
 * A row of the duplicate list; rank 0 is the first printed, the newest name. Reasons null: only names are printed,
 * and `times` is 1, the least that it can be.
 */
export interface DuplicateRow extends EventBase {
  readonly kind: 'duplicate-row';
  readonly snapshot: number;
  readonly rank: number;
  readonly module: string;
  readonly times: number;
  readonly reasons: number | null;
}
