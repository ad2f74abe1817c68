// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openInputs } from '../../src/disk/walk.js';
import { DEFAULT_LIMITS, LIMIT_OPTIONS } from '../../src/input/index.js';
import { chunks, FIXTURES, fixture, logLines, open, openBytes, tar, zip } from './helpers.js';

/** Bytes of each leaf, without keeping them. */
async function sizes(
  bytes: Uint8Array,
  options = {},
): Promise<{ sizes: Record<string, number>; said: string[] }> {
  const got: Record<string, number> = {};
  const said: string[] = [];
  for await (const found of openInputs(['-'], { ...options, stdin: chunks(bytes) })) {
    if (found.found === 'problem') said.push(`${found.code} ${found.path}: ${found.detail}`);
    if (found.found !== 'leaf') continue;
    let size = 0;
    for await (const chunk of found.leaf.open()) size += chunk.length;
    got[found.leaf.node.path] = size;
  }
  return { sizes: got, said };
}

/** More than what all limits leave of it. */
const ZEROS = Buffer.alloc(140 * 1024 ** 2);
const PACKED = gzipSync(ZEROS);
/** More than what is left of one compressed stream or member. */
const FEWER = ZEROS.subarray(0, 68 * 1024 ** 2);

describe('bombs end with what was read, and the option is named', () => {
  it.each([
    ['gz', () => PACKED],
    ['xz', () => fixture('bomb.xz')],
    ['bz2', () => fixture('bomb.bz2')],
    ['zst', () => fixture('bomb.zst')],
  ])('%s', async (_, make) => {
    const got = await sizes(make());
    expect(got.sizes['-']).toBeGreaterThanOrEqual(64 * 1024 ** 2);
    expect(got.sizes['-']).toBeLessThan(130 * 1024 ** 2);
    expect(got.said).toHaveLength(1);
    expect(got.said[0]).toMatch(/^input-limit -: .*--max-ratio\)$/);
  });

  it('zip, and the other members are read', async () => {
    const got = await sizes(zip({ 'a.txt': 'a\n', bomb: FEWER, 'z.txt': 'z\n' }));
    expect(got.sizes).toMatchObject({ '-!a.txt': 2, '-!z.txt': 2 });
    expect(got.said).toHaveLength(1);
    expect(got.said[0]).toMatch(/^input-limit -!bomb: .*--max-ratio/);
  });

  it('a tar inside is truncated there, which is not reported as damage', async () => {
    const got = await sizes(gzipSync(tar({ a: 'a\n', bomb: FEWER, b: 'b\n' })));
    expect(got.sizes['-!a']).toBe(2);
    expect(got.said).toHaveLength(1);
    expect(got.said[0]).toMatch(/^input-limit -: .*--max-ratio/);
  });

  it('a gz in a gz in a gz', async () => {
    const got = await sizes(gzipSync(gzipSync(PACKED)));
    expect(got.said[0]).toMatch(/--max-ratio/);
    expect(got.sizes['-']).toBeLessThan(130 * 1024 ** 2);
  });

  it('many members, each below the limit of one', async () => {
    const small = gzipSync(ZEROS.subarray(0, 50 * 1024 ** 2));
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}`, small]));
    const got = await sizes(gzipSync(tar(files)));
    const sum = Object.values(got.sizes).reduce((total, size) => total + size, 0);
    expect(sum).toBeLessThan(140 * 1024 ** 2 + 400 * 12 * small.length);
    expect(got.said.at(-1)).toMatch(/^input-limit .* unpacked per byte of input.*--max-ratio/);
  });

  /** More lines than are read of any. */
  const packedLines = (line: string): Buffer => gzipSync(Buffer.alloc(700_000 * line.length, line));

  // They take a hundred times as long as bytes.
  it.each(['x\n', '\n', '[    1.000000] x\n'])('lines of %j, of which fewer are read', async (line) => {
    const got = await sizes(packedLines(line));
    const read = (got.sizes['-'] ?? 0) / line.length;
    expect(read).toBeGreaterThan(400_000);
    expect(read).toBeLessThan(650_000);
    expect(got.said).toEqual([expect.stringMatching(/^input-limit -: .*for each line \(--max-ratio\)$/)]);
  });

  it('many members of short lines', async () => {
    const bomb = packedLines('x\n');
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}`, bomb]));
    const got = await sizes(tar(files));
    const sum = Object.values(got.sizes).reduce((total, size) => total + size, 0);
    expect(sum / 2).toBeLessThan(4_000_000);
    expect(got.said.at(-1)).toMatch(/^input-limit .* unpacked per byte of input.*--max-ratio/);
  });

  it('no more for lines of a log that is packed as logs are', async () => {
    // Six bytes of each line are random: ten times smaller when packed.
    let seed = 1;
    const next = (): string => {
      seed = (seed * 48271) % 2147483647;
      return seed.toString(36).padStart(6, '0');
    };
    const lines = Array.from(
      { length: 60_000 },
      () => `[    1.${next()}] usb 1-1: new high-speed USB device\n`,
    );
    // Farther apart than what gzip looks back.
    const log = Buffer.from(lines.join('').repeat(10));
    expect(await sizes(gzipSync(log))).toEqual({ sizes: { '-': log.length }, said: [] });
  });

  it('2000 members with holes of 60 MB', async () => {
    const got = await open([`${FIXTURES}sparse60m_x2000.tar.gz`]);
    expect(got.nodes.length).toBeLessThan(10);
    expect(got.said[0]).toMatch(/^input-limit .*--max-ratio/);
  });

  it('a hole of a terabyte in a sparse file', async () => {
    const header = tar({ hole: '' }).subarray(0, 512);
    header.write('S', 156);
    header.fill(0, 257, 512);
    header.write('ustar  \0', 257);
    header.write(`${(2 ** 32 - 1).toString(8).padStart(11, '0')}\0`, 483);
    header.write('        ', 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const got = await sizes(Buffer.concat([header, tar({ b: 'b\n' })]));
    expect(got.said[0]).toMatch(/^input-limit -!hole: .*--max-ratio/);
    expect(got.sizes['-!b']).toBe(2);
  });
});

