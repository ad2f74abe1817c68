// SPDX-License-Identifier: Apache-2.0
/** Columns of a row group, filled from the text of a CSV file: a few bytes a cell, so that a million rows fit. */
import { nsFromSeconds } from '../model/time.js';
import type { ColumnType } from '../query/head.js';

/** What Parquet's writer takes: integers and decimals as bigint. */
type Cell = string | bigint | number | null;

export interface Column {
  push(text: string | null): void;
  /** The values in the given order of rows. */
  values(order: Uint32Array): Cell[];
  clear(): void;
}

/** Decimal places of times: nanoseconds. */
export const SCALE = 9;

/** A copy: a part of a longer text would keep all of it in memory. */
export const ownText = (text: string): string => Buffer.from(text).toString();

/** Text as indices of a dictionary: most columns repeat few values. */
class TextColumn implements Column {
  readonly #known = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #indices: Int32Array;
  #rows = 0;

  constructor(rows: number) {
    this.#indices = new Int32Array(rows);
  }

  push(text: string | null): void {
    this.#indices[this.#rows++] = text === null ? -1 : this.#indexOf(text);
  }

  #indexOf(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const own = ownText(text);
    this.#known.set(own, this.#texts.length);
    return this.#texts.push(own) - 1;
  }

  values(order: Uint32Array): (string | null)[] {
    return Array.from(order, (row) => this.#texts[this.#indices[row] ?? -1] ?? null);
  }

  clear(): void {
    this.#known.clear();
    this.#texts.length = 0;
    this.#rows = 0;
  }
}

/** Integers, and the fractions of REAL, each with a mark where there is none. */
class NumberColumn<Value extends bigint | number> implements Column {
  readonly #values: { [row: number]: Value };
  readonly #parse: (text: string) => Value;
  readonly #isKnown: Uint8Array;
  #rows = 0;

  constructor(values: { [row: number]: Value; readonly length: number }, parse: (text: string) => Value) {
    this.#values = values;
    this.#parse = parse;
    this.#isKnown = new Uint8Array(values.length);
  }

  push(text: string | null): void {
    this.#isKnown[this.#rows] = text === null ? 0 : 1;
    if (text !== null) this.#values[this.#rows] = this.#parse(text);
    this.#rows++;
  }

  values(order: Uint32Array): (Value | null)[] {
    return Array.from(order, (row) => (this.#isKnown[row] === 1 ? (this.#values[row] ?? null) : null));
  }

  clear(): void {
    this.#rows = 0;
  }
}

/** Times as text until they are written: clock ticks, which have no unit, exceed 64 bits with nine places. */
class SecondsColumn implements Column {
  readonly #digits: TextColumn;

  constructor(rows: number) {
    this.#digits = new TextColumn(rows);
  }

  push(text: string | null): void {
    this.#digits.push(text);
  }

  values(order: Uint32Array): (bigint | null)[] {
    return this.#digits.values(order).map((digits) => (digits === null ? null : unscaled(digits)));
  }

  clear(): void {
    this.#digits.clear();
  }
}

/** `-1.5` -> -1500000000n. */
function unscaled(digits: string): bigint {
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const ns = nsFromSeconds(whole, fraction);
  return digits.startsWith('-') ? -ns : ns;
}

export function columnOf(type: ColumnType, rows: number): Column {
  switch (type) {
    case 'TEXT':
      return new TextColumn(rows);
    case 'INTEGER':
      return new NumberColumn(new BigInt64Array(rows), BigInt);
    case 'REAL':
      return new NumberColumn(new Float64Array(rows), Number);
    case 'SECONDS':
      return new SecondsColumn(rows);
  }
}
