// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseKind } from '../../src/batch/case.js';
import { discover, identityOf } from '../../src/batch/discover.js';
import type { BatchInput } from '../../src/batch/list.js';
import { drain, Plan, type PlanOptions, readPlan } from '../../src/batch/plan.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-discover-'));
  const files: Record<string, string | Uint8Array> = {
    'in/a.txt': 'log',
    'in/b.gz': gzipSync('log'),
    'in/sub/c.txt': 'log',
    'in/sos/sos_commands/kernel/dmesg': 'log',
    'in/capture/dmesg.txt': 'log',
    'in/capture/modules/stats': 'table',
    'in/out/boots.csv': 'case',
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  symlinkSync('a.txt', join(folder, 'in/link'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* none(): AsyncGenerator<Uint8Array> {}

async function found(inputs: readonly string[], kind: CaseKind): Promise<Record<string, string | null>> {
  const all: Record<string, string | null> = {};
  const paths = inputs.map((input) => ({ path: join(folder, input), listed: false }));
  for await (const { path, skipped } of discover(paths, {
    kind,
    exclude: identityOf(statSync(join(folder, 'in/out'))),
    isOurs: () => true,
    stdin: none(),
  })) {
    all[path.slice(folder.length + 1)] = skipped;
  }
  return all;
}

describe('cases of a directory', () => {
  it('have shards of their own, also where several directories are given', async () => {
    const asked: string[] = [];
    const paths = ['in/sub', 'in/capture/modules'].map((input) => ({
      path: join(folder, input),
      listed: false,
    }));
    const isOurs = (name: string): boolean => asked.push(name.slice(folder.length + 1)) === 0;
    const options = { kind: 'auto', exclude: null, stdin: none(), isOurs } as const;
    for await (const { path } of discover(paths, options)) throw new Error(`${path} is of another shard`);
    expect(asked).toEqual(['in/sub/c.txt', 'in/capture/modules/stats']);
  });

  it('named by a list, archives have shards of their own, and other files of a small folder one', async () => {
    const asked: string[] = [];
    const names = ['in/h1.tar.xz', 'in/a.txt', 'in/h2.TGZ', 'in/b.gz', 'in/h3.zip', 'in/tar'];
    const paths = names.map((name) => ({ path: join(folder, name), listed: true }));
    const isOurs = (name: string): boolean => asked.push(name.slice(folder.length + 1)) === 0;
    const options = { kind: 'auto', exclude: null, stdin: none(), isOurs } as const;
    for await (const { path } of discover(paths, options)) throw new Error(`${path} is of another shard`);
    expect(asked).toEqual(['in/h1.tar.xz', 'in/a.txt', 'in/h2.TGZ', 'in/h3.zip']);
  });

  it('are its files, and whole reports; links are listed as skipped, the output folder is not entered', async () => {
    expect(await found(['in'], 'auto')).toEqual({
      'in/a.txt': null,
      'in/b.gz': null,
      'in/capture': null,
      'in/link': 'symbolic link',
      'in/sos': null,
      'in/sub/c.txt': null,
    });
  });

  it('are all files where files are asked for', async () => {
    const cases = await found(['in'], 'file');
    expect(cases['in/capture/modules/stats']).toBe(null);
    expect(cases['in/sos/sos_commands/kernel/dmesg']).toBe(null);
    expect(Object.keys(cases)).toHaveLength(7);
  });

  it('are its directories where those are asked for', async () => {
    const cases = await found(['in'], 'dir');
    expect(Object.keys(cases).filter((path) => cases[path] === null)).toEqual([
      'in/capture',
      'in/out',
      'in/sos',
      'in/sub',
    ]);
    expect(cases['in/a.txt']).toBe('file beside the directories that are cases');
  });

  it('are its archives, by their bytes, where those are asked for', async () => {
    const cases = await found(['in'], 'archive');
    expect(Object.keys(cases).filter((path) => cases[path] === null)).toEqual(['in/b.gz']);
  });

  it('are the directory itself for kind input', async () => {
    expect(await found(['in'], 'input')).toEqual({ in: null });
  });

  it('are the named inputs, existing or not, in their order', async () => {
    expect(Object.keys(await found(['gone', 'in/sub', 'in/a.txt'], 'auto'))).toEqual([
      'gone',
      'in/sub/c.txt',
      'in/a.txt',
    ]);
  });
});

it('compares the files of folders side by side, and has their cases in the order of the folders', async () => {
  const root = mkdtempSync(join(folder, 'side-by-side-'));
  for (const name of ['a/1', 'a/2', 'b/1', 'b/2', 'c']) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), 'log');
  }
  const asked: string[] = [];
  let last = (): void => undefined;
  const isLast = new Promise<void>((resolve) => {
    last = resolve;
  });
  const compare = async (paths: readonly string[]) => {
    const name = (paths[0] ?? '').slice(root.length + 1);
    asked.push(name);
    if (name === 'b/1') last();
    // The first answers after the last was asked.
    await isLast;
    return name === 'a/1' ? [{ at: [0, 1], why: 'one boot' }] : [];
  };
  const options = { kind: 'auto', exclude: null, stdin: none(), isOurs: () => true, compare } as const;
  const cases: string[] = [];
  for await (const { path } of discover([{ path: root, listed: false }], options))
    cases.push(path.slice(root.length + 1));
  expect(asked).toEqual(['a/1', 'b/1']);
  expect(cases).toEqual(['a', 'b/1', 'b/2', 'c']);
});

