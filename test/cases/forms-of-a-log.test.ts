// SPDX-License-Identifier: Apache-2.0
/** One log in several forms in one case: the best of them is the witness, and each thing is shown once. */
import { expect, test } from 'vitest';
import { cli } from '../cli/harness.js';
import { asking, folderOf } from './read.js';

const BANNER = 'Linux version 6.12.0 (a@b) (gcc 12.2.0) #1 SMP Thu Jan 1 00:00:00 UTC 2026';
const FAILED = 'percpu: allocation failed, size=20000 align=32 atomic=0, alloc from reserved chunk failed';
const AGAIN = 'module: module-autoload: duplicate request for module net-pf-3';
/** Times in µs; the minute changes at 15.2 s. */
const RECORDS: readonly (readonly [time: number, text: string])[] = [
  [0, BANNER],
  [5_000_000, AGAIN],
  [43_793_706, 'fuse: init (API version 7.41)'],
  [49_439_235, FAILED],
  [49_500_000, AGAIN],
];

const seconds = (us: number): string => `${Math.trunc(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}`;

const plain = RECORDS.map(([us, text]) => `[${seconds(us).padStart(12)}] ${text}\n`).join('');
const human = RECORDS.map(([us, text], at) => {
  const delta = us - (RECORDS[at - 1]?.[0] ?? 0);
  const stamp = at === 0 ? 'Nov22 10:24' : at === 2 ? 'Nov22 10:25' : `  +${seconds(delta)}`;
  return `[${stamp}] ${text}\n`;
}).join('');
const json = JSON.stringify(
  { dmesg: RECORDS.map(([us, msg]) => ({ pri: 6, time: us / 1e6, msg })) },
  null,
  3,
);

test('the exact times win over sums of differences, and text over JSON', async () => {
  const { query } = await asking(
    folderOf({ 'H.txt': human, 'J.json': json, 'plain.txt': plain, 'z.txt': human }),
  );
  const [sources, failures] = [query('sources'), query('allocation-failures')];
  const witness = sources.find(({ path }) => String(path).endsWith('plain.txt'))?.source;
  expect(failures).toMatchObject([{ t: 49.439235, source: witness, line: 4 }]);
});

test('the history of a module has each line of the log once', async () => {
  const folder = folderOf({ 'H.txt': human, 'J.json': json, 'plain.txt': plain });
  const { stdout } = await cli(['module', 'net-pf-3', folder, '--format', 'json', '--quiet']);
  const rows = JSON.parse(stdout) as { what: string; t: number }[];
  expect(rows.filter(({ what }) => what === 'duplicate-request').map(({ t }) => t)).toEqual([5, 49.5]);
});
