// SPDX-License-Identifier: Apache-2.0
/** A result: named columns and rows of exact values. */
import type { ColumnType } from './head.js';

/** An exact decimal number as its digits: a time in seconds, a count of ticks. */
interface NumberLiteral {
  readonly digits: string;
}

/** INTEGER is a bigint, REAL a number, BLOB bytes. */
export type Value = null | string | number | bigint | NumberLiteral | Uint8Array;

/** A column of a result; `unit` as documented: `bytes`, `s`, ... */
export interface ResultColumn {
  readonly name: string;
  /** Null for a column of the user's SQL: its values have their own types. */
  readonly type: ColumnType | null;
  readonly unit: string | null;
}

/** What a query gave: named columns and rows. */
export interface Result {
  readonly columns: readonly ResultColumn[];
  /** May be computed lazily; iterate only once. */
  readonly rows: Iterable<readonly Value[]>;
  /** Meaning of an empty result; null where unknown. */
  readonly empty: string | null;
}
