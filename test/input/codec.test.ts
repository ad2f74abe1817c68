// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadXz } from '../../src/platform/xz.js';
import { fixture, LOG_AB, logLines, openBytes, tar } from './helpers.js';

const LOG = Buffer.from(LOG_AB);

/** A frame with five bytes for somebody else, as both zstd and lz4 have it. */
const TO_SKIP = Buffer.from('502a4d180500000068656c6c6f', 'hex');

it('lz4 before its frames had a format of their own is named, and not read as text', async () => {
  const legacy = Buffer.concat([Buffer.from('02214c18', 'hex'), LOG]);
  const opened = await openBytes(legacy);
  expect(opened.said).toEqual(['archive-unsupported -: legacy lz4 files (lz4 -l) are not supported']);
  expect(opened.texts).toEqual({});
});

it.each([0, 0xffffffff, 0x80000000])('a frame to skip of %i bytes, and nothing after it', async (size) => {
  const lying = Buffer.from(TO_SKIP);
  lying.writeUInt32LE(size, 4);
  const opened = await openBytes(lying);
  expect(opened.problems.map(({ code }) => code)).toEqual(['archive-damaged']);
});

const AROUND = `few\n${Array.from({ length: 3000 }, (_, at) => `[${`${at}`.padStart(5)}.000000] line ${at}\n`).join('')}few\n`;

describe('single compressed files keep their label and are one leaf', () => {
  const cases: [string, Uint8Array, string][] = [
    ['gz', gzipSync(LOG), LOG_AB],
    [
      'gz of two members',
      Buffer.concat([gzipSync(LOG.subarray(0, 900)), gzipSync(LOG.subarray(900))]),
      LOG_AB,
    ],
    ['gz in gz', gzipSync(gzipSync(LOG)), LOG_AB],
    ['xz without a checksum', fixture('check-none.xz'), LOG_AB],
    ['xz with crc32', fixture('check-crc32.xz'), LOG_AB],
    ['xz with crc64', fixture('check-crc64.xz'), LOG_AB],
    ['xz of many blocks', fixture('blocks.xz'), LOG_AB],
    ['xz of two streams with padding', fixture('two-streams.xz'), LOG_AB],
    ['bz2 of two streams', fixture('two-streams.bz2'), LOG_AB],
    ['bz2 of a stream that is larger than those around it', fixture('sizes.bz2'), AROUND],
    ['zst of two frames and one to skip', fixture('two-frames.zst'), LOG_AB],
    ['lz4 of linked blocks', fixture('linked.lz4'), logLines(4000)],
    ['lz4 of two frames', fixture('two-frames.lz4'), LOG_AB],
    ['lz4 after a frame to skip', Buffer.concat([TO_SKIP, fixture('two-frames.lz4')]), LOG_AB],
    ['zst after two frames to skip', Buffer.concat([TO_SKIP, TO_SKIP, fixture('two-frames.zst')]), LOG_AB],
  ];
  it.each(cases)('%s', async (_, bytes, text) => {
    const opened = await openBytes(bytes);
    expect(opened.said).toEqual([]);
    expect(opened.texts).toEqual({ '-': text });
    expect(opened.nodes).toEqual([{ id: 1, parent: null, path: '-', kind: 'stdin' }]);
    for (const size of [1, 7, 100]) {
      expect((await openBytes(bytes, {}, size)).texts).toEqual({ '-': text });
    }
  });
});

it('a frame of lz4 does not reach into the one before it', async () => {
  // A literal, and a copy from five bytes back.
  const reaching = Buffer.from('04224d18404000060000001061050010620000000000', 'hex');
  const opened = await openBytes(Buffer.concat([fixture('two-frames.lz4'), reaching]));
  expect(opened.texts).toEqual({ '-': LOG_AB });
  expect(opened.said.at(-1)).toMatch(/the lz4 data is damaged \(a copy is out of bounds\)/);
});

it('gz of many small members before a large one, in any chunks', async () => {
  const small = Array.from({ length: 50 }, (_, index) => `line ${index}\n`);
  // Hardly packed: too large to be inflated at once.
  const large = Array.from({ length: 60_000 }, (_, index) => Math.sin(index).toString(36)).join('\n');
  const bytes = Buffer.concat([...small, large, ...small].map((text) => gzipSync(text)));
  for (const size of [bytes.length, 997, 100]) {
    const opened = await openBytes(bytes, {}, size);
    expect(opened.said).toEqual([]);
    expect(opened.texts['-']).toBe(small.join('') + large + small.join(''));
  }
});

