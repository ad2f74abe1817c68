// SPDX-License-Identifier: Apache-2.0
/**
 * Chooses the place of each needle in the scanner's tables: which three bytes are its fingerprint, and in which of eight
 * buckets it goes. A bucket also passes mixtures of the nibbles of its prints, so prints are chosen and grouped to pass
 * little of a sample: the start of the text to search. Places affect only the speed.
 */

export interface Place {
  readonly bucket: number;
  /** The offset of the fingerprint in the needle. */
  readonly from: number;
}

export const BUCKETS = 8;
export const PRINT_BYTES = 3;
/** A longer sample tells little more. */
export const SAMPLE_BYTES = 16 * 1024;

const HALVES = 16;
const TABLES = 2 * PRINT_BYTES;
/** Every fourth offset of the sample is tried: enough to tell frequent bytes from rare ones. */
const STEP = 4;
/** Prints tried per needle: those that pass the least by themselves. */
const PRINTS_TRIED = 4;
/** Weight of all possible bytes against the sample, as a share of it. */
const PRIOR = 0.3;

interface Print {
  readonly from: number;
  /** By table (low and high nibble of each byte): the byte's nibble; none past the end of a short needle. */
  readonly halves: readonly (number | undefined)[];
}

/** By table and nibble: the sample offsets that it passes, one bit each. */
class Sample {
  /** Words of 32 offsets. */
  readonly words: number;
  /** The cost of a bucket that passes everything. */
  readonly prior: number;
  readonly #having: readonly (readonly Int32Array[])[];
  readonly #all: Int32Array;

  constructor(bytes: Uint8Array) {
    const places = Math.max(0, Math.ceil((bytes.length - PRINT_BYTES + 1) / STEP));
    this.words = Math.ceil(places / 32);
    this.prior = PRIOR * places;
    this.#all = new Int32Array(this.words).fill(-1);
    this.#having = Array.from({ length: TABLES }, (_, table) => {
      const having = Array.from({ length: HALVES }, () => new Int32Array(this.words));
      for (let place = 0; place < places; place++) {
        const row = having[halfOf(bytes[place * STEP + (table >> 1)] ?? 0, table)];
        if (row) row[place >> 5] = (row[place >> 5] ?? 0) | (1 << (place & 31));
      }
      return having;
    });
  }

  row(table: number, half: number | undefined): Int32Array {
    return (half === undefined ? undefined : this.#having[table]?.[half]) ?? this.#all;
  }
}

/** The prints of one bucket, as what they pass. */
class Bucket {
  readonly #sample: Sample;
  readonly #masks: number[] = Array.from({ length: TABLES }, () => 0);
  readonly #rows: readonly Int32Array[];
  /** Offsets of the sample that it passes, and the share of all possible bytes, weighted. */
  #count = 0;
  #others = 0;

  constructor(sample: Sample) {
    this.#sample = sample;
    this.#rows = this.#masks.map(() => new Int32Array(sample.words));
  }

  /** What the print would pass in addition; any number that is not less, where it is not less than `most`. */
  costOf(print: Print, most = Number.POSITIVE_INFINITY): number {
    const others = this.#othersWith(print) - this.#others;
    return others >= most ? others : others + this.#countWith(print) - this.#count;
  }

  add(print: Print): void {
    this.#count = this.#countWith(print);
    this.#others = this.#othersWith(print);
    for (const [table, row] of this.#rows.entries()) {
      const half = print.halves[table];
      this.#masks[table] = (this.#masks[table] ?? 0) | maskOf(half);
      const own = this.#sample.row(table, half);
      for (let word = 0; word < row.length; word++) row[word] = (row[word] ?? 0) | (own[word] ?? 0);
    }
  }

  #countWith({ halves }: Print): number {
    const sample = this.#sample;
    const [a, b, c, d, e, f] = this.#rows as unknown as Six<Int32Array>;
    const [g, h, i, j, k, l] = Array.from(halves, (half, table) =>
      sample.row(table, half),
    ) as unknown as Six<Int32Array>;
    let count = 0;
    // Unrolled: this runs for each of hundreds of needles in each bucket, and a loop over tables takes twice the time.
    for (let word = 0; word < sample.words; word++) {
      const first = (at(a, word) | at(g, word)) & (at(b, word) | at(h, word));
      const second = (at(c, word) | at(i, word)) & (at(d, word) | at(j, word));
      const bits = first & second & (at(e, word) | at(k, word)) & (at(f, word) | at(l, word));
      if (bits !== 0) count += bitCount(bits);
    }
    return count;
  }

  #othersWith({ halves }: Print): number {
    let others = this.#sample.prior;
    for (let table = 0; table < TABLES; table++)
      others *= bitCount((this.#masks[table] ?? 0) | maskOf(halves[table])) / HALVES;
    return others;
  }
}

type Six<T> = readonly [T, T, T, T, T, T];

const at = (row: Int32Array, word: number): number => row[word] ?? 0;

function maskOf(half: number | undefined): number {
  return half === undefined ? 2 ** HALVES - 1 : 1 << half;
}

function halfOf(byte: number, table: number): number {
  return table % 2 === 0 ? byte & 15 : byte >> 4;
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The needle's possible prints, rarest first. */
function printsOf(needle: Uint8Array, sample: Sample): Print[] {
  const prints = Array.from(
    { length: Math.max(1, needle.length - PRINT_BYTES + 1) },
    (_, from): Print => ({
      from,
      halves: Array.from({ length: TABLES }, (_, table) => {
        const byte = needle[from + (table >> 1)];
        return byte === undefined ? undefined : halfOf(byte, table);
      }),
    }),
  );
  const empty = new Bucket(sample);
  return prints
    .map((print) => ({ print, cost: empty.costOf(print) }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, PRINTS_TRIED)
    .map(({ print }) => print);
}

/** Places ASCII needles one after another where it costs least; short ones, which have no choice, come first. */
export function placesOf(needles: readonly Uint8Array[], text: Uint8Array): Place[] {
  const sample = new Sample(text.subarray(0, SAMPLE_BYTES));
  const buckets = Array.from({ length: BUCKETS }, () => new Bucket(sample));
  const places = new Map<Uint8Array, Place>();
  for (const needle of [...needles].sort((a, b) => a.length - b.length)) {
    let least = Number.POSITIVE_INFINITY;
    let best: { bucket: number; print: Print } | null = null;
    for (const print of printsOf(needle, sample)) {
      for (const [bucket, others] of buckets.entries()) {
        const cost = others.costOf(print, least);
        if (cost >= least) continue;
        least = cost;
        best = { bucket, print };
      }
    }
    if (best === null) continue;
    buckets[best.bucket]?.add(best.print);
    places.set(needle, { bucket: best.bucket, from: best.print.from });
  }
  return needles.map((needle) => places.get(needle) ?? { bucket: 0, from: 0 });
}
