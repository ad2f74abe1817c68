// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { FIXTURES, fixture, LOG_AB, logLines, open, openBytes, tar, tarHeader, zip } from './helpers.js';

const LONG = `case/${'d'.repeat(90)}/${'n'.repeat(90)}.txt`;

const folder = mkdtempSync(join(tmpdir(), 'archive-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function onDisk(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('tar', () => {
  it.each(['ustar', 'gnu', 'pax'])('%s with long names and specials', async (dialect) => {
    const opened = await openBytes(fixture(`${dialect}.tar.gz`));
    expect(opened.texts).toEqual({ [`-!${LONG}`]: 'x\n', '-!case/logs/dmesg.txt': logLines(40) });
    expect(opened.nodes[0]).toEqual({ id: 1, parent: null, path: '-', kind: 'archive' });
    expect(opened.nodes[1]).toMatchObject({ parent: 1, kind: 'member' });
    expect(opened.problems).toMatchObject([{ code: 'input-skipped', count: 3, node: { id: 1 } }]);
    expect(opened.said[0]).toMatch(
      /symbolic link to logs\/dmesg.txt.*hard link to case\/logs\/dmesg.txt|fifo/,
    );
    for (const size of [1, 7, 100]) {
      expect((await openBytes(fixture(`${dialect}.tar.gz`), {}, size)).texts).toEqual(opened.texts);
    }
  });

  it('v7, which has no magic number', async () => {
    expect((await openBytes(gunzipSync(fixture('v7.tar.gz')))).texts).toEqual({
      '-!case/logs/dmesg.txt': logLines(40),
    });
  });

  it.each(['old', 'pax-0.0', 'pax-0.1', 'pax-1.0'])('sparse files, %s', async (version) => {
    const opened = await openBytes(fixture(`sparse-${version}.tar.gz`));
    expect(opened.said).toEqual([]);
    expect(Object.keys(opened.texts)).toEqual(['-!holes', '-!case/logs/dmesg.txt']);
    const holes = opened.texts['-!holes'] ?? '';
    expect(holes).toHaveLength(700_000);
    for (let n = 1; n <= 8; n++) expect(holes.slice(n * 65536, n * 65536 + 9)).toBe(`block ${n}\n\0`);
    expect(holes.replaceAll('\0', '')).toHaveLength(8 * 8);
    expect(opened.texts['-!case/logs/dmesg.txt']).toBe(logLines(40));
  });

  it('truncated anywhere: members before it are whole, and the truncation is reported', async () => {
    const whole = tar({ a: logLines(40), b: logLines(30), c: 'c\n' });
    for (let end = 513; end < whole.length - 1024; end += 101) {
      const opened = await openBytes(whole.subarray(0, end));
      for (const [path, text] of Object.entries(opened.texts)) {
        expect({ '-!a': logLines(40), '-!b': logLines(30), '-!c': 'c\n' }[path]?.startsWith(text)).toBe(true);
      }
      if (end < 512 + logLines(40).length)
        expect(opened.said).toEqual(['archive-damaged -: the tar is truncated in a']);
    }
  });

  it('finds the next member after a damaged header', async () => {
    const whole = tar({ a: 'a\n', b: 'b\n', c: 'c\n' });
    whole[1024 + 150] = 0x39;
    const opened = await openBytes(whole);
    expect(opened.texts).toEqual({ '-!a': 'a\n', '-!c': 'c\n' });
    expect(opened.said).toEqual([
      'archive-damaged -: a tar header is damaged; skipped to the next valid one',
    ]);
  });

  it('reads concatenated archives', async () => {
    expect((await openBytes(Buffer.concat([tar({ a: 'a\n' }), tar({ b: 'b\n' })]))).texts).toEqual({
      '-!a': 'a\n',
      '-!b': 'b\n',
    });
  });

  it('holds 20,000 tiny members', async () => {
    const block = Buffer.alloc(512);
    block.write('x\n');
    const parts: Buffer[] = [];
    for (let n = 0; n < 20_000; n++) parts.push(tarHeader(`m/${n}`, 2), block);
    const opened = await openBytes(gzipSync(Buffer.concat(parts), { level: 1 }));
    expect(Object.keys(opened.texts)).toHaveLength(20_000);
    expect(opened.said).toEqual([]);
  });

  it('names are labels', async () => {
    const opened = await openBytes(
      tar({ '../../etc/x': '1', '/abs': '2', 'a\nb\x1b[31m\u202e': '3', 'a!b': '4', '': '5' }),
    );
    expect(Object.keys(opened.texts)).toEqual([
      '-!../../etc/x',
      '-!/abs',
      '-!a\\nb\\x1b[31m\\u202e',
      '-!a!b',
      '-!',
    ]);
  });

  it('skips what a consumer leaves unread', async () => {
    const bytes = tar({ a: logLines(9000), b: gzipSync(logLines(9000)), c: 'c\n' });
    const { openInputs } = await import('../../src/disk/walk.js');
    const seen: string[] = [];
    const stdin = (async function* () {
      yield bytes;
    })();
    for await (const found of openInputs(['-'], { stdin })) {
      if (found.found !== 'leaf') continue;
      for await (const chunk of found.leaf.open()) {
        seen.push(`${found.leaf.node.path} ${Buffer.from(chunk).toString().slice(0, 5)}`);
        break;
      }
    }
    expect(seen).toEqual(['-!a [    ', '-!b [    ', '-!c c\n']);
  });
});

