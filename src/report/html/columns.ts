// SPDX-License-Identifier: Apache-2.0
/**
 * Tables as columns, the form in which a page carries them: numbers as differences from the row before, which
 * compress to a third of what rows do, and texts that come again as places in a list. An exact integer beyond 2^53 is
 * carried as its digits.
 */

export type Cell = string | number | null;

export type PackedColumn =
  /** The same value in each row. */
  | { readonly same: Cell; readonly rows: number }
  /** Integers: the first value as digits, then the difference from the last value that was not null. */
  | { readonly first: string; readonly steps: readonly (number | null)[] }
  /** Few texts: each once, and for each row its place among them. */
  | { readonly texts: readonly (string | null)[]; readonly places: readonly number[] }
  | { readonly values: readonly Cell[] };

export interface PackedTable {
  readonly rows: number;
  readonly columns: readonly PackedColumn[];
}

export type PackedValue = string | number | bigint | null | Uint8Array;

/** One column; its values are all of one type, or null. */
export function packColumn(values: readonly PackedValue[]): PackedColumn {
  const [first = null] = values;
  if (values.every((value) => value === first)) return { same: plain(first), rows: values.length };
  return packIntegers(values) ?? packTexts(values) ?? { values: values.map(plain) };
}

function plain(value: PackedValue): Cell {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  return value instanceof Uint8Array
    ? Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
    : value;
}

function packIntegers(values: readonly PackedValue[]): PackedColumn | null {
  let first: number | bigint | null = null;
  let before: number | bigint = 0;
  const steps: (number | null)[] = [];
  for (const value of values) {
    if (value === null) {
      steps.push(null);
      continue;
    }
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return null;
    const integer = value as number | bigint;
    if (first === null) {
      first = integer;
      before = integer;
    }
    const step = difference(integer, before);
    if (!Number.isSafeInteger(step)) return null;
    steps.push(step);
    before = integer;
  }
  return first === null ? null : { first: first.toString(), steps };
}

/** Texts of which more than this share differ are carried as they are. */
const FEW = 0.25;

function packTexts(values: readonly PackedValue[]): PackedColumn | null {
  const placeOf = new Map<string | null, number>();
  const places: number[] = [];
  for (const value of values) {
    if (typeof value !== 'string' && value !== null) return null;
    let place = placeOf.get(value);
    if (place === undefined) {
      place = placeOf.size;
      if (place >= values.length * FEW) return null;
      placeOf.set(value, place);
    }
    places.push(place);
  }
  return { texts: [...placeOf.keys()], places };
}

function difference(a: number | bigint, b: number | bigint): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : Number(BigInt(a) - BigInt(b));
}

/** The values again; integers beyond 2^53 as digits. */
export function unpackColumn(column: PackedColumn): readonly Cell[] {
  if ('values' in column) return column.values;
  if ('same' in column) return new Array<Cell>(column.rows).fill(column.same);
  if ('texts' in column) return column.places.map((place) => column.texts[place] ?? null);
  const cells: Cell[] = [];
  let value = Number(column.first);
  for (const step of column.steps) {
    if (step !== null) value += step;
    if (!Number.isSafeInteger(value)) return unpackBig(BigInt(column.first), column.steps);
    cells.push(step === null ? null : value);
  }
  return cells;
}

function unpackBig(first: bigint, steps: readonly (number | null)[]): Cell[] {
  let value = first;
  return steps.map((step) => {
    if (step === null) return null;
    value += BigInt(step);
    return plain(value);
  });
}