describe('a plan', () => {
  async function plan(
    paths: readonly string[],
    options: Partial<PlanOptions>,
  ): Promise<{ names: string[]; inputs: (readonly string[])[]; repeated: number }> {
    async function* candidates() {
      for (const [index, path] of paths.entries()) yield { at: [index, 0] as const, path, skipped: null };
    }
    const file = join(folder, 'plan.ndjson');
    const written = new Plan(file, { group: null, sample: null, part: null, ...options });
    await drain(written.write(candidates));
    const names: string[] = [];
    const inputs: (readonly string[])[] = [];
    for await (const one of readPlan(file)) {
      names.push(one.name);
      inputs.push(one.inputs);
    }
    expect(written.cases).toBe(names.length);
    return { names, inputs, repeated: written.repeated };
  }

  const many = Array.from({ length: 1000 }, (_, n) => `logs/${n}`);

  it('makes one case of the files of a group, wherever they are', async () => {
    const { names, inputs } = await plan(['d/x.dmesg', 'd/y.dmesg', 'd/readme', 't/x.trace'], {
      group: /([^/]+)\.(?:dmesg|trace)$/,
    });
    expect(names).toEqual(['x', 'y', 'd/readme']);
    expect(inputs).toEqual([['d/x.dmesg', 't/x.trace'], ['d/y.dmesg'], ['d/readme']]);
  });

  it('counts a case once that is given twice', async () => {
    expect(await plan(['a', 'b', 'a'], {})).toMatchObject({ names: ['a', 'b'], repeated: 1 });
  });

  it('divides the cases among parts: each is in one, none is in none', async () => {
    const parts = await Promise.all(
      [1, 2, 3].map(async (part) => {
        const names: string[] = [];
        const { isInPart } = await import('../../src/batch/select.js');
        for (const name of many) if (isInPart(name, { part, of: 3 })) names.push(name);
        return names;
      }),
    );
    expect(parts.flat().sort()).toEqual([...many].sort());
    for (const part of parts) expect(part.length).toBeGreaterThan(250);
  });

  it('samples the given number of cases by the seed, in the order of the inputs', async () => {
    const first = await plan(many, { sample: { count: 50, seed: 1 } });
    expect(first.names).toHaveLength(50);
    expect(first.names).toEqual(many.filter((name) => first.names.includes(name)));
    const reversed = await plan(many.toReversed(), { sample: { count: 50, seed: 1 } });
    expect(reversed.names.toReversed()).toEqual(first.names);
    const other = await plan(many, { sample: { count: 50, seed: 2 } });
    expect(other.names).not.toEqual(first.names);
    expect((await plan(many, { sample: { count: 5000, seed: 1 } })).names).toEqual(many);
  });
});

describe('the shards of a batch', () => {
  const plansOf = async (inputs: readonly BatchInput[], of: number) =>
    Promise.all(
      Array.from({ length: of }, async (_, index) => {
        const file = join(folder, `shard-${index}.ndjson`);
        const plan = new Plan(file, { group: null, sample: null, part: { part: index + 1, of } });
        await drain(
          plan.write((isOurs) => discover(inputs, { kind: 'file', exclude: null, stdin: none(), isOurs })),
        );
        const cases: [readonly [number, number], string][] = [];
        for await (const { at, name } of readPlan(file)) cases.push([at, name]);
        return { list: plan.list, cases };
      }),
    );

  it('agree about their list and the order of the whole, for folders and for lists', async () => {
    for (const listed of [false, true]) {
      const inputs = ['in/sub', 'gone', 'in', 'in/sub/c.txt'].map((path) => ({
        path: join(folder, path),
        listed,
      }));
      const [whole] = await plansOf(inputs, 1);
      const shards = await plansOf(inputs, 3);
      expect(new Set(shards.map(({ list }) => list))).toEqual(new Set([whole?.list]));
      const together = shards.flatMap(({ cases }) => cases).sort(([[a, i]], [[b, j]]) => a - b || i - j);
      // A line of a list stays together, so a name that two lines hold may be in two shards.
      const names = together.map(([, name]) => name);
      expect(together.filter(([, name], index) => names.indexOf(name) === index)).toEqual(whole?.cases);
    }
  });
});
