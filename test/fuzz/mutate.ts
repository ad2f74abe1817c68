// SPDX-License-Identifier: Apache-2.0
/** Damage to bytes, the same for the same seed. */

/** mulberry32: numbers from 0 to 1. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Random = () => number;

const below = (next: Random, end: number): number => Math.floor(next() * end);

type Mutation = (bytes: Buffer, next: Random, other: Buffer) => Buffer;

/** Lines with their ends; the last may have none. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}

function pieceOf(bytes: Buffer, next: Random): Buffer {
  const from = below(next, bytes.length);
  return bytes.subarray(from, from + 1 + below(next, Math.min(4096, bytes.length - from)));
}

/** Numbers that parsers trip over. */
const NUMBERS = [
  '0',
  '-1',
  '4294967296',
  '9007199254740993',
  '18446744073709551616',
  `1${'0'.repeat(400)}`,
  'NaN',
  '0x',
  '',
];

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'cut at the end': (bytes, next) => bytes.subarray(0, below(next, bytes.length)),
  'cut at the front': (bytes, next) => bytes.subarray(below(next, bytes.length)),
  'flipped bytes': (bytes, next) => {
    const copy = Buffer.from(bytes);
    for (let i = 1 + below(next, 40); i > 0; i--) copy[below(next, copy.length)] = below(next, 256);
    return copy;
  },
  'flipped bits': (bytes, next) => {
    const copy = Buffer.from(bytes);
    for (let i = 1 + below(next, 40); i > 0; i--) {
      const at = below(next, copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << below(next, 8));
    }
    return copy;
  },
  'shuffled lines': (bytes, next) => {
    const lines = linesOf(bytes);
    for (let i = lines.length - 1; i > 0; i--) {
      const j = below(next, i + 1);
      [lines[i], lines[j]] = [lines[j] ?? Buffer.alloc(0), lines[i] ?? Buffer.alloc(0)];
    }
    return Buffer.concat(lines);
  },
  'lines twice': (bytes, next) =>
    Buffer.concat(linesOf(bytes).flatMap((line) => (next() < 0.2 ? [line, line] : [line]))),
  'lines missing': (bytes, next) => Buffer.concat(linesOf(bytes).filter(() => next() < 0.8)),
  'lines cut': (bytes, next) =>
    Buffer.concat(
      linesOf(bytes).map((line) =>
        next() < 0.2 ? Buffer.concat([line.subarray(0, below(next, line.length)), Buffer.from('\n')]) : line,
      ),
    ),
  'line ends missing': (bytes, next) =>
    Buffer.concat(
      linesOf(bytes).map((line) => (next() < 0.2 && line.at(-1) === 0x0a ? line.subarray(0, -1) : line)),
    ),
  'a piece of something else': (bytes, next, other) => {
    const at = below(next, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), pieceOf(other, next), bytes.subarray(at)]);
  },
  'a piece many times': (bytes, next) => {
    const piece = pieceOf(bytes, next).subarray(0, 256);
    return Buffer.concat([bytes, ...Array.from({ length: 1 + below(next, 300) }, () => piece)]);
  },
  'noise in the middle': (bytes, next) => {
    const at = below(next, bytes.length);
    const noise = Buffer.from(Array.from({ length: 1 + below(next, 2000) }, () => below(next, 256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  'odd numbers': (bytes, next) =>
    Buffer.from(
      bytes
        .toString('latin1')
        .replace(/\d+/g, (number) => (next() < 0.02 ? (NUMBERS[below(next, NUMBERS.length)] ?? '') : number)),
      'latin1',
    ),
};

/** One or two mutations of the bytes, and their names. */
export function mutated(bytes: Buffer, next: Random, other: Buffer): { bytes: Buffer; how: string } {
  const names = Object.keys(MUTATIONS);
  let result = bytes;
  const how: string[] = [];
  for (let i = next() < 0.6 ? 1 : 2; i > 0 && result.length > 0; i--) {
    const name = names[below(next, names.length)] ?? '';
    result = MUTATIONS[name]?.(result, next, other) ?? result;
    how.push(name);
  }
  return { bytes: result, how: how.join(', ') };
}

/**
 * One line, one piece or all of the bytes so often that there are `size`; half the time with other digits in each copy.
 * @public run.mjs takes it from what it builds, where knip does not look.
 */
export function grown(bytes: Buffer, next: Random, size: number): { bytes: Buffer; how: string } {
  const lines = linesOf(bytes);
  const kinds: Readonly<Record<string, Buffer | undefined>> = {
    'a line': lines[below(next, lines.length)],
    'a piece': pieceOf(bytes, next),
    'the whole': bytes,
  };
  const name = Object.keys(kinds)[below(next, 3)] ?? '';
  const once = kinds[name] ?? bytes;
  const isVaried = next() < 0.5;
  const text = once.toString('latin1');
  const copy = (): Buffer =>
    isVaried
      ? Buffer.from(
          text.replace(/\d/g, () => `${below(next, 10)}`),
          'latin1',
        )
      : once;
  const copies = Array.from({ length: Math.ceil(size / once.length) }, copy);
  return {
    bytes: Buffer.concat([bytes, ...copies]).subarray(0, size),
    how: `${name} ${copies.length} times${isVaried ? ', digits changed' : ''}`,
  };
}
