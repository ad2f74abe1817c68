// SPDX-License-Identifier: Apache-2.0
/** A load that crashes, as each architecture tells it, in logs and in posts without timestamps. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

async function told(lines: readonly string[]): Promise<string[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) }));
  return model.problems.map(({ kind, module, who }) => `${kind} ${module} ${who}`);
}

const MODPROBE = 'CPU: 0 PID: 352 Comm: modprobe Not tainted 4.4.129 #0';
const UDEV = 'CPU: 0 PID: 352 Comm: (udev-worker) Not tainted 6.6.0 #1';
const COMING = 'Modules linked in: foo(+) nls_base usb_common';
const FAULT = 'Unable to handle kernel NULL pointer dereference at virtual address 00000008';
const BUG = 'kernel BUG at drivers/foo.c:12!';
const times = (count: number, line: string): string[] => Array.from({ length: count }, () => line);
const frames = (address: string): string[] => [
  'Call Trace:',
  `${address} foo_init+0x1c/0x40 [foo]`,
  `${address} do_one_initcall+0x1c/0x40`,
  `${address} do_init_module+0x1c/0x40`,
];

/** Heads without a stack: the task is a loader, and the list or the place names the module. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  'mips, a page': [
    'CPU 0 Unable to handle kernel paging request at virtual address ffffd6bb, epc == 80202b88, ra == 80202ff0',
    'Oops[#1]:',
    MODPROBE,
    COMING,
  ],
  'mips, BUG()': ['Kernel bug detected[#1]:', MODPROBE, COMING],
  'mips, an instruction': ['Reserved instruction in kernel code[#1]:', MODPROBE, COMING],
  'mips, an alignment': ['Unhandled kernel unaligned access[#1]:', MODPROBE, COMING],
  'mips, a coprocessor': ['do_cpu invoked from kernel context![#1]:', MODPROBE, COMING],
  'mips, the bus': ['Data bus error, epc == 80202b88, ra == 80202ff0', 'Oops[#1]:', MODPROBE, COMING],
  loongarch: [
    'CPU 0 Unable to handle kernel paging request at virtual address 0000000000000008, era == ffff800002010020, ra == 9000000000221c10',
    'Oops[#1]:',
    MODPROBE,
    '  ERA: ffff800002010020 foo_init+0x20/0x1000 [foo]',
  ],
  'x86, BUG()': [BUG, 'invalid opcode: 0000 [#1] PREEMPT SMP NOPTI', MODPROBE, COMING],
  'x86, a division': ['divide error: 0000 [#1] SMP', MODPROBE, COMING],
  's390, an instruction': ['illegal operation: 0001 ilc:1 [#1] SMP', MODPROBE, COMING],
  sparc: [
    FAULT,
    '              \\|/ ____ \\|/',
    'modprobe(352): Oops [#1]',
    MODPROBE,
    'TPC: <foo_init+0x20/0x40 [foo]>',
  ],
  alpha: [FAULT, 'CPU 0 ', 'modprobe(352): Oops 0', 'pc is at foo_init+0x20/0x40 [foo]'],
  parisc: [
    'Bad Address (null pointer deref?): Code=15 (Data TLB miss fault) at addr 0000000000000008',
    MODPROBE,
    ' IAOQ[0]: foo_init+0x20/0x1000 [foo]',
  ],
  sh: ['Oops: 0000 [#1]', COMING, 'Pid : 352, Comm: \t\tmodprobe', 'PC is at foo_init+0x1/0x2 [foo]'],
  m68k: [FAULT, 'Oops: 00000000', COMING, 'Process modprobe (pid: 352, task=0089)'],
  ia64: [
    FAULT,
    'modprobe[352]: Oops 8813272891392 [1]',
    COMING,
    'Pid: 352, CPU 0, comm:             modprobe',
    'ip is at foo_init+0x20/0x40 [foo]',
  ],
  xtensa: [FAULT, 'Oops: sig: 9 [#1] PREEMPT', COMING, MODPROBE],
};

/** A task that may do anything: what it was doing stands below many registers. */
const LONG: Readonly<Record<string, readonly string[]>> = {
  mips: [
    'Oops[#1]:',
    UDEV,
    ...times(8, '$ 4   : 00000000 1100fc00 ffffd6bb 00000000'),
    'Hi    : 00000000',
    'Lo    : 00000000',
    'epc   : 80202b88 foo_init+0x1c/0x40 [foo]',
    'ra    : 80202ff0 do_one_initcall+0x1/0x2',
    'Status: 1100fc03 KERNEL EXL IE',
    'Cause : 00800008 (ExcCode 02)',
    'BadVA : ffffd6bb',
    'PrId  : 00019655 (MIPS 24KEc)',
    'Stack : 00000000 80202ff0',
    ...times(8, '        00000000 80202ff0 00000000 80202ff0'),
    ...frames('[<80202b88>]'),
  ],
  loongarch: [
    'Oops[#1]:',
    UDEV,
    ...times(8, 'a0 0000000000000000 a1 0000000000000000 a2 0000000000000000 a3 0000000000000000'),
    '   ra: 9000000000221c10 do_one_initcall+0x70/0x1d4',
    ' CRMD: 000000b0 (PLV0 -IE -DA +PG DACF=CC DACM=CC -WE)',
    ...frames('[<9000000000221c10>]'),
  ],
  riscv: [
    FAULT,
    'Oops [#1]',
    UDEV,
    ...times(10, ' gp : ffffffff81a1a4f8 tp : ff60000081c00000 t0 : 0000000000000000'),
    ...frames('[<ffffffff81a1a4f8>]'),
  ],
  arm64: [
    'Internal error: Oops: 0000000096000004 [#1] SMP',
    UDEV,
    'sp : ffff80008123bb10',
    ...times(10, 'x29: ffff80008123bb10 x28: 0000000000000000 x27: ffff80008123bcd0'),
    ...frames(''),
  ],
  powerpc: [
    'Oops: Kernel access of bad area, sig: 11 [#1]',
    UDEV,
    ...times(8, 'GPR00: c000000000010f30 c00000000b7f3af0 c000000002a8b700 0000000000000000'),
    ...frames('[c00000000b7f3bd0] [c000000000010f30]'),
  ],
  s390: [
    'Oops: 0004 ilc:2 [#1] SMP',
    UDEV,
    'Krnl PSW : 0704c00180000000 000003ff80114022 (foo_init+0x22/0x1000 [foo])',
    'Krnl GPRS: 0000000000000000 000003ff80114000 0000000000000000 0000000000000000',
    ...times(3, '           0000000000000000 000003ff80114000 0000000000000000 0000000000000000'),
    'Krnl Code: 000003ff80114016: c0e5ffffe8a5        brasl   %r14,000003ff80111160',
    ...times(8, '          #000003ff80114022: e31000000004       lg      %r1,0'),
    ...frames(' [<000003ff80114022>]'),
  ],
};