describe('truncated anywhere: what came before is read, and the truncation is reported', () => {
  const cases: [string, Uint8Array, string][] = [
    ['gz', gzipSync(LOG), LOG_AB],
    ['xz', fixture('check-crc64.xz'), LOG_AB],
    ['xz of many blocks', fixture('blocks.xz'), LOG_AB],
    ['bz2', fixture('two-streams.bz2'), LOG_AB],
    ['zst', fixture('two-frames.zst'), LOG_AB],
    ['lz4', fixture('two-frames.lz4'), LOG_AB],
  ];
  it.each(cases)('%s', async (_, bytes, text) => {
    let longest = 0;
    for (let end = 16; end < bytes.length; end += 13) {
      const opened = await openBytes(bytes.subarray(0, end));
      const got = opened.texts['-'] ?? '';
      expect(text.startsWith(got)).toBe(true);
      // A cut between two members, streams or frames cannot be seen.
      if (got !== text && got.length !== logLines(20).length) {
        expect(opened.problems.map(({ code }) => code)).toEqual(['archive-damaged']);
        expect(opened.said[0]).toMatch(/ is truncated/);
      }
      longest = Math.max(longest, got.length);
    }
    expect(longest).toBeGreaterThan(0);
  });

  it('yields what is there of a large gz, to the line', async () => {
    const text = logLines(20_000);
    const packed = gzipSync(text);
    const got = (await openBytes(packed.subarray(0, packed.length / 2))).texts['-'] ?? '';
    expect(text.startsWith(got)).toBe(true);
    expect(got.length).toBeGreaterThan(text.length * 0.4);
  });
});

