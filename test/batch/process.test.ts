// SPDX-License-Identifier: Apache-2.0
/** Whole batches, with workers: right rows, the same bytes however the run went, and state that survives kills. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import sqlite from 'node-sqlite3-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CaseTruth, makeCases } from '../bench/make-cases.mjs';
import { cli, type Ran } from '../cli/harness.js';
import { bytesOf } from '../corpus/index.js';
import { tar, zip } from '../input/helpers.js';
import { type Built, build, outputs, PATIENCE_MS, resultCount } from './built.js';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
/** Each kind of bad case once, and a good one for each. */
const MADE = 22;
/** A last case that a command fetches, which a test can hold up: what is to be interrupted cannot end before. */
const FETCHED = 'held://boot';
const CASES = MADE + 1;
const FORMATS = ['--format', 'ndjson,parquet'];
let built: Built;
let archive: string;
let truths: readonly CaseTruth[];
/** What one run over all gives. */
let whole: string;
/** The same without the cases that are unpacked for long: for runs of which only the way differs. */
let light: string;
/** How many they are. */
let lightCases: number;

const at = (name: string): string => join(built.folder, name);
const list = (name = 'light.txt'): string[] => [
  ...['--case', 'input', '--files-from', join(archive, name)],
  ...['--fetch', `sh ${at('fetch.sh')} {}`],
];
const hold = (): void => writeFileSync(at('fetch.sh.hold'), '');
const release = (): void => rmSync(at('fetch.sh.hold'), { force: true });
const rows = (folder: string, file: string): Record<string, string>[] =>
  parse(readFileSync(join(folder, file)), { columns: true }) as Record<string, string>[];

let firstRun: Ran;

beforeAll(async () => {
  built = build();
  archive = at('archive');
  // The ratio is limited from 64 MiB on.
  truths = makeCases({ out: archive, cases: MADE, bad: 1 / 2, lines: 60, bombMiB: 68 });
  // Paths in the list count from the archive; tests run elsewhere.
  const write = (name: string, cases: readonly CaseTruth[]): void =>
    writeFileSync(
      join(archive, name),
      [...cases.map(({ path }) => join(archive, path)), FETCHED].map((line) => `${line}\n`).join(''),
    );
  const quick = truths.filter(({ kind }) => !kind.startsWith('bomb'));
  write('list.txt', truths);
  write('light.txt', quick);
  lightCases = quick.length + 1;
  writeFileSync(
    at('fetch.sh'),
    `while [ -e "$0.hold" ]; do sleep 0.1; done; echo '[    0.000000] Linux version 6.1.0 (x@y) #1'\n`,
  );
  whole = at('whole');
  light = at('light');
  firstRun = await cli(['batch', ...list('list.txt'), '--out', whole, '--jobs', '2', ...FORMATS]);
  cpSync(whole, light, { recursive: true });
  await cli(['batch', ...list(), '--out', light, '--jobs', '1', ...FORMATS, '-q', '--resume']);
}, PATIENCE_MS);
afterAll(() => {
  release();
  built.remove();
});

