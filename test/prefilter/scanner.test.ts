// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, RESULT } from '../../src/input/prefilter/compile.mjs';
import {
  borrowScanner,
  PortableScanner,
  RUN_WORDS,
  returnScanner,
  type Scanner,
} from '../../src/input/prefilter/scanner.js';

const WORDS = {
  needles: ['module', 'sys_exit:', ': (', '| ', ':\n', ' \n', ':\r', '__probe_', 'x', 'y', 'z'],
  harmless: ['a module', '(mod'],
};

/** The numbers of the lines that are found, counted from `before`; runs must be apart and in order. */
function found(scanner: Scanner, text: string, before = 0): number[] {
  const bytes = Buffer.from(text, 'latin1');
  // What is behind the whole lines is of no account.
  scanner.block.fill(0x78, 0, bytes.length + 64);
  scanner.block.set(bytes);
  const numbers: number[] = [];
  let lines = before;
  let apart = true;
  for (let at = 0; at < bytes.length; ) {
    const scanned = scanner.scan(at, bytes.length, lines);
    let end = at;
    for (let run = 0; run < scanned.runs.length; run += RUN_WORDS) {
      const [start = 0, runEnd = 0, linesBefore = 0] = scanned.runs.subarray(run);
      apart &&= start >= end;
      end = runEnd;
      const count = text.slice(start, runEnd).split('\n').length - 1;
      for (let index = 0; index < count; index++) numbers.push(linesBefore + index);
    }
    expect(scanned.stopped).toBeGreaterThan(at);
    at = scanned.stopped;
    lines = scanned.before;
  }
  expect([apart, lines]).toEqual([true, before + text.split('\n').length - 1]);
  return numbers;
}

/** The same, line by line. */
function expected(text: string, before = 0): number[] {
  const lines = text.split(/(?<=\n)/);
  return lines.flatMap((line, index) => {
    const strange = /[^\n -\u007f]/.test(line.replace(/\r\n$/, '\n'));
    return strange || WORDS.needles.some((needle) => line.replaceAll('a module', 'a ~').includes(needle))
      ? [before + index]
      : [];
  });
}

const PIECES = [
  'a module',
  'module',
  'mod',
  'ule',
  'sys_exit',
  ':',
  ' ',
  '(',
  '|',
  '\r',
  '\t',
  '\0',
  'é',
  '__probe',
  '_',
  'a',
  '[1]',
  '\n',
];

const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 120 }).map((pieces) => `${pieces.join('')}\n`);

describe.each([
  ['WebAssembly', borrowScanner(WORDS)],
  ['plain JavaScript', new PortableScanner(WORDS)],
])('%s', (_name, scanner) => {
  it('finds the lines that hold a needle or are not plain ASCII, and counts all', () => {
    fc.assert(
      fc.property(text, fc.nat(1e6), (some, before) => {
        expect(found(scanner, some, before)).toEqual(expected(some, before));
      }),
      { numRuns: 3000 },
    );
  });

  it.each(Array.from({ length: 40 }, (_, at) => at))('finds a needle %i bytes into a line', (at) => {
    const some = `a\n${'b'.repeat(at)}module${'b'.repeat(40 - at)}\n\nb\n`;
    expect(found(scanner, some)).toEqual([1]);
  });

  it('skips a needle in a harmless phrase, but not another in its line', () => {
    const some = 'a module b\na module module\nxa module\nmodule a\na  module\na moduleb\n';
    expect(found(scanner, some)).toEqual([1, 2, 3, 4]);
    expect(found(scanner, 'module\n')).toEqual([0]);
  });

  it('reaches the end if every line is found', () => {
    const some = 'x\nb\n'.repeat(20_000);
    expect(found(scanner, some)).toEqual(Array.from({ length: 20_000 }, (_, index) => index * 2));
  });
});

it('uses WebAssembly if available, and is reused', () => {
  const scanner = borrowScanner(WORDS);
  expect(scanner).not.toBeInstanceOf(PortableScanner);
  returnScanner(WORDS, scanner);
  expect(borrowScanner(WORDS)).toBe(scanner);
});

it('is compiled from the source beside it', async () => {
  expect(readFileSync(RESULT, 'utf8'), 'run npm run wasm').toBe(await compile());
});
