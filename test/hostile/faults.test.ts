// SPDX-License-Identifier: Apache-2.0
/**
 * What fails around the program: full disks, limits of descriptors and of file sizes, closed streams, read-only places,
 * inputs that go, grow or are outputs too. Each is made to happen; the message says what, why and what to do, and nothing
 * is lost that was there before.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
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
import { type Built, build, PATIENCE_MS } from '../batch/built.js';
import { cli, type Ran } from '../cli/harness.js';

const failure = (at: number): string =>
  `[${`${at}.000001`.padStart(12)}] m${at}: Unknown symbol x (err -2)\n`;
const LOG = `[    0.000000] Linux version 6.12.0 (x@y) #1 SMP\n${failure(1)}`;
const NEVER = /internal error|^ +at /m;

let built: Built;
let logs: string;
let main: string;
const before = process.cwd();
beforeAll(() => {
  built = build();
  main = join(built.folder, 'dist/cli/main.js');
  logs = join(built.folder, 'logs');
  mkdirSync(logs);
  for (let n = 0; n < 6; n++) writeFileSync(join(logs, `d${n}.txt`), LOG + failure(n + 2));
  process.chdir(built.folder);
}, PATIENCE_MS);
afterAll(() => {
  process.chdir(before);
  built.remove();
});

/** The command in this process, for what needs no shell around it. */
async function modwaste(line: string): Promise<Ran> {
  const ran = await cli(line.split(' '));
  expect(ran.stderr).not.toMatch(NEVER);
  return ran;
}

/** Runs a line of the shell, where `modwaste` is the command. */
function shell(line: string): Omit<Ran, 'code'> & { readonly code: number | null } {
  const ran = spawnSync('bash', ['-c', line.replaceAll('modwaste ', `${process.execPath} ${main} `)], {
    ...{ cwd: built.folder, encoding: 'utf8', timeout: PATIENCE_MS, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  expect(ran.stderr).not.toMatch(NEVER);
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

const left = (folder: string): string[] => readdirSync(join(built.folder, folder)).sort();

/** True where a file system of a given size can be had, as root. */
function mounted(folder: string, options: string): boolean {
  mkdirSync(join(built.folder, folder));
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', join(built.folder, folder)]).status === 0;
}
const unmount = (folder: string): void => {
  spawnSync('umount', [join(built.folder, folder)]);
};

describe('writing', () => {
  it.each([
    ['query attempts LOGS -o out.csv --format csv', 'out.csv'],
    ['analyze LOGS -o out.json --format json', 'out.json'],
    ['export LOGS --out made', 'made'],
  ])('a file size limit: %s', (line, output) => {
    mkdirSync(join(built.folder, 'sized'), { recursive: true });
    const kept = join(built.folder, 'sized', output);
    const many = join(built.folder, 'many.txt');
    writeFileSync(many, LOG + Array.from({ length: 900 }, (_, n) => failure(n + 2)).join(''));
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
          'batch logs --out with-html --html besides-full/kept',
          'batch logs --out with-metrics --metrics besides-full/kept',
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
        expect((await modwaste('batch logs --out with-metrics --resume')).code).toBe(0);
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
          'batch logs --out ro',
          'batch logs --out ro/x',
          'batch logs --out html-ro --html ro/x',
          'batch logs --out metrics-ro --metrics ro/x',
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
      'batch logs --out fresh --sqlite logs/d1.txt',
      'batch logs/d1.txt --out fresh --html logs/d1.txt',
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
    expect(shell(`modwaste analyze - ${closed}`).stderr).not.toMatch(/EBADF/);
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
      const text = LOG + failure(2).repeat(20_000);
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
        const ran = await modwaste(`batch logs/d1.txt --out few-${part} --shard ${part}/3 --jobs 1`);
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
        expect((await modwaste('batch logs --case file --out s1 --shard 2/2 --jobs 1')).code).toBe(0);
        expect((await modwaste('batch logs --case file --out s2 --shard 1/2 --jobs 1')).code).toBe(0);
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
        const resumed = await modwaste('batch logs --case file --out s3 --shard 2/2 --jobs 1 --resume');
        expect([resumed.code, resumed.stderr]).toEqual([0, expect.stringContaining('of them unchanged')]);
      }
    },
    PATIENCE_MS,
  );
});
