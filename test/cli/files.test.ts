// SPDX-License-Identifier: Apache-2.0
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/cli/errors.js';
import { collect, writeFileWhole, writeFolder } from '../../src/cli/files.js';

let folder: string;
const cleanups = new Set<() => void>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-files-'));
  cleanups.clear();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function* failing(text: string): Generator<string> {
  yield text;
  throw new Error('no more');
}

describe('collect', () => {
  it('joins small chunks and keeps their order and their bytes', () => {
    const bytes = new Uint8Array([1, 2]);
    expect([...collect(['a', 'b', bytes, 'c'])]).toEqual(['ab', bytes, 'c']);
    const long = 'x'.repeat(40_000);
    expect([...collect([long, long, long])].map((chunk) => chunk.length)).toEqual([80_000, 40_000]);
  });
});

describe('writeFileWhole', () => {
  it('writes, replaces, and leaves nothing else', () => {
    const path = join(folder, 'a.csv');
    writeFileWhole(path, ['one'], cleanups);
    writeFileWhole(path, ['tw', 'o\n'], cleanups);
    expect(readFileSync(path, 'utf8')).toBe('two\n');
    expect(readdirSync(folder)).toEqual(['a.csv']);
    expect(cleanups.size).toBe(0);
  });

  it('keeps the old content where the new one fails in the middle', () => {
    const path = join(folder, 'a.csv');
    writeFileSync(path, 'old');
    expect(() => writeFileWhole(path, failing('x'.repeat(200_000)), cleanups)).toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.csv']);
  });

  it('writes through a link', () => {
    writeFileSync(join(folder, 'real'), 'old');
    symlinkSync('real', join(folder, 'link'));
    writeFileWhole(join(folder, 'link'), ['new'], cleanups);
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['link', 'real']);
  });

  it('says why it cannot', () => {
    const write = (path: string) => () => writeFileWhole(path, ['x'], cleanups);
    expect(write(join(folder, 'no', 'a'))).toThrow(`cannot write ${folder}/no/a: no such file or directory`);
    expect(write(folder)).toThrow(UserError);
    expect(write('/dev/full')).toThrow('cannot write /dev/full: no space left on device');
    expect(write('/dev/null')).not.toThrow();
    expect(existsSync('/dev/null')).toBe(true);
  });
});

describe('writeFolder', () => {
  const file = (path: string, content: () => Iterable<string> = () => ['x']) => ({ path, content });

  it('makes the folder and its folders', () => {
    const out = join(folder, 'a', 'b');
    writeFolder(out, [file('q.csv'), file(join('tables', 't.csv'))], cleanups);
    expect(readdirSync(out).sort()).toEqual(['q.csv', 'tables']);
    expect(readdirSync(join(out, 'tables'))).toEqual(['t.csv']);
  });

  it('writes none of the files where one fails, and removes what it made', () => {
    const out = join(folder, 'a', 'b');
    expect(() => writeFolder(out, [file('q.csv'), file('r.csv', () => failing('y'))], cleanups)).toThrow(
      'no more',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves what lay in the folder before', () => {
    writeFileSync(join(folder, 'q.csv'), 'old');
    expect(() => writeFolder(folder, [file('q.csv'), file('r.csv', () => failing('y'))], cleanups)).toThrow();
    expect(readdirSync(folder)).toEqual(['q.csv']);
    expect(readFileSync(join(folder, 'q.csv'), 'utf8')).toBe('old');
    expect(cleanups.size).toBe(0);
  });

  it('says why it cannot', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeFolder(join(folder, 'file'), [file('q')], cleanups)).toThrow(
      `cannot write to ${folder}/file: not a directory`,
    );
  });
});
