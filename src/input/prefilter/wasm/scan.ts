// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the lines of a block that hold one of several needles, 16 bytes at a time. This is AssemblyScript: TypeScript
 * with WebAssembly's types, which `npm run build` compiles.
 *
 * Each needle has a fingerprint ("print"): three of its bytes that are rare in the text. Six tables of 16 tell, for the
 * low and high nibbles of three adjacent bytes, which of eight buckets hold a print with that nibble there. Where all six
 * and a table of hashes of the three bytes agree on a bucket, its needles are compared in full. This is "Teddy" of
 * Hyperscan and ripgrep.
 *
 * Lines with a byte that is not plain ASCII text are found as well, except for a carriage return before the newline.
 *
 * Memory, laid out by ../needles.ts and ../scanner.ts:
 *      0  six tables: bits of buckets by low and high nibble of the first, second and third byte
 *    128  eight buckets: first needle and the one past the last, u32 each
 *    192  bits of buckets in one step, by position
 *    256  needles: four bytes from the print on, the mask of those that count, the address and length of the needle, and
 *         the offset of the print in it, u32 each
 *   8192  bytes of needles and harmless phrases
 *  61440  harmless phrases: the needle in it, its offset there, the address and length of the phrase, u32 each; then zeros
 *  65536  runs found: start and end in the block, lines before it, u32 each
 * 196608  bits of buckets by hash of three bytes
 * 262144  the block
 */

const BUCKETS_AT: usize = 128;
const STEP_AT: usize = 192;
const NEEDLE_SIZE: usize = 20;
const HARMLESS_AT: usize = 61440;
const HARMLESS_SIZE: usize = 16;
const RUNS_AT: usize = 65536;
const RUN_SIZE: usize = 12;
const HASHES_AT: usize = 196608;
const BLOCK_AT: usize = 262144;
const LF: u8 = 10;
const CR: u8 = 13;
/** Steps of 16 bytes whose newlines fit a byte counter. */
const MAX_COUNTED: usize = 255 * 16;

/** Where the last scan stopped, and the lines before that. */
export let stopped: usize = 0;
export let lines: u32 = 0;

function isEqual(bytes: usize, length: usize, at: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(bytes + i) !== load<u8>(at + i)) return false;
  return true;
}

/** True if the needle at this place is part of a harmless phrase. */
function isHarmless(needle: usize, at: usize): bool {
  for (let phrase = HARMLESS_AT; load<u32>(phrase) !== 0; phrase += HARMLESS_SIZE) {
    const start = at - load<u32>(phrase, 4);
    const isIts = load<u32>(phrase) === <u32>needle && start >= BLOCK_AT;
    if (isIts && isEqual(load<u32>(phrase, 8), load<u32>(phrase, 12), start)) return true;
  }
  return false;
}

/** True if the needle is there, and not in a harmless phrase. */
function isNeedle(needle: usize, print: usize): bool {
  const at = print - load<u32>(needle, 16);
  return isEqual(load<u32>(needle, 8), load<u32>(needle, 12), at) && !isHarmless(needle, at);
}

/** True if a needle of one of the buckets matches with its print there. */
function isHit(print: usize, buckets: u32): bool {
  const bytes = load<u32>(print);
  for (let left = buckets; left !== 0; left &= left - 1) {
    const bucket = BUCKETS_AT + ((<usize>ctz(left)) << 3);
    const end: usize = load<u32>(bucket, 4);
    for (let needle: usize = load<u32>(bucket); needle < end; needle += NEEDLE_SIZE)
      if (((bytes ^ load<u32>(needle)) & load<u32>(needle, 4)) === 0 && isNeedle(needle, print)) return true;
  }
  return false;
}

/** Bits of the buckets with a print of this hash. */
function hashed(print: usize): u32 {
  const three = load<u32>(print) << 8;
  return load<u8>(HASHES_AT + ((three * 0x9e3779b1) >>> 16));
}

/** A byte that is not plain ASCII text, a newline, or the carriage return before one. */
function isNotPlain(at: usize): bool {
  const byte = load<i8>(at);
  if (byte >= 32 || byte === <i8>LF) return false;
  return byte !== <i8>CR || load<u8>(at, 1) !== LF;
}

/** Newlines in [at, end). */
function newlines(at: usize, end: usize): u32 {
  let count: u32 = 0;
  for (; at < end; at++) count += u32(load<u8>(at) === LF);
  return count;
}

function newlineBits(at: usize): i32 {
  return i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(LF)));
}

