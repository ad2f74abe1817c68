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
/** Rows of a table: its nibbles, and one for a byte past the end of a short needle, which passes everything. */
const ROWS = HALVES + 1;
/** Every fourth offset of the sample is tried: enough to tell frequent bytes from rare ones. */
const STEP = 4;
/** Prints tried per needle: those that pass the least by themselves. */
const PRINTS_TRIED = 4;
/** Weight of all possible bytes against the sample, as a share of it. */
const PRIOR = 0.3;

/** A fingerprint of a needle: by table (low and high nibble of each byte) the row of its nibble. */
interface Print {
  readonly from: number;
  readonly rows: Six<number>;
}

type Six<T> = readonly [T, T, T, T, T, T];

function printOf(needle: Uint8Array, from: number): Print {
  const [a, b, c] = [needle[from], needle[from + 1], needle[from + 2]];
  return { from, rows: [low(a), high(a), low(b), high(b), low(c), high(c)] };
}

const low = (byte: number | undefined): number => (byte === undefined ? HALVES : byte & 15);
const high = (byte: number | undefined): number => (byte === undefined ? HALVES : byte >> 4);
const three = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);

/** The text that prints are tried on: which of its offsets each row passes, one bit each. */
class Sample {
  /** Words of 32 offsets. */
  readonly words: number;
  /** The cost of a bucket that passes everything. */
  readonly prior: number;
  readonly #passed: readonly Int32Array[];
  readonly #counts = new Map<number, number>();

  constructor(bytes: Uint8Array) {
    const places = Math.max(0, Math.ceil((bytes.length - PRINT_BYTES + 1) / STEP));
    this.words = Math.ceil(places / 32);
    this.prior = PRIOR * places;
    this.#passed = Array.from({ length: TABLES * ROWS }, (_, row) =>
      new Int32Array(this.words).fill(row % ROWS === HALVES ? -1 : 0),
    );
    for (let place = 0; place < places; place++) {
      const print = three(bytes, place * STEP);
      this.#counts.set(print, (this.#counts.get(print) ?? 0) + 1);
      for (let table = 0; table < TABLES; table++) {
        // The first byte is the highest of the three, its low nibble the first table.
        const half = (print >> ((TABLES - 1 - (table ^ 1)) * 4)) & 15;
        const passed = this.passed(table, half);
        passed[place >> 5] = (passed[place >> 5] ?? 0) | (1 << (place & 31));
      }
    }
  }

  passed(table: number, row: number): Int32Array {
    return this.#passed[table * ROWS + row] as Int32Array;
  }

  /** How often a print of three bytes is there. */
  count(print: number): number {
    return this.#counts.get(print) ?? 0;
  }
}

/** The prints of one bucket, as what they pass. */
class Bucket {
  readonly #sample: Sample;
  readonly #masks: number[] = new Array<number>(TABLES).fill(0);
  /** By table: the offsets of the sample that it passes; then those that all tables pass. */
  readonly #tables: Six<Int32Array>;
  readonly #passed: Int32Array;
  /** The share of all possible bytes that it passes, weighted. */
  #others = 0;

  constructor(sample: Sample) {
    const row = (): Int32Array => new Int32Array(sample.words);
    this.#sample = sample;
    this.#tables = [row(), row(), row(), row(), row(), row()];
    this.#passed = row();
  }

  /** What the print would pass in addition; any number that is not less, where it is not less than `most`. */
  costOf({ rows }: Print, most: number): number {
    let cost = this.#othersWith(rows) - this.#others;
    const sample = this.#sample;
    const [a, b, c, d, e, f] = this.#tables;
    const g = sample.passed(0, rows[0]);
    const h = sample.passed(1, rows[1]);
    const i = sample.passed(2, rows[2]);
    const j = sample.passed(3, rows[3]);
    const k = sample.passed(4, rows[4]);
    const l = sample.passed(5, rows[5]);
    const passed = this.#passed;
    // Unrolled: this runs for each of hundreds of needles in each bucket, and a loop over tables takes twice the time.
    for (let word = 0; word < passed.length && cost < most; word++) {
      const first = (at(a, word) | at(g, word)) & (at(b, word) | at(h, word));
      const second = (at(c, word) | at(i, word)) & (at(d, word) | at(j, word));
      const all = first & second & (at(e, word) | at(k, word)) & (at(f, word) | at(l, word));
      const more = all & ~at(passed, word);
      if (more !== 0) cost += bitCount(more);
    }
    return cost;
  }

  add({ rows }: Print): void {
    this.#others = this.#othersWith(rows);
    this.#passed.fill(-1);
    for (const [table, row] of rows.entries()) {
      this.#masks[table] = (this.#masks[table] ?? 0) | maskOf(row);
      const own = this.#tables[table] as Int32Array;
      const added = this.#sample.passed(table, row);
      for (let word = 0; word < own.length; word++) {
        own[word] = at(own, word) | at(added, word);
        this.#passed[word] = at(this.#passed, word) & at(own, word);
      }
    }
  }

  #othersWith(rows: Six<number>): number {
    let others = this.#sample.prior;
    for (let table = 0; table < TABLES; table++)
      others *= bitCount((this.#masks[table] ?? 0) | maskOf(rows[table] ?? HALVES)) / HALVES;
    return others;
  }
}

const at = (row: Int32Array, word: number): number => row[word] ?? 0;

function maskOf(row: number): number {
  return row === HALVES ? 2 ** HALVES - 1 : 1 << row;
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The needle's possible prints, rarest first. */
function printsOf(needle: Uint8Array, sample: Sample): Print[] {
  return Array.from({ length: Math.max(1, needle.length - PRINT_BYTES + 1) }, (_, from) => from)
    .map((from) => ({ from, count: sample.count(three(needle, from)) }))
    .sort((a, b) => a.count - b.count)
    .slice(0, PRINTS_TRIED)
    .map(({ from }) => printOf(needle, from));
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
