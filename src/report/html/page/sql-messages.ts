// SPDX-License-Identifier: Apache-2.0
/** Messages between the page and the thread that runs its SQL. */
import type { ResultColumn, Value } from '../../../query/result.js';
import type { Place } from '../../../query/sql-text.js';
import type { Format } from '../../format.js';
import type { WireQuery } from '../wire.js';

export interface SqlRequest {
  readonly id: number;
  /** SQLite, gzipped: in the first request. */
  readonly wasm: ArrayBuffer | null;
  /** Tables that the thread does not hold yet, as gzipped JSON of a PackedTable. */
  readonly tables: readonly (readonly [name: string, bytes: ArrayBuffer])[];
  /** The canned query, as it is or as what the SQL was made of; null for the user's SQL. */
  readonly query: WireQuery | null;
  /** Null runs the canned query as it is. */
  readonly sql: string | null;
  readonly given: readonly (readonly [name: string, value: string])[];
  /** Rows that are wanted. */
  readonly most: number;
  /** All rows as text of this format instead; null for rows. */
  readonly format: Format | null;
}

export interface SqlFailure {
  readonly message: string;
  readonly suggestion: string | null;
  readonly place: Place | null;
}

export interface SqlAnswer {
  readonly id: number;
  readonly columns: readonly ResultColumn[];
  /** Meaning of an empty result; null where unknown. */
  readonly empty: string | null;
  readonly text: Blob | null;
  readonly rows: readonly (readonly Value[])[];
  /** There are more rows than these. */
  readonly more: boolean;
}

export type SqlReply = SqlAnswer | { readonly id: number; readonly failed: SqlFailure };