const SHAPES: Readonly<Record<string, (lines: readonly string[]) => readonly string[]>> = {
  alone: (lines) => lines,
  'with timestamps': (lines) => lines.map((line) => `[   12.345678] ${line}`),
  'in prose': (lines) => [...times(30, 'A line of a post says nothing.'), '', ...lines, '', 'Why?'],
};

describe.each(Object.entries(SHAPES))('%s', (_shape, post) => {
  test.each(Object.entries(SHORT))('%s', async (_machine, lines) => {
    expect(await told(post(lines))).toEqual(['crashed-load foo modprobe:352']);
  });

  test.each(Object.entries(LONG))('below the registers of %s', async (_machine, lines) => {
    expect(await told(post(lines))).toEqual(['crashed-load foo (udev-worker):352']);
  });
});

test.each([
  'This fixes issue[#12]:',
  'See [#1]: the module fails',
  'see bug: 1234 [#1]',
  'firefox(352): Oops, again',
  'Status: 12345678',
  'a0 0000000000000000 a1 0000000000000000',
])('no crash: %s', async (line) => {
  expect(await told([line, MODPROBE.replace('modprobe', 'bash'), COMING])).toEqual([]);
});

test.each(['_', '*', '**'])('an oops between %s', async (mark) => {
  const lines = ['Oops[#1]:', MODPROBE, COMING].join('\n');
  expect(await told([`${mark}${lines}${mark}`])).toEqual(['crashed-load foo modprobe:352']);
});
