// SPDX-License-Identifier: Apache-2.0
/**
 * What fails where results are written: full disks, limits of file sizes, read-only places, outputs that are inputs. Each is
 * made to happen; the message says what, why and what to do, and nothing is lost that was there before.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENCE_MS } from '../batch/built.js';
import {
  built,
  enter,
  failure,
  LOG,
  leave,
  left,
  logs,
  modwaste,
  mounted,
  shell,
  unmount,
} from './faults.js';

beforeAll(enter, PATIENCE_MS);
afterAll(leave);

describe('writing', () => {
  it.each([
    ['query attempts LOGS -o out.csv --format csv', 'out.csv'],
    ['analyze LOGS -o out.json --format json', 'out.json'],
    ['export LOGS --out made', 'made'],
  ])('a file size limit: %s', (line, output) => {
    mkdirSync(join(built.folder, 'sized'), { recursive: true });
    const kept = join(built.folder, 'sized', output);
    const many = join(built.folder, 'many.txt');
    writeFileSync(many, LOG + Array.from({ length: 300 }, (_, n) => failure(n + 2)).join(''));
    if (output !== 'made') writeFileSync(kept, 'before');
    const big = line.replace('query attempts', 'query failures').replace('LOGS', many);
    const ran = shell(`ulimit -f 8; cd sized && modwaste ${big}`);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/modwaste: cannot write (?:to )?\S+: file too large\n {2}raise the limit/);
    if (output !== 'made') expect(readFileSync(kept, 'utf8')).toBe('before');
    expect(left('sized')).toEqual(output === 'made' ? [] : [output]);
    rmSync(join(built.folder, 'sized'), { recursive: true });
  });

  it(
    'a full disk: the batch says so, keeps what it read, and goes on once there is room',
    async () => {
      if (!mounted('full', 'size=300k')) return;
      try {
        writeFileSync(join(built.folder, 'full/fill'), Buffer.alloc(250_000));
        const ran = await modwaste('batch logs --case file --out full/out --jobs 1');
        expect(ran.code).toBe(2);
        expect(ran.stderr).toMatch(/cannot write to full\/out\S*: no space left on device/);
        expect(ran.stderr).toContain('free some space');
        expect(ran.stderr).toContain('--resume');
        rmSync(join(built.folder, 'full/fill'));
        const again = await modwaste('batch logs --case file --out full/out --jobs 1 --resume');
        expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('6 ok')]);
        expect(left('full/out').filter((name) => name.includes('tmp'))).toEqual([]);
      } finally {
        unmount('full');
      }
    },
    PATIENCE_MS,
  );

  it(
    'a full disk for the SQLite file alone: the message names it',
    async () => {
      if (!mounted('sqlite', 'size=64k')) return;
      try {
        const ran = await modwaste('batch logs --case file --out besides --jobs 1 --sqlite sqlite/boots.db');
        expect([ran.code, ran.stderr]).toEqual([
          2,
          expect.stringContaining('cannot write to sqlite/boots.db'),
        ]);
        expect(left('sqlite')).toEqual([]);
        expect((await modwaste('batch logs --case file --out besides --jobs 1 --resume')).stderr).toContain(
          '6 of them unchanged',
        );
      } finally {
        unmount('sqlite');
      }
    },
    PATIENCE_MS,
  );

  it(
    'a full disk for Parquet: earlier files stay, until there is room',
    async () => {
      if (!mounted('parquet', 'size=200k')) return;
      try {
        const batch = 'batch more --case file --out parquet/out --jobs 1 --query boots --format parquet';
        cpSync(logs, join(built.folder, 'more'), { recursive: true });
        expect((await modwaste(batch)).code).toBe(0);
        const files = ['cases/part-00000.parquet', 'boots/part-00000.parquet', 'cases.csv', 'run.json'];
        const read = () =>
          files.map((name) => readFileSync(join(built.folder, 'parquet/out', name), 'latin1'));
        const before = read();
        writeFileSync(join(built.folder, 'more/new'), LOG);
        let failed = 0;
        // With a page more each time, another write is the first that finds no room.
        for (let room = 4; ; room += 4) {
          shell(`cd parquet; cat /dev/zero > fill; truncate -s -${room}K fill`);
          const ran = await modwaste(`${batch} --resume`);
          if (ran.code === 0) break;
          failed++;
          expect([room, ran.code, ran.stderr]).toEqual([
            room,
            2,
            expect.stringMatching(
              /cannot write to parquet\/out\S*: no space left on device\n {2}free some space.*\n {2}--resume then/,
            ),
          ]);
          expect(read()).toEqual(before);
          expect(left('parquet/out').filter((name) => name.endsWith('.tmp'))).toEqual([]);
          rmSync(join(built.folder, 'parquet/fill'));
        }
        expect(failed).toBeGreaterThan(3);
        expect(read()).not.toEqual(before);
      } finally {
        unmount('parquet');
      }
    },
    PATIENCE_MS,
  );

  it(
    'a full disk for what is written besides: the old file stays, and the results are kept',
    async () => {
      if (!mounted('besides-full', 'size=64k')) return;
      try {
        const kept = join(built.folder, 'besides-full/kept');
        writeFileSync(kept, 'before');
        shell('cat /dev/zero > besides-full/fill');
        for (const line of [
          'analyze logs --html besides-full/kept',
          'export logs --trace besides-full/kept --force',
          'batch logs --jobs 1 --out with-html --html besides-full/kept',
          'batch logs --jobs 1 --out with-metrics --metrics besides-full/kept',
        ]) {
          const ran = await modwaste(line);
          expect([ran.code, ran.stderr]).toEqual([
            2,
            expect.stringMatching(
              /cannot write besides-full\/kept: no space left on device\n {2}free some space/,
            ),
          ]);
          expect(readFileSync(kept, 'utf8')).toBe('before');
          expect(left('besides-full')).toEqual(['fill', 'kept']);
        }
        expect(existsSync(join(built.folder, 'with-html/run.json'))).toBe(true);
        expect((await modwaste('batch logs --jobs 1 --out with-metrics --resume')).code).toBe(0);
      } finally {
        unmount('besides-full');
      }
    },
    PATIENCE_MS,
  );

  it(
    'a read-only file system',
    async () => {
      if (!mounted('ro', 'size=1m')) return;
      try {
        execFileSync('mount', ['-o', 'remount,ro', join(built.folder, 'ro')]);
        for (const line of [
          'analyze logs -o ro/x',
          'analyze logs --html ro/x',
          'export logs --out ro/x',
          'export logs --trace ro/x',
          'app --out ro',
          'app --out ro/x',
          'batch logs --jobs 1 --out ro',
          'batch logs --jobs 1 --out ro/x',
          'batch logs --jobs 1 --out html-ro --html ro/x',
          'batch logs --jobs 1 --out metrics-ro --metrics ro/x',
        ]) {
          const ran = await modwaste(line);
          expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('read-only file system')]);
          expect(ran.stderr).toContain('choose another place');
        }
      } finally {
        unmount('ro');
      }
    },
    PATIENCE_MS,
  );

  it('/dev/full, as an output and as stdout', async () => {
    for (const ran of [
      await modwaste('analyze logs -o /dev/full'),
      shell('modwaste analyze logs > /dev/full'),
    ]) {
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(/cannot write (?:to stdout|\/dev\/full): no space left on device\n {2}free/);
    }
  });

  it('over an input: refused, also in an input folder and by a batch', async () => {
    const before = readFileSync(join(logs, 'd1.txt'), 'utf8');
    for (const line of [
      'analyze logs/d1.txt -o logs/d1.txt',
      'analyze logs -o logs/d1.txt',
      'analyze logs/../logs --html logs/d1.txt',
      'export logs --out fresh --db logs/d1.txt --force',
      'batch logs --jobs 1 --out fresh --sqlite logs/d1.txt',
      'batch logs/d1.txt --jobs 1 --out fresh --html logs/d1.txt',
    ]) {
      const ran = await modwaste(line);
      expect([ran.code, ran.stderr]).toEqual([
        2,
        expect.stringMatching(/logs\/d1\.txt (?:is an|lies in the) input/),
      ]);
      expect(readFileSync(join(logs, 'd1.txt'), 'utf8')).toBe(before);
    }
    expect(existsSync(join(built.folder, 'fresh'))).toBe(false);
  });
});
