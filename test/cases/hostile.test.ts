// SPDX-License-Identifier: Apache-2.0
import { closeSync, ftruncateSync, openSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cli } from '../cli/harness.js';
import { UNHURRIED } from '../corpus/index.js';
import { fixture, tar, tarHeader, zip } from '../input/helpers.js';
import { dmesg, LOG, sample } from './logs.js';
import { mail, shuffled, xz, zstd } from './pack.js';
import { fileOf, folderOf, query } from './read.js';

const STATS = sample('failures/stats.txt');
/** A little more than what is unpacked of it. */
const BOMB = Buffer.alloc(68 * 1024 ** 2, `[    1.000000] ${'a'.repeat(5000)}\n`);
const BOMB_GZ = gzipSync(BOMB);
/** In `npm run test:corpus`, a tenth of what the limit of members allows. */
const MEMBERS = UNHURRIED ? 5000 : 2000;

/** What `analyze` of the input ends with, and the failures that the counters in it tell; null where none were read. */
async function analysed(...argv: string[]): Promise<{ code: number; stderr: string; failures: unknown }> {
  const { code, stderr, stdout } = await cli(['analyze', '--format', 'json', ...argv]);
  const { boots } = (stdout === '' ? {} : JSON.parse(stdout)) as { boots?: { failures: number | null }[] };
  return { code, stderr, failures: boots?.[0]?.failures ?? null };
}

describe('bombs end with what was read, a message that names the option, and exit code 1:', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['a gz in a tar', tar({ 'a.gz': BOMB_GZ, stats: STATS }), /!a\.gz: input-limit.*--max-ratio/],
    ['a zip member', zip({ a: BOMB, stats: STATS }), /!a: input-limit.*--max-ratio/],
    [
      'a zip in a zip',
      zip({ 'a.zip': zip({ b: BOMB }), stats: STATS }),
      /!a\.zip!b: input-limit.*--max-ratio/,
    ],
    ['a gz in gz in gz', tar({ a: gzipSync(gzipSync(BOMB_GZ)), stats: STATS }), /--max-ratio/],
    ['an attachment', mail(STATS, 'a.gz', BOMB_GZ), /!a\.gz: input-limit.*--max-ratio/],
    ['nested too deep', tar({ stats: STATS, deep: deep(12) }), /!deep: input-limit.*--max-depth/],
  ])('%s', async (_, bytes, said) => {
    const { code, stderr, failures } = await analysed(fileOf('bomb', bytes));
    expect(stderr).toMatch(said);
    expect([code, failures]).toEqual([1, 45]);
  });

  it('what holds no evidence is not unpacked past its head, which costs nothing and loses nothing', async () => {
    const zeros = gzipSync(Buffer.alloc(BOMB.length));
    const { code, stderr, failures } = await analysed(
      fileOf('zeros.tar', tar({ 'a.gz': zeros, stats: STATS })),
    );
    expect(stderr).not.toContain('input-limit');
    expect([code, failures]).toEqual([0, 45]);
  });

  it('more members than the limit', async () => {
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, 'x\n']));
    const path = fileOf('many.tar', tar({ stats: STATS, ...files }));
    const { code, stderr, failures } = await analysed('--max-members', '20', path);
    expect(stderr).toMatch(/many\.tar: input-limit: more than 20 archive members \(--max-members\)/);
    expect([code, failures]).toEqual([1, 45]);
  });

  it('a zip whose members lie over each other', async () => {
    const { code, stderr } = await analysed(fileOf('overlap.zip', overlapping(STATS, 500)));
    expect(stderr).toMatch(/archive-damaged.*overlap/);
    expect(code).toBe(1);
  });
});

function deep(layers: number): Uint8Array {
  let bytes: Uint8Array = Buffer.from('x\n');
  for (let layer = 0; layer < layers; layer++) bytes = gzipSync(bytes);
  return bytes;
}

/** One deflated member that the directory of a zip names over and over. */
function overlapping(text: string, times: number): Buffer {
  const whole = zip({ stats: text });
  const start = whole.indexOf('PK\x01\x02');
  const end = whole.indexOf('PK\x05\x06');
  const entry = whole.subarray(start, end);
  const tail = Buffer.from(whole.subarray(end));
  tail.writeUInt16LE(times, 8);
  tail.writeUInt16LE(times, 10);
  tail.writeUInt32LE(entry.length * times, 12);
  return Buffer.concat([whole.subarray(0, start), ...Array.from({ length: times }, () => entry), tail]);
}

