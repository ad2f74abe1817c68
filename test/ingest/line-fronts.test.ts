// SPDX-License-Identifier: Apache-2.0
/** Evidence of any format says the same with what CI runners, containers, grep and trackers put before each of its lines. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../src/case.js';
import { allEvents, factsOf } from '../forms/compare.js';
import { readBytes } from '../forms/read.js';

const of = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const FAILURES = '../forms/fixtures/failures/';
const LOG = of('dmesg/fixtures/failures.plain.txt');
const LSMOD = of(`${FAILURES}lsmod.txt`);
const STATS = of('debugfs/fixtures/failures/stats');

const TEXTS = {
  lsmod: LSMOD,
  '/proc/modules': of(`${FAILURES}proc-modules.txt`),
  'ls -lR /lib/modules': of(`${FAILURES}modules-ls-lR.txt`),
  'counters and duplicate list': STATS,
  'a trace': of('ftrace/fixtures/tgid-trace.txt').split('\n').slice(0, 400).join('\n'),
  'several in one': `$ dmesg\n${LOG}$ lsmod\n${LSMOD}$ cat /sys/kernel/debug/modules/stats\n${STATS}`,
};

const day = (index: number): string => new Date(1_773_480_413_000 + 3 * index).toISOString().slice(0, 23);
const clock = (index: number): string => day(index).slice(11);

const FRONTS: readonly (readonly [by: string, front: (index: number) => string])[] = [
  ['GitHub Actions', (i) => `${day(i)}0000Z `],
  ['gh run view --log', (i) => `build\tRun lsmod\t${day(i)}0000Z `],
  ['Jenkins', (i) => `[${day(i)}Z] `],
  ['a terminal with a clock', (i) => `[${clock(i)}] `],
  ['a clock', (i) => `${clock(i).slice(0, 8)} `],
  ['ts', (i) => `Mar 14 ${clock(i).slice(0, 8)} `],
  ['docker compose', () => 'vm-1  | '],
  ['a script that logs', (i) => `Mar 14 ${clock(i).slice(0, 8)} box collect.sh[123]: `],
  ['a patch', () => '+'],
  ['cat -n', (i) => `${String(i + 1).padStart(6)}\t`],
  ['grep -n', (i) => `${i + 1}:`],
  ['grep -Hn', (i) => `logs/out.txt:${i + 1}:`],
];

const eventsOf = async (text: string): Promise<string[]> =>
  allEvents(await readBytes({ bytes: Buffer.from(text) })).map((event) => `${event.line} ${factsOf(event)}`);

describe.each(Object.entries(TEXTS))('%s', async (_what, text) => {
  const want = await eventsOf(text);
  const lines = text.replace(/\n$/, '').split('\n');

  test('has something to lose', () => {
    expect(want.length).toBeGreaterThan(4);
  });

  test.each(FRONTS)('%s', async (_by, front) => {
    const fronted = lines.map((line, index) => `${front(index)}${line}\n`).join('');
    expect(await eventsOf(fronted)).toEqual(want);
  });

  test.each([
    ['Ansible', JSON.stringify({ rc: 0, stdout: text, stderr: '' }, null, 4)],
    ['lines of Ansible', `ok: [n1] => {\n    "out.stdout_lines": ${JSON.stringify(lines, null, 8)}\n}\n`],
    ['Docker', lines.map((log) => JSON.stringify({ log: `${log}\n`, stream: 'stdout' })).join('\n')],
  ])('in JSON of %s', async (_by, json) => {
    const bare = (events: readonly string[]) => events.map((event) => event.replace(/^\d+ /, ''));
    expect(bare(await eventsOf(json))).toEqual(bare(want));
  });
});

test('a patch that adds a file', async () => {
  const lines = TEXTS['several in one'].replace(/\n$/, '').split('\n');
  const head = `--- /dev/null\n+++ b/report.txt\n@@ -0,0 +1,${lines.length} @@\n`;
  const patch = `${head}${lines.map((line) => `+${line}\n`).join('')}`;
  const moved = (events: readonly string[], by: number) =>
    events.map((event) => event.replace(/^\d+/, (line) => `${Number(line) + by}`));
  expect(await eventsOf(patch)).toEqual(moved(await eventsOf(TEXTS['several in one']), 3));
});

test('a column of sizes is no front', async () => {
  // find -printf '%s\\t%i\\t%p\\n'
  const rows = [
    '560\t596\t/lib/firmware',
    '11385\t605\t/lib/a.ko',
    '11689\t601\t/lib/b.ko',
    '2876\t617\t/lib/c.ko',
  ];
  expect(await eventsOf(`${rows.join('\n')}\n`)).toEqual([]);
});

test('a log keeps the dates that its own program wrote', async () => {
  const line = (second: number, text: string) => `2026-03-14T09:26:0${second}+0000 box kernel: ${text}\n`;
  const text = [
    line(1, 'Linux version 6.1.0 (a@b) (gcc) #1 SMP'),
    line(2, 'foo: Unknown symbol bar (err -2)'),
  ];
  const { boots, failures } = caseOf(await readBytes({ bytes: Buffer.from(text.join('')) })).model;
  expect(boots.map(({ kernel }) => kernel)).toEqual(['6.1.0']);
  expect(failures.map(({ module, cite }) => [module, cite?.line])).toEqual([['foo', 2]]);
});
