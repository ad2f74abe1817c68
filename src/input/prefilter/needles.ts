/** Needles as the tables that scan.wat looks bytes up in. */
import { SAMPLE } from './sample.js';

/** A needle's print: its bytes from `from` on, three at most. */
interface Print {
  readonly needle: Uint8Array;
  readonly from: number;
}

/**
 * The tables of one bucket: for each position of a print, the low and high halves of bytes that it lets through, as
 * bits; and the same of the sample: a bit for each of its places that is let through there.
 */
interface Bucket {
  readonly prints: readonly Print[];
  readonly halves: readonly number[];
  readonly places: readonly Int32Array[];
}

const POSITIONS = [0, 1, 2] as const;
const BUCKETS = 8;
const TABLES = 2 * POSITIONS.length;
const ALL_HALVES = 0xffff;

/** Where things lie; the same in scan.wat. */
const BUCKETS_AT = 128;
const NEEDLES_AT = 256;
const NEEDLE_SIZE = 20;
const BYTES_AT = 8192;
const NEEDLES_END = 65536;
const HASHES_AT = 196608;
const TABLES_END = 262144;

/** The two halves of a byte, low first; null where the print has ended, which lets all through. */
function halvesOf(byte: number | undefined): readonly [number | null, number | null] {
  return byte === undefined ? [null, null] : [byte & 15, byte >> 4];
}

const WORDS = Math.ceil(SAMPLE.length / 32);
const EVERYWHERE = new Int32Array(WORDS).fill(-1);
const NOWHERE = new Int32Array(WORDS);

/** By table (low and high of each position) and half: the places of the sample whose byte there has that half. */
const PLACES: readonly (readonly Int32Array[])[] = POSITIONS.flatMap((position) =>
  [0, 1].map((which) => {
    const places = Array.from({ length: 16 }, () => new Int32Array(WORDS));
    for (let place = 0; place + position < SAMPLE.length; place++) {
      const words = places[halvesOf(SAMPLE[place + position])[which] ?? 0];
      if (words) words[place >> 5] = (words[place >> 5] ?? 0) | (1 << (place & 31));
    }
    return places;
  }),
);

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** By table: the half of the print's byte there; null: all. */
function wantedBy({ needle, from }: Print): readonly (number | null)[] {
  return POSITIONS.flatMap((position) => halvesOf(needle[from + position]));
}

const placesOf = (half: number | null, table: number): Int32Array =>
  half === null ? EVERYWHERE : (PLACES[table]?.[half] ?? NOWHERE);

function withPrint({ prints, halves, places }: Bucket, print: Print): Bucket {
  const wanted = wantedBy(print);
  return {
    prints: [...prints, print],
    halves: wanted.map((half, table) => (half === null ? ALL_HALVES : (halves[table] ?? 0) | (1 << half))),
    places: wanted.map((half, table) => {
      const added = placesOf(half, table);
      return (places[table] ?? NOWHERE).map((word, index) => word | (added[index] ?? 0));
    }),
  };
}

/** How much of the sample the bucket lets through with the print; and a little for all else that it would. */
function costOf({ halves, places }: Bucket, print: Print): number {
  const wanted = wantedBy(print);
  const added = wanted.map(placesOf);
  let count = 0;
  for (let index = 0; index < WORDS; index++) {
    let through = -1;
    for (let table = 0; through !== 0 && table < TABLES; table++)
      through &= (places[table]?.[index] ?? 0) | (added[table]?.[index] ?? 0);
    if (through !== 0) count += bitCount(through);
  }
  let others = SAMPLE.length;
  for (const [table, half] of wanted.entries()) {
    others *= bitCount(half === null ? ALL_HALVES : (halves[table] ?? 0) | (1 << half)) / 16;
  }
  return count + others;
}

const EMPTY: Bucket = { prints: [], halves: Array(TABLES).fill(0), places: Array(TABLES).fill(NOWHERE) };

/** The prints of the needle worth trying: those that let the least of the sample through. */
function printsOf(needle: Uint8Array): readonly Print[] {
  const last = Math.max(0, needle.length - POSITIONS.length);
  return Array.from({ length: last + 1 }, (_, from) => ({ needle, from }))
    .map((print) => ({ print, cost: costOf(EMPTY, print) }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, 6)
    .map(({ print }) => print);
}

/** Each needle goes where it lets the least more through, the short ones first. */
function fillBuckets(needles: readonly string[]): readonly Bucket[] {
  const buckets = Array.from({ length: BUCKETS }, () => EMPTY);
  const costs = Array.from({ length: BUCKETS }, () => 0);
  const encoder = new TextEncoder();
  const byLength = needles.map((needle) => encoder.encode(needle)).sort((a, b) => a.length - b.length);
  for (const needle of byLength) {
    let best: { print: Print; index: number; cost: number; more: number } | null = null;
    for (const print of printsOf(needle)) {
      for (const [index, bucket] of buckets.entries()) {
        const cost = costOf(bucket, print);
        const more = cost - (costs[index] ?? 0);
        if (best === null || more < best.more) best = { print, index, cost, more };
      }
    }
    if (!best) continue;
    buckets[best.index] = withPrint(buckets[best.index] ?? EMPTY, best.print);
    costs[best.index] = best.cost;
  }
  return buckets;
}

const ALL_BYTES = Array.from({ length: 256 }, (_, byte) => byte);

/** Where the print stands in the table of hashes: of all that may follow, where it is short. */
function* hashesOf({ needle, from }: Print): Generator<number> {
  const [first = 0, second, third] = needle.subarray(from, from + POSITIONS.length);
  for (const next of second === undefined ? ALL_BYTES : [second]) {
    for (const last of third === undefined ? ALL_BYTES : [third]) {
      const three = (first << 8) | (next << 16) | (last << 24);
      yield HASHES_AT + (Math.imul(three, 0x9e3779b1) >>> 16);
    }
  }
}

/** The beginning of the scanner's memory. Needles are ASCII; only their last byte may be a newline. */
export function needleTables(needles: readonly string[]): Uint8Array {
  const tables = new Uint8Array(TABLES_END);
  const view = new DataView(tables.buffer);
  let entry = NEEDLES_AT;
  let bytesAt = BYTES_AT;
  for (const [index, { prints, halves }] of fillBuckets(needles).entries()) {
    view.setUint32(BUCKETS_AT + index * 8, entry, true);
    for (const { needle, from } of prints) {
      if (entry + NEEDLE_SIZE > BYTES_AT || bytesAt + needle.length > NEEDLES_END) {
        throw new RangeError('too many needles');
      }
      tables.set(needle.subarray(from, from + 4), entry);
      tables.fill(0xff, entry + 4, entry + 4 + Math.min(4, needle.length - from));
      view.setUint32(entry + 8, bytesAt, true);
      view.setUint32(entry + 12, needle.length, true);
      view.setUint32(entry + 16, from, true);
      tables.set(needle, bytesAt);
      for (const hash of hashesOf({ needle, from })) tables[hash] = (tables[hash] ?? 0) | (1 << index);
      entry += NEEDLE_SIZE;
      bytesAt += needle.length;
    }
    view.setUint32(BUCKETS_AT + index * 8 + 4, entry, true);
    for (const [table, bits] of halves.entries()) {
      for (let half = 0; half < 16; half++) {
        if (bits & (1 << half)) tables[table * 16 + half] = (tables[table * 16 + half] ?? 0) | (1 << index);
      }
    }
  }
  return tables;
}