describe('damage', () => {
  const flip = (bytes: Uint8Array, at: number): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 0x55;
    return copy;
  };

  it('a flipped byte never throws, and is reported if the text differs', async () => {
    const text = logLines(2000);
    const packed = gzipSync(text);
    for (let at = 10; at < packed.length; at += 597) {
      const opened = await openBytes(flip(packed, at));
      if (opened.texts['-'] !== text) expect(opened.problems[0]?.code).toBe('archive-damaged');
    }
    for (const name of [
      'check-crc64.xz',
      'blocks.xz',
      'two-streams.bz2',
      'two-frames.zst',
      'two-frames.lz4',
    ]) {
      const bytes = fixture(name);
      for (let at = 12; at < bytes.length; at += 67) await openBytes(flip(bytes, at));
    }
  });

  it.each(['two-frames.zst', 'two-frames.lz4', 'linked.lz4'])(
    'a flipped bit of %s is said wherever the text differs',
    async (name) => {
      const bytes = fixture(name);
      const text = (await openBytes(bytes)).texts['-'];
      const step = Math.max(1, Math.floor(bytes.length / 70));
      let differed = 0;
      for (let at = 4; at < bytes.length; at += step) {
        const copy = Uint8Array.from(bytes);
        copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
        const opened = await openBytes(copy);
        if (opened.texts['-'] === text) continue;
        differed++;
        expect(opened.problems.map(({ code }) => code)).not.toEqual([]);
      }
      expect(differed).toBeGreaterThan(10);
    },
  );

  it.each([
    ['zst', 'two-frames.zst', 'the zstd checksum does not match'],
    ['lz4', 'two-frames.lz4', 'the lz4 checksum does not match'],
  ])('says that the last checksum of a %s is wrong, and keeps the text', async (_, name, detail) => {
    const bytes = fixture(name);
    const opened = await openBytes(flip(bytes, bytes.length - 2));
    expect(opened.texts['-']).toBe(LOG_AB);
    expect(opened.said).toEqual([`archive-damaged -: ${detail}`]);
  });

  it('reports a wrong lz4 header checksum', async () => {
    const opened = await openBytes(flip(fixture('linked.lz4'), 14));
    expect(opened.texts['-']).toBe(logLines(4000));
    expect(opened.said).toEqual(['archive-damaged -: the checksum of an lz4 header does not match']);
  });

  it('does not report a zstd window over 128 MiB as damage', async () => {
    const header = Buffer.from('28b52ffd04a8', 'hex');
    expect((await openBytes(Buffer.concat([header, Buffer.from('01000000000000', 'hex')]))).said).toEqual([
      'archive-unsupported -: the zstd data needs a window of more than 128 MiB (zstd --long): unpack it with zstd -d --long=31',
    ]);
  });

  const frame = (window: number, blocks: readonly Buffer[]): Buffer =>
    Buffer.concat([
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (Math.log2(window) - 10) << 3]),
      ...blocks.map((bytes, index) => {
        const block = Buffer.alloc(3 + bytes.length);
        block.writeUIntLE((bytes.length << 3) | (index === blocks.length - 1 ? 1 : 0), 0, 3);
        bytes.copy(block, 3);
        return block;
      }),
    ]);
  const WINDOW = 128 * 1024 ** 2;

  it('fills no window of a zstd frame that ends before it', async () => {
    const one = frame(WINDOW, [LOG.subarray(0, 900)]);
    const opened = await openBytes(Buffer.concat(Array<Buffer>(1000).fill(one)));
    expect(opened.said).toEqual([]);
    expect(opened.texts['-']).toBe(LOG.toString('latin1', 0, 900).repeat(1000));
  });

  it('yields the blocks of a short zstd frame that come before the damage', async () => {
    const whole = frame(WINDOW, [LOG.subarray(0, 900), LOG.subarray(900)]);
    const opened = await openBytes(whole.subarray(0, -1));
    expect(opened.said).toEqual(['archive-damaged -: the zstd data is truncated']);
    expect(opened.texts['-']).toBe(LOG.toString('latin1', 0, 900));
  });

  it('limits the work for zstd windows over all members', async () => {
    const empty = Array<Buffer>(10).fill(Buffer.alloc(0));
    const slow = frame(WINDOW, [LOG.subarray(0, 900), ...empty]);
    const names = ['a.zst', 'b.zst', 'c.zst', 'd.zst', 'e.zst'];
    const opened = await openBytes(tar(Object.fromEntries(names.map((name) => [name, slow]))));
    expect(opened.problems.map(({ code, path }) => [code, path])).toEqual([
      ['input-limit', '-!c.zst'],
      ['input-limit', '-!d.zst'],
      ['input-limit', '-!e.zst'],
    ]);
  });

  it('keeps what comes before the damage', async () => {
    const text = logLines(20_000);
    const packed = gzipSync(text);
    const opened = await openBytes(flip(packed, packed.length - 2000));
    const got = opened.texts['-'] ?? '';
    expect(opened.said[0]).toMatch(/^archive-damaged -: the gzip (data is damaged|checksum)/);
    expect(got.startsWith(text.slice(0, text.length * 0.7))).toBe(true);
  });

  it('reports data after the end, and skips padding', async () => {
    const junk = Buffer.from('junk that is no stream of any kind');
    for (const [bytes, kind] of [
      [gzipSync(LOG), 'gzip'],
      [fixture('check-crc64.xz'), 'xz'],
      [fixture('two-streams.bz2'), 'bzip2'],
    ] as const) {
      const opened = await openBytes(Buffer.concat([bytes, junk]));
      expect(opened.texts['-']).toBe(LOG_AB);
      expect(opened.said).toEqual([
        `archive-damaged -: the data after the end of the ${kind} stream is not ${kind} and was not read`,
      ]);
      const padded = await openBytes(Buffer.concat([bytes, Buffer.alloc(512)]));
      expect(padded.said).toEqual([]);
      expect(padded.texts['-']).toBe(LOG_AB);
    }
  });

  it('reports a wrong checksum', async () => {
    const packed = gzipSync(LOG);
    const opened = await openBytes(flip(packed, packed.length - 7));
    expect(opened.texts['-']).toBe(LOG_AB);
    expect(opened.said).toEqual(['archive-damaged -: the gzip checksum does not match']);
  });

  it('goes on with the decoder of xz, unless it has much memory', async () => {
    const Xz: object = await loadXz();
    const decoder = (): unknown => Reflect.get(Xz, '_moduleInstance');
    const small = fixture('check-crc64.xz');
    const large = execFileSync('xz', ['-9', '-c'], { input: LOG });
    expect((await openBytes(small)).texts['-']).toBe(LOG_AB);
    const first = decoder();
    expect((await openBytes(flip(small, small.length / 2))).said).toHaveLength(1);
    expect(decoder()).toBe(first);
    expect((await openBytes(flip(large, large.length / 2))).said).toHaveLength(1);
    expect(decoder()).toBeUndefined();
    expect((await openBytes(small)).texts['-']).toBe(LOG_AB);
  });

  it('names formats that it cannot read', async () => {
    expect((await openBytes(fixture('check-sha256.xz'))).said).toEqual([
      'archive-unsupported -: the xz data uses a filter or checksum that is not supported',
    ]);
    expect((await openBytes(Buffer.from('7z\xbc\xaf\x27\x1c\0\x04', 'latin1'))).said).toEqual([
      'archive-unsupported -: 7z archives are not supported',
    ]);
  });
});

describe('magic numbers decide', () => {
  it.each([
    'BZh9 is how bzip2 starts\n',
    '\x1f\x8b is how gzip starts\n',
    '(\xb5/ is nearly zstd\n',
    'PK\n',
    'From here on\n',
    'Subject: only one field\n\ntext\n',
  ])('%j is text', async (text) => {
    const bytes = Buffer.from(text, 'latin1');
    const opened = await openBytes(bytes);
    expect(opened.said).toEqual([]);
    expect(Object.values(opened.texts)).toEqual([bytes.toString()]);
    expect(opened.nodes).toHaveLength(1);
  });

  it('noise is a leaf, whatever it is', async () => {
    let seed = 7;
    const noise = Uint8Array.from({ length: 50_000 }, () => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed >> 16;
    });
    const opened = await openBytes(noise);
    expect(opened.nodes).toHaveLength(1);
    expect(opened.said).toEqual([]);
  });
});
