// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, NoFileError } from '../../src/batch/digest.js';
import { type CaseResult, nameKey, Results } from '../../src/batch/results.js';
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

describe('results', () => {
  const result: CaseResult = {
    name: 'logs/a\nb',
    fingerprint: 'f',
    digest: 'd',
    status: 'ok',
    boots: 2,
    error: '',
    bytes: 10,
    parts: [
      { file: 'boots.csv', rows: Buffer.from('a,1\n') },
      { file: 'attempts.csv', rows: Buffer.from('') },
      { file: 'loads.csv', rows: Buffer.from('a,2\né\n') },
    ],
  };

  it('come back as they were kept', () => {
    const results = new Results(join(folder, 'kept'));
    results.write(result);
    const back = results.read(result.name);
    expect(back).toMatchObject({ name: result.name, digest: 'd', boots: 2 });
    expect(back?.parts.map(({ file, rows }) => [file, Buffer.from(rows).toString()])).toEqual([
      ['boots.csv', 'a,1\n'],
      ['attempts.csv', ''],
      ['loads.csv', 'a,2\né\n'],
    ]);
    expect(results.read('logs/other')).toBe(null);
  });

  it('that were cut count as missing', () => {
    const root = join(folder, 'cut');
    const results = new Results(root);
    results.write(result);
    const key = nameKey(result.name);
    const path = join(root, key.slice(0, 2), `${key.slice(2)}.gz`);
    const whole = readFileSync(path);
    for (const length of [0, 5, whole.length - 1]) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      expect(results.head(result.name)).toBe(null);
      expect(results.read(result.name)).toBe(null);
    }
  });

  it('with a single flipped bit count as missing, in the head and in the rows', () => {
    const root = join(folder, 'flipped');
    const results = new Results(root);
    results.write(result);
    const key = nameKey(result.name);
    const path = join(root, key.slice(0, 2), `${key.slice(2)}.gz`);
    const whole = readFileSync(path);
    for (let bit = 0; bit < whole.length * 8; bit += 5) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(path, flipped);
      expect(results.head(result.name), `bit ${bit}`).toBe(null);
      expect(results.read(result.name), `bit ${bit}`).toBe(null);
    }
  });

  it('are swept beside what is not ours', () => {
    const root = join(folder, 'foreign');
    const results = new Results(root);
    results.write(result);
    writeFileSync(join(root, 'notes.txt'), 'x');
    mkdirSync(join(root, nameKey(result.name).slice(0, 2), 'ab.gz'));
    results.sweep((key) => key === nameKey(result.name));
    expect(results.read(result.name)).not.toBe(null);
  });

  it('of cases that are gone leave, and so does what a killed run left', () => {
    const root = join(folder, 'swept');
    const results = new Results(root);
    results.write(result);
    results.write({ ...result, name: 'gone' });
    const start = nameKey(result.name).slice(0, 2);
    writeFileSync(join(root, start, 'half.gz.tmp'), 'x');
    results.sweep((key) => key === nameKey(result.name));
    expect(readdirSync(root, { recursive: true }).filter((name) => /gz/.test(String(name)))).toHaveLength(1);
    expect(results.read(result.name)).not.toBe(null);
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