describe('batch', () => {
  it('reads every good case right and names every bad one', () => {
    expect(firstRun.code).toBe(1);
    const cases = new Map(rows(whole, 'cases.csv').map((row) => [row.path, row]));
    const boots = new Map(rows(whole, 'boots.csv').map((row) => [row.case, row]));
    expect(cases.size).toBe(CASES);
    for (const { path, kind, ok, kernel, failures, wasted } of truths) {
      const name = join(archive, path);
      const row = cases.get(name);
      if (ok) {
        expect({ kind, status: row?.status, boots: row?.boots }).toEqual({ kind, status: 'ok', boots: '1' });
        expect(boots.get(name)).toMatchObject({
          kernel,
          failures: String(failures ?? ''),
          wasted_bytes: String(wasted ?? ''),
        });
      } else {
        expect(row?.status, kind).toMatch(/^(?:incomplete|unrecognised|failed)$/);
        expect(row?.error, kind).not.toBe('');
        expect(firstRun.stderr.split('\n').filter((line) => line.includes(`${name}: `))).toHaveLength(1);
      }
    }
  });

  it('keeps what could be read of a damaged case', () => {
    const cut = truths.find(({ kind }) => kind === 'cut-gz');
    const row = rows(whole, 'boots.csv').find(({ case: name }) => name === join(archive, cut?.path ?? ''));
    expect(row?.kernel).toMatch(/^6\.6\.30/);
  });

  it('writes cases in the order of the inputs, with the case as first column, and the same rows as ndjson', () => {
    expect(rows(whole, 'cases.csv').map(({ path }) => path)).toEqual([
      ...truths.map(({ path }) => join(archive, path)),
      FETCHED,
    ]);
    const csv = rows(whole, 'phase-waste.csv');
    expect(Object.keys(csv[0] ?? {}).slice(0, 3)).toEqual(['case', 'boot', 'phase']);
    const lines = readFileSync(join(whole, 'phase-waste.ndjson'), 'utf8').trimEnd().split('\n');
    const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects.map((object) => object.case)).toEqual(csv.map((row) => row.case));
    expect(objects.find((object) => object.phase === 'becoming' && object.bytes !== null)?.bytes).toBeTypeOf(
      'number',
    );
  });

  // One worker: see the interrupted run; here three.
  it('gives the same bytes for any number of workers, and typed rows in SQLite', async () => {
    const out = at('jobs-3');
    const file = at('boots.sqlite');
    await cli([
      ...['batch', ...list('list.txt'), '--out', out, '--jobs', '3', ...FORMATS, '-q'],
      ...['--sqlite', file],
    ]);
    expect(outputs(out)).toEqual(outputs(whole));
    const opened = new sqlite.Database(file, { readOnly: true });
    const one = (sql: string): unknown => Object.values(opened.get(sql) ?? {})[0];
    expect(one('SELECT count(*) FROM cases')).toBe(CASES);
    expect(one('SELECT sum(wasted_bytes) FROM boots')).toBe(
      truths.reduce((sum, { wasted }) => sum + (wasted ?? 0), 0),
    );
    expect(one('SELECT typeof(boot) FROM boots')).toBe('integer');
    opened.close();
  });

  it('is written atomically: kill -9 at any moment, then --resume, gives the same bytes', async () => {
    const out = at('killed');
    const argv = ['batch', ...list(), '--out', out, ...FORMATS, '-q', '--resume', '--jobs'];
    hold();
    for (const [share, jobs] of [
      [0.2, '2'],
      [0.6, '1'],
    ] as const) {
      const enough = (): boolean => resultCount(out) >= share * lightCases;
      const ran = await built.interrupt([...argv, jobs], 'SIGKILL', enough);
      expect(ran.signal).toBe('SIGKILL');
      expect(existsSync(join(out, 'cases.csv'))).toBe(false);
    }
    release();
    expect((await cli([...argv, '2'])).code).toBe(1);
    expect(outputs(out)).toEqual(outputs(light));
    const { reused } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as { reused: number };
    expect(reused).toBeGreaterThanOrEqual(0.5 * lightCases);
  });

  it('ends with 130 on SIGINT, says how to go on, and does', async () => {
    const out = at('interrupted');
    const argv = ['batch', ...list(), '--out', out, '--jobs', '1', ...FORMATS];
    hold();
    const ran = await built.interrupt(argv, 'SIGINT', () => resultCount(out) >= 5);
    release();
    expect(ran.code).toBe(130);
    expect(ran.stderr).toMatch(/interrupted with \d+ of 21 cases read; --resume continues/);
    expect(existsSync(join(out, '.modwaste/lock'))).toBe(false);
    expect((await cli([...argv, '--resume', '-q'])).code).toBe(1);
    expect(outputs(out)).toEqual(outputs(light));
  });

  it('merges shards as one run', async () => {
    const parts = [1, 2, 3].map((part) => at(`part-${part}`));
    for (const [index, part] of parts.entries()) {
      const shard = ['--shard', `${index + 1}/3`, '--jobs', '1', '--format', 'ndjson', '-q'];
      await cli(['batch', ...list(), '--out', part, ...shard]);
    }
    expect(parts.map((part) => rows(part, 'cases.csv').length).reduce((sum, count) => sum + count)).toBe(
      lightCases,
    );
    const out = at('merged');
    const missing = await cli(['batch-merge', parts[2] ?? '', parts[0] ?? '', '--out', out]);
    expect([missing.code, missing.stderr]).toEqual([2, 'modwaste: missing shards: 2/3\n']);
    const merged = await cli(['batch-merge', ...parts.toReversed(), '--out', out, '--parquet']);
    expect(merged.code).toBe(1);
    expect(outputs(out)).toEqual(outputs(light));
    // The merged batch goes on like one that was read here.
    const again = await cli(['batch', ...list(), '--out', out, '--resume', '--jobs', '1', ...FORMATS]);
    expect(again.stderr).toMatch(/of them unchanged; results in/);
    expect(outputs(out)).toEqual(outputs(light));
  });
});

