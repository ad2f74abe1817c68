// SPDX-License-Identifier: Apache-2.0
/** Files of one folder as cases: what is of one boot belongs together, what may be of two does not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Identity } from '../../src/accounting/boots/parts.js';
import { Questions } from '../../src/batch/answers.js';
import { discover } from '../../src/batch/discover.js';
import { processGroup } from '../../src/batch/process-group.js';
import { readCase } from '../../src/batch/read-case.js';
import { casesOf, stemOf } from '../../src/batch/siblings.js';
import { type Probe, probe } from '../../src/probe.js';
import { loadQueries } from '../../src/query/library.js';

const NOTHING: Identity = {
  ...{ bootId: null, schedClock: null, audit: null, banner: null, rtc: null, release: null, hardware: null },
  ...{ machine: null, commandLine: null, cpus: null, wallOffset: null, written: null },
};

/** A log of one boot. */
const log = ({
  lines = new Set(),
  banner = null,
  started = banner !== null,
  ...identity
}: Partial<Omit<Identity, 'banner'>> & {
  readonly lines?: ReadonlySet<string>;
  readonly banner?: string | null;
  readonly started?: boolean;
}): Probe => ({
  kind: 'log',
  lines,
  boots: [{ identity: { ...NOTHING, ...identity }, build: banner, started }],
});
const other = (kind: Probe['kind']): Probe => ({ kind, boots: [], lines: new Set() });

/** Names of the files of each case. */
const grouped = (files: Readonly<Record<string, Probe>>): string[] =>
  casesOf(Object.entries(files).map(([path, of]) => ({ path, probe: of }))).map(({ paths }) =>
    paths.join('+'),
  );

const A = { banner: 'Linux version 6.1.0 (a@b) #1', lines: new Set(['1.000001 a', '2.000002 b']) };
const A2 = { banner: A.banner, lines: new Set(['1.000003 a', '2.000004 b']) };
const B = { banner: 'Linux version 6.12.0 (a@b) #1', lines: new Set(['1.000001 a']) };

/** 200 lines of a boot, a second apart. */
const manyLines = (boot: number, from: number): Set<string> =>
  new Set(Array.from({ length: 200 }, (_, index) => `${from + index}.00000${boot} line ${from + index}`));

