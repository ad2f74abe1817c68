// SPDX-License-Identifier: Apache-2.0
/**
 * Failing system calls, injected where the product calls them: a disk that cannot be read or written, a quota, a network
 * file system that reports an error late. What was read until then counts; an output that was there before stays.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATIENCE_MS } from '../batch/built.js';
import { cli } from '../cli/harness.js';

interface Fault {
  readonly code: string;
  /** Calls that succeed before. */
  readonly after: number;
}

const faults = vi.hoisted(() => new Map<string, { code: string; after: number }>());
/** The files of calls that failed, by their names where the call has them. */
const failed = vi.hoisted(() => new Set<unknown>());

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const failing = <T extends (...args: never[]) => unknown>(name: string, call: T): T =>
    Object.assign(
      (...args: Parameters<T>) => {
        const fault = faults.get(name);
        if (fault && fault.after-- <= 0) {
          failed.add(args[0]);
          const error = Object.assign(new Error(`${fault.code}: injected, ${name}`), {
            code: fault.code,
            syscall: name,
          });
          const callback = args.at(-1) as unknown;
          if (typeof callback !== 'function') throw error;
          callback(error);
          return undefined;
        }
        return call(...args);
      },
      // promisify(read) gives an object by this.
      Object.fromEntries(Object.getOwnPropertySymbols(call).map((key) => [key, Reflect.get(call, key)])),
    ) as unknown as T;
  const mocked = {
    ...real,
    readSync: failing('read', real.readSync),
    writeSync: failing('write', real.writeSync),
    closeSync: failing('close', real.closeSync),
    renameSync: failing('rename', real.renameSync),
    fsyncSync: failing('fsync', real.fsyncSync),
    writeFileSync: failing('writeFile', real.writeFileSync),
  };
  return { ...mocked, default: mocked };
});

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const readdir = async (...args: Parameters<typeof real.readdir>): Promise<unknown> => {
    const fault = faults.get('scandir');
    if (fault && fault.after-- <= 0)
      throw Object.assign(new Error(`${fault.code}: injected, scandir`), { code: fault.code });
    return real.readdir(...args);
  };
  return { ...real, readdir };
});

const fail = (call: string, { code, after }: Fault): void => void faults.set(call, { code, after });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-injected-'));
});
afterEach(() => {
  faults.clear();
  failed.clear();
  rmSync(folder, { recursive: true });
});
afterAll(() => vi.restoreAllMocks());

const failure = (at: number): string =>
  `[${`${at}.000001`.padStart(12)}] m${at}: Unknown symbol x (err -2)\n`;
const LOG = `[    0.000000] Linux version 6.12.0 (x@y) #1 SMP\n${failure(1)}`;
/** What makes a log longer, and no event. */
const FILL = `[    1.000000] usb 1-1: ${'x'.repeat(160)}\n`;

function file(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const fixture = (path: string): Uint8Array => readFileSync(new URL(`../${path}`, import.meta.url));

describe('reading', () => {
  it.each(['EIO', 'ESTALE', 'ETIMEDOUT', 'EAGAIN'])(
    '%s in the middle of a log: what was read counts',
    async (code) => {
      const path = file(
        'dmesg',
        LOG + Array.from({ length: 1000 }, (_, n) => failure(n + 2) + FILL).join(''),
      );
      fail('read', { code, after: 2 });
      const ran = await cli(['query', 'failures', '--format', 'csv', path]);
      expect([ran.code, ran.stderr]).toEqual([
        1,
        expect.stringMatching(/input-unreadable: .*after \d+ bytes/),
      ]);
      expect(ran.stdout.split('\n').length).toBeGreaterThan(100);
      expect(ran.stderr).not.toContain('internal error');
    },
  );

  it.each<[string, Uint8Array]>([
    ['dmesg.gz', gzipSync(LOG)],
    ['trace.dat', fixture('ingest/tracedat/fixtures/storm.v6.dat')],
    ['a.zip', fixture('input/fixtures/plain.zip')],
    ['a.tar', fixture('input/fixtures/ustar.tar.gz')],
  ])('at each read of %s: said, never an internal error', async (name, bytes) => {
    const [path, other] = [file(name, bytes), file('other', LOG)];
    let hits = 0;
    for (let after = 0; after < 12; after++) {
      fail('read', { code: 'EIO', after });
      const ran = await cli(['query', 'sources', '--format', 'csv', path, other]);
      expect([after, ran.stderr]).not.toEqual([after, expect.stringContaining('internal error')]);
      const isHit = (faults.get('read')?.after ?? 0) < 0;
      if (isHit) hits++;
      if (isHit)
        expect([after, ran.code > 0, ran.stderr]).toEqual([
          after,
          true,
          expect.stringMatching(/EIO|input\/output|unreadable|damaged/),
        ]);
    }
    expect(hits).toBeGreaterThan(1);
  });

  it('a folder that cannot be listed', async () => {
    mkdirSync(join(folder, 'sub'));
    file('dmesg', LOG);
    fail('scandir', { code: 'EIO', after: 1 });
    const ran = await cli(['query', 'failures', '--format', 'csv', folder]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('input-unreadable')]);
    expect(ran.stdout).toContain('unknown-symbol');
  });
});