describe('batch --resume', () => {
  it('reads what changed, and drops what is gone', async () => {
    const logs = at('logs');
    mkdirSync(logs);
    const write = (name: string, release: string) =>
      writeFileSync(
        join(logs, name),
        `[    0.000000] Linux version ${release} (x@y) #1\n[    1.0] random: done\n`,
      );
    for (const name of ['a', 'b', 'c']) write(name, `6.1.0-${name}`);
    const out = at('logs-out');
    const batch = (...how: string[]): Promise<Ran> =>
      cli(['batch', logs, '--out', out, '--jobs', '1', ...how]);
    expect((await batch()).code).toBe(0);

    const again = await batch();
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('holds an earlier batch\n  --resume continues it');

    write('b', '6.9.9-new');
    rmSync(join(logs, 'c'));
    write('d', '6.1.0-d');
    const resumed = await batch('--resume');
    expect(resumed.stderr).toContain('3 ok, 1 of them unchanged');
    expect(rows(out, 'boots.csv').map((row) => row.kernel)).toEqual(['6.1.0-a', '6.9.9-new', '6.1.0-d']);

    // Outputs that are up to date stay, once the inputs are older than two seconds: their stamps could hide a change.
    const boots = join(out, 'boots.csv');
    const resumedAt = async (): Promise<bigint> => {
      await batch('--resume');
      return statSync(boots, { bigint: true }).mtimeNs;
    };
    let last = await resumedAt();
    const stays = async (): Promise<boolean> => {
      const before = last;
      last = await resumedAt();
      return last === before;
    };
    await expect.poll(stays, { interval: 700 }).toBe(true);
    // What is gone or was changed is written again.
    const text = readFileSync(boots, 'utf8');
    writeFileSync(boots, 'mine');
    rmSync(join(out, 'cases.csv'));
    expect((await batch('--resume')).code).toBe(0);
    expect(readFileSync(boots, 'utf8')).toBe(text);
    expect(rows(out, 'cases.csv')).toHaveLength(3);
    // Another set of outputs, too.
    await batch('--resume', '--format', 'csv,parquet');
    expect(existsSync(join(out, 'boots/part-00000.parquet'))).toBe(true);
    await batch('--resume');
    expect(existsSync(join(out, 'boots'))).toBe(false);
    expect(readFileSync(boots, 'utf8')).toBe(text);
  });
});

describe('a case that takes its worker down', () => {
  it('fails alone: out of memory', () => {
    const logs = at('large');
    mkdirSync(logs);
    // Long names: near its limit a heap that grows slowly is collected again and again.
    const lines = Array.from(
      { length: 600 },
      (_, n) => `[${n}.000000] module-autoload: duplicate request for module m${n}${'x'.repeat(100_000)}\n`,
    );
    writeFileSync(join(logs, 'large'), `[    0.000000] Linux version 6.12.0 (x@y) #1\n${lines.join('')}`);
    writeFileSync(join(logs, 'small'), '[    0.000000] Linux version 6.1.0 (x@y) #1\n');
    const ran = built.run(['batch', logs, '--out', at('large-out'), '--worker-memory', '16M', '--jobs', '1']);
    expect(ran.code).toBe(1);
    expect(rows(at('large-out'), 'cases.csv').map((row) => [row.status, row.error])).toEqual([
      ['failed', 'out of memory in its worker (--worker-memory)'],
      ['ok', ''],
    ]);
  });
});

