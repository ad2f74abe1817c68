// SPDX-License-Identifier: Apache-2.0
/** The first sentence tells of a problem just where the query `verdict` says that there is one. */
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { loadQueries } from '../../src/query/library.js';
import { Asked } from '../../src/report/answer/ask.js';
import { answerFrom } from '../../src/report/answer/index.js';
import { plainSentence } from '../../src/report/answer/sentence.js';

const STATS = (kreads: number): string => `        Mods ever loaded\t14
     Mods failed on kread\t${kreads}
Mods failed on decompress\t0
  Mods failed on becoming\t0
      Mods failed on load\t0
        Total module size\t303104
      Total mod text size\t110592
       Failed kread bytes\t0
  Failed decompress bytes\t0
    Failed becoming bytes\t0
        Failed kmod bytes\t0
 Virtual mem wasted bytes\t0
         Average mod size\t21651
    Average mod text size\t7900
`;
const TRACE = (...results: readonly number[]): string => `# tracer: nop
#
# entries-in-buffer/entries-written: ${results.length * 2}/${results.length * 2}   #P:8
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
${results
  .map(
    (result, at) =>
      `  modprobe-66${at}     [006] .....    1.94993${at}: sys_finit_module(fd: 5, uargs: 4b2f3d, flags: 0)
  modprobe-66${at}     [006] .....    2.94993${at}: sys_finit_module -> 0x${(2n ** 64n + BigInt(result)).toString(16).slice(-16)}
`,
  )
  .join('')}`;
const AUDIT =
  'type=SYSCALL msg=audit(1699999999.123:456): arch=c000003e syscall=313 success=no exit=-17 a0=3 a1=0 a2=0 a3=0 items=0 ppid=1 pid=1234 comm="insmod" exe="/usr/bin/kmod"\n';
const STRACE = (result: string): string =>
  `openat(AT_FDCWD, "/lib/modules/af_graft.ko", O_RDONLY|O_CLOEXEC) = 3\nfinit_module(3, "", 0)                  = ${result}\n`;
const LOG = (...lines: readonly string[]): string =>
  [
    `[    0.000000] Linux version 6.12.1 (a@b) (gcc) #1 SMP`,
    '[    1.000000] Run /init as init process',
    ...lines.map((line) => `[    2.123456] ${line}`),
    '',
  ].join('\n');

const PIECES: Readonly<Record<string, string>> = {
  'a log': LOG(),
  'a log with a duplicate request': LOG('module-autoload: duplicate request for module foo', 'foo: loading'),
  'a log with a failed load': LOG('foo: Unknown symbol bar (err -2)'),
  'counters of nothing': STATS(0),
  'counters of a read that cost nothing': STATS(1),
  'a trace of a load': TRACE(0),
  'a trace of duplicates': TRACE(-17, -17),
  'a trace of a failure': TRACE(-8),
  'a refusal in strace': STRACE('-1 EPERM (Operation not permitted)'),
  'a duplicate in strace': STRACE('-1 EEXIST (File exists)'),
  'a duplicate in audit records': AUDIT,
  'a loader that failed': "modprobe: ERROR: could not insert 'foo': Exec format error\n",
};

async function boots(...texts: readonly string[]) {
  const inputs = texts.map((text, at) => ({ name: `${at}.txt`, bytes: Buffer.from(text) }));
  const { db } = await (await openCase({ inputs })).store();
  const asked = new Asked(db, loadQueries());
  const verdicts = new Map(asked.rows('verdict').map(({ boot, verdict }) => [boot, verdict]));
  return answerFrom(asked).boots.map(({ boot, verdict }) => {
    const headline = plainSentence(verdict);
    const told =
      verdict.kind === 'nothing-wasted'
        ? /; there were/.test(headline)
        : verdict.kind === 'wasted' || verdict.kind === 'trouble';
    return { headline, told, found: verdicts.get(boot) === 'trouble' };
  });
}

describe('the headline agrees with the verdict', () => {
  it.each(Object.keys(PIECES))('of %s, alone and beside each other one', async (name) => {
    const names = Object.keys(PIECES);
    for (const other of names.slice(names.indexOf(name)))
      for (const { headline, told, found } of await boots(
        PIECES[name] ?? '',
        ...(other === name ? [] : [PIECES[other] ?? '']),
      ))
        expect(told, `${name}, ${other}: ${headline}`).toBe(found);
  });
});

it('a duplicate that strace shows', async () => {
  const [boot] = await boots(PIECES['a duplicate in strace'] ?? '');
  expect(boot?.headline).toBe(
    '1 duplicate load (af_graft). How much memory the failed load wasted is not known: the evidence names no bytes.',
  );
});

it.each([
  ['one row', 1, 'there is no kernel log'],
  ['two rows', 2, 'the table of counters is incomplete; there is no kernel log'],
])('counters that end after %s do not show that nothing failed', async (_, rows, doubts) => {
  const [boot] = await boots(`${STATS(3).split('\n').slice(0, rows).join('\n')}\n`);
  expect(boot?.headline).toBe(`No problem is reported here, but there may be one: ${doubts}.`);
});