describe('cut archives give what came before the cut:', () => {
  const files = shuffled(
    { stats: STATS, 'dmesg.txt': dmesg(LOG), 'noise.txt': 'x y z\n'.repeat(2000) },
    'case/',
  );
  const whole: Readonly<Record<string, Uint8Array>> = {
    tar: tar(files),
    'tar.gz': gzipSync(tar(files)),
    'tar.xz': xz(tar(files)),
    'tar.zst': zstd(tar(files)),
    zip: zip(files),
    eml: Buffer.from(mail('hello\r\n', 'a.tgz', gzipSync(tar(files)))),
  };

  it.each(Object.entries(whole))('%s, at twenty places', async (kind, bytes) => {
    let mostEvents = 0;
    for (let part = 1; part < 20; part++) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 20));
      const path = fileOf(`cut.${kind}`, cut);
      const { code, stderr, stdout } = await cli(['query', 'sources', '--format', 'json', path]);
      expect(stderr, `${kind} cut at ${cut.length}`).toMatch(/archive-damaged|nothing was recognised/);
      expect([1, 2]).toContain(code);
      const sources = (stdout === '' ? [] : JSON.parse(stdout)) as { events: number | null }[];
      const read = sources.reduce((sum, { events }) => sum + Number(events), 0);
      expect(read).toBeGreaterThanOrEqual(mostEvents);
      mostEvents = read;
    }
    expect(mostEvents).toBeGreaterThan(20);
  });
});