describe('a case that holds more than its worker may, outside the heap', () => {
  it('fails alone, and the worker goes on', () => {
    const logs = at('buffers');
    mkdirSync(logs);
    // A zip inside a compressed tar is held whole while its members are read.
    const dmesg = '[    0.000000] Linux version 6.1.0 (x@y) #1\n';
    const inner = zip({ pad: Buffer.alloc(28 * 1024 ** 2), dmesg }, 0);
    writeFileSync(join(logs, 'large'), gzipSync(tar({ 'a.zip': inner }), { level: 0 }));
    writeFileSync(join(logs, 'small'), '[    0.000000] Linux version 6.1.0 (x@y) #1\n');
    const ran = built.run([
      'batch',
      logs,
      '--out',
      at('buffers-out'),
      '--worker-memory',
      '24M',
      '--jobs',
      '1',
    ]);
    expect(ran.code).toBe(1);
    expect(rows(at('buffers-out'), 'cases.csv').map((row) => [row.status, row.error])).toEqual([
      ['failed', 'out of memory in its worker (--worker-memory)'],
      ['ok', ''],
    ]);
  });
});

describe('a batch of folders', () => {
  it('says how files became cases, which case equals another, and what to do about all of them', async () => {
    const many = at('many');
    const put = (to: string, from: string): void => {
      mkdirSync(join(many, to), { recursive: true });
      writeFileSync(join(many, to, from.slice(from.lastIndexOf('/') + 1)), readFileSync(join(SAMPLES, from)));
    };
    for (const to of ['a', 'd'])
      for (const name of ['dmesg.json', 'stats.txt', 'trace.txt']) put(to, `failures/${name}`);
    // Up to its tenth duplicate request.
    const autoload = new TextDecoder().decode(bytesOf(join(SAMPLES, 'autoload/dmesg.txt.xz')));
    const log = /(?:[\s\S]*?duplicate request.*\n){10}/.exec(autoload)?.[0] ?? '';
    for (const to of ['b', 'c']) {
      mkdirSync(join(many, to));
      writeFileSync(join(many, to, 'dmesg.txt'), log);
    }
    const ran = await cli(['batch', many, '--out', at('many-out'), '--jobs', '1']);
    // A run that takes a while says how far it is.
    const said = ran.stderr.split('\n').filter((line) => !/: \d+ of \d+ cases, /.test(line));
    expect(said[0]).toBe('modwaste: 8 files in 4 cases; --case file makes each file a case');
    expect(said[1]).toMatch(/^modwaste: 4 cases in .*: 4 ok, 2 equal to another \(same_as in cases\.csv\)/);
    const [a = '', b = '', c = ''] = [
      join(many, 'a'),
      ...['b', 'c'].map((name) => join(many, name, 'dmesg.txt')),
    ];
    expect(
      rows(at('many-out'), 'cases.csv').map((row) => [row.path, row.files, row.why, row.same_as]),
    ).toEqual([
      [a, '3', 'one boot by place', ''],
      [b, '1', '', ''],
      [c, '1', '', b],
      [join(many, 'd'), '3', 'one boot by place', a],
    ]);
    const asked = await cli(['batch-query', 'top-advice', at('many-out'), '--format', 'json']);
    // Of both copies.
    expect(JSON.parse(asked.stdout)).toContainEqual(
      expect.objectContaining({
        text: expect.stringContaining('try_then_request_module()'),
        boots: 2,
        calls: 20,
      }),
    );
    const one = await cli(['batch', join(many, 'b'), '--out', at('one-out'), '--jobs', '1']);
    expect(one.stderr.split('\n')[0]).toBe('modwaste: 1 case');
  });
});
