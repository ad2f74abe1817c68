// SPDX-License-Identifier: Apache-2.0
/** Dumps with more, or other, rows than the kernel prints hide nothing of what it counted. */
import { describe, expect, it } from 'vitest';
import { openCase } from '../../../src/index.js';

const row = (module: string, times: number, reason: string): string =>
  `${module.padStart(25)}\t${String(times).padStart(15)}\t${reason.padStart(25)}\n`;
const COUNTERS: readonly (readonly [label: string, value: number])[] = [
  ['Mods ever loaded', 5],
  ['Mods failed on kread', 0],
  ['Mods failed on decompress', 0],
  ['Mods failed on becoming', 2],
  ['Mods failed on load', 0],
  ['Total module size', 100],
  ['Total mod text size', 50],
  ['Failed kread bytes', 0],
  ['Failed decompress bytes', 0],
  ['Failed becoming bytes', 2000],
  ['Failed kmod bytes', 0],
  ['Virtual mem wasted bytes', 2000],
  ['Average mod size', 20],
  ['Average mod text size', 10],
  ['Avg fail becoming bytes', 1000],
];
const TABLE = COUNTERS.map(([label, value]) => `${label.padStart(25)}\t${value}\n`).join('');
const HEAD = `Duplicate failed modules:\n${'Module-name'.padStart(25)}\t${'How-many-times'.padStart(15)}\t${'Reason'.padStart(25)}\n`;
const open = (text: string) => openCase({ inputs: [{ name: 'x', bytes: Buffer.from(text) }] });

it('a row whose reason is Bug-on-stats, the name of the file at its end', async () => {
  const read = await open(TABLE + HEAD + row('foo', 2, 'Bug-on-stats'));
  expect(read.diagnostics).toEqual([]);
  expect(await read.query('duplicates')).toMatchObject([{ module: 'foo', times: 2n }]);
});

describe('rows without a heading', () => {
  const whole = TABLE + HEAD + row('foo', 2, 'Becoming');
  const rows = row('foo', 1, 'Load').repeat(3);

  it.each([
    ['after the dump', whole + rows],
    ['before it', `${rows}\n$ cat stats\n${whole}`],
    ['after it, behind a prompt', `${whole}\n$ tail stats\n${rows}`],
  ])('%s do not stand in its place', async (_, text) => {
    const read = await open(text);
    expect(await read.query('boots')).toMatchObject([{ failures: 2n, wasted_bytes: 2000n }]);
    expect(await read.query('verdict')).toMatchObject([{ verdict: 'trouble' }]);
    expect(await read.query('duplicates')).toMatchObject([{ module: 'foo', times: 2n, bytes: 2000n }]);
  });

  it('alone are a list', async () => {
    expect(
      await (await open(row('foo', 2, 'Becoming') + row('bar', 1, 'Load'))).query('duplicates'),
    ).toHaveLength(2);
  });
});