describe('files of one name:', () => {
  it('a tar to which the same file was appended later holds two readings of it', async () => {
    const before = STATS.replace('Mods failed on becoming\t24', 'Mods failed on becoming\t20');
    const first = tar({ 'sys/kernel/debug/modules/stats': before });
    const path = fileOf(
      'appended.tar',
      Buffer.concat([first.subarray(0, -1024), tar({ 'sys/kernel/debug/modules/stats': STATS })]),
    );
    expect(await analysed(path)).toMatchObject({ code: 0, failures: 45 });
    expect((await query('sources', path)).map(({ events }) => Number(events) > 0)).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('names and links are data:', () => {
  it('absolute, dot-dot and odd names are labels; links and their loops are counted and not followed', async () => {
    const link = (name: string, target: string): Buffer => {
      const header = tarHeader(name, 0, '2');
      header.write(target, 157);
      header.write('        ', 148);
      const sum = header.reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      return header;
    };
    const path = fileOf(
      'odd.tar',
      Buffer.concat([
        link('a', 'b'),
        link('b', 'a'),
        link('up', '..'),
        tar({ '../../../../etc/stats': STATS, '/dev/sda': 'x\n', 'C:\\x\u001b[31m': 'y\n' }),
      ]),
    );
    const { code, failures } = await analysed(path);
    expect([code, failures]).toEqual([0, 45]);
    const paths = (await query('sources', path)).map((row) => row.path);
    expect(paths).toContain(`${path}!../../../../etc/stats`);
    expect(paths).toContain(`${path}!/dev/sda`);
    expect(paths).toContain(`${path}!C:\\x\\x1b[31m`);
    const [skipped] = (await query('diagnostics', path)).filter((row) => row.code === 'input-skipped');
    expect(skipped).toMatchObject({ count: 3 });
    expect(skipped?.detail).toContain(
      'a (symbolic link to b), b (symbolic link to a), up (symbolic link to ..)',
    );
  });

  it('links of a directory, too', async () => {
    const folder = folderOf({ stats: STATS });
    symlinkSync('.', join(folder, 'loop'));
    symlinkSync('stats', join(folder, 'modcount'));
    const { code, failures } = await analysed(folder);
    expect([code, failures]).toEqual([0, 45]);
    const [skipped] = (await query('diagnostics', folder)).filter((row) => row.code === 'input-skipped');
    expect(skipped).toMatchObject({ count: 2 });
  });
});

describe('what archives are is told by their bytes:', () => {
  it.each<[string, Uint8Array]>([
    ['dmesg.txt', xz(tar({ stats: STATS }))],
    ['report.tar.gz', zip({ stats: STATS })],
    ['report.zip', zstd(tar({ stats: STATS }))],
    ['mail.eml', gzipSync(STATS)],
    ['stats.xz', Buffer.from(STATS)],
  ])('%s', async (name, bytes) => {
    const { code, failures } = await analysed(fileOf(name, bytes));
    expect([code, failures]).toEqual([0, 45]);
  });
});

describe('other things that happen:', () => {
  it('an encrypted member is named and the others are read', async () => {
    const path = fileOf('outer.tar', tar({ 'encrypted.zip': fixture('encrypted.zip'), stats: STATS }));
    const { code, stderr, failures } = await analysed(path);
    expect(stderr).toMatch(/encrypted\.zip!.*: archive-encrypted: the member is encrypted/);
    expect([code, failures]).toEqual([1, 45]);
  });

  it('a method of zip that cannot be read', async () => {
    const bytes = zip({ a: 'x\n', stats: STATS });
    // The method of the first member, in its header and in the directory.
    bytes.writeUInt16LE(97, 8);
    bytes.writeUInt16LE(97, bytes.indexOf('PK\x01\x02') + 10);
    const { code, stderr, failures } = await analysed(fileOf('a.zip', bytes));
    expect(stderr).toMatch(/archive-unsupported: zip compression method 97 is not supported/);
    expect([code, failures]).toEqual([1, 45]);
  });

  it(`${MEMBERS} tiny members are read to the end`, async () => {
    const files: Record<string, string> = { stats: STATS };
    for (let index = 0; index < MEMBERS; index++)
      files[`d${index % 50}/f${index}`] = 'words without evidence\n';
    const path = fileOf('many.tar.gz', gzipSync(tar(files), { level: 1 }));
    const { code, failures, stderr } = await analysed(path);
    expect([code, failures]).toEqual([0, 45]);
    expect(stderr).toContain(`${MEMBERS} of ${MEMBERS + 1} sources not recognised`);
  });

  it('a sparse file of 10 GB whose head is no evidence is not read through', async () => {
    const folder = folderOf({ stats: STATS });
    const fd = openSync(join(folder, 'disk.img'), 'w');
    writeSync(fd, Buffer.from([0xeb, 0x63, 0x90, 0x00, 0xff]));
    ftruncateSync(fd, 10 * 1024 ** 3);
    closeSync(fd);
    const { code, failures } = await analysed(folder);
    expect([code, failures]).toEqual([0, 45]);
    const [image] = (await query('sources', folder)).filter(({ path }) => String(path).endsWith('disk.img'));
    expect(image).toMatchObject({ format: null, bytes: 10 * 1024 ** 3 });
  });

  it('an archive that is no archive after its first bytes', async () => {
    const folder = folderOf({ stats: STATS });
    writeFileSync(
      join(folder, 'a.gz'),
      Buffer.concat([Buffer.from('1f8b0800000000000003', 'hex'), Buffer.alloc(500, 0xff)]),
    );
    writeFileSync(join(folder, 'b.zip'), Buffer.concat([Buffer.from('PK\x03\x04'), deflateRawSync(STATS)]));
    const { code, stderr, failures } = await analysed(folder);
    expect(stderr).toMatch(/a\.gz: archive-damaged/);
    expect(stderr).toMatch(/b\.zip: archive-damaged/);
    expect([code, failures]).toEqual([1, 45]);
  });
});

describe('a number that no kernel prints is left out and told, and the rest of the source is read:', () => {
  const TRACE = sample('failures/trace.txt');
  const BOOT = dmesg(LOG);
  const ALL = '18446744073709551615';
  it.each<[string, string, RegExp, string | null]>([
    ['a time of a trace', TRACE, /(?<= )19(?=\.075423: )/, 'a time of 18446744073709551615075423000 ns'],
    ['a pid', TRACE, /(?<=init-)1(?= {3})/, 'pid of 2^53 or more'],
    ['CPUs of a trace', TRACE, /(?<=#P:)\d+/, 'cpus of 2^53 or more'],
    ['records written to a trace', TRACE, /(?<=entries-written: \d+\/)\d+/, null],
    ['a counter', STATS, /(?<=Total module size\t)\d+/, `value ${ALL}`],
    ['a time of a log', BOOT, /(?<=\[ +)\d+(?=\.)/, null],
    ['CPUs of a log', `${BOOT}[    0.100000] smp: Brought up 1 node, 8 CPUs\n`, /8(?= CPUs)/, null],
    [
      'a duration',
      `${BOOT}[    9.000000] systemd[1]: Startup finished in 2s (kernel) + 3s (userspace) = 5s.\n`,
      /2(?=s \(kernel)/,
      `ns ${ALL}000000000`,
    ],
  ])('%s', async (_, text, number, told) => {
    expect(text).toMatch(number);
    const path = fileOf('number', text.replace(number, ALL));
    const { code, stderr, stdout } = await cli(['query', 'diagnostics', '--format', 'csv', path]);
    expect(stderr).not.toContain('internal error');
    expect(code).toBe(0);
    if (told !== null) expect(stdout).toContain(`number-out-of-range,1,`);
    if (told !== null) expect(stdout).toContain(told);
    const analysis = await cli(['analyze', path]);
    expect([analysis.code, analysis.stderr]).toEqual([0, expect.not.stringContaining('internal error')]);
  });
});
