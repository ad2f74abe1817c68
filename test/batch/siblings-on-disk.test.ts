// SPDX-License-Identifier: Apache-2.0
/** Files of a folder as cases, as a batch finds and reads them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Questions } from '../../src/batch/answers.js';
import { discover } from '../../src/batch/discover.js';
import { processGroup } from '../../src/batch/process-group.js';
import { readCase } from '../../src/batch/read-case.js';
import { casesOf } from '../../src/batch/siblings.js';
import { type Probe, probe } from '../../src/probe.js';
import { loadQueries } from '../../src/query/library.js';

const NONE: Probe = { kind: 'other', boots: [], lines: new Set() };

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
      casesOf(some.map((n) => ({ path: names[n] ?? '', probe: probes[n] ?? NONE }))).map((one) => one.why);
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
