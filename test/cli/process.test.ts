// SPDX-License-Identifier: Apache-2.0
/** The command as a process: pipes, signals and devices. The sources are built into a folder of their own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Built, build } from '../batch/built.js';
import { cli } from './harness.js';

const ENDLESS_ROWS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n';
const ENDLESS = `SELECT count(*) FROM (${ENDLESS_ROWS})`;
/** Many rows, and then one that takes for ever. */
const ENDLESS_AFTER_ROWS = `SELECT * FROM (${ENDLESS_ROWS} LIMIT 20000) UNION ALL ${ENDLESS}`;

let built: Built;
let folder: string;
let log: string;

beforeAll(() => {
  built = build();
  folder = built.folder;
  log = join(folder, 'dmesg.txt');
  writeFileSync(
    log,
    '[    0.000000] Linux version 6.12.0 (x@y) #1\n[    1.000000] e1000: loading out-of-tree module taints kernel.\n',
  );
});
afterAll(() => built.remove());

function start(argv: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [join(folder, 'dist/cli/main.js'), ...argv], {
    env: { PATH: process.env.PATH ?? '' },
  });
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Milliseconds of CPU time that a process took. */
function cpuOf({ pid }: ChildProcessWithoutNullStreams): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

describe('the process', () => {
  it('reads files and prints results', async () => {
    const ran = await ended(start(['query', 'sources', log, '--format', 'csv']));
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout.split('\n')[1]).toContain(`${log},dmesg`);
  });

  it('reads stdin', async () => {
    const child = start(['query', 'sources', '-', '--format', 'ndjson']);
    child.stdin.end(readFileSync(log));
    const ran = await ended(child);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(JSON.parse(ran.stdout)).toMatchObject({ format: 'dmesg', lines: 2 });
  });

  it('asks SQL from a pipe, and ends with 1 where a statement failed', async () => {
    const child = start(['sql', log, '--format', 'csv']);
    child.stdin.end('SELECT lines FROM sources;\nSELECT x;\nSELECT 1 AS a');
    const ran = await ended(child);
    expect([ran.code, ran.stdout]).toEqual([1, 'lines\n2\na\n1\n']);
    expect(ran.stderr).toContain('modwaste: SQL:1:8: no such column: x');
  });

  it('ends a statement of the shell that takes too long, and goes on', async () => {
    // The statement after it has as long, in which SQLite starts anew on a busy machine, too.
    const child = start(['sql', log, '--format', 'csv', '--timeout', '3']);
    child.stdin.end(`${ENDLESS_AFTER_ROWS};\nSELECT 42 AS a;\n`);
    const ran = await ended(child);
    expect([ran.code, ran.stdout.endsWith('a\n42\n')]).toEqual([1, true]);
    expect(ran.stderr).toContain(
      'the query timed out after 3 seconds\n  --timeout SECONDS gives it more time',
    );
  });

  it('ends a query of the shell by Ctrl-C, goes on, and remembers what was typed', async () => {
    const command = `${process.execPath} ${join(folder, 'dist/cli/main.js')} sql ${log} --format csv`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { PATH: process.env.PATH ?? '', XDG_STATE_HOME: join(folder, 'state'), TERM: 'dumb' },
    });
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk;
    });
    const until = async (pattern: RegExp): Promise<void> => {
      await expect.poll(() => shown).toMatch(pattern);
      shown = '';
    };
    await until(/modwaste> /);
    child.stdin.write(`${ENDLESS_AFTER_ROWS};\r`);
    // Its rows come before what never ends.
    await until(/\n1\r\n2\r\n/);
    child.stdin.write('\u0003');
    await until(/the query was interrupted/);
    child.stdin.write('SELECT 6 * 7 AS n;\r');
    await until(/n\r\n42\r\n/);
    child.stdin.write('.quit\r');
    expect((await ended(child)).code).toBe(0);
    const history = readFileSync(join(folder, 'state/modwaste/history'), 'utf8');
    expect(history.split('\n')).toEqual([`${ENDLESS_AFTER_ROWS};`, 'SELECT 6 * 7 AS n;', '.quit', '']);
  });

  it('reads SQL from stdin', async () => {
    const child = start(['query', '-f', '-', log, '--format', 'csv']);
    child.stdin.end('SELECT lines FROM sources');
    expect(await ended(child)).toMatchObject({ code: 0, stdout: 'lines\n2\n', stderr: '' });
  });

  it('sets the exit code', async () => {
    expect((await ended(start(['nonsense']))).code).toBe(2);
    expect((await ended(start(['detect', log, '/no/such']))).code).toBe(1);
    expect((await cli(['detect', '/no/such'])).code).toBe(2);
  });

  it.each([
    [['--help']],
    [['queries', 'attempts']],
    [['query', '--sql', ENDLESS_ROWS, '--format', 'csv', 'LOG']],
  ])('ends quietly with 0 when the reader goes: %j', async (argv) => {
    const child = start(argv.map((word) => (word === 'LOG' ? log : word)));
    child.stdout.destroy();
    const ran = await ended(child);
    expect([ran.code, ran.signal, ran.stderr]).toEqual([0, null, '']);
  });

  it('ends by SIGINT at once, which a shell reports as 130, while it reads and while it computes', async () => {
    const many = join(folder, 'many.txt');
    const line = (_: unknown, n: number): string =>
      `[    1.${String(n).padStart(6, '0')}] m${n}: Unknown symbol x (err -2)\n`;
    writeFileSync(many, Array.from({ length: 300_000 }, line).join(''));
    // What is computed with 300,000 failures takes seconds of CPU; what reads stdin waits after a fraction of one.
    for (const [ms, ...argv] of [[100, '-'] as const, [500, '--max-events', '1000000', many] as const]) {
      const child = start(['analyze', ...argv]);
      await expect.poll(() => cpuOf(child)).toBeGreaterThanOrEqual(ms);
      child.kill('SIGINT');
      const ran = await ended(child);
      expect([ran.code, ran.signal, ran.stdout, ran.stderr]).toEqual([null, 'SIGINT', '', '']);
    }
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'ends on %s inside a query that never ends with %i, and leaves no file',
    async (signal, code) => {
      const out = join(folder, signal);
      mkdirSync(out);
      const child = start(['query', '--sql', ENDLESS_ROWS, log, '-o', join(out, 'x.csv')]);
      // The first rows are being written.
      await expect.poll(() => readdirSync(out)).toHaveLength(1);
      child.kill(signal);
      const ran = await ended(child);
      expect([ran.code, ran.signal, ran.stderr]).toEqual([code, null, '']);
      expect(readdirSync(out)).toEqual([]);
    },
  );

  it('ends a query that times out', async () => {
    const ran = await ended(start(['query', '--sql', ENDLESS, '--timeout', '1', log]));
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^modwaste: the query timed out after 1 seconds\n.*--timeout/);
  });

  it.each([
    'SELECT hex(randomblob(300000000))',
    'SELECT zeroblob(1000000000)',
    "SELECT group_concat(a.line || zeroblob(1000000)) FROM sources a, json_each('[' || substr(hex(zeroblob(1000)),1) || ']')",
  ])('refuses what a query may not hold: %s', async (sql) => {
    const ran = await ended(start(['query', '--sql', sql, log]));
    expect(ran.code).toBe(2);
    expect(ran.stderr).not.toContain('internal error');
  });

  it('refuses to write over an input', async () => {
    const copy = join(folder, 'evidence.txt');
    writeFileSync(copy, readFileSync(log));
    symlinkSync(copy, join(folder, 'link.txt'));
    for (const argv of [
      ['analyze', copy, '-o', copy],
      ['analyze', copy, '-o', join(folder, 'link.txt')],
      ['analyze', copy, '--html', copy],
      ['query', 'boots', copy, '-o', copy],
      ['export', copy, '--db', copy, '--force'],
    ]) {
      const ran = await cli(argv);
      expect([ran.code, ran.stderr.split('\n')[0]]).toEqual([
        2,
        `modwaste: ${argv.find((word, at) => argv[at - 1]?.startsWith('-') && word.startsWith('/'))} is an input; writing there would destroy the evidence`,
      ]);
      expect(readFileSync(copy)).toEqual(readFileSync(log));
    }
  });

  it('says that stdout is full', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [join(folder, 'dist/cli/main.js'), 'queries'], {
      stdio: ['ignore', full, 'pipe'],
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stderr]).toEqual([
      2,
      'modwaste: cannot write to stdout: no space left on device\n  free some space, or write to another file system\n',
    ]);
  });
});
