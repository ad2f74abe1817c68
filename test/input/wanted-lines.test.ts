// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textLines, wantedLines } from '../../src/input/index.js';
import type { OnLine } from '../../src/input/line-splitter.js';
import { feedOf } from '../../src/input/prefilter/feed.js';

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Lines of bytes that come in chunks, those of `wanted` alone. */
async function linesOf(
  read: (bytes: AsyncIterable<Uint8Array>, wanted: ReadonlySet<number>, onLine: OnLine) => Promise<void>,
  bytes: Uint8Array,
  size: number,
  wanted: ReadonlySet<number>,
): Promise<Map<number, string>> {
  const lines = new Map<number, string>();
  await read(chunked(bytes, size), wanted, (text, number) => {
    if (wanted.has(number)) lines.set(number, text);
  });
  return lines;
}

const LENGTHS = fc.array(fc.constantFrom(0, 1, 70, 9_000, 40_000, 1_100_000), { maxLength: 60 });

it('gives the lines that reading all of them gives, whatever their lengths, ends and encoding', async () => {
  await fc.assert(
    fc.asyncProperty(
      LENGTHS,
      fc.uniqueArray(fc.integer({ min: 1, max: 70 }), { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.constantFrom<BufferEncoding>('utf8', 'utf16le'),
      fc.constantFrom(1_000, 65_536, 200_000, 3_000_000),
      async (lengths, wanted, end, closed, encoding, size) => {
        const lines = lengths.map((length, index) => `${index} ${'x'.repeat(length)}`);
        const text = lines.join(end) + (closed ? end : '');
        const mark = encoding === 'utf16le' ? '\ufeff' : '';
        const bytes = Buffer.from(mark + text, encoding);
        const some = new Set(wanted);
        expect(
          await linesOf(
            (given, numbers, onLine) => wantedLines(feedOf(given), numbers, onLine),
            bytes,
            size,
            some,
          ),
        ).toEqual(
          await linesOf(async (given, _, onLine) => void (await textLines(given, onLine)), bytes, size, some),
        );
      },
    ),
    { numRuns: 40, seed: 1 },
  );
});

it('reads nothing after the last wanted line', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (; given < 1000; given++) yield Buffer.from('a line\n'.repeat(10_000));
  }
  await wantedLines(feedOf(endless()), new Set([25_000]), () => {});
  expect(given).toBeLessThan(10);
});
