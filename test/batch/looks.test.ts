// SPDX-License-Identifier: Apache-2.0
/** What a look at files told is kept: the next run looks at what changed alone. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { discover } from '../../src/batch/discover.js';
import { Looks, type Remember } from '../../src/batch/looks.js';
import { temporary } from '../temporary.js';

let folder: string;
let kept: string;
const put = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeEach(() => {
  folder = temporary('looks');
  kept = join(folder, 'looks');
  // A stamp is null until a file has not changed for two seconds.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What a run is told of some paths, and what it looked at. */
async function run(
  paths: readonly (readonly string[])[],
  { version = '1', isKilled = false, isFresh = false } = {},
): Promise<{ told: unknown[]; looked: string[] }> {
  const looks = new Looks(kept, version, { isFresh });
  const [told, looked]: [unknown[], string[]] = [[], []];
  for (const some of paths) {
    const look = async (): Promise<string> => {
      looked.push(...some);
      return some.map((path) => readFileSync(path, 'utf8')).join();
    };
    told.push(await looks.remember('text', some, look));
  }
  if (!isKilled) looks.finish();
  return { told, looked };
}

describe('a second run', () => {
  it('does not look at files that did not change', async () => {
    const all = [[put('a', '1'), put('b', '2')], [put('c', '3')]];
    expect(await run(all)).toEqual({ told: ['1,2', '3'], looked: all.flat() });
    expect(await run(all)).toEqual({ told: ['1,2', '3'], looked: [] });
  });

  it.each<[string, () => unknown]>([
    ['grew', () => appendFileSync(join(folder, 'a'), 'x')],
    [
      'was replaced by one of the same size and time',
      () => {
        const path = put('new', '9');
        utimesSync(path, 1, 1);
        renameSync(path, join(folder, 'a'));
      },
    ],
    ['was touched', () => utimesSync(join(folder, 'a'), 2, 2)],
  ])('looks again at a file that %s', async (_what, change) => {
    const all = [[put('a', '1')], [put('b', '2')]];
    utimesSync(join(folder, 'a'), 1, 1);
    await run(all);
    change();
    vi.setSystemTime(Date.now() + 3_600_000);
    expect((await run(all)).looked).toEqual(all[0]);
    expect((await run(all)).looked).toEqual([]);
  });

  it('looks again at files that changed within the last seconds, and at those that cannot be opened', async () => {
    const all = [[put('a', '1')]];
    vi.useRealTimers();
    await run(all);
    expect((await run(all)).looked).toEqual(all[0]);
    await expect(run([[join(folder, 'gone')]])).rejects.toThrow('ENOENT');
  });

  it('tells the files of another order, another name, another question and another version apart', async () => {
    const [a, b] = [put('a', '1'), put('b', '2')];
    await run([[a, b]]);
    expect((await run([[b, a]])).looked).toEqual([b, a]);
    await run([[a, b]]);
    expect((await run([[a, b]], { version: '2' })).looked).toEqual([a, b]);
    const looks = new Looks(kept, '2');
    expect(await looks.remember('other', [a, b], async () => 5)).toBe(5);
    looks.finish();
  });

  it('keeps what a run that was killed had seen, and forgets what is gone', async () => {
    const all = Array.from({ length: 300 }, (_, n) => [put(`file${n}`, `${n} ${'x'.repeat(700)}`)]);
    await run(all.slice(0, 100));
    const before = await run(all.slice(50), { isKilled: true });
    expect(before.looked).toHaveLength(200);
    // A part of it had not been written.
    const { looked } = await run(all);
    expect(looked.length).toBeGreaterThan(0);
    expect(looked.length).toBeLessThan(150);
    expect((await run(all)).looked).toEqual([]);
    const size = readFileSync(kept).length;
    await run(all.slice(0, 5));
    expect(readFileSync(kept).length).toBeLessThan(size / 50);
    expect(existsSync(`${kept}.tmp`)).toBe(false);
  });

  it('does not use a line that is damaged, and uses the others', async () => {
    const all = ['a', 'b', 'c'].map((name) => [put(name, `text ${name}`)]);
    await run(all);
    const bytes = readFileSync(kept);
    const at = bytes.indexOf('text b');
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(kept, bytes);
    expect(await run(all)).toEqual({ told: ['text a', 'text b', 'text c'], looked: all[1] });
    writeFileSync(kept, Buffer.concat([bytes.subarray(0, 90), Buffer.alloc(200_000, 'x')]));
    expect((await run(all)).told).toEqual(['text a', 'text b', 'text c']);
  });

  it('looks at all files where it is told to', async () => {
    const all = [[put('a', '1')]];
    await run(all);
    expect((await run(all, { isFresh: true })).looked).toEqual(all[0]);
  });
});

describe('a folder with more files than are compared with each other', () => {
  const line = (n: number): string => `[    1.${n + 100_001}] x: loading out-of-tree module taints kernel.\n`;
  const logOf = (n: number): string => [0, 1, 2, 3].map((at) => line(7 * n + at)).join('');

  it('is looked at once, and gives the same cases', async () => {
    mkdirSync(join(folder, 'logs'));
    for (let n = 0; n < 80; n++) put(`logs/boot${n}.log`, logOf(n));
    put('logs/serial-of-7', logOf(7));
    const looked: string[] = [];
    const cases = async (): Promise<string[]> => {
      const looks = new Looks(kept, '1');
      const all: string[] = [];
      const options = { kind: 'auto', exclude: null, isOurs: () => true, stdin: none() } as const;
      const inputs = [{ path: join(folder, 'logs'), listed: false }];
      const remember: Remember = (what, paths, look) =>
        looks.remember(what, paths, () => {
          looked.push(...paths.map((path) => `${what} ${path.slice(path.lastIndexOf('/') + 1)}`));
          return look();
        });
      for await (const { path, inputs: files, why } of discover(inputs, { ...options, remember }))
        all.push(`${path} ${files?.length ?? 1} ${why ?? ''}`);
      looks.finish();
      return all;
    };
    async function* none(): AsyncGenerator<Uint8Array> {}
    const first = await cases();
    expect(first).toHaveLength(80);
    expect(first.filter((one) => one.endsWith('one boot by lines'))).toHaveLength(1);
    expect(looked).toHaveLength(83);
    looked.length = 0;
    expect(await cases()).toEqual(first);
    expect(looked).toEqual([]);
    const size = readFileSync(kept).length / 81;
    expect(size).toBeLessThan(120);
    put('logs/boot3.log', logOf(7));
    vi.setSystemTime(Date.now() + 3_600_000);
    const third = await cases();
    expect(third).toHaveLength(79);
    expect(third.filter((one) => one.includes(' 3 one boot by lines'))).toHaveLength(1);
    expect(looked.sort()).toEqual([
      'cases boot3.log',
      'cases boot7.log',
      'cases serial-of-7',
      'marks boot3.log',
    ]);
  });
});
