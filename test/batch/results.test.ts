// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, NoFileError } from '../../src/batch/digest.js';
import { type CaseResult, framesOf } from '../../src/batch/frame.js';
import { KeyMap, nameDigest, Texts } from '../../src/batch/key-map.js';
import { Results } from '../../src/batch/results.js';
import { stampOf } from '../../src/batch/stamp.js';
import { statusOf } from '../../src/batch/status.js';
import { source } from '../cli/fake-case.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-results-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the digest of a case', () => {
  it('is what sha256sum prints, for a file', async () => {
    const path = join(folder, 'abc');
    writeFileSync(path, 'abc');
    expect(await digestOf([path])).toEqual({
      digest: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      bytes: 3,
    });
  });

  it('is that of the list of its files, for a directory; names and links count', async () => {
    const path = join(folder, 'report');
    mkdirSync(join(path, 'b/c'), { recursive: true });
    writeFileSync(join(path, 'b/c/dmesg'), 'log');
    writeFileSync(join(path, 'b-d'), 'x');
    const command =
      "find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1";
    const expected = execFileSync('sh', ['-c', command], { cwd: path, encoding: 'utf8' }).trim();
    const before = await digestOf([path]);
    expect(before).toEqual({ digest: expected, bytes: 4 });
    symlinkSync('dmesg', join(path, 'b/c/link'));
    expect((await digestOf([path])).digest).not.toBe(before.digest);
  });

  it('is the same for a copy of a group, whatever it is called', async () => {
    const put = (name: string, text: string): string => {
      mkdirSync(join(folder, 'groups'), { recursive: true });
      const path = join(folder, 'groups', name);
      writeFileSync(path, text);
      return path;
    };
    const one = await digestOf([put('a-dmesg', 'log'), put('a-trace', 'x')]);
    expect(one.bytes).toBe(4);
    expect(await digestOf([put('b-trace', 'x'), put('b-dmesg', 'log')])).toEqual(one);
    expect(await digestOf([put('c-trace', 'x'), put('c-dmesg', 'logs')])).not.toEqual(one);
    expect(await digestOf([put('d-trace', 'x'), put('d-dmesg', 'log'), put('d', '')])).not.toEqual(one);
  });

  it('is refused where reading would not end', async () => {
    await expect(digestOf(['/dev/null'])).rejects.toThrow(NoFileError);
  });
});

