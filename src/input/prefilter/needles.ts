/** Needles as the tables that scan.wat looks bytes up in. */

/** A needle's print: its bytes from `from` on, three at most. */
interface Print {
  readonly needle: Uint8Array;
  readonly from: number;
}

/** A bucket's needles, and the halves of bytes that its tables let through at each of the print's positions. */
interface Bucket {
  readonly prints: Print[];
  readonly low: readonly Set<number>[];
  readonly high: readonly Set<number>[];
}

const POSITIONS = [0, 1, 2] as const;
const BUCKETS = 8;
const HALVES = Array.from({ length: 16 }, (_, half) => half);

/** Where things lie; the same in scan.wat. */
const BUCKETS_AT = 128;
const NEEDLES_AT = 256;
const NEEDLE_SIZE = 20;
const BYTES_AT = 8192;
const TABLES_END = 65536;

/** How many of a thousand bytes of kernel logs and traces are these, each: as counted, in steps. */
const FREQUENCIES: readonly (readonly [perMille: number, bytes: string])[] = [
  [172, ' '],
  [58, '0e'],
  [29, '.tors1aid'],
  [21, 'n2\nlc_'],
  [15, ':=pmf36'],
  [12, '58u4-7'],
  [8, '9bkgxh[]y/v'],
  [2, 'qw\t,STMPCRBE+Iz>)(LA'],
];
const ELSE = 0.5;

const PER_MILLE = new Float64Array(256).fill(ELSE);
for (const [perMille, bytes] of FREQUENCIES)
  for (const byte of new TextEncoder().encode(bytes)) PER_MILLE[byte] = perMille;

/** The halves that a bucket lets through once a byte is added; all of them where the print has ended. */
function widened(halves: ReadonlySet<number>, half: number | null): Set<number> {
  return half === null ? new Set(HALVES) : new Set(halves).add(half);
}

/** How often (of 1000^3 times) three bytes in a row are let through to be compared. */
function chance({ low, high }: Pick<Bucket, 'low' | 'high'>): number {
  return POSITIONS.reduce<number>((product, position) => {
    let sum = 0;
    for (const upper of high[position] ?? [])
      for (const lower of low[position] ?? []) sum += PER_MILLE[upper * 16 + lower] ?? 0;
    return product * sum;
  }, 1);
}

function withPrint(bucket: Bucket, print: Print): Bucket {
  const bytes = POSITIONS.map((position) => print.needle[print.from + position]);
  return {
    prints: [...bucket.prints, print],
    low: bytes.map((byte, at) => widened(bucket.low[at] ?? new Set(), byte === undefined ? null : byte & 15)),
    high: bytes.map((byte, at) =>
      widened(bucket.high[at] ?? new Set(), byte === undefined ? null : byte >> 4),
    ),
  };
}

/** The prints of the needle worth trying: the rarest few. */
function printsOf(needle: Uint8Array): Print[] {
  const last = Math.max(0, needle.length - POSITIONS.length);
  const froms = Array.from({ length: last + 1 }, (_, from) => from);
  const rarity = (from: number): number =>
    needle
      .subarray(from, from + POSITIONS.length)
      .reduce((product, byte) => product * (PER_MILLE[byte] ?? 0), 1);
  return froms
    .sort((a, b) => rarity(a) - rarity(b))
    .slice(0, 3)
    .map((from) => ({ needle, from }));
}

/** Each needle goes where it lets the least through, the commonest first. */
function fillBuckets(needles: readonly string[]): readonly Bucket[] {
  const encoder = new TextEncoder();
  const empty = (): Bucket => ({
    prints: [],
    low: POSITIONS.map(() => new Set()),
    high: POSITIONS.map(() => new Set()),
  });
  const buckets = Array.from({ length: BUCKETS }, empty);
  const byLength = needles.map((needle) => encoder.encode(needle)).sort((a, b) => a.length - b.length);
  for (const needle of byLength) {
    let best: { index: number; bucket: Bucket; cost: number } | null = null;
    for (const [index, bucket] of buckets.entries()) {
      const before = chance(bucket);
      for (const print of printsOf(needle)) {
        const wider = withPrint(bucket, print);
        const cost = chance(wider) - before;
        if (best === null || cost < best.cost) best = { index, bucket: wider, cost };
      }
    }
    if (best) buckets[best.index] = best.bucket;
  }
  return buckets;
}

/** The beginning of the scanner's memory. Needles are ASCII; only their last byte may be a newline. */
export function needleTables(needles: readonly string[]): Uint8Array {
  const tables = new Uint8Array(TABLES_END);
  const view = new DataView(tables.buffer);
  let entry = NEEDLES_AT;
  let bytesAt = BYTES_AT;
  for (const [index, { prints, low, high }] of fillBuckets(needles).entries()) {
    const bit = 1 << index;
    view.setUint32(BUCKETS_AT + index * 8, entry, true);
    for (const { needle, from } of prints) {
      if (entry + NEEDLE_SIZE > BYTES_AT || bytesAt + needle.length > TABLES_END)
        throw new Error('too many needles');
      tables.set(needle.subarray(from, from + 4), entry);
      tables.fill(0xff, entry + 4, entry + 4 + Math.min(4, needle.length - from));
      view.setUint32(entry + 8, bytesAt, true);
      view.setUint32(entry + 12, needle.length, true);
      view.setUint32(entry + 16, from, true);
      tables.set(needle, bytesAt);
      entry += NEEDLE_SIZE;
      bytesAt += needle.length;
    }
    view.setUint32(BUCKETS_AT + index * 8 + 4, entry, true);
    for (const position of POSITIONS) {
      for (const half of low[position] ?? [])
        tables[position * 32 + half] = (tables[position * 32 + half] ?? 0) | bit;
      for (const half of high[position] ?? [])
        tables[position * 32 + 16 + half] = (tables[position * 32 + 16 + half] ?? 0) | bit;
    }
  }
  return tables;
}