describe('zip', () => {
  it.each([true, false])('on disk: %s', async (disk) => {
    const opened = disk ? await open([`${FIXTURES}plain.zip`]) : await openBytes(fixture('plain.zip'));
    const root = disk ? `${FIXTURES}plain.zip` : '-';
    expect(opened.texts).toEqual({ [`${root}!dmesg.txt`]: LOG_AB, [`${root}!s.txt`]: 'stored\n' });
    expect(opened.said).toEqual([
      `input-skipped ${root}: not read (links, special files): link (symbolic link)`,
    ]);
  });

  it('names the encrypted member and reads the others', async () => {
    const opened = await openBytes(fixture('encrypted.zip'));
    expect(opened.texts).toEqual({ '-!s.txt': 'stored\n' });
    expect(opened.said).toEqual(['archive-encrypted -!dmesg.txt: the member is encrypted']);
    const cut = await openBytes(fixture('encrypted.zip').subarray(0, -30));
    expect(cut.texts).toEqual(opened.texts);
    expect(cut.said).toContain('archive-encrypted -!dmesg.txt: the member is encrypted');
  });

  it('names are labels; unknown methods are reported', async () => {
    const opened = await openBytes(fixture('names.zip'));
    expect(opened.texts).toEqual({
      '-!../../etc/dotdot': 'dotdot\n',
      '-!/abs/olute': 'absolute\n',
      // Names without the UTF-8 flag are in cp437, which has glyphs for control characters.
      '-!new◙line←[31m': 'control\n',
      '-!grüße.txt': 'utf8\n',
      '-!m.txt': 'bzip2\n',
      '-!l.txt': '',
    });
    expect(opened.said).toEqual(['archive-unsupported -!l.txt: zip compression method 14 is not supported']);
  });

  it.each(['descriptors.zip', 'zip64-streamed.zip'])('%s, with and without its directory', async (name) => {
    const bytes = fixture(name);
    const whole = await openBytes(bytes);
    expect(whole.said).toEqual([]);
    expect(Object.values(whole.texts)[0]).toBe(LOG_AB);
    const directory = bytes.indexOf('PK\x01\x02');
    const cut = await openBytes(bytes.subarray(0, directory + 9));
    expect(cut.texts).toEqual(whole.texts);
    expect(cut.problems.map(({ code }) => code)).toEqual(['archive-damaged']);
    // Too large to be held: read as it comes, without a complaint.
    const streamed = await openBytes(bytes, { limits: { bufferBytes: 100 } });
    expect(streamed.texts).toEqual(whole.texts);
    expect(streamed.said).toEqual([]);
  });

  it('truncated anywhere: no throw, members before it are read', async () => {
    const text = logLines(300);
    const bytes = zip({ a: text, b: text, c: 'c\n' });
    for (let end = 8; end < bytes.length; end += 61) {
      const disk = await open([onDisk('cut.zip', bytes.subarray(0, end))]);
      const piped = await openBytes(bytes.subarray(0, end));
      expect(Object.values(disk.texts)).toEqual(Object.values(piped.texts));
      expect(disk.problems[0]?.code).toBe('archive-damaged');
      for (const got of Object.values(disk.texts)) expect(text.startsWith(got) || got === 'c\n').toBe(true);
      if (end > bytes.length / 2 + 100) expect(Object.values(disk.texts)[0]).toBe(text);
    }
  });

  it('refuses members that overlap others, and reads the rest', async () => {
    const bytes = zip({ a: logLines(300), b: logLines(300) });
    // The first entry of the directory states a size that reaches into the second member.
    const first = bytes.indexOf('PK\x01\x02');
    bytes.writeUInt32LE(bytes.lastIndexOf('PK\x03\x04'), first + 20);
    const opened = await openBytes(bytes);
    expect(opened.texts).toEqual({ '-!a': logLines(300) });
    expect(opened.said[0]).toBe('archive-damaged -: 1 members of the zip overlap others and were not read');
  });

  it('reads an offset shared by two directory entries once', async () => {
    const bytes = zip({ a: logLines(300), b: logLines(300) });
    const first = bytes.indexOf('PK\x01\x02');
    const second = bytes.indexOf('PK\x01\x02', first + 1);
    bytes.writeUInt32LE(bytes.readUInt32LE(first + 42), second + 42);
    const opened = await openBytes(bytes);
    expect(Object.keys(opened.texts)).toEqual(['-!a']);
    expect(opened.said[0]).toContain('overlap');
  });

  it.each([0, 1, 2])(
    'a directory of three members that counts %i: the others are read, and it is said',
    async (count) => {
      const bytes = zip({ a: 'a\n', b: 'b\n', c: 'c\n' });
      bytes.writeUInt16LE(count, bytes.length - 14);
      bytes.writeUInt16LE(count, bytes.length - 12);
      for (const opened of [await open([onDisk('count.zip', bytes)]), await openBytes(bytes)]) {
        expect(Object.values(opened.texts)).toEqual(['a\n', 'b\n', 'c\n']);
        expect(opened.said).toEqual([
          expect.stringContaining(
            `cannot be read (it counts ${count} members, and more follow); members were read`,
          ),
        ]);
      }
    },
  );

  it('the end of an empty directory in its comment hides no member', async () => {
    const bytes = zip({ a: 'a\n' });
    const end = Buffer.alloc(22);
    end.write('PK\x05\x06', 'latin1');
    bytes.writeUInt16LE(end.length, bytes.length - 2);
    const opened = await openBytes(Buffer.concat([bytes, end]));
    expect(Object.values(opened.texts)).toEqual(['a\n']);
    expect(opened.said).toHaveLength(1);
  });

  it.each(['zip64-locator.zip', 'zip64-cdoffset.zip'])(
    '%s: offsets outside the file are reported as damage at once',
    async (name) => {
      for (const opened of [await open([`${FIXTURES}${name}`]), await openBytes(fixture(name))]) {
        expect(opened.said[0]).toMatch(
          /^archive-damaged .*the zip's directory cannot be read \(an offset is outside the file\)/,
        );
      }
    },
  );

  it('accepts any offset in a zip64 without an exception', async () => {
    const numbers = [0n, 1n, 71n, 72n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 52n, 2n ** 63n, 2n ** 64n - 1n];
    for (const name of ['zip64-locator.zip', 'zip64-cdoffset.zip']) {
      const locator = fixture(name).indexOf('PK\x06\x07');
      const record = fixture(name).indexOf('PK\x06\x06');
      for (const number of numbers) {
        for (const at of [locator + 8, ...(record < 0 ? [] : [record + 32, record + 40, record + 48])]) {
          const bytes = Buffer.from(fixture(name));
          bytes.writeBigUInt64LE(number, at);
          for (const opened of [await open([onDisk('odd.zip', bytes)]), await openBytes(bytes)]) {
            expect(opened.problems.every(({ code }) => code === 'archive-damaged')).toBe(true);
          }
        }
      }
    }
  });
});

