// SPDX-License-Identifier: Apache-2.0
/** Crashes and hung tasks of loads in posts, without timestamps. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

/** Failures, problems and the verdict on each boot; the message where nothing was recognised. */
async function told(text: string): Promise<string[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
  return [
    ...model.failures.map(({ reason, module }) => `${reason} ${module}`),
    ...model.problems.map(({ kind, module, who }) => `${kind} ${module} ${who}`),
    ...model.boots.map(({ verdict }) => verdict),
  ];
}

const SHORT = `BUG: kernel NULL pointer dereference, address: 0000000000000018
PGD 0 P4D 0
CPU: 3 PID: 1234 Comm: modprobe Tainted: G           OE      6.1.0-18-amd64 #1  Debian 6.1.76-1
 do_init_module+0x4a/0x1f0
`;
const OOPS = `BUG: kernel NULL pointer dereference, address: 0000000000000018
#PF: supervisor read access in kernel mode
Oops: 0000 [#1] PREEMPT SMP NOPTI
CPU: 3 PID: 1234 Comm: modprobe Tainted: G           OE      6.1.0-18-amd64 #1  Debian 6.1.76-1
Hardware name: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.0 04/01/2014
RIP: 0010:foo_init+0x10/0x20 [foo]
RSP: 0018:ffffb1e5c0a37c50 EFLAGS: 00010246
RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000000
Call Trace:
 <TASK>
 do_one_initcall+0x59/0x220
 do_init_module+0x4a/0x1f0
 </TASK>
Modules linked in: foo(OE+) bar
---[ end trace 0000000000000000 ]---
`;
const HUNG = `INFO: task modprobe:403602 blocked for more than 121 seconds.
      Tainted: G   OE 6.1.0
task:modprobe        state:D stack:0     pid:403602 ppid:1   flags:0x00004000
Call Trace:
 <TASK>
 __schedule+0x34d/0x9e0
 load_module+0x1/0x2
`;
const PROSE = Array.from({ length: 30 }, (_, at) => `Line ${at} of a post says nothing.\n`).join('');

const each = (text: string, front: string): string => text.replaceAll(/^/gm, front);

// biome-ignore format: a table
const SHAPES: readonly (readonly [how: string, (text: string) => string])[] = [
  ['alone', (text) => text],
  ['behind prose', (text) => PROSE + text],
  ['in prose', (text) => `${PROSE}\n${text}\n${PROSE}`],
  ['in a block of code', (text) => `It crashes:\n\n\`\`\`\n${text}\`\`\`\nWhy?\n`],
  ['indented', (text) => `It crashes:\n\n${each(text, '    ')}\nWhy?\n`],
  ['by a tab', (text) => each(text, '\t')],
  ['quoted', (text) => `On Monday I wrote:\n${each(text, '> ')}`],
];

describe.each(SHAPES)('%s', (_, shape) => {
  test.each([
    ['the first lines of an oops', SHORT, 'crashed-load null modprobe:1234'],
    ['an oops', OOPS, 'crashed-load foo modprobe:1234'],
    ['a hung task', HUNG, 'stuck-load null modprobe:403602'],
  ])('%s', async (_what, text, expected) => {
    expect(await told(shape(text))).toEqual([expected, 'trouble']);
  });
});

const ARM = `Internal error: Oops - BUG: 5 [#1] PREEMPT SMP ARM
CPU: 1 PID: 1357 Comm: udevd Tainted: G           O    4.6.0-xilinx #1
[<bf0010c8>] (axidma_probe [axidma]) from [<c03d1e04>] (platform_drv_probe+0x44/0xa4)
[<c01a2b3c>] (do_init_module) from [<c01a2b3c>] (load_module+0x5c/0x1c0)
`;
const POWERPC = `Oops: Kernel access of bad area, sig: 11 [#1]
CPU: 0 PID: 255 Comm: systemd-udevd Not tainted 4.19.0 #17
NIP [c0000000000000a0] foo+0x10/0x20
Call Trace:
[c0000000014f3c90] [c00000000020b0ac] load_module+0x1c/0x30
`;

test.each([
  ['arm', ARM, 'crashed-load null udevd:1357'],
  ['powerpc', POWERPC, 'crashed-load null systemd-udevd:255'],
])('frames of %s', async (_, text, expected) => {
  expect(await told(PROSE + text)).toEqual([expected, 'trouble']);
});

test('a crash that a reply quotes is one', async () => {
  expect(await told(`${OOPS}\nOn Mon, John wrote:\n${each(OOPS, '> ')}`)).toEqual([
    'crashed-load foo modprobe:1234',
    'trouble',
  ]);
});

describe('a load that was killed', () => {
  const oops = (module: string): string =>
    `[   10.000001] BUG: kernel NULL pointer dereference, address: 0000000000000018\n` +
    `[   10.000002] CPU: 3 PID: 1234 Comm: insmod Tainted: G OE 6.1.0 #1\n` +
    `[   10.000003] RIP: 0010:${module}_init+0x10/0x20 [${module}]\n`;

  test.each([
    [
      'and one of it that is a duplicate',
      '$ sudo insmod foo.ko\ninsmod: ERROR: could not insert module foo.ko: File exists\n',
      ['exists foo', 'other foo', 'trouble'],
    ],
    [
      'in an indented block of code',
      '    $ sudo insmod bar.ko\n    Killed\n',
      ['other foo', 'other bar', 'trouble'],
    ],
    ['beside the oops of another', oops('bar'), ['other foo', 'crashed-load bar insmod:1234', 'trouble']],
    ['and its oops', oops('foo'), ['crashed-load foo insmod:1234', 'trouble']],
  ])('%s', async (_how, next, expected) => {
    expect(await told(`${PROSE}$ sudo insmod foo.ko; dmesg\nKilled\n${next}`)).toEqual(expected);
  });
});

test('what syslogd writes to each terminal', async () => {
  const message = (text: string): string =>
    `\nMessage from syslogd@raspberrypi at Jun  9 20:54:10 ...\n kernel:[   38.347179] ${text}\n`;
  const text = `# insmod dis.ko\nSegmentation fault\n${message('Internal error: Oops: 5 [#1] PREEMPT SMP ARM')}${message('Process insmod (pid: 2481, stack limit = 0xb9380238)')}`;
  expect(await told(text)).toEqual(['crashed-load dis insmod:2481', 'trouble']);
});
