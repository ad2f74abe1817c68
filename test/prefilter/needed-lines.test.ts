// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { feedOf, neededLines, type Prefilter, textLines } from '../../src/input/index.js';
import { chunks } from './both.js';

interface Read {
  readonly lines: readonly (readonly [number: number, text: string])[];
  readonly counts: Awaited<ReturnType<typeof textLines>>;
}

const NEEDLES = ['needle'];

async function read(
  bytes: Uint8Array,
  chunk: number,
  prefilter: Prefilter = { needles: NEEDLES },
): Promise<Read> {
  const lines: [number, string][] = [];
  const counts = await neededLines(
    feedOf(chunks(bytes, chunk)),
    (text, number) => lines.push([number, text]),
    prefilter,
  );
  return { lines, counts };
}

const countsOf = (bytes: Uint8Array) => textLines(chunks(bytes, bytes.length), () => undefined);

/** Enough that the encoding is told before it. */
const HEAD = 'head\n'.repeat(120);

describe.each([1, 7, 100, 65_536, 1e9])('in chunks of %i bytes', (chunk) => {
  it.each([
    ['a needle here and there', `${HEAD}a\nneedle\nb\nx needle y\nc`],
    ['an unfinished last line', `${HEAD}a\nneedle`],
    ['CRLF', `${HEAD}a\nneedle\n`.replaceAll('\n', '\r\n')],
    ['text that is no ASCII, or no UTF-8', `${HEAD}a\ngr\u00fcn\nb\n\u00ff\u00fe\n`],
    ['NULs', `${HEAD}a\nb\0\nneed\0le\n`],
    ['UTF-16', `\ufeff${HEAD}a\nneedle\n`],
    ['a few bytes', 'a'],
    ['nothing but line ends', '\n'.repeat(2000)],
  ])('counts as without a prefilter, and numbers lines truly: %s', async (what, text) => {
    const bytes = Buffer.from(
      text,
      what === 'UTF-16' ? 'utf16le' : what.includes('no UTF-8') ? 'latin1' : 'utf8',
    );
    const got = await read(bytes, chunk);
    expect(got.counts).toEqual(await countsOf(bytes));
    const all: string[] = [];
    await textLines(chunks(bytes, bytes.length), (line) => all.push(line));
    for (const [number, line] of got.lines) expect(line).toBe(all[number - 1]);
    all.forEach((line, index) => {
      if (line.includes('needle')) expect(got.lines).toContainEqual([index + 1, line]);
    });
  });
});

describe('long lines', () => {
  it('are truncated and reported even without a needle', async () => {
    const long = 'l'.repeat(3 * 1024 ** 2);
    const bytes = Buffer.from(`${HEAD}a\n${long}\nb\nneedle\n${long}`);
    const { lines, counts } = await read(bytes, 65_536);
    expect(counts).toEqual(await countsOf(bytes));
    expect(counts).toMatchObject({ lines: 125, longLines: 2, firstLongLine: 122 });
    expect(lines.find(([number]) => number === 122)?.[1]).toHaveLength(1024 ** 2);
    expect(lines).toContainEqual([124, 'needle']);
  });

  it('are whole if a needle crosses two blocks', async () => {
    const bytes = Buffer.from(`${HEAD}${'a\n'.repeat(523_980)}bbb needle bbb\nc\n`);
    for (const chunk of [65_536, 1024 ** 2]) {
      expect((await read(bytes, chunk)).lines.at(-1)).toEqual([524_101, 'bbb needle bbb']);
    }
  });
});

describe('lines without a needle', () => {
  it('are skipped if the reader allows it, in order', async () => {
    const bytes = Buffer.from(`${HEAD}1\n2\nneedle\n3\n4\n5\n`);
    const asked: string[] = [];
    const { lines } = await read(bytes, 1e9, {
      needles: NEEDLES,
      skipLines: (block, from, to) => {
        const text = Buffer.from(block.subarray(from, to)).toString();
        asked.push(text);
        // Only what comes before a 4.
        const four = text.indexOf('4');
        return four < 0 ? to : from + four;
      },
    });
    expect(lines.slice(-2)).toEqual([
      [123, 'needle'],
      [125, '4'],
    ]);
    expect(asked.map((text) => text.replace(/^(?:head\n)+/, ''))).toEqual([
      '1\n2\n',
      '3\n4\n5\n',
      '4\n5\n',
      '5\n',
    ]);
  });

  it('are all passed to a reader that wants all', async () => {
    const bytes = Buffer.from(`${HEAD}${'a\n'.repeat(300_000)}needle\n`);
    const { lines } = await read(bytes, 1e9, { needles: NEEDLES, skipLines: (_block, from) => from });
    expect(lines).toHaveLength(300_121);
    expect(lines.every(([number], index) => number === index + 1)).toBe(true);
  });

  it('do not hide an error of the reader', async () => {
    const bytes = Buffer.from(`${HEAD}needle\n`);
    const failing = neededLines(
      feedOf(chunks(bytes, 1e9)),
      (text) => {
        if (text === 'needle') throw new RangeError('found');
      },
      { needles: NEEDLES },
    );
    await expect(failing).rejects.toThrow(RangeError);
  });
});
