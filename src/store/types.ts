// SPDX-License-Identifier: Apache-2.0
/** The store as a library user sees it; no types of sql.js, which has none of its own. */

/** A value as SQLite gives it; integers are bigints where `useBigInt` asks for that, else numbers. */
export type StoreValue = null | string | number | bigint | Uint8Array;

/** A prepared statement of sql.js. */
export interface StoreStatement {
  bind(values: Record<string, string | number | null>): boolean;
  step(): boolean;
  get(params?: null, config?: { readonly useBigInt: boolean }): StoreValue[];
  getColumnNames(): string[];
  free(): boolean;
}

/** Does work for as long as there is time, and throws where it takes longer; `where` says what it is. */
export type Within = <T>(where: string, work: () => T) => T;

/** A database of sql.js that refuses to be written. */
export interface StoreDatabase {
  prepare(sql: string): StoreStatement;
  run(sql: string): unknown;
  /** Absent: work may take any time. */
  readonly within?: Within;
}

/** The tables of a case in a database; `TABLES` documents them. */
export interface Store {
  readonly db: StoreDatabase;
  /** Fills the named tables that are not filled yet; without names, all tables. */
  fill(tables?: readonly string[]): void;
  /** The bytes of an SQLite file with all tables. */
  export(): Uint8Array;
  close(): void;
}