function lineEnd(at: usize): usize {
  let here = at;
  let found = newlineBits(here);
  while (found === 0) {
    here += 16;
    found = newlineBits(here);
  }
  return here + ctz(found) + 1;
}

function lineStart(at: usize, floor: usize): usize {
  while (at > floor && load<u8>(at - 1) !== LF) at--;
  return at;
}

/** The sum of 16 counts. */
function sum(counts: v128): u32 {
  const four = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts));
  return (
    i32x4.extract_lane(four, 0) +
    i32x4.extract_lane(four, 1) +
    i32x4.extract_lane(four, 2) +
    i32x4.extract_lane(four, 3)
  );
}

/**
 * Scans the whole lines of [from, end), with `before` lines before them; the 32 bytes after `end` are readable and may be
 * anything. Writes the runs of lines found and returns their number, at most `most`: the scan may stop early.
 */
export function scan(from: usize, end: usize, before: u32, most: u32): u32 {
  const low1 = v128.load(0);
  const high1 = v128.load(16);
  const low2 = v128.load(32);
  const high2 = v128.load(48);
  const low3 = v128.load(64);
  const high3 = v128.load(80);
  const half = i8x16.splat(15);
  const space = i8x16.splat(32);
  const newline = i8x16.splat(LF);
  const none = i64x2.splat(0);
  // A print of the last line may end in the two bytes after it.
  const last = end + 2;
  const runsEnd = RUNS_AT + <usize>most * RUN_SIZE;
  let run = RUNS_AT;
  let at = from;
  /** No line starts before this. */
  let floor = from;
  let firstBefore = none;
  let secondBefore = none;
  while (at < last && run < runsEnd) {
    const stop = min(at + MAX_COUNTED, last);
    let counts = none;
    let found: usize = 0;
    do {
      const bytes = v128.load(at);
      const lows = v128.and(bytes, half);
      const highs = v128.and(i16x8.shr_u(bytes, 4), half);
      const first = v128.and(i8x16.swizzle(low1, lows), i8x16.swizzle(high1, highs));
      const second = v128.and(i8x16.swizzle(low2, lows), i8x16.swizzle(high2, highs));
      const third = v128.and(i8x16.swizzle(low3, lows), i8x16.swizzle(high3, highs));
      // Bits of buckets for each of 16 positions of the third byte of a print.
      const buckets = v128.and(
        third,
        v128.and(
          i8x16.shuffle(firstBefore, first, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29),
          i8x16.shuffle(secondBefore, second, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30),
        ),
      );
      firstBefore = first;
      secondBefore = second;
      // Above 0x7f (negative), or a control character other than a newline.
      const isLine = i8x16.eq(bytes, newline);
      const some = v128.or(buckets, v128.andnot(i8x16.gt_s(space, bytes), isLine));
      if (v128.any_true(some)) {
        v128.store(STEP_AT, buckets);
        for (let hits = i8x16.bitmask(i8x16.ne(some, none)); hits !== 0; hits &= hits - 1) {
          const position: usize = ctz(hits);
          const print = at + position - 2;
          if (print >= end) break;
          // Most are mixtures of several prints; their hash tells.
          const among = <u32>load<u8>(STEP_AT + position) & hashed(print);
          if (among !== 0 && isHit(print, among)) found = print;
          else if (print + 2 < end && isNotPlain(print + 2)) found = print + 2;
          if (found !== 0) break;
        }
        if (found !== 0) break;
      }
      counts = i8x16.sub(counts, isLine);
      at += 16;
    } while (at < stop);
    before += sum(counts);
    if (found === 0) continue;
    const start = lineStart(found, floor);
    before += newlines(at, start) - newlines(start, at);
    at = lineEnd(found);
    // A line adjacent to the previous run extends it.
    if (run > RUNS_AT && start - BLOCK_AT === load<u32>(run - 8)) store<u32>(run - 8, <u32>(at - BLOCK_AT));
    else {
      store<u32>(run, <u32>(start - BLOCK_AT));
      store<u32>(run, <u32>(at - BLOCK_AT), 4);
      store<u32>(run, before, 8);
      run += RUN_SIZE;
    }
    before++;
    floor = at;
    // Prints do not cross lines.
    firstBefore = none;
    secondBefore = none;
  }
  // The last step may have passed the end.
  if (at > end) {
    before -= newlines(end, at);
    at = end;
  }
  stopped = at;
  lines = before;
  return <u32>((run - RUNS_AT) / RUN_SIZE);
}