describe('nesting', () => {
  it('tar.gz in tar.zst, and a wrong suffix', async () => {
    const opened = await open([`${FIXTURES}nested.tar.zst`]);
    const root = `${FIXTURES}nested.tar.zst`;
    expect(opened.texts).toEqual({
      [`${root}!n/beside.txt`]: logLines(20),
      [`${root}!n/inner.tar.gz!case/logs/dmesg.txt`]: logLines(40),
      [`${root}!n/wrong.jpg`]: logLines(20),
    });
    expect(opened.said).toEqual([]);
  });

  it('zip in tar in xz-like layers, xz inside a stream of xz, with ids of parents', async () => {
    const inner = tar({ 'kern.log.xz': fixture('check-crc64.xz'), 'deep.xz': fixture('two-streams.xz') });
    const opened = await openBytes(gzipSync(tar({ 'a.zip': zip({ 'b.tar.gz': gzipSync(inner) }) })));
    expect(opened.texts).toEqual({
      '-!a.zip!b.tar.gz!kern.log.xz': LOG_AB,
      '-!a.zip!b.tar.gz!deep.xz': LOG_AB,
    });
    expect(opened.nodes.map(({ id, parent, kind }) => [id, parent, kind])).toEqual([
      [1, null, 'archive'],
      [2, 1, 'archive'],
      [3, 2, 'archive'],
      [4, 3, 'member'],
      [5, 3, 'member'],
    ]);
  });
});