const head = { digest: 'd', status: 'ok', boots: 2, error: '', bytes: 10, stamp: 's', names: null } as const;
const resultOf = (name: string, text = 'a,2\né\n'): CaseResult => ({
  ...{ name, ...head },
  parts: [
    { file: 'boots.csv', rows: Buffer.from('a,1\n') },
    { file: 'attempts.csv', rows: Buffer.from('') },
    { file: 'loads.csv', rows: Buffer.from(text) },
  ],
});

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe('results', () => {
  /** Opens, works, closes. */
  function withResults<T>(root: string, work: (results: Results) => T, fingerprint = 'f'): T {
    const results = new Results(join(folder, root), fingerprint);
    try {
      return work(results);
    } finally {
      results.close();
    }
  }
  const write = (root: string, ...names: string[]): void =>
    withResults(root, (results) => {
      for (const name of names) results.append([resultOf(name)], results.pack([resultOf(name)]));
    });
  /** Where the frames of a segment end. */
  const endsOf = (path: string): number[] => {
    const descriptor = openSync(path, 'r');
    const ends = Array.from(framesOf(descriptor, 0), ({ at, length }) => at + length);
    closeSync(descriptor);
    return ends;
  };
  const segments = (root: string): string[] => readdirSync(join(folder, root)).sort();
  const loadsOf = (results: Results, name: string): string | null => {
    const rows = results.read(name)?.parts.at(-1)?.rows;
    return rows ? Buffer.from(rows).toString() : null;
  };
  const there = (results: Results, ...names: string[]): string[] =>
    names.filter((name) => {
      const isThere = results.head(name) !== null;
      expect(results.read(name) !== null).toBe(isThere);
      return isThere;
    });

  it('come back as they were kept, at once and later, the newest of a name', () => {
    const name = 'logs/a\nb';
    const failed: CaseResult = {
      ...resultOf('failed'),
      digest: null,
      status: 'failed',
      stamp: null,
      parts: [],
    };
    const check = (results: Results): void => {
      expect(results.read(name)).toMatchObject({ name, ...head });
      expect(results.read(name)?.parts.map(({ file }) => file)).toEqual([
        'boots.csv',
        'attempts.csv',
        'loads.csv',
      ]);
      expect(loadsOf(results, name)).toBe('new\n');
      expect(results.head('failed')).toMatchObject({ digest: null, status: 'failed' });
      expect(results.read('failed')?.parts).toEqual([]);
      expect(results.read('other')).toBe(null);
    };
    withResults('kept', (results) => {
      results.append([resultOf(name), failed], results.pack([resultOf(name), failed]));
      results.append([resultOf(name)], results.pack([resultOf(name, 'new\n')]));
      check(results);
    });
    withResults('kept', (results) => {
      expect(results.said).toEqual([]);
      check(results);
    });
    expect(segments('kept')).toEqual(['000001.seg']);
  });

  it('that were truncated anywhere count as missing, and those before as there', () => {
    write('cut', 'a', 'b');
    const path = join(folder, 'cut/000001.seg');
    const ends = endsOf(path);
    const whole = readFileSync(path);
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      withResults('cut', (results) => {
        const whole = ends.filter((end) => end <= length).length;
        expect(there(results, 'a', 'b')).toEqual(['a', 'b'].slice(0, whole));
        expect(results.said).toHaveLength([0, ...ends].includes(length) ? 0 : 1);
      });
    }
  });

  it('with a flipped bit count as missing, and those behind it as there', () => {
    write('flipped', 'a', 'b', 'c');
    const path = join(folder, 'flipped/000001.seg');
    const whole = readFileSync(path);
    const [start = 0, end = 0] = endsOf(path);
    for (let bit = start * 8; bit < end * 8; bit += 3) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(path, flipped);
      withResults('flipped', (results) => {
        expect(there(results, 'a', 'b', 'c'), `bit ${bit}`).toEqual(['a', 'c']);
        expect(results.said).toEqual([
          `${path}: ${end - start} bytes from byte ${start} are incomplete or damaged: their cases are read again`,
        ]);
      });
    }
  });

  it('that are no files, as a pipe, are skipped and said; what is written next has another name', () => {
    mkdirSync(join(folder, 'special/000002.seg'), { recursive: true });
    execFileSync('mkfifo', [join(folder, 'special/000001.seg')]);
    write('special', 'a');
    withResults('special', (results) => {
      expect(there(results, 'a')).toEqual(['a']);
      expect(results.said).toEqual(
        ['000001.seg', '000002.seg'].map(
          (name) => `${join(folder, 'special', name)} is not a segment of results: skipped`,
        ),
      );
      expect(results.paths).toEqual([join(folder, 'special/000003.seg')]);
    });
  });

  it('of other settings, and what is no result, are skipped and said', () => {
    write('foreign', 'a');
    writeFileSync(join(folder, 'foreign/notes.txt'), 'x');
    writeFileSync(join(folder, 'foreign/000000.seg'), 'x'.repeat(3_000_000));
    writeFileSync(join(folder, 'foreign/000007.seg.tmp'), 'left by a killed run');
    withResults(
      'foreign',
      (results) => {
        expect(there(results, 'a')).toEqual([]);
        expect(results.said).toEqual([
          `${join(folder, 'foreign/notes.txt')} is not a segment of results: skipped`,
          expect.stringContaining('000000.seg: 3000000 bytes from byte 0 are incomplete or damaged'),
          '1 result was made with other options or by another version: read again',
        ]);
      },
      'other',
    );
    expect(segments('foreign')).toEqual(['000000.seg', '000001.seg', 'notes.txt']);
    expect(withResults('foreign', (results) => there(results, 'a'))).toEqual(['a']);
  });

  it('are rewritten once most of them are of no use, in the order of the plan', async () => {
    write('swept', 'a', 'b', 'c', 'd');
    write('swept', 'a');
    const compact = async (names: readonly string[]): Promise<void> => {
      const results = new Results(join(folder, 'swept'), 'f');
      await results.compact(each(names), names.length);
      results.close();
    };
    await compact(['c', 'a', 'b']);
    expect(segments('swept')).toEqual(['000001.seg', '000002.seg']);
    await compact(['c', 'a']);
    expect(segments('swept')).toEqual(['000003.seg']);
    expect(withResults('swept', (results) => there(results, 'a', 'b', 'c', 'd'))).toEqual(['a', 'c']);
    write('swept', 'e');
    expect(segments('swept')).toEqual(['000003.seg', '000004.seg']);
    await compact([]);
    expect(withResults('swept', (results) => there(results, 'a', 'c', 'e'))).toEqual([]);
  });

  it('of many runs become one segment, however many there were', async () => {
    for (let n = 0; n < 33; n++) write('runs', `case ${n}`);
    const names = Array.from({ length: 33 }, (_, n) => `case ${n}`);
    const results = new Results(join(folder, 'runs'), 'f');
    await results.compact(each(names), names.length);
    results.close();
    expect(segments('runs')).toEqual(['000034.seg']);
    expect(withResults('runs', (again) => there(again, ...names))).toEqual(names);
  });

  it('of other folders can be adopted', () => {
    for (const [root, name] of [
      ['one', 'a'],
      ['two', 'b'],
      ['two', 'c'],
    ] as const)
      write(root, name);
    withResults('all', (results) => {
      for (const root of ['one', 'two']) results.adopt(join(folder, root));
      expect(there(results, 'a', 'b', 'c')).toEqual(['a', 'b', 'c']);
    });
    expect(segments('all')).toEqual(['000001.seg']);
    expect(withResults('all', (results) => there(results, 'a', 'b', 'c'))).toEqual(['a', 'b', 'c']);
  });
});