describe('files of one folder', () => {
  it.each<[string, Record<string, Probe>, string[]]>([
    [
      'a log, a trace, a dump, a listing and notes are one boot',
      {
        dmesg: log(A),
        trace: other('trace'),
        stats: other('counters'),
        modules: other('context'),
        notes: other('other'),
      },
      ['dmesg+trace+stats+modules+notes'],
    ],
    [
      'a trace and a dump without a log too',
      { trace: other('trace'), stats: other('counters') },
      ['trace+stats'],
    ],
    [
      'two readings of the counters too',
      { before: other('counters'), after: other('counters') },
      ['before+after'],
    ],
    ['logs of one boot share a line', { a: log(A), b: log({ lines: new Set(['2.000002 b']) }) }, ['a+b']],
    [
      'a few lines of hundreds at the same microsecond are chance',
      {
        a: log({ banner: A.banner, lines: manyLines(1, 0) }),
        b: log({
          banner: A.banner,
          lines: new Set([...manyLines(2, 0), ...[...manyLines(1, 0)].slice(7, 12)]),
        }),
      },
      ['a', 'b'],
    ],
    [
      'a log whose end is the start of another is of its boot; of a large log, one line of eight is enough',
      {
        a: log({ banner: A.banner, lines: manyLines(1, 0) }),
        b: log({ lines: new Set([...manyLines(1, 190)].slice(0, 30)) }),
        c: log({ lines: new Set([...manyLines(1, 0)].filter((_, index) => index % 8 === 5)) }),
      },
      ['a+b+c'],
    ],
    [
      'logs of two machines share a line by chance and have the others at other times',
      {
        a: log({ lines: new Set(['0.000003 kvm-clock', '1.000001 a', '2.000002 b']) }),
        b: log({ lines: new Set(['0.000003 kvm-clock', '1.000201 a', '2.000402 b']) }),
      },
      ['a', 'b'],
    ],
    [
      'machines that start in one second may have the same first audit record',
      {
        a: log({ lines: A.lines, audit: '1700000000.123:1' }),
        b: log({ lines: A2.lines, audit: '1700000000.123:1' }),
      },
      ['a', 'b'],
    ],
    ['logs of one kernel without a line in common are two boots', { a: log(A), b: log(A2) }, ['a', 'b']],
    [
      'logs without a banner or a line in common are boots of their own, but where their names are alike',
      {
        'host-a.log': log({ lines: new Set(['3.500001 x']) }),
        'host-b.log': log({ lines: new Set(['3.500002 x']) }),
        'dmesg.txt': log({ lines: new Set(['4.500002 x']) }),
        'kern.log': log({}),
      },
      ['host-a.log', 'host-b.log', 'dmesg.txt+kern.log'],
    ],
    [
      'logs of one kernel without stamps are one boot where they have one name',
      { 'dmesg.txt': log({ banner: A.banner }), 'kern.log': log({ banner: A.banner }) },
      ['dmesg.txt+kern.log'],
    ],
    [
      'and two boots where they have two',
      { 'host1.log': log({ banner: A.banner }), 'host2.log': log({ banner: A.banner }) },
      ['host1.log', 'host2.log'],
    ],
    ['logs of two kernels are two boots', { a: log(A), b: log(B) }, ['a', 'b']],
    [
      'logs of one boot id are one boot',
      { a: log({ bootId: 'x' }), b: log({ bootId: 'x', banner: 'B' }) },
      ['a+b'],
    ],
    [
      'logs of two boot ids are two',
      { a: log({ ...A, bootId: 'x' }), b: log({ ...A, bootId: 'y' }) },
      ['a', 'b'],
    ],
    [
      'logs of one time are one boot whatever they are called',
      {
        a: log({ audit: '1700000000.123:1' }),
        b: log({ audit: '1700000000.123:1' }),
        c: log({ audit: '1700000000.124:1' }),
        d: log({ rtc: '2026-11-22T10:18:18 UTC', banner: A.banner }),
        e: log({ rtc: '2026-11-22T10:18:18 UTC', banner: A.banner }),
        f: log({ rtc: '2026-11-22T10:18:18 UTC', banner: B.banner }),
      },
      ['a+b', 'c', 'd+e', 'f'],
    ],
    [
      'logs of one name and kernel are two boots where the wall clock says so',
      { 'dmesg.txt': log({ wallOffset: 0n }), 'kern.log': log({ wallOffset: 3_600_000_000_001n }) },
      ['dmesg.txt', 'kern.log'],
    ],
    [
      'a log that was written before the other boot started is of another',
      { 'dmesg.txt': log({ wallOffset: 7_200_000_000_000n }), 'kern.log': log({ written: 1n }) },
      ['dmesg.txt', 'kern.log'],
    ],
    [
      'clocks that NTP stepped are of one',
      { 'dmesg.txt': log({ wallOffset: 0n }), 'kern.log': log({ wallOffset: 2_000_000_000n }) },
      ['dmesg.txt+kern.log'],
    ],
    [
      'a rotated log goes on in its next piece, unless that starts a boot',
      {
        'kern.log': log({}),
        'kern.log.1': log({ banner: A.banner }),
        'kern.log.2.gz': log({ banner: A.banner }),
      },
      ['kern.log+kern.log.1+kern.log.2.gz'],
    ],
    [
      'a chain of pairs is one boot',
      {
        a: log(A),
        c: log({ lines: new Set(['9.000001 c']), banner: B.banner }),
        b: log({ lines: new Set([...A.lines, '9.000001 c']) }),
      },
      ['a+c+b'],
    ],
    [
      'of several boots, files go by their names, and what has none stands alone',
      {
        'boot1-dmesg.txt': log(A),
        'boot1-trace.txt': other('trace'),
        'boot2-dmesg.txt': log(B),
        boot2_stats: other('counters'),
        stats: other('counters'),
        'trace.txt': other('trace'),
      },
      ['boot1-dmesg.txt+boot1-trace.txt', 'boot2-dmesg.txt+boot2_stats', 'stats', 'trace.txt'],
    ],
    [
      'numbered traces are boots of their own',
      { 'trace-1.txt': other('trace'), 'trace-2.txt': other('trace') },
      ['trace-1.txt', 'trace-2.txt'],
    ],
    [
      'two forms of one trace are one',
      { 'trace.txt': other('trace'), 'trace_pipe.txt': other('trace'), 'trace.dat': other('trace') },
      ['trace.txt+trace_pipe.txt+trace.dat'],
    ],
    ['an archive is a case of its own', { dmesg: log(A), 'sos.tar': other('package') }, ['dmesg', 'sos.tar']],
    [
      'files of no known format beside one log are not hidden',
      { a: log(A), b: other('other'), c: other('other') },
      ['a', 'b', 'c'],
    ],
    [
      'context alone is not joined',
      { meminfo: other('context'), modules: other('context') },
      ['meminfo', 'modules'],
    ],
  ])('%s', (_, files, wanted) => expect(grouped(files)).toEqual(wanted));

  it('say why', () => {
    const why = (files: Record<string, Probe>) =>
      casesOf(Object.entries(files).map(([path, of]) => ({ path, probe: of }))).map((one) => one.why);
    expect(why({ a: log(A), b: log(A) })).toEqual(['one boot by lines']);
    expect(why({ a: log(A), trace: other('trace') })).toEqual(['one boot by place']);
    expect(why({ 'x-dmesg': log(A), 'x-trace': other('trace'), 'y-dmesg': log(B) })).toEqual([
      'one boot by name',
      null,
    ]);
  });

  it.each([
    ['in/boot1-dmesg.txt.gz', 'boot1'],
    ['in/Host_Trace.dat', 'host'],
    ['dmesg', ''],
    ['trace_pipe.txt', ''],
    ['dmesg.1', '1'],
    ['--.log', ''],
    ['_a b_.txt', 'a b'],
  ])('are named: %s -> %j', (path, stem) => expect(stemOf(path)).toBe(stem));
});

