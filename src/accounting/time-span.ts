// SPDX-License-Identifier: Apache-2.0
/** From a first time to a last. */
export interface TimeSpan {
  readonly from: bigint;
  readonly to: bigint;
}

/** Null where none has a time. */
export function spanOf<T>(items: readonly T[], timeOf: (item: T) => bigint | null): TimeSpan | null {
  let from: bigint | null = null;
  let to: bigint | null = null;
  for (const item of items) {
    const t = timeOf(item);
    if (t === null) continue;
    if (from === null || t < from) from = t;
    if (to === null || t > to) to = t;
  }
  return from === null || to === null ? null : { from, to };
}
