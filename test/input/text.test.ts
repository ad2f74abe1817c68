// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type TextCounts, type TextOptions, textLines } from '../../src/input/index.js';
import { chunks } from './helpers.js';

interface Read {
  readonly lines: string[];
  readonly counts: TextCounts;
}

async function read(bytes: Uint8Array, options?: TextOptions, size?: number): Promise<Read> {
  const lines: string[] = [];
  const counts = await textLines(
    chunks(bytes, size),
    (text, number) => {
      expect(number).toBe(lines.length + 1);
      lines.push(text);
    },
    options,
  );
  expect(counts.lines).toBe(lines.length);
  expect(counts.bytes).toBe(bytes.length);
  return { lines, counts };
}

/** The same for any chunk size. */
async function readCut(bytes: Uint8Array, options?: TextOptions): Promise<Read> {
  const whole = await read(bytes, options);
  for (const size of [1, 7, 100]) expect(await read(bytes, options, size)).toEqual(whole);
  return whole;
}

const CLEAN = { invalidBytes: 0, nulBytes: 0, longLines: 0, firstLongLine: null };

describe('lines', () => {
  it.each([
    ['', []],
    ['\n', ['']],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\n\nb\n', ['a', '', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['a\r\r\nb\n\r', ['a', 'b', '']],
    ['\ra\n', ['a']],
    ['a\rb\n', ['a b']],
    ['grün — €\u{1f600}\n', ['grün — €\u{1f600}']],
    ['\ufeffa\n\ufeffb', ['a', '\ufeffb']],
    ['a\n\ufeffb', ['a', '\ufeffb']],
    ['a\ufeffb\nc', ['a\ufeffb', 'c']],
  ])('%j', async (text, lines) => {
    const got = await readCut(Buffer.from(text));
    expect(got.lines).toEqual(lines);
    expect(got.counts).toMatchObject(CLEAN);
  });

  it('waits for a slow consumer of nothing and counts to a million', async () => {
    let last = 0;
    const line = Buffer.from('[    1.234567] x\n'.repeat(1000));
    const many = (async function* () {
      for (let n = 0; n < 1000; n++) yield line;
    })();
    const counts = await textLines(many, (_, number) => {
      last = number;
    });
    expect(last).toBe(1_000_000);
    expect(counts).toEqual({ ...CLEAN, bytes: 17_000_000, lines: 1_000_000 });
  });

  it('passes on what the consumer throws', async () => {
    await expect(
      textLines(chunks(Buffer.from('a\nb\n')), () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
  });
});

describe('encodings', () => {
  const TEXT = 'first grün\r\nsecond \u{1f600}\nthird';

  it.each([
    ['UTF-16LE with mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['UTF-16LE without', Buffer.from(TEXT, 'utf16le')],
    ['UTF-16BE with mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
    ['UTF-16BE without', Buffer.from(TEXT, 'utf16le').swap16()],
    ['UTF-8 with mark', Buffer.from(`\ufeff${TEXT}`)],
  ])('%s', async (_, bytes) => {
    const got = await readCut(bytes);
    expect(got.lines).toEqual(['first grün', 'second \u{1f600}', 'third']);
    expect(got.counts).toMatchObject(CLEAN);
  });

  it('replaces and counts invalid UTF-8 bytes', async () => {
    const bytes = Buffer.from('gr\xfcn\nok\n\xe2\x82\n\xed\xa0\x80 \xc0\xaf \xf5\n\xf0\x9f', 'latin1');
    const got = await readCut(bytes);
    expect(got.lines.slice(0, 2)).toEqual(['gr\ufffdn', 'ok']);
    expect(got.lines[2]).toMatch(/^\ufffd+$/);
    // fc; e2 82; a surrogate's three; an overlong's two; f5; the unfinished two
    expect(got.counts.invalidBytes).toBe(1 + 2 + 3 + 2 + 1 + 2);
  });

  it('does not count a U+FFFD that is in the text', async () => {
    expect((await readCut(Buffer.from('a\ufffdb\n'))).counts.invalidBytes).toBe(0);
  });

  it('drops and counts NULs', async () => {
    const got = await readCut(Buffer.from('a\0b\n\0\0\0c\n\0'));
    expect(got.lines).toEqual(['ab', 'c']);
    expect(got.counts).toMatchObject({ ...CLEAN, nulBytes: 5 });
  });

  it('drops runs of NULs of any length, wherever they start', async () => {
    const lengths = [...Array(13).keys()];
    const text = lengths.map((nuls) => `a${'\0'.repeat(nuls)}b\n`).join('');
    const got = await readCut(Buffer.from(`0123456789abcdef\n${text}`));
    expect(got.lines.slice(1)).toEqual(lengths.map(() => 'ab'));
    expect(got.counts).toMatchObject({ ...CLEAN, nulBytes: (12 * 13) / 2 });
  });
});

describe('long lines are truncated, and counted', () => {
  it('at the limit', async () => {
    const text = ['12345678', '123456789', '', 'short', `12345678${'x'.repeat(500)}`, '12345678'].join('\n');
    const got = await readCut(Buffer.from(text), { maxLineBytes: 8 });
    expect(got.lines).toEqual(['12345678', '12345678', '', 'short', '12345678', '12345678']);
    expect(got.counts).toMatchObject({ longLines: 2, firstLongLine: 2 });
  });

  it('between characters', async () => {
    const got = await readCut(Buffer.from('ab€€€\nc'), { maxLineBytes: 6 });
    expect(got.lines).toEqual(['ab€', 'c']);
    expect(got.counts).toMatchObject({ invalidBytes: 0, longLines: 1, firstLongLine: 1 });
  });

  it('at the end of the stream', async () => {
    const got = await readCut(Buffer.from('a\n123456789'), { maxLineBytes: 8 });
    expect(got.lines).toEqual(['a', '12345678']);
    expect(got.counts).toMatchObject({ longLines: 1, firstLongLine: 2 });
  });

  it('one line of 100 MB costs bounded memory', async () => {
    const block = Buffer.alloc(1_000_000, 'x');
    const bytes = (async function* () {
      yield Buffer.from('first\n');
      for (let n = 0; n < 100; n++) yield block;
      yield Buffer.from('\nlast\n');
    })();
    const lengths: number[] = [];
    const before = process.memoryUsage().rss;
    const counts = await textLines(bytes, (text) => lengths.push(text.length));
    expect(lengths).toEqual([5, 1024 ** 2, 4]);
    expect(counts).toMatchObject({ bytes: 100_000_012, lines: 3, longLines: 1, firstLongLine: 2 });
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 ** 2);
  });
});
