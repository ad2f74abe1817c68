/**
 * Where each needle goes in the scanner's tables: which three bytes of it are its print, and in which of eight buckets
 * that is. A bucket lets through what mixes the halves of its prints' bytes, so prints are chosen, and put together,
 * that let little of a sample through. The sample is the start of what is searched: places change the speed alone.
 */

export interface Place {
  readonly bucket: number;
  /** Where in the needle its print starts. */
  readonly from: number;
}

export const BUCKETS = 8;
export const PRINT_BYTES = 3;
/** More of a text says little more. */
export const SAMPLE_BYTES = 16 * 1024;

const HALVES = 16;
const TABLES = 2 * PRINT_BYTES;
/** Every fourth place of the sample is tried, which is enough to tell frequent bytes from rare ones. */
const STEP = 4;
/** Prints of a needle that are tried: those that let the least through by themselves. */
const PRINTS_TRIED = 4;
/** What a bucket lets through of all that there could be counts as much as this share of the sample. */
const PRIOR = 0.3;

interface Print {
  readonly from: number;
  /** By table (low and high half of each byte): the half that its byte has; none behind the end of a short needle. */
  readonly halves: readonly (number | undefined)[];
}

/** By table and half: the places of the sample that bytes with that half let through, a bit each. */
class Sample {
  /** Words of 32 places. */
  readonly words: number;
  /** What a bucket lets through that lets through all. */
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

/** The prints of one bucket, as what they let through. */
class Bucket {
  readonly #sample: Sample;
  readonly #masks: number[] = Array.from({ length: TABLES }, () => 0);
  readonly #rows: readonly Int32Array[];
  #cost = 0;

  constructor(sample: Sample) {
    this.#sample = sample;
    this.#rows = this.#masks.map(() => new Int32Array(sample.words));
  }

  /** What the print would let through in addition. */
  costOf(print: Print): number {
    return this.#costWith(print) - this.#cost;
  }

  add(print: Print): void {
    this.#cost = this.#costWith(print);
    for (const [table, row] of this.#rows.entries()) {
      const half = print.halves[table];
      this.#masks[table] = (this.#masks[table] ?? 0) | maskOf(half);
      const own = this.#sample.row(table, half);
      for (let word = 0; word < row.length; word++) row[word] = (row[word] ?? 0) | (own[word] ?? 0);
    }
  }

  #costWith({ halves }: Print): number {
    const sample = this.#sample;
    const [a, b, c, d, e, f] = this.#rows as unknown as Six<Int32Array>;
    const [g, h, i, j, k, l] = Array.from(halves, (half, table) =>
      sample.row(table, half),
    ) as unknown as Six<Int32Array>;
    let count = 0;
    // For each of hundreds of needles in each bucket: table by table would take twice the time.
    for (let word = 0; word < sample.words; word++) {
      const first = (at(a, word) | at(g, word)) & (at(b, word) | at(h, word));
      const second = (at(c, word) | at(i, word)) & (at(d, word) | at(j, word));
      const bits = first & second & (at(e, word) | at(k, word)) & (at(f, word) | at(l, word));
      if (bits !== 0) count += bitCount(bits);
    }
    let others = sample.prior;
    for (const [table, mask] of this.#masks.entries())
      others *= bitCount(mask | maskOf(halves[table])) / HALVES;
    return count + others;
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

/** The prints that the needle may have, the rarest first. */
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

/** Places for ASCII needles, one after another where it costs least; short ones, which have no choice, come first. */
export function placesOf(needles: readonly Uint8Array[], text: Uint8Array): Place[] {
  const sample = new Sample(text.subarray(0, SAMPLE_BYTES));
  const buckets = Array.from({ length: BUCKETS }, () => new Bucket(sample));
  const places = new Map<Uint8Array, Place>();
  for (const needle of [...needles].sort((a, b) => a.length - b.length)) {
    let least = Number.POSITIVE_INFINITY;
    let best: { bucket: number; print: Print } | null = null;
    for (const print of printsOf(needle, sample)) {
      for (const [bucket, others] of buckets.entries()) {
        const cost = others.costOf(print);
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
