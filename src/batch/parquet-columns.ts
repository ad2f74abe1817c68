// SPDX-License-Identifier: Apache-2.0
/** Columns of a row group, filled from the text of a CSV file, and what Parquet is told of each. */
import type { SchemaElement } from 'hyparquet-writer';
import { nsFromSeconds } from '../model/time.js';
import type { QueryColumn } from '../query/head.js';

/** What Parquet's writer takes: integers and decimals as bigint. */
type Cell = string | bigint | number | null;

export interface Column {
  readonly element: SchemaElement;
  push(text: string | null): void;
  /** The values in the given order of rows. */
  values(order: Uint32Array): Cell[];
  clear(): void;
}

/** Decimal places of times: nanoseconds. */
export const SCALE = 9;
/** A copy: a part of a longer text would keep all of it in memory. */
const ownText = (text: string): string => Buffer.from(text).toString();

export function textElement(name: string): SchemaElement {
  const type = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
  return { name, repetition_type: 'OPTIONAL', ...type };
}

/** Text as indices of a dictionary: most columns repeat few values. */
class TextColumn implements Column {
  readonly element: SchemaElement;
  readonly #known = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #indices: Int32Array;
  #rows = 0;

  constructor({ name }: QueryColumn, rows: number) {
    this.element = textElement(name);
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

/** Numbers, each with a mark where there is none. */
class NumberColumn<Value extends bigint | number> implements Column {
  readonly element: SchemaElement;
  readonly #values: { [row: number]: Value };
  readonly #parse: (text: string) => Value;
  readonly #isKnown: Uint8Array;
  #rows = 0;

  constructor(
    element: SchemaElement,
    values: { [row: number]: Value; readonly length: number },
    parse: (text: string) => Value,
  ) {
    this.element = { ...element, repetition_type: 'OPTIONAL' };
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

/** `-1.5` -> -1500000000n. */
function unscaled(digits: string): bigint {
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const ns = nsFromSeconds(whole, fraction);
  return digits.startsWith('-') ? -ns : ns;
}

/** Sixteen bytes: clock ticks, which have no unit, and the time of day exceed 64 bits with nine places. */
function timeElement(name: string): SchemaElement {
  const decimal = { precision: 38, scale: SCALE };
  const bytes = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, converted_type: 'DECIMAL' } as const;
  return { name, ...bytes, ...decimal, logical_type: { type: 'DECIMAL', ...decimal } };
}

export function columnOf(column: QueryColumn, rows: number): Column {
  const { name, type } = column;
  switch (type) {
    case 'TEXT':
      return new TextColumn(column, rows);
    case 'INTEGER':
      return new NumberColumn({ name, type: 'INT64' }, new BigInt64Array(rows), BigInt);
    case 'REAL':
      return new NumberColumn({ name, type: 'DOUBLE' }, new Float64Array(rows), Number);
    case 'SECONDS':
      return new NumberColumn(timeElement(name), new Array<bigint>(rows), unscaled);
  }
}
