// SPDX-License-Identifier: Apache-2.0
/** What a log shares with others of its boot, as sums that cost little: which logs are worth a look at the whole. */
import { openInputs } from './disk/walk.js';
import { HEAD_BYTES } from './ingest/ingester.js';
import { PLACES } from './ingest/layouts/index.js';
import { ByteReader } from './input/index.js';
import { Buffer } from './platform/index.js';

/** Marks of a boot in a text: its id, the times of its clocks. */
const MARK =
  /_BOOT_ID["=: ]+([0-9a-f]{32})|Marking stable (\([^)]{1,60}\))|audit\((\d+\.\d{3}):1\)|system clock to (\d{4}-\d\d-\d\d[ T][\d:]{8})/g;
/** So many stamped lines in a row are never those of another boot; a few single lines are, among thousands of boots. */
const ROW = 3;
/** Of the rows of a text, those whose sums are the least: of two texts with the same lines, the same. */
const MOST_ROWS = 8;
/** Of a line's text, so much is compared. */
const TEXT_BYTES = 24;
/** After so many lines of a log, one of eight is compared, the same in each log. */
export const ALL_LINES = 500;

/**
 * What a file shares with others of its boot, told from its first and its last bytes, as sums of 32 bits; of a log alone.
 * Equal marks call for a look at the whole; logs that share none may still be of one boot.
 */
export async function marksOf(path: string): Promise<number[]> {
  const marks = new Set<number>();
  for (const bytes of await endsOf(path)) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    for (const [, ...found] of text.matchAll(MARK)) {
      let sum = BASIS;
      for (const char of `mark ${found.find((one) => one !== undefined)}`)
        sum = joinSums(sum, char.charCodeAt(0));
      marks.add(sum >>> 0);
    }
    for (const sum of leastRows(sumsOf(bytes))) marks.add(sum);
  }
  return [...marks];
}

/** The first bytes of a file, decompressed, and the last of a larger plain one; nothing of an archive. */
async function endsOf(path: string): Promise<Uint8Array[]> {
  for await (const thing of openInputs([path], { places: PLACES })) {
    if (thing.found !== 'leaf' || thing.leaf.node.kind === 'member') return [];
    const file = thing.leaf.random?.();
    if (!file) return [await new ByteReader(thing.leaf.open()).peek(HEAD_BYTES)];
    const rest = Math.min(HEAD_BYTES, file.size - HEAD_BYTES);
    const first = file.read(0, HEAD_BYTES);
    return rest > 0 ? [first, file.read(file.size - rest, rest)] : [first];
  }
  return [];
}

/** FNV-1a. */
const BASIS = 0x811c9dc5;
const joinSums = (sum: number, next: number): number => Math.imul(sum ^ next, 0x01000193);

function leastRows(lines: readonly number[]): number[] {
  const least: number[] = [];
  if (lines.length === 0) return least;
  for (let at = 0; at === 0 || at + ROW <= lines.length; at++) {
    let sum = BASIS;
    for (let next = at; next < at + ROW; next++) sum = joinSums(sum, lines[next] ?? 0);
    sum >>>= 0;
    if (least.length === MOST_ROWS && sum >= (least[MOST_ROWS - 1] ?? 0)) continue;
    least.push(sum);
    least.sort((a, b) => a - b);
    least.length = Math.min(least.length, MOST_ROWS);
  }
  return least;
}

const [SPACE, LINE_END, BRACKET, POINT, ZERO, NINE, CLOSE] = [0x20, 0x0a, 0x5b, 0x2e, 0x30, 0x39, 0x5d];

/**
 * Of the lines with `[   12.345678] text`, behind any prefix; read as bytes, as texts of all lines would cost more than all
 * else that is done to list a log. A clock that ticks with the jiffies gives the same stamps in every boot: those are left out.
 */
function sumsOf(bytes: Uint8Array): number[] {
  const sums: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== BRACKET) continue;
    let next = at + 1;
    while (bytes[next] === SPACE) next++;
    let sum = BASIS;
    let point = -1;
    for (let byte = bytes[next]; byte !== undefined; byte = bytes[++next]) {
      if (byte === POINT && point < 0) point = next;
      else if (byte < ZERO || byte > NINE) break;
      sum = joinSums(sum, byte);
    }
    if (bytes[next] !== CLOSE || next - point !== 7 || !isDigit(bytes[point - 1])) continue;
    const isFine = bytes[next - 1] !== ZERO || bytes[next - 2] !== ZERO || bytes[next - 3] !== ZERO;
    if (isFine && (sums.length < ALL_LINES || (sum & 7) === 0)) sums.push(sumOfText(bytes, next + 1, sum));
    at = bytes.indexOf(LINE_END, next);
    if (at < 0) break;
  }
  return sums;
}

const isDigit = (byte = 0): boolean => byte >= ZERO && byte <= NINE;

/** With the start of the text there, without blanks around it. */
function sumOfText(bytes: Uint8Array, from: number, before: number): number {
  let at = from;
  while (bytes[at] === SPACE) at++;
  let sum = before;
  let trimmed = before;
  for (const end = at + TEXT_BYTES; at < end; at++) {
    const byte = bytes[at] ?? LINE_END;
    if (byte === LINE_END) break;
    sum = joinSums(sum, byte);
    if (byte > SPACE) trimmed = sum;
  }
  return trimmed;
}
