// SPDX-License-Identifier: Apache-2.0
/** Rows of the canned queries, asked once and dealt out to the boots. */
import { getOrAdd, groupBy } from '../../model/groups.js';
import type { Database } from '../../query/database.js';
import type { Query, QueryColumn } from '../../query/head.js';
import type { Value } from '../../query/result.js';
import { runQuery } from '../../query/run.js';

const NO_PARAMS: ReadonlyMap<string, string> = new Map();

/** One row, by the names of its columns. */
export type Row = Readonly<Record<string, Value>>;

/** Where an answer takes its rows from. */
export interface RowsOfBoots {
  rows(name: string): readonly Row[];
  ofBoot(name: string, boot: bigint): readonly Row[];
}

class Queries {
  readonly #db: Database;
  readonly #queries: ReadonlyMap<string, Query>;
  readonly #fill: (tables: readonly string[]) => void;

  /** `fill`: fills the tables that a query needs before it is asked; without it, they are filled. */
  constructor(
    db: Database,
    queries: ReadonlyMap<string, Query>,
    fill: (tables: readonly string[]) => void = () => undefined,
  ) {
    this.#db = db;
    this.#queries = queries;
    this.#fill = fill;
  }

  *ask(name: string): Generator<Row> {
    const query = this.named(name);
    this.#fill(query.needs);
    const names = query.columns.map((column) => column.name);
    for (const values of runQuery(this.#db, query, NO_PARAMS).rows) {
      const row: Record<string, Value> = {};
      for (const [index, name] of names.entries()) row[name] = values[index] ?? null;
      yield row;
    }
  }

  named(name: string): Query {
    const query = this.#queries.get(name);
    if (!query) throw new Error(`the package has no query ${name}`);
    return query;
  }
}

/** Rows that are kept, for whoever asks again. */
export class Asked extends Queries implements RowsOfBoots {
  readonly #rows = new Map<string, readonly Row[]>();
  readonly #byBoot = new Map<string, Map<Value | undefined, Row[]>>();

  rows(name: string): readonly Row[] {
    const rows = getOrAdd(this.#rows, name, () => [...this.ask(name)]);
    return rows;
  }

  /** The rows of one boot. */
  ofBoot(name: string, boot: bigint): readonly Row[] {
    const byBoot = getOrAdd(this.#byBoot, name, () => groupBy(this.rows(name), ({ boot }) => boot));
    return byBoot.get(boot) ?? [];
  }

  column(name: string, column: string): QueryColumn {
    const found = this.named(name).columns.find((candidate) => candidate.name === column);
    if (!found) throw new Error(`query ${name} has no column ${column}`);
    return found;
  }

  empty(name: string): string {
    return this.named(name).empty;
  }
}

/**
 * Rows that are taken once, boot after boot, and not kept: a case may hold thousands of boots. The canned queries sort by
 * boot first. All tables must be filled before: that ends queries whose rows are being taken.
 */
export class AskedInOrder extends Queries implements RowsOfBoots {
  readonly #next = new Map<string, { readonly rows: Iterator<Row>; row: Row | undefined }>();

  rows(name: string): readonly Row[] {
    return [...this.ask(name)];
  }

  ofBoot(name: string, boot: bigint): readonly Row[] {
    let next = this.#next.get(name);
    if (!next) {
      const rows = this.ask(name);
      next = { rows, row: rows.next().value };
      this.#next.set(name, next);
    }
    const mine: Row[] = [];
    for (; next.row && intOf(next.row.boot) <= boot; next.row = next.rows.next().value)
      if (next.row.boot === boot) mine.push(next.row);
    return mine;
  }
}

/** An INTEGER cell; 0 for NULL. */
export const intOf = (value: Value | undefined): bigint => (typeof value === 'bigint' ? value : 0n);
export const intOrNull = (value: Value | undefined): bigint | null =>
  typeof value === 'bigint' ? value : null;
export const textOf = (value: Value | undefined): string | null => (typeof value === 'string' ? value : null);

/** A SECONDS cell as its digits; null for NULL. */
export function secondsOf(value: Value | undefined): string | null {
  if (typeof value === 'string') return value;
  return value !== null && typeof value === 'object' && 'digits' in value ? value.digits : null;
}
