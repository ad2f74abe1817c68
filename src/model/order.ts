// SPDX-License-Identifier: Apache-2.0
/** Orders for sorting, of bigints too, whose difference `sort` does not take. */
export function ascending<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function descending<T extends bigint | number | string>(a: T, b: T): number {
  return ascending(b, a);
}

/** The places of values in ascending order; equal ones stay as they are. */
export function orderOf(values: readonly bigint[]): number[] {
  return [...values.keys()].sort((a, b) => ascending(values[a] ?? 0n, values[b] ?? 0n));
}
