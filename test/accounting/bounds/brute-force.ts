// SPDX-License-Identifier: Apache-2.0
/** Every integer solution of a small problem, by writing out each attempt: no idea shared with the solver. */
import type { BoundsInput, LoadForm, RowInput } from '../../../src/accounting/bounds/index.js';

interface Ends {
  becoming: [number, number];
  bytes: [number, number];
}

export interface BruteForce {
  readonly solutions: number;
  readonly rows: Ends[];
  readonly signature: [number, number];
  readonly unexplained: { becoming: [number, number]; load: [number, number]; bytes: [number, number] };
}

interface Way {
  becoming: number;
  becomingBytes: number;
  loadBytes: number;
}

const empty = (): [number, number] => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

function widen(ends: [number, number], value: number): void {
  ends[0] = Math.min(ends[0], value);
  ends[1] = Math.max(ends[1], value);
}

function lengths({ image }: LoadForm, s: number): number[] {
  switch (image.of) {
    case 'image':
      return [image.bytes];
    case 'file':
      return (image.signed === null ? [0, s] : [image.signed ? s : 0])
        .map((cut) => image.bytes - cut)
        .filter((length) => length >= 64);
    case 'range':
      return Array.from({ length: image.high - image.low + 1 }, (_, i) => image.low + i);
    case 'unknown':
      throw new Error('not enumerable');
  }
}

function ways(row: RowInput, s: number): Way[] {
  let found: Way[] = [{ becoming: 0, becomingBytes: 0, loadBytes: 0 }];
  const charges = row.forms.flatMap((form) =>
    lengths(form, s).map((length) => ({
      b: length + (form.compressed ?? 0),
      l: 2 * length + (form.compressed ?? 0),
    })),
  );
  for (let call = 0; call < row.times; call++) {
    const next = new Map<string, Way>();
    for (const way of found) {
      for (const { b, l } of charges) {
        for (const more of [
          { becoming: way.becoming + 1, becomingBytes: way.becomingBytes + b, loadBytes: way.loadBytes },
          { becoming: way.becoming, becomingBytes: way.becomingBytes, loadBytes: way.loadBytes + l },
        ]) {
          next.set(`${more.becoming} ${more.becomingBytes} ${more.loadBytes}`, more);
        }
      }
    }
    found = [...next.values()];
  }
  const seen = (way: Way): number => (way.becoming > 0 ? 1 : 0) | (way.becoming < row.times ? 2 : 0);
  return row.reasons ? found.filter((way) => seen(way) === row.reasons) : found;
}

export function bruteForce(input: BoundsInput): BruteForce {
  const { counters } = input;
  const times = input.rows.reduce((total, row) => total + row.times, 0);
  const result = {
    solutions: 0,
    rows: input.rows.map(() => ({ becoming: empty(), bytes: empty() })),
    signature: empty(),
    unexplained: { becoming: empty(), load: empty(), bytes: empty() },
  };
  const fits = (failed: bigint | null, bytes: bigint | null, calls: number, sum: number): boolean => {
    const n = failed === null ? null : Number(failed) - calls;
    const x = bytes === null ? null : Number(bytes) - sum;
    return (n === null || n >= 0) && (x === null || x >= 0) && (n !== 0 || x === null || x === 0);
  };
  const { low, high } = input.signature ?? { low: 0, high: 0 };
  for (let s = low; s <= high; s++) {
    const all = input.rows.map((row) => ways(row, s));
    const chosen: Way[] = [];
    const visit = (i: number, becoming: number, b: number, l: number): void => {
      const own = all[i];
      if (own) {
        for (const way of own) {
          chosen[i] = way;
          visit(i + 1, becoming + way.becoming, b + way.becomingBytes, l + way.loadBytes);
        }
        return;
      }
      if (!fits(counters.failedBecoming, counters.becomingBytes, becoming, b)) return;
      if (!fits(counters.failedLoad, counters.loadBytes, times - becoming, l)) return;
      result.solutions += 1;
      widen(result.signature, s);
      for (const [k, way] of chosen.entries()) {
        const ends = result.rows[k];
        if (!ends) continue;
        widen(ends.becoming, way.becoming);
        widen(ends.bytes, way.becomingBytes + way.loadBytes);
      }
      widen(result.unexplained.becoming, Number(counters.failedBecoming ?? 0n) - becoming);
      widen(result.unexplained.load, Number(counters.failedLoad ?? 0n) - (times - becoming));
      widen(
        result.unexplained.bytes,
        Number((counters.becomingBytes ?? 0n) + (counters.loadBytes ?? 0n)) - b - l,
      );
    };
    visit(0, 0, 0, 0);
  }
  return result;
}
