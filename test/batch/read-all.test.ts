// SPDX-License-Identifier: Apache-2.0
/** What is read, and what is known: the worker's work in this process. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseKind, Outcome } from '../../src/batch/case.js';
import { discover } from '../../src/batch/discover.js';
import { parseFetch } from '../../src/batch/fetch.js';
import { type BatchInput, parseListLine } from '../../src/batch/list.js';
import { Plan } from '../../src/batch/plan.js';
import { processGroup } from '../../src/batch/process-group.js';
import { readAll } from '../../src/batch/read-all.js';
import { Results } from '../../src/batch/results.js';
import type { Asked, Work } from '../../src/batch/task.js';
import work from '../../src/batch/worker.js';
import { tar, tarHeader } from '../input/helpers.js';

let folder: string;
const LOG = '[    0.000000] Linux version 6.1.0 (x@y) #1\n[    1.0] random: done\n';
const at = (name: string): string => join(folder, name);
const put = (name: string, text: string | Uint8Array = LOG): string => {
  mkdirSync(join(at(name), '..'), { recursive: true });
  writeFileSync(at(name), text);
  return at(name);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-read-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SETTINGS = {
  ...{ version: '1', limits: {}, allMembers: false, prefilter: true, ndjson: false, sql: '' },
  queries: ['boots'],
};

interface Options {
  readonly kind?: CaseKind;
  readonly fetch?: string;
  readonly verify?: boolean;
  readonly stdin?: Uint8Array;
}

/** Runs over the inputs with the state `name`; gives the outcomes, and the names that workers read. */
async function run(
  name: string,
  inputs: readonly (string | BatchInput)[],
  { kind = 'file', fetch, verify = false, stdin = new Uint8Array(0) }: Options = {},
): Promise<{ outcomes: Outcome[]; asked: string[]; boots: (string | null)[] }> {
  const results = new Results(at(`${name}/results`), 'f');
  const shared: Work = {
    settings: SETTINGS,
    fingerprint: 'f',
    fetch: fetch ? parseFetch(fetch) : null,
    timeout: 60,
    workerBytes: 2 ** 31,
  };
  const asked: string[] = [];
  const outcomes: Outcome[] = [];
  const plan = new Plan(at(`${name}/plan`), { group: null, sample: null, part: null });
  const all = inputs.map((one) => (typeof one === 'string' ? { path: one, listed: false } : one));
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield stdin;
  }
  const cases = plan.write((isOurs) => discover(all, { kind, exclude: null, isOurs, stdin: bytes() }));
  const pool = {
    read: async (some: readonly Asked[]) => {
      asked.push(...some.map(({ one }) => one.name));
      return [await work({ work: shared, group: processGroup(), cases: some })];
    },
  };
  await readAll(cases, { results, pool }, { jobs: 1, verify }, (outcome) => outcomes.push(outcome));
  outcomes.sort((a, b) => (a.name < b.name ? -1 : 1));
  const boots = outcomes.map(({ name: one }) => {
    const rows = results.read(one)?.parts[0]?.rows;
    return rows ? (/6\.\d+\.\d+/.exec(Buffer.from(rows).toString())?.[0] ?? null) : null;
  });
  results.close();
  return { outcomes, asked, boots };
}

