// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openInputs } from '../../src/disk/walk.js';
import { PLACES } from '../../src/ingest/layouts/index.js';
import { textLines } from '../../src/input/index.js';
import { FIXTURES, logLines, open } from './helpers.js';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'walk-test-'));
  mkdirSync(join(folder, 'b'));
  mkdirSync(join(folder, 'a'));
  for (const name of ['b/2', 'b/10', 'B', 'a.txt', 'a/x', 'ä', 'z.gz']) {
    const text = `${name}\n`;
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
  }
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x6e, 0xff, 0x0a])]), 'bytes\n');
  writeFileSync(join(folder, 'empty'), '');
  symlinkSync('a', join(folder, 'loop-a'));
  symlinkSync('..', join(folder, 'a', 'up'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('directories', () => {
  it('are sorted by the bytes of the names; links are listed but not followed', async () => {
    const opened = await open([folder]);
    expect(Object.keys(opened.texts).map((path) => path.slice(folder.length + 1))).toEqual([
      'B',
      'a/x',
      'a.txt',
      'b/10',
      'b/2',
      'empty',
      'n\ufffd\\n',
      'z.gz',
      'ä',
    ]);
    expect(opened.texts[`${folder}/z.gz`]).toBe('z.gz\n');
    expect(opened.nodes[0]).toEqual({ id: 1, parent: null, path: folder, kind: 'directory' });
    expect(opened.nodes.slice(1).every(({ parent, kind }) => parent === 1 && kind === 'file')).toBe(true);
    expect(opened.problems).toMatchObject([{ code: 'input-skipped', count: 2, node: { id: 1 } }]);
    expect(opened.said[0]).toMatch(/loop-a \(symbolic link to .*\)/);
  });

  it('files that never end are read only if they are copies', async () => {
    const live = join(folder, 'live');
    mkdirSync(live);
    writeFileSync(join(live, 'trace_pipe'), '');
    writeFileSync(join(live, 'trace'), 'x\n');
    const opened = await open([live], { places: PLACES });
    expect(Object.keys(opened.texts)).toEqual([join(live, 'trace')]);
    expect(opened.said[0]).toContain('trace_pipe (never ends)');
    writeFileSync(join(live, 'trace_pipe'), 'copy\n');
    expect((await open([live], { places: PLACES })).texts[join(live, 'trace_pipe')]).toBe('copy\n');
    rmSync(live, { recursive: true });
  });

  it('a link given as an input is followed', async () => {
    expect(Object.values((await open([join(folder, 'loop-a')])).texts)).toEqual(['a/x\n']);
  });

  it('a slash at the end changes nothing but the label of the directory', async () => {
    expect(Object.keys((await open([`${folder}/`])).texts)).toEqual(
      Object.keys((await open([folder])).texts),
    );
  });
});

describe('what cannot be read is a problem, and the rest goes on', () => {
  it('no such file', async () => {
    const opened = await open([join(folder, 'none'), join(folder, 'B')]);
    expect(Object.values(opened.texts)).toEqual(['B\n']);
    expect(opened.problems).toMatchObject([
      { code: 'input-unreadable', path: join(folder, 'none'), detail: 'no such file or directory' },
    ]);
  });

  it('a file that changes while it is read', async () => {
    const path = join(folder, 'b', 'growing');
    writeFileSync(path, logLines(10_000));
    const said: string[] = [];
    for await (const found of openInputs([path])) {
      if (found.found === 'problem') said.push(`${found.code} ${found.path}`);
      if (found.found !== 'leaf') continue;
      for await (const _ of found.leaf.open()) appendFileSync(path, 'more\n');
    }
    expect(said).toEqual([`input-changed ${path}`]);
    rmSync(path);
  });

  it('standard input that fails', async () => {
    const stdin = (async function* () {
      yield Buffer.from('a\n');
      throw new Error('EIO: i/o error, read');
    })();
    const opened = await open(['-'], { stdin });
    expect(opened.texts).toEqual({ '-': 'a\n' });
    expect(opened.said).toEqual(['input-unreadable -: i/o error']);
  });
});

describe('leaves', () => {
  it('of plain files have random access', async () => {
    for await (const found of openInputs([`${FIXTURES}make.sh`])) {
      if (found.found !== 'leaf') throw new Error('no leaf');
      const random = found.leaf.random?.();
      expect(random?.size).toBe(found.leaf.size);
      expect(Buffer.from(random?.read(0, 9) ?? []).toString()).toBe('#!/bin/sh');
      expect(random?.read((random?.size ?? 0) - 3, 10)).toHaveLength(3);
      expect(random?.read(1e9, 10)).toHaveLength(0);
      let lines = 0;
      await textLines(found.leaf.open(), () => {
        lines += 1;
      });
      expect(lines).toBeGreaterThan(50);
      expect(() => found.leaf.open()).toThrow('already opened');
    }
  });

  it('of compressed files have none', async () => {
    for await (const found of openInputs([join(folder, 'z.gz')])) {
      if (found.found !== 'leaf') throw new Error('no leaf');
      expect(found.leaf.random).toBeUndefined();
      expect(found.leaf.size).toBeNull();
    }
  });

  it('have the ids given by nextId', async () => {
    let id = 100;
    const opened = await open([folder], { nextId: () => (id += 10) });
    expect(opened.nodes[0]?.id).toBe(110);
    expect(opened.nodes[1]).toMatchObject({ id: 120, parent: 110 });
  });
});

it.skipIf(process.platform === 'win32')('pipes that are named are read', async () => {
  const pipe = join(folder, 'a', 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [opened] = await Promise.all([open([pipe]), writeFile(pipe, logLines(10))]);
  expect(opened.texts).toEqual({ [pipe]: logLines(10) });
  rmSync(pipe);
});
