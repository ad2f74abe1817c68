// SPDX-License-Identifier: Apache-2.0
/** Several machines or states in one post: each dump's numbers are kept, in the order that the text says. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cli } from '../cli/harness.js';
import { fileOf, folderOf, query } from './read.js';

const post = (name: string): string => fileURLToPath(new URL(`posts/${name}.txt`, import.meta.url));
const text = (name: string): string => readFileSync(post(name), 'utf8');

async function boots(...inputs: string[]): Promise<unknown[]> {
  return (await query('boots', ...inputs)).map(({ label, wasted_bytes }) => [label, wasted_bytes]);
}

async function wastedInDiff(...inputs: string[]): Promise<unknown[]> {
  const { stdout } = await cli(['diff', '--snapshots', '--format', 'json', '--quiet', ...inputs]);
  const rows = JSON.parse(stdout) as { name: string; section: string; before: number; after: number }[];
  return rows
    .filter(({ name, section }) => section === 'total' && name === 'wasted')
    .map(({ before, after }) => [before, after]);
}

/** A table of a boot that failed so often in becoming. */
const table = (failures: number, modules = 131): string =>
  [
    `         Mods ever loaded       ${modules}`,
    '     Mods failed on kread       0',
    'Mods failed on decompress       0',
    `  Mods failed on becoming       ${failures}`,
    '      Mods failed on load       0',
    `        Total module size       ${modules * 1000}`,
    `      Total mod text size       ${modules * 100}`,
    '       Failed kread bytes       0',
    '  Failed decompress bytes       0',
    `    Failed becoming bytes       ${failures * 1000}`,
    '        Failed kmod bytes       0',
    ` Virtual mem wasted bytes       ${failures * 1000}`,
    '         Average mod size       1000',
    '    Average mod text size       100',
    ...(failures > 0 ? ['  Avg fail becoming bytes       1000'] : []),
    '',
  ].join('\n');

describe('readings of different boots', () => {
  it('before and after, as posted', async () => {
    const want = [
      ['Before', 4_296_984],
      ['After', 109_776],
    ];
    expect(await boots(post('before-after-reversed'))).toEqual(want);
    expect(await wastedInDiff(post('before-after-reversed'))).toEqual([[4_296_984, 109_776]]);
    const crlf = text('before-after-reversed').replaceAll('\n', '\r\n');
    expect(await boots(fileOf('mail.txt', crlf))).toEqual(want);
    expect(await boots(fileOf('mail.txt', text('before-after-reversed').replaceAll(/^/gm, '> ')))).toEqual(
      want,
    );
  });

  it('the first without a name, and one row of it', async () => {
    expect(await boots(post('before-line-after-dump'))).toEqual([
      [null, 1_949_006_968],
      ['After', 474_688],
    ]);
    expect(await wastedInDiff(post('before-line-after-dump'))).toEqual([[1_949_006_968, 474_688]]);
  });

  it('two hosts', async () => {
    expect(await boots(post('two-hosts-one-mail'))).toEqual([
      [null, 14_588_526_272],
      [null, 1_609_728],
    ]);
    const { stdout } = await cli(['analyze', post('two-hosts-one-mail')]);
    expect(stdout).toMatch(
      /^2 boots: boot 1: 13\.6 GiB wasted in 1,411 failed loads; boot 2: 1\.5 MiB wasted in 15 failed loads\./,
    );
  });

  it.each([
    [
      'After first',
      `After:\n\n${table(4)}\nBefore:\n\n${table(24)}`,
      [
        ['Before', 24_000],
        ['After', 4_000],
      ],
    ],
    [
      'a patch that made it worse',
      `unpatched:\n\n${table(4)}\npatched:\n\n${table(24)}`,
      [
        ['unpatched', 4_000],
        ['patched', 24_000],
      ],
    ],
    [
      'three',
      `Before:\n\n${table(24)}\nAfter:\n\n${table(4)}\nAnd with v2:\n\n${table(2)}`,
      [
        ['Before', 24_000],
        ['After', 4_000],
        [null, 2_000],
      ],
    ],
    [
      'one that is quoted once more',
      `Before:\n\n${table(24)}\nAfter:\n\n${table(4)}\nas in\n\n${table(24)}`,
      [
        ['Before', 24_000],
        ['After', 4_000],
      ],
    ],
  ])('%s', async (_, mail, want) => {
    expect(await boots(fileOf('mail.txt', mail))).toEqual(want);
  });

  it('in files, by their names', async () => {
    const folder = folderOf({ 'after.txt': table(4), 'before.txt': table(24) });
    expect(await boots(folder)).toEqual([
      ['before.txt', 24_000],
      ['after.txt', 4_000],
    ]);
    expect(await wastedInDiff(folder)).toEqual([[24_000, 4_000]]);
  });
});

describe('readings of one boot', () => {
  it.each([
    ['before and after a storm', `Before:\n\n${table(4)}\nAfter:\n\n${table(24)}`],
    ['a day of them', [1, 4, 4, 9, 24].map((n) => `# cat stats\n${table(n)}`).join('')],
  ])('%s', async (_, mail) => {
    expect((await boots(fileOf('mail.txt', mail))).length).toBe(1);
    expect(await query('boots', fileOf('mail.txt', mail))).toMatchObject([{ wasted_bytes: 24_000 }]);
  });

  it('in files in whatever order', async () => {
    const folder = folderOf({ 'a.txt': table(24), 'b.txt': table(4), 'c.txt': table(9) });
    expect(await query('boots', folder)).toMatchObject([{ wasted_bytes: 24_000 }]);
  });

  it('of which a 32-bit sum of bytes wrapped', async () => {
    const first = table(24).replaceAll('24000', '4200000000');
    const second = table(25).replaceAll('25000', '5000');
    expect(await boots(fileOf('mail.txt', `# cat stats\n${first}\n# cat stats\n${second}`))).toHaveLength(1);
  });
});