/** Lets the file look as if it had changed long ago, though for the time of its inode. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2100));

describe('a second run', () => {
  it('reads what changed alone, by size, times and inode; --verify by contents', async () => {
    const paths = ['a', 'b', 'c'].map((name) => put(`again/${name}`));
    const date = (from: number): void => {
      const then = new Date(Date.now() + from * 86_400_000);
      for (const path of paths) utimesSync(path, then, then);
    };
    date(1);
    expect((await run('again-out', paths)).outcomes.map(({ status, reused }) => [status, reused])).toEqual(
      paths.map(() => ['ok', false]),
    );
    // So new that another change might not show: read, found the same, not analyzed again.
    const soon = await run('again-out', paths);
    expect([soon.asked.length, soon.outcomes.filter(({ reused }) => reused).length]).toEqual([3, 3]);
    date(-1);
    await settle();
    expect((await run('again-out', paths)).asked).toHaveLength(3);
    const later = await run('again-out', paths);
    expect([later.asked, later.outcomes.filter(({ reused }) => reused).length]).toEqual([[], 3]);
    expect((await run('again-out', paths, { verify: true })).asked).toHaveLength(3);

    // The same size and the same time of contents, as rsync --times leaves them.
    const [, changed = ''] = paths;
    const then = new Date(Date.now() - 86_400_000);
    put('again/b', LOG.replace('6.1.0', '6.2.0'));
    utimesSync(changed, then, then);
    const third = await run('again-out', paths);
    expect([third.asked, third.boots]).toEqual([[changed], ['6.1.0', '6.2.0', '6.1.0']]);
  });

  it('tries again what could not be read, and knows a group by the names of its files', async () => {
    const gone = at('tried/gone');
    const two = ['dmesg.txt', 'kern.log'].map((name) =>
      put(`tried/one/${name}`, `${LOG}[    2.000001] e1000: hello\n`),
    );
    const first = await run('tried-out', [gone, at('tried/one')], { kind: 'auto' });
    expect(first.outcomes.map(({ status, error }) => [status, error])).toEqual([
      ['failed', 'no such file or directory'],
      ['ok', ''],
    ]);
    put('tried/gone');
    expect(
      (await run('tried-out', [gone, at('tried/one')], { kind: 'auto' })).outcomes.map(
        ({ reused }) => reused,
      ),
    ).toEqual([false, true]);
    renameSync(two[1] ?? '', at('tried/one/messages'));
    const renamed = await run('tried-out', [gone, at('tried/one')], { kind: 'auto' });
    expect(renamed.outcomes.map(({ reused }) => reused)).toEqual([true, false]);
  });
});

describe('an archive whose members are cases', () => {
  const tarOf = (members: Readonly<Record<string, string | Uint8Array>>): Buffer => {
    const whole = tar(members);
    return Buffer.concat([tarHeader('link', 0, '2'), whole]);
  };
  const rows = ({ outcomes }: { outcomes: Outcome[] }) => outcomes.map(({ name, status }) => [name, status]);

  it('is read from stdin and from disk, compressed or not; a second run knows what is the same', async () => {
    const members = {
      'day/a.log': LOG,
      'day/b.log.gz': gzipSync(LOG.replace('6.1.0', '6.5.0')),
      'day/empty': '',
    };
    const archive = tarOf(members);
    const expected = [
      ['day/a.log', 'ok'],
      ['day/b.log.gz', 'ok'],
      ['day/empty', 'unrecognised'],
      ['link', 'skipped'],
    ];
    for (const stdin of [archive, gzipSync(archive)]) {
      const streamed = await run(`stream-${stdin.length}`, ['-'], { stdin });
      expect(rows(streamed)).toEqual(expected);
      const again = await run(`stream-${stdin.length}`, ['-'], { stdin });
      expect(again.outcomes.filter(({ reused }) => reused)).toHaveLength(3);
    }
    const path = put('day.tar.gz', gzipSync(archive));
    const log = put('beside.log');
    const onDisk = await run('on-disk', [path, log], { kind: 'member' });
    expect(rows(onDisk)).toEqual(
      [...expected.map(([name, status]) => [`${path}!${name}`, status]), [log, 'ok']].toSorted(),
    );
    expect(onDisk.boots.filter((kernel) => kernel === '6.5.0')).toHaveLength(1);
  });

  it('is named as a failed case where it is damaged, beside what could be read', async () => {
    const archive = tarOf({ a: LOG, b: LOG.repeat(20) });
    const cut = await run('cut', ['-'], { stdin: archive.subarray(0, 2300) });
    expect(cut.outcomes.find(({ status }) => status === 'failed')).toMatchObject({
      name: 'standard input',
      error: 'archive-damaged: the tar is truncated in b',
    });
    expect(cut.outcomes.find(({ name }) => name === 'a')?.status).toBe('ok');
    const none = await run('none', ['-'], { stdin: Buffer.from(LOG) });
    expect(none.outcomes).toMatchObject([
      { name: 'standard input', status: 'failed', error: 'it is not an archive' },
    ]);
  });
});

describe('a list', () => {
  const sha256 = createHash('sha256').update(LOG).digest('hex');

  it('is of paths, of lines of sha256sum, or of JSON', () => {
    expect(parseListLine('logs/a b')).toEqual({ path: 'logs/a b', listed: true });
    for (const mode of [' ', '*']) {
      expect(parseListLine(`${sha256} ${mode}a`)).toEqual({ path: 'a', listed: true, sha256 });
    }
    expect(parseListLine('{"path":"s3://b/a","version":7}')).toEqual({
      path: 's3://b/a',
      listed: true,
      version: '7',
    });
    expect(parseListLine('./{a')).toEqual({ path: './{a', listed: true });
    for (const bad of ['{', '{}', '{"path":""}', '{"path":"a","sha256":"12"}']) {
      expect(() => parseListLine(bad)).toThrow('cannot be used');
    }
  });

  it('that tells digests spares reading, and shows what is not what it says', async () => {
    const path = put('known/a');
    const one = { path, listed: true, sha256 };
    expect((await run('known-out', [one])).outcomes).toMatchObject([{ status: 'ok', digest: sha256 }]);
    put('known/a', 'something else');
    // The list says that it is the same.
    expect((await run('known-out', [one])).asked).toEqual([]);
    const other = { ...one, sha256: sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) };
    expect((await run('known-out', [other])).outcomes).toMatchObject([
      {
        status: 'failed',
        error: expect.stringMatching(/^its SHA-256 is [0-9a-f]{64}, not that of the list$/),
      },
    ]);
  });
});

describe('a URL', () => {
  it('is read by the command, as one argument, whatever is in it; a version spares reading it', async () => {
    const path = put("far/it's $(touch x) & a;b", gzipSync(LOG));
    const one = { path: `file://${path}`, listed: true, version: 'e1' };
    const fetch = `sh -c 'cat "\${1#file://}"; echo "$#" >> ${at('count')}' sh {}`;
    const first = await run('far-out', [one], { fetch });
    expect(first.outcomes).toMatchObject([{ name: one.path, status: 'ok' }]);
    expect(first.boots).toEqual(['6.1.0']);
    expect((await run('far-out', [one], { fetch })).asked).toEqual([]);
    expect((await run('far-out', [{ ...one, version: 'e2' }], { fetch })).asked).toEqual([one.path]);
    expect(readFileSync(at('count'), 'utf8')).toBe('1\n1\n');
    expect(existsSync('x')).toBe(false);
  });

  it('fails with what the command said after three tries, or without a command', async () => {
    const one = { path: 's3://bucket/key', listed: true };
    const fetch = `sh -c 'echo . >> ${at('tries')}; echo "no such key" >&2; exit 3' sh {}`;
    const failed = { status: 'failed', digest: null };
    expect((await run('failed-out', [one], { fetch })).outcomes).toMatchObject([
      { ...failed, error: 'sh: no such key' },
    ]);
    expect(readFileSync(at('tries'), 'utf8')).toBe('.\n.\n.\n');
    expect((await run('no-fetch', [one])).outcomes).toMatchObject([
      { ...failed, error: 'a URL is read by the command of --fetch' },
    ]);
    expect(() => parseFetch('curl -s')).toThrow('has no {} for the URL');
    expect(parseFetch(`a 'b c' d"e f"g {}`)).toEqual(['a', 'b c', 'de fg', '{}']);
  });
});
