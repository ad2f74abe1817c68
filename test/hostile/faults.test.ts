// SPDX-License-Identifier: Apache-2.0
/**
 * What fails around the program: limits of descriptors, closed streams, inputs that go or grow, signals. Each is made to
 * happen; the message says what, why and what to do, and nothing is lost that was there before.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENCE_MS } from '../batch/built.js';
import { cli } from '../cli/harness.js';
import { built, enter, failure, LOG, leave, left, logs, main, modwaste, NEVER, shell } from './faults.js';

beforeAll(enter, PATIENCE_MS);
afterAll(leave);

describe('limits of descriptors', () => {
  it.each(['analyze logs', 'query boots logs', 'batch logs --out few'])('%s', (line) => {
    for (const most of [30, 36]) {
      const ran = shell(`ulimit -n ${most}; modwaste ${line}`);
      // The runtime itself may not start.
      if (ran.code === 2 && ran.stderr.includes('modwaste:'))
        expect(ran.stderr).toMatch(/too many open files\n {2}raise the limit of the shell: ulimit -n/);
    }
  });
});

describe('streams', () => {
  it.each(['<&-', '>&-', '2>&-', '<&- >&- 2>&-'])('closed: %s', (closed) => {
    expect(shell(`modwaste analyze logs ${closed}`).code).toBe(0);
    // A message needs a place.
    if (!closed.includes('2>')) expect(shell(`modwaste analyze - ${closed}`).stderr).not.toMatch(/EBADF/);
  });

  it('a reader of stderr that goes', () => {
    expect(shell('modwaste analyze logs /no/such 2> >(exec true)').code).toBe(1);
  });
});

describe('inputs', () => {
  it('a pipe and a device', async () => {
    execFileSync('mkfifo', [join(built.folder, 'pipe')]);
    const ran = shell('cat logs/d1.txt > pipe & modwaste query sources pipe --format csv');
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('pipe,dmesg')]);
    expect((await modwaste('analyze /dev/null')).code).toBe(2);
    const zeros = await modwaste('analyze /dev/zero --max-seconds 1');
    expect([zeros.code, zeros.stderr]).toEqual([2, expect.stringContaining('nothing was recognised')]);
    // In a folder, neither is opened.
    execFileSync('mkfifo', [join(logs, 'p')]);
    expect((await modwaste('analyze logs')).code).toBe(0);
    rmSync(join(logs, 'p'));
  });

  it('a pipe that nobody writes to ends by --max-seconds, with what was read before', () => {
    execFileSync('mkfifo', [join(built.folder, 'silent')]);
    for (const pipe of ['silent', '<(exec sleep 30 2>/dev/null)']) {
      const ran = shell(`modwaste analyze logs/d1.txt ${pipe} --max-seconds 1`);
      expect([ran.code, ran.stdout]).toEqual([1, expect.stringContaining('failed load')]);
      expect(ran.stderr).toMatch(/input-limit: more than 1 seconds of reading \(--max-seconds\)/);
    }
  });

  it(
    'a log that grows, one that is truncated, and one that goes',
    async () => {
      const path = join(built.folder, 'live.txt');
      const text = LOG + failure(2).repeat(4000);
      const changes: Readonly<Record<string, () => void>> = {
        grows: () => appendFileSync(path, failure(9).repeat(1000)),
        shrinks: () => truncateSync(path, 1000),
        goes: () => rmSync(path),
      };
      for (const [what, change] of Object.entries(changes)) {
        writeFileSync(path, text);
        const child = spawn(process.execPath, [
          main,
          'query',
          'boots',
          path,
          join(logs, 'd1.txt'),
          '--format',
          'csv',
        ]);
        let stderr = '';
        let stdout = '';
        child.stderr.on('data', (chunk: Buffer) => {
          stderr += chunk;
        });
        child.stdout.on('data', (chunk: Buffer) => {
          stdout += chunk;
        });
        setTimeout(change, 300);
        const code = await new Promise((resolve) => child.on('close', resolve));
        expect([what, code === 0 || code === 1]).toEqual([what, true]);
        expect(stderr).not.toMatch(NEVER);
        expect(stdout.split('\n').length).toBeGreaterThan(1);
      }
    },
    PATIENCE_MS,
  );

  it(
    'a name that is not UTF-8, and folders too deep for a path, in a batch too',
    async () => {
      const folder = join(built.folder, 'odd');
      mkdirSync(folder);
      const name = Buffer.concat([Buffer.from(`${folder}/na`), Buffer.of(0xff), Buffer.from('me.txt')]);
      const file = openSync(name, 'w');
      writeSync(file, LOG);
      closeSync(file);
      writeFileSync(
        Buffer.concat([Buffer.from(`${folder}/na`), Buffer.of(0xfe), Buffer.from('me.txt')]),
        LOG,
      );
      expect((await modwaste('analyze odd')).code).toBe(0);
      expect((await modwaste('batch odd --case file --out odd-out --jobs 1')).code).toBe(0);
      expect(
        shell('find odd -type f | modwaste batch --case file --files-from - --out odd-list --jobs 1').code,
      ).toBe(0);
      for (const out of ['odd-out', 'odd-list']) {
        const cases = readFileSync(join(built.folder, out, 'cases.csv'), 'utf8');
        expect(cases).toContain('odd/na\\udcffme.txt');
        expect(cases).toContain('odd/na\\udcfeme.txt');
      }
      const one = await modwaste('batch odd --out odd-one --jobs 1');
      expect([one.code, one.stderr]).toEqual([0, expect.stringContaining('2 files in 1 case;')]);
      const row = readFileSync(join(built.folder, 'odd-one/cases.csv'), 'utf8').split('\n')[1];
      expect(row).toMatch(/^odd,[0-9a-f]{64},ok,1,,2,one boot by lines,$/);
      const deep = shell(
        'd=$(printf "0123456789abcdef/%.0s" {1..100}); mkdir deep; cd deep; for i in 1 2 3; do mkdir -p $d; cd $d; done; cp ../logs/d1.txt . 2>/dev/null; exit 0',
      );
      expect(deep.code).toBe(0);
      expect((await modwaste('analyze deep logs')).stderr).toMatch(/ENAMETOOLONG|name too long|^$/m);
      shell('rm -r deep');
    },
    PATIENCE_MS,
  );
});

describe('a batch', () => {
  it(
    'with more shards than cases: those without one say so, and merge',
    async () => {
      for (const part of [1, 2, 3]) {
        const ran = await modwaste(
          `batch logs/d1.txt --out few-${part} --shard ${part}/3 --jobs 1 --query boots`,
        );
        expect([ran.code, ran.stderr]).toEqual([
          0,
          expect.stringMatching(/1 case in .*: 1 ok|0 cases in .*: none in this shard/),
        ]);
      }
      const merged = await modwaste('batch-merge few-2 few-3 few-1 --out few-all');
      expect([merged.code, merged.stderr]).toEqual([0, expect.stringMatching(/1 case in .*: 1 ok/)]);
      mkdirSync('none');
      expect((await modwaste('batch none --out none-out --shard 1/2')).stderr).toContain('no case');
    },
    PATIENCE_MS,
  );

  it(
    'by two runs at once: one says that the other is there',
    async () => {
      const first = spawn(process.execPath, [main, 'batch', 'logs', '--out', 'two', '--jobs', '1'], {
        cwd: built.folder,
      });
      const ended = new Promise((resolve) => first.on('close', resolve));
      // The lock says whose it is a moment after it is there.
      const lock = join(built.folder, 'two/.modwaste/lock');
      while (!existsSync(lock) || statSync(lock).size === 0) await new Promise((r) => setTimeout(r, 5));
      // It stays there until the second has looked.
      first.kill('SIGSTOP');
      const second = await modwaste('batch logs --out two --jobs 1 --resume');
      first.kill('SIGCONT');
      expect([second.code, second.stderr]).toEqual([
        2,
        expect.stringMatching(/process \d+ is running in two\n.*wait/s),
      ]);
      expect(await ended).toBe(0);
      expect(statSync(join(built.folder, 'two/run.json')).size).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'ended by %s leaves no temporary file',
    async (signal) => {
      // Of one case whose fetching a file holds up.
      const argv = [
        'batch',
        '--files-from',
        'held.txt',
        '--fetch',
        'sh held.sh {}',
        '--out',
        signal,
        '--jobs',
        '1',
        '--query',
        'boots',
      ];
      writeFileSync('held.txt', 'held://boot\n');
      writeFileSync('held.sh', 'while [ -e hold ]; do sleep 0.1; done; cat logs/d1.txt\n');
      writeFileSync('hold', '');
      const child = spawn(process.execPath, [main, ...argv], { stdio: 'ignore' });
      const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
      const state = join(built.folder, signal, '.modwaste/plan.json');
      while (!existsSync(state)) await new Promise((r) => setTimeout(r, 5));
      child.kill(signal);
      expect(await ended).toBe({ SIGTERM: 143, SIGHUP: 129, SIGINT: 130 }[signal]);
      expect(left(signal)).toEqual(['.modwaste']);
      const state2 = readdirSync(join(built.folder, signal, '.modwaste'), {
        recursive: true,
        encoding: 'utf8',
      });
      expect(state2.filter((name) => /tmp$|lock$/.test(name))).toEqual([]);
      rmSync('hold');
      const resumed = await cli([...argv, '--resume']);
      expect([resumed.code, resumed.stderr]).toEqual([0, expect.stringContaining('1 ok')]);
    },
    PATIENCE_MS,
  );

  it.each(['', '{', 'null', '[]', '{"settings":1}', '{"n":0,"name":1,"inputs":[],"skipped":null}'])(
    'with a state that is damaged or of something else: %j',
    async (bad) => {
      if (!existsSync('s1')) {
        expect(
          (await modwaste('batch logs --case file --out s1 --shard 2/2 --jobs 1 --query boots')).code,
        ).toBe(0);
        expect(
          (await modwaste('batch logs --case file --out s2 --shard 1/2 --jobs 1 --query boots')).code,
        ).toBe(0);
      }
      for (const file of ['plan.json', 'plan.ndjson']) {
        rmSync('s3', { recursive: true, force: true });
        cpSync('s1', 's3', { recursive: true });
        writeFileSync(join('s3/.modwaste', file), `${bad}${bad && '\n'}`);
        const merged = await modwaste('batch-merge s3 s2 --out merged');
        expect([merged.code, merged.stderr]).toEqual([
          2,
          expect.stringMatching(/s3\/\.modwaste\/plan.* is damaged.*\n.*--resume/),
        ]);
        expect(existsSync('merged')).toBe(false);
        const resumed = await modwaste(
          'batch logs --case file --out s3 --shard 2/2 --jobs 1 --query boots --resume',
        );
        expect([resumed.code, resumed.stderr]).toEqual([0, expect.stringContaining('of them unchanged')]);
      }
    },
    PATIENCE_MS,
  );
});