describe('on disk', () => {
  let folder: string;
  const BANNER = '[    0.000000] Linux version 6.12.0 (a@b) (gcc) #1 SMP\n';
  const boot = (stamp: string): string =>
    `${BANNER}[    ${stamp}] e1000: loading out-of-tree module taints kernel.\n`;
  const FILES: Readonly<Record<string, string | Uint8Array>> = {
    'one/dmesg.txt': boot('1.000001'),
    'one/dmesg.gz': gzipSync(boot('1.000001')),
    'one/proc_meminfo.txt':
      'MemTotal:  16384 kB\nMemFree: 1 kB\nVmallocTotal: 34359738367 kB\nVmallocUsed: 1 kB\n',
    'two/a.log': boot('1.000001'),
    'two/b.log': boot('1.000002'),
    'jiffies/a.log': boot('1.230000'),
    'jiffies/b.log': boot('1.230000'),
    'context/meminfo':
      'MemTotal:  16384 kB\nMemFree: 1 kB\nVmallocTotal: 34359738367 kB\nVmallocUsed: 1 kB\n',
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'modwaste-siblings-'));
    for (const [name, content] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    for (let n = 0; n < 65; n++) {
      mkdirSync(join(folder, 'many'), { recursive: true });
      writeFileSync(join(folder, 'many', `${n}.log`), boot(`${n}.000001`));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const OPTIONS = (kind: 'auto' | 'file') => ({ kind, exclude: null, isOurs: () => true, stdin: none() });
  async function* none(): AsyncGenerator<Uint8Array> {}

  const found = async (
    kind: 'auto' | 'file',
    inside = '',
    said: string[] = [],
  ): Promise<[string, number, string | null][]> => {
    const all: [string, number, string | null][] = [];
    for await (const { path, inputs, why } of discover([{ path: join(folder, inside), listed: false }], {
      ...OPTIONS(kind),
      said: (line) => said.push(line),
    })) {
      all.push([path.slice(folder.length + 1), inputs?.length ?? 1, why ?? null]);
    }
    return all;
  };

  it('a folder of one boot is one case of its name; each file of a collection is one', async () => {
    const cases = await found('auto');
    expect(cases.filter(([name]) => !name.startsWith('many'))).toEqual([
      ['context/meminfo', 1, null],
      ['jiffies/a.log', 1, null],
      ['jiffies/b.log', 1, null],
      ['one', 3, 'one boot by lines, place'],
      ['two/a.log', 1, null],
      ['two/b.log', 1, null],
    ]);
    expect(cases.filter(([name]) => name.startsWith('many/'))).toHaveLength(65);
    expect(await found('file', 'one')).toHaveLength(3);
  });

  it('of a large collection, files that share a name are one', async () => {
    const put = (name: string, text: string): void => {
      mkdirSync(join(folder, 'large'), { recursive: true });
      writeFileSync(join(folder, 'large', name), text);
    };
    for (let n = 0; n < 40; n++) {
      put(`boot${n}-dmesg.txt`, boot(`${n}.000001`));
      put(`boot${n}-kern.log`, boot(`${n}.000001`));
    }
    const cases = await found('auto', 'large');
    expect(cases).toHaveLength(40);
    expect(new Set(cases.map(([, files, why]) => `${files} ${why}`))).toEqual(
      new Set(['2 one boot by lines']),
    );
    rmSync(join(folder, 'large'), { recursive: true });
  });

  describe('a folder of more files than are compared with each other', () => {
    const put = (name: string, text: string | Uint8Array): void => {
      mkdirSync(join(folder, 'large'), { recursive: true });
      writeFileSync(join(folder, 'large', name), text);
    };
    const large = async (said: string[] = []): Promise<[string, number, string | null][]> => {
      const cases = await found('auto', 'large', said);
      return cases.map(([name, files, why]) => [name.replace('large/', ''), files, why]);
    };
    afterEach(() => rmSync(join(folder, 'large'), { recursive: true }));
    /** One clock, as virtual machines have, and one line at the same microsecond as the next machine. */
    const chance = (n: number): string =>
      [
        '[    0.100001] rtc_cmos 00:00: setting system clock to 2026-11-22T10:18:18 UTC (1795342698)',
        ...[1, 2, 3, 4].map((at) => `[    ${at}.5${n + 100}01] line ${at}`),
        ...[n, n + 1].map((at) => `[    5.5${at + 100}01] line 5`),
        '',
      ].join('\n');

    it('logs of one boot are one case whatever they are called', async () => {
      for (let n = 0; n < 70; n++) put(`host${n}.log`, boot(`${n}.000001`));
      for (let n = 0; n < 70; n++) put(`vm${n}.log`, chance(n));
      put('serial-of-rack-7', boot('7.000001').replaceAll('\n', '\r\n'));
      put('9th.gz', gzipSync(boot('9.000001')));
      const filler = Array.from({ length: 4000 }, (_, n) => `Nov 22 10:18:18 h sshd[${n}]: closed\n`);
      put('messages', `${filler.join('')}${boot('11.000001')}`);
      const id = '0123456789abcdef0123456789abcdef';
      const journal = (at: number): string =>
        `{"_BOOT_ID":"${id}","_TRANSPORT":"kernel","__REALTIME_TIMESTAMP":"170000000000000${at}","MESSAGE":"x: loading out-of-tree module taints kernel."}\n`;
      put('j1.json', journal(1));
      put('j2.json', journal(2));
      const said: string[] = [];
      const cases = await large(said);
      expect(said).toEqual([]);
      expect(cases.filter(([, files]) => files > 1).sort()).toEqual([
        ['9th.gz', 2, 'one boot by lines'],
        ['host11.log', 2, 'one boot by lines'],
        ['host7.log', 2, 'one boot by lines'],
        ['j1.json', 2, 'one boot by boot id'],
      ]);
      expect(cases).toHaveLength(141);
    });

    it('one report with one log is one case', async () => {
      for (let n = 0; n < 70; n++) put(`meminfo${n}`, 'MemTotal: 2 kB\nMemFree: 1 kB\nVmallocUsed: 1 kB\n');
      put('dmesg.txt', boot('1.000001'));
      put('trace.txt', '# tracer: nop\n modprobe-9 [000] ..... 1.000001: module_load: loop\n');
      expect(await large()).toEqual([['large', 72, 'one boot by place']]);
    });

    it('says where too many have the same lines, and goes by their names', async () => {
      for (let n = 0; n < 70; n++) put(`host${n}-kern.log`, boot('1.000001'));
      put('host3-dmesg.txt', boot('1.000001'));
      put('other.log', boot('2.000001'));
      const said: string[] = [];
      const input = { path: join(folder, 'large'), listed: false };
      const cases: number[] = [];
      for await (const { inputs } of discover([input], {
        ...OPTIONS('auto'),
        said: (line) => said.push(line),
      }))
        cases.push(inputs?.length ?? 1);
      expect(cases.filter((files) => files > 1)).toEqual([2]);
      expect(said).toEqual([
        `${join(folder, 'large')}: 71 files share lines with more than 64 others: files of one boot are recognised by their names alone`,
      ]);
    });
  });

  it('files that are named are grouped like those of a directory', async () => {
    const inputs = ['two/b.log', 'one/dmesg.txt', 'gone', 'two/a.log', 'one/dmesg.gz'].map((name) => ({
      ...{ path: join(folder, name), listed: true },
    }));
    const cases = async (kind: 'auto' | 'file'): Promise<[string, number][]> => {
      const all: [string, number][] = [];
      for await (const one of discover(inputs, OPTIONS(kind)))
        all.push([one.path.slice(folder.length + 1), one.inputs?.length ?? 1]);
      return all;
    };
    expect(await cases('auto')).toEqual([
      ['two/b.log', 1],
      ['one/dmesg.txt', 2],
      ['gone', 1],
      ['two/a.log', 1],
    ]);
    expect(await cases('file')).toHaveLength(5);
  });

  it('forms of one log are one boot by the time at which it started', async () => {
    const RTC = 'rtc_cmos 00:00: setting system clock to 2026-11-22T10:18:18 UTC (1795342698)';
    const at = (stamp: string): string =>
      `[${stamp}] Linux version 6.12.0 (a@b) (gcc) #1 SMP\n[${stamp}] ${RTC}\n[${stamp}] e1000: loading out-of-tree module taints kernel.\n`;
    writeFileSync(join(folder, 'plain'), at('    0.000000'));
    writeFileSync(join(folder, 'human'), at('Sun Nov 22 10:18:17 2026'));
    writeFileSync(join(folder, 'later'), at('Sun Nov 22 14:18:17 2026').replaceAll(' 10:18', ' 14:18'));
    const names = ['plain', 'human', 'later'];
    const probes = await Promise.all(names.map((name) => probe(join(folder, name))));
    expect(probes.map(({ kind }) => kind)).toEqual(['log', 'log', 'log']);
    const why = (some: readonly number[]) =>
      casesOf(some.map((n) => ({ path: names[n] ?? '', probe: probes[n] ?? other('other') }))).map(
        (one) => one.why,
      );
    expect(why([0, 1])).toEqual(['one boot by time']);
    for (const name of names) rmSync(join(folder, name));
  });

  it('a second boot is found far below the head of a log', async () => {
    const long =
      BANNER +
      Array.from({ length: 9000 }, (_, n) => `[   10.${String(n).padStart(6, '0')}] line ${n}\n`).join('');
    const tail = `${long}${boot('3.000001')}${Array.from({ length: 900 }, (_, n) => `[   20.${String(n).padStart(6, '0')}] line ${n}\n`).join('')}`;
    writeFileSync(join(folder, 'kern.log'), tail);
    writeFileSync(join(folder, 'dmesg'), tail.slice(long.length));
    const probes = await Promise.all(['kern.log', 'dmesg'].map((name) => probe(join(folder, name))));
    expect(casesOf(probes.map((of, n) => ({ path: `${n}`, probe: of }))).map(({ why }) => why)).toEqual([
      'one boot by lines',
    ]);
  });

  it('context alone is skipped, and is no boot', async () => {
    const queries = [...loadQueries().values()].filter(({ name }) => name === 'boots');
    const settings = {
      version: '1',
      limits: {},
      allMembers: false,
      prefilter: true,
      queries: ['boots'],
      ndjson: false,
      sql: '',
    };
    const questions = new Questions(queries, false);
    const shared = { settings, fingerprint: '', fetch: null, timeout: 60, workerBytes: 2 ** 31 };
    const context = { ...shared, questions, group: processGroup() };
    const read = async (name: string) => {
      const one = { at: [0, 0] as const, name, inputs: [join(folder, name)], why: null, skipped: null };
      return (await readCase(one, null, context)).result;
    };
    expect(await read('context/meminfo')).toMatchObject({
      ...{ status: 'skipped', boots: 0, error: 'context alone (meminfo): no log, no trace, no counters' },
      parts: [],
    });
    expect(await read('two/a.log')).toMatchObject({ status: 'ok', boots: 1 });
  });
});