describe('writing', () => {
  it.each([
    ['write', 'EDQUOT', 'disk quota exceeded'],
    ['write', 'EIO', 'input/output error'],
    ['close', 'EDQUOT', 'disk quota exceeded'],
    ['rename', 'EIO', 'input/output error'],
  ])('%s gives %s: the old file stays, and no other is left', async (call, code, reason) => {
    const [input, kept] = [file('dmesg', LOG), file('out.csv', 'before')];
    for (const argv of [
      ['query', 'failures', '-o', kept],
      ['analyze', '--html', kept],
      ['export', '--db', kept, '--force'],
      ['export', '--trace', kept, '--force'],
    ]) {
      fail(call, { code, after: 0 });
      // Inputs are closed, too.
      if (call === 'close') fail(call, { code, after: 1 });
      const ran = await cli([...argv, input]);
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(`cannot write ${kept}: ${reason}`)]);
      expect(ran.stderr).toMatch(/\n {2}(?:free some space|check the disk)/);
      expect(readFileSync(kept, 'utf8')).toBe('before');
      expect(readdirSync(folder).sort()).toEqual(['dmesg', 'out.csv']);
    }
  });
});

describe('what is written besides the results', () => {
  it.each([
    ['write', 'ENOSPC', 'no space left on device'],
    ['rename', 'EIO', 'input/output error'],
  ])('%s gives %s for the page: the old one stays', async (call, code, reason) => {
    const kept = file('index.html', 'before');
    fail(call, { code, after: 0 });
    const ran = await cli(['app', '--out', folder, '--force']);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(`: ${reason}\n  `)]);
    expect(ran.stderr).toContain(`cannot write`);
    expect(readFileSync(kept, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['index.html']);
  });
});

describe('a batch', () => {
  const outputsOf = (out: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(out, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:csv|parquet)$/.test(name))
        .map((name) => [name, readFileSync(join(out, name), 'latin1')]),
    );

  it.each([
    ['write', 'ENOSPC'],
    ['fsync', 'EIO'],
    ['rename', 'EDQUOT'],
    ['writeFile', 'EIO'],
    ['close', 'EIO'],
  ])(
    '%s gives %s, at whichever call: said, earlier outputs stay or are said not to be whole, --resume goes on',
    async (call, code) => {
      const [logs, out] = [join(folder, 'logs'), join(folder, 'out')];
      mkdirSync(logs);
      file('logs/a', LOG);
      const argv = ['batch', logs, '--case', 'file', '--out', out, '--jobs', '1', '--query', 'boots'];
      argv.push('--format', 'parquet');
      expect((await cli(argv)).code).toBe(0);
      let hits = 0;
      for (const after of [0, 1, 3, 7]) {
        const before = outputsOf(out);
        file(`logs/b${after}`, LOG);
        fail(call, { code, after });
        const ran = await cli([...argv, '--resume']);
        const isHit = (faults.get(call)?.after ?? 0) < 0;
        faults.clear();
        if (!isHit) break;
        hits += 1;
        // What only helps the next run may fail.
        if (ran.code !== 0) {
          expect([after, ran.code, ran.stderr]).toEqual([
            after,
            2,
            expect.stringMatching(/modwaste: cannot write to \S+: .+\n {2}\w.+\n {2}--resume then /),
          ]);
          // It says that the set of outputs is whole.
          if (existsSync(join(out, 'run.json'))) expect([after, outputsOf(out)]).toEqual([after, before]);
        }
        expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual([]);
        const again = await cli([...argv, '--resume']);
        expect([after, again.code, again.stderr]).toEqual([
          after,
          0,
          expect.stringContaining(`${hits + 1} ok`),
        ]);
      }
      expect(hits).toBeGreaterThan(0);
      // The library writes these by itself.
      if (call === 'writeFile')
        expect([...failed]).toEqual(
          expect.arrayContaining([expect.stringMatching(/\.cases\.parquet\.tmp\/part-00000\.parquet$/)]),
        );
    },
    PATIENCE_MS,
  );
});