describe('a stamp', () => {
  const settled = new Date(Date.now() - 3_600_000);

  it('is null for what has just changed or is gone, and for a folder of that', () => {
    mkdirSync(join(folder, 'fresh'));
    writeFileSync(join(folder, 'fresh/a'), 'x');
    expect([stampOf([join(folder, 'fresh/a')]), stampOf([join(folder, 'fresh')])]).toEqual([null, null]);
    expect(stampOf([join(folder, 'gone')])).toBe(null);
  });

  it('changes with a file, its size or its times', () => {
    // Nobody changes these.
    const path = '/proc/self/exe';
    expect(stampOf([path])).toMatch(/^\S{16}$/);
    expect(stampOf([path])).toBe(stampOf([path]));
    expect(stampOf([path, path])).not.toBe(stampOf([path]));
    const own = join(folder, 'fresh/a');
    utimesSync(own, settled, settled);
    // The time of its inode cannot be set.
    expect(stampOf([own])).toBe(null);
  });
});

describe('keys of names', () => {
  it('find a hundred thousand names, and no others', () => {
    const map = new KeyMap();
    for (let n = 0; n < 100_000; n++) map.set(nameDigest(`name ${n}`), n);
    map.set(nameDigest('name 7'), 77);
    expect(map.size).toBe(100_000);
    for (let n = 0; n < 100_000; n++) {
      if (map.get(nameDigest(`name ${n}`)) !== (n === 7 ? 77 : n)) throw new Error(`name ${n}`);
    }
    expect(map.get(nameDigest('other'))).toBe(undefined);
  });

  it('find texts by their places, of any length', () => {
    const texts = new Texts();
    const all = Array.from({ length: 3000 }, (_, n) => (n === 1500 ? 'é'.repeat(300_000) : `name ü ${n}`));
    const places = ['', ...all].map((text) => texts.add(text));
    expect(places.map((at) => texts.get(at))).toEqual(['', ...all]);
  });
});

describe('the status of a case', () => {
  const said = (code: 'archive-damaged' | 'input-unreadable' | 'log-beginning-missing', id = 1) => ({
    code,
    source: id,
    line: null,
    count: 1,
    detail: 'why',
  });

  it('is ok where something was read, whatever the log itself lost', () => {
    expect(statusOf([source(1, 'read')], [said('log-beginning-missing')])).toEqual({
      status: 'ok',
      error: '',
    });
  });

  it('is incomplete where the input is damaged, failed where nothing came of it', () => {
    expect(statusOf([source(1, 'read')], [said('archive-damaged')])).toEqual({
      status: 'incomplete',
      error: 'archive-damaged: why',
    });
    expect(statusOf([source(1, 'failed')], [said('input-unreadable')]).status).toBe('failed');
  });

  it('names the part of the case that is damaged', () => {
    const sources = [
      source(1, 'container', { path: 'a.tar' }),
      source(2, 'read', { parent: 1, path: 'a.tar!dmesg' }),
    ];
    expect(statusOf(sources, [said('archive-damaged', 2)]).error).toBe('dmesg: archive-damaged: why');
  });

  it('is unrecognised where nothing is known', () => {
    expect(statusOf([source(1, 'unrecognised')], [])).toEqual({
      status: 'unrecognised',
      error: 'no known form matched',
    });
  });
});