describe('limits', () => {
  it('total bytes, over all inputs', async () => {
    const text = logLines(1000);
    const bytes = gzipSync(tar({ a: text, b: text, c: text }));
    const opened = await openBytes(bytes, { limits: { totalBytes: text.length * 2 } });
    expect(opened.texts['-!a']).toBe(text);
    expect(text.startsWith(opened.texts['-!b'] ?? 'none')).toBe(true);
    expect(opened.said).toEqual([
      `input-limit -: more than ${text.length * 2} bytes unpacked in total (--max-total-bytes)`,
    ]);
  });

  it('bytes of one member; the next are read', async () => {
    const opened = await openBytes(tar({ a: logLines(1000), b: 'b\n' }), { limits: { memberBytes: 100 } });
    expect(opened.texts).toEqual({ '-!a': logLines(1000).slice(0, 100), '-!b': 'b\n' });
    expect(opened.said).toEqual(['input-limit -!a: more than 100 bytes in this member (--max-member-bytes)']);
  });

  it('a plain file is not a member', async () => {
    const path = `${FIXTURES}make.sh`;
    const opened = await open([path], { limits: { memberBytes: 10, totalBytes: 10 } });
    expect(opened.said).toEqual([]);
    expect(opened.texts[path]).toHaveLength(fixture('make.sh').length);
  });

  it('members that take a few bytes each, unless the limit is given', async () => {
    const files = tar(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`f${index}`, ''])));
    const packed = gzipSync(files, { level: 9 });
    const most = 2000 + Math.floor(packed.length / 12);
    expect(most).toBeLessThan(4800);
    const read = async (bytes: Uint8Array, limits = {}) => {
      const { nodes, said } = await openBytes(bytes, { limits });
      return { members: nodes.length - 1, said };
    };
    expect(await read(packed)).toEqual({
      members: most,
      said: [`input-limit -: more than ${most} archive members (--max-members)`],
    });
    expect(await read(packed, { members: 5000 })).toEqual({ members: 5000, said: [] });
    expect(await read(files)).toEqual({ members: 5000, said: [] });
  });

  it('members', async () => {
    const opened = await openBytes(tar({ a: '1', b: '2', c: '3' }), { limits: { members: 2 } });
    expect(Object.keys(opened.texts)).toEqual(['-!a', '-!b']);
    expect(opened.said).toEqual(['input-limit -: more than 2 archive members (--max-members)']);
  });

  it('depth', async () => {
    let bytes: Buffer = Buffer.from('deep\n');
    for (let layer = 0; layer < 8; layer++) bytes = gzipSync(bytes);
    expect((await openBytes(bytes)).texts).toEqual({ '-': 'deep\n' });
    const opened = await openBytes(tar({ 'x.gz': bytes, y: 'y\n' }));
    expect(opened.texts).toEqual({ '-!y': 'y\n' });
    expect(opened.said).toEqual(['input-limit -!x.gz: more than 8 nested archive layers (--max-depth)']);
  });

  it('a zip that contains itself ends at the depth limit', async () => {
    let bytes = zip({ 'x.txt': 'x\n' });
    for (let layer = 0; layer < 20; layer++) bytes = zip({ 'again.zip': bytes });
    const opened = await openBytes(bytes);
    expect(opened.texts).toEqual({});
    expect(opened.said).toHaveLength(1);
    expect(opened.said[0]).toMatch(/--max-depth/);
  });

  it('each has an option', () => {
    expect(Object.keys(LIMIT_OPTIONS)).toEqual(Object.keys(DEFAULT_LIMITS));
  });
});
