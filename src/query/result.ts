/** A result: named columns and rows of exact values. Reports know results and nothing else. */
import type { ColumnType } from './head.js';

/** An exact decimal number as its digits: a time in seconds, a count of ticks. */
export interface NumberLiteral {
  readonly digits: string;
}

/** INTEGER is a bigint, REAL a number, BLOB bytes. */
export type Value = null | string | number | bigint | NumberLiteral | Uint8Array;

export interface ResultColumn {
  readonly name: string;
  /** Null for a column of one's own SQL: its values speak for themselves. */
  readonly type: ColumnType | null;
  readonly unit: string | null;
}

export interface Result {
  readonly columns: readonly ResultColumn[];
  /** Can be walked once; it may be computed while it is walked. */
  readonly rows: Iterable<readonly Value[]>;
  /** What it means when there are no rows, where that is known. */
  readonly empty: string | null;
}
