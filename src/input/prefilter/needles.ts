// SPDX-License-Identifier: Apache-2.0
/** The lookup tables of wasm/scan.ts for a set of words. */
import { BUCKETS, PRINT_BYTES, placesOf } from './places.js';

/** Words to search for. */
export interface Words {
  /** ASCII; only their last byte may be a newline. */
  readonly needles: readonly string[];
  /** ASCII phrases, without a newline, in which a needle does not count. */
  readonly harmless?: readonly string[];
}

/** A needle's fingerprint: at most three bytes of it from `from` on. */
interface Print {
  readonly word: string;
  readonly needle: Uint8Array;
  readonly from: number;
}

const POSITIONS = Array.from({ length: PRINT_BYTES }, (_, position) => position);
const HALVES = 16;

/** The memory layout, as in wasm/scan.ts. */
const BUCKETS_AT = 128;
const NEEDLES_AT = 256;
const NEEDLE_SIZE = 20;
const BYTES_AT = 8192;
const HARMLESS_AT = 61440;
const HARMLESS_SIZE = 16;
const HARMLESS_END = 65536;
const HASHES_AT = 196608;
const TABLES_END = 262144;

/** The fingerprints of each bucket. */
function fillBuckets(needles: readonly string[], sample: Uint8Array): readonly (readonly Print[])[] {
  const buckets: Print[][] = Array.from({ length: BUCKETS }, () => []);
  const encoder = new TextEncoder();
  const bytes = needles.map((needle) => encoder.encode(needle));
  for (const [index, { bucket, from }] of placesOf(bytes, sample).entries()) {
    const needle = bytes[index];
    if (needle) buckets[bucket]?.push({ word: needles[index] ?? '', needle, from });
  }
  return buckets;
}

const ALL_BYTES = Array.from({ length: 256 }, (_, byte) => byte);

/** Offsets of the print in the hash table; a short one may be followed by any byte. */
function* hashesOf({ needle, from }: Print): Generator<number> {
  const [first = 0, second, third] = needle.subarray(from, from + POSITIONS.length);
  for (const next of second === undefined ? ALL_BYTES : [second]) {
    for (const last of third === undefined ? ALL_BYTES : [third]) {
      const three = (first << 8) | (next << 16) | (last << 24);
      yield HASHES_AT + (Math.imul(three, 0x9e3779b1) >>> 16);
    }
  }
}

/** Allows the print's bytes in its bucket, by their low and high nibbles; past its end, any byte. */
function allow(tables: Uint8Array, { needle, from }: Print, bucket: number): void {
  const bit = 1 << bucket;
  for (const position of POSITIONS) {
    const byte = needle[from + position];
    const low = position * 2 * HALVES;
    for (let half = 0; half < HALVES; half++) {
      if (byte === undefined || (byte & 15) === half) tables[low + half] = (tables[low + half] ?? 0) | bit;
      const high = low + HALVES + half;
      if (byte === undefined || byte >> 4 === half) tables[high] = (tables[high] ?? 0) | bit;
    }
  }
}

/** The tables at the start of the scanner's memory, tuned for text like the sample. */
export function needleTables({ needles, harmless = [] }: Words, sample: Uint8Array): Uint8Array {
  const tables = new Uint8Array(TABLES_END);
  const view = new DataView(tables.buffer);
  let entry = NEEDLES_AT;
  let bytesAt = BYTES_AT;
  const entries = new Map<string, number>();
  for (const [bucket, prints] of fillBuckets(needles, sample).entries()) {
    view.setUint32(BUCKETS_AT + bucket * 8, entry, true);
    for (const print of prints) {
      const { needle, from } = print;
      if (entry + NEEDLE_SIZE > BYTES_AT || bytesAt + needle.length > HARMLESS_AT) {
        throw new RangeError('too many needles');
      }
      entries.set(print.word, entry);
      tables.set(needle.subarray(from, from + 4), entry);
      tables.fill(0xff, entry + 4, entry + 4 + Math.min(4, needle.length - from));
      view.setUint32(entry + 8, bytesAt, true);
      view.setUint32(entry + 12, needle.length, true);
      view.setUint32(entry + 16, from, true);
      tables.set(needle, bytesAt);
      for (const hash of hashesOf(print)) tables[hash] = (tables[hash] ?? 0) | (1 << bucket);
      allow(tables, print, bucket);
      entry += NEEDLE_SIZE;
      bytesAt += needle.length;
    }
    view.setUint32(BUCKETS_AT + bucket * 8 + 4, entry, true);
  }
  let phraseAt = HARMLESS_AT;
  for (const { needle, phrase, from } of harmlessPlaces(needles, harmless)) {
    if (phraseAt + 2 * HARMLESS_SIZE > HARMLESS_END || bytesAt + phrase.length > HARMLESS_AT) {
      throw new RangeError('too many harmless phrases');
    }
    view.setUint32(phraseAt, entries.get(needle) ?? 0, true);
    view.setUint32(phraseAt + 4, from, true);
    view.setUint32(phraseAt + 8, bytesAt, true);
    view.setUint32(phraseAt + 12, phrase.length, true);
    tables.set(new TextEncoder().encode(phrase), bytesAt);
    phraseAt += HARMLESS_SIZE;
    bytesAt += phrase.length;
  }
  return tables;
}

/** The needles in each harmless phrase, and where. */
export function* harmlessPlaces(
  needles: readonly string[],
  harmless: readonly string[],
): Generator<{ readonly needle: string; readonly phrase: string; readonly from: number }> {
  for (const phrase of harmless)
    for (const needle of needles) {
      const from = phrase.indexOf(needle);
      if (from >= 0) yield { needle, phrase, from };
    }
}
