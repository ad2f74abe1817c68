// SPDX-License-Identifier: Apache-2.0
/** A ledger made by simulating attempts through the accounting of kernel/module/stats.c. */
import type { BoundsInput, LoadForm, RowInput } from '../../../src/accounting/bounds/index.js';

interface TrueRow {
  readonly module: string;
  readonly becoming: number;
  readonly load: number;
  readonly bytes: number;
}

export interface Ledger {
  readonly input: BoundsInput;
  /** The truth for the rows of the input. */
  readonly rows: readonly TrueRow[];
  readonly signature: number;
  readonly unexplained: { becoming: number; load: number; bytes: number };
}

export type Random = (below: number) => number;

/** A small generator (mulberry32), so that a failing seed can be run again. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export interface Shape {
  readonly modules: number;
  /** Most duplicates of one module. */
  readonly times: number;
  /** Of 100 duplicates, how many are found in load. */
  readonly loadPercent: number;
  /** Other failures of the two phases, at most. */
  readonly unexplained: number;
  readonly signature: number;
  /** Lengths are 64 + grain * 0..sizes. */
  readonly sizes: number;
  readonly grain: number;
  /** Of 100 modules, how many also have a .ko.xz that some attempts used. */
  readonly compressedPercent: number;
  /** Of 100 modules, how many have no listing, one of unknown signedness, or only a range. */
  readonly vaguePercent: number;
  /** Rows lost off the end of the list. */
  readonly cut: number;
}

export function simulate(random: Random, shape: Shape): Ledger {
  const counters = { failedBecoming: 0n, failedLoad: 0n, becomingBytes: 0n, loadBytes: 0n };
  const attempt = (load: boolean, image: number, compressed: number): number => {
    const bytes = (load ? 2 : 1) * image + compressed;
    if (load) {
      counters.failedLoad += 1n;
      counters.loadBytes += BigInt(bytes);
    } else {
      counters.failedBecoming += 1n;
      counters.becomingBytes += BigInt(bytes);
    }
    return bytes;
  };
  const percent = (share: number): boolean => random(100) < share;
  const rows: { row: RowInput; truth: TrueRow }[] = [];
  for (let m = 0; m < shape.modules; m++) {
    const image = 64 + shape.grain * random(shape.sizes + 1);
    const compressed = percent(shape.compressedPercent) ? 32 + random(image) : 0;
    const plainToo = percent(50);
    const times = 1 + random(shape.times);
    const calls = { becoming: 0, load: 0 };
    let bytes = 0;
    const racy = percent(50);
    for (let call = 0; call < times; call++) {
      const load = racy && percent(shape.loadPercent);
      calls[load ? 'load' : 'becoming'] += 1;
      bytes += attempt(load, image, plainToo && percent(50) ? 0 : compressed);
    }
    const sizes = sizesOf(random, image, shape, percent(shape.vaguePercent));
    const forms: LoadForm[] = sizes.flatMap((size) => [
      ...(plainToo || compressed === 0 ? [{ image: size, compressed: 0 }] : []),
      ...(compressed > 0 ? [{ image: size, compressed }] : []),
    ]);
    const reasons = (calls.becoming > 0 ? 1 : 0) | (calls.load > 0 ? 2 : 0);
    const module = `m${m}`;
    rows.push({ row: { module, times, reasons, forms }, truth: { module, ...calls, bytes } });
  }
  const unexplained = { becoming: 0, load: 0, bytes: 0 };
  for (let left = random(shape.unexplained + 1); left > 0; left--) {
    const load = percent(50);
    unexplained[load ? 'load' : 'becoming'] += 1;
    unexplained.bytes += attempt(load, load ? 64 + random(500) : random(500), 0);
  }
  const kept = rows.slice(0, Math.max(0, rows.length - shape.cut));
  for (const { truth } of rows.slice(kept.length)) {
    unexplained.becoming += truth.becoming;
    unexplained.load += truth.load;
    unexplained.bytes += truth.bytes;
  }
  const list = kept.length < rows.length ? 'cut' : 'whole';
  return {
    input: {
      counters,
      list,
      rows: kept.map(({ row }) => row),
      signature: { low: 0, high: 2 * shape.signature },
    },
    rows: kept.map(({ truth }) => truth),
    signature: shape.signature,
    unexplained,
  };
}

function sizesOf(random: Random, image: number, shape: Shape, vague: boolean): LoadForm['image'][] {
  const file = image + shape.signature;
  if (!vague)
    return shape.signature > 0
      ? [{ of: 'file', bytes: file, signed: true }]
      : [{ of: 'image', bytes: image }];
  switch (random(4)) {
    case 0:
      return [];
    case 1:
      return [{ of: 'file', bytes: random(2) ? file : image, signed: null }];
    case 2:
      return [{ of: 'range', low: Math.max(64, image - random(9)), high: image + random(9) }];
    default:
      return [
        { of: 'file', bytes: file, signed: true },
        { of: 'image', bytes: 64 + shape.grain * random(shape.sizes + 1) },
      ];
  }
}
