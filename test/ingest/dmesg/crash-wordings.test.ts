// SPDX-License-Identifier: Apache-2.0
/** A load that crashes, spins or stalls, in the words of each architecture. */
import { describe, expect, it } from 'vitest';
import { fact, read } from './read.js';

const TASK = 'CPU: 1 PID: 345 Comm: modprobe Not tainted 6.6.0 #1';
const STACK = [
  'Call Trace:',
  ' foo_init+0x10/0x20 [foo]',
  ' do_one_initcall+0x46/0x310',
  ' do_init_module+0x60/0x220',
  ' load_module+0x2100/0x2200',
];

async function stuck(...lines: readonly string[]): Promise<unknown[]> {
  const log = [
    'Linux version 6.6.0 (a@b) (gcc) #1',
    ...lines,
    '---[ end trace 0000000000000000 ]---',
    'random: crng init done',
  ];
  const { events } = await read(log.map((line, index) => `[    ${index % 10}.000000] ${line}\n`).join(''));
  return events.map((event) => JSON.parse(fact(event))).filter(({ kind }) => kind === 'stuck-load');
}

// biome-ignore format: a table
const CRASHES: readonly (readonly [source: string, lines: readonly string[]])[] = [
  ['arch/x86/kernel/traps.c, before 6.11', ['invalid opcode: 0000 [#1] PREEMPT SMP NOPTI']],
  ['arch/x86/kernel/traps.c', ['Oops: invalid opcode: 0000 [#1] SMP NOPTI']],
  ['lib/bug.c, then die', ['kernel BUG at drivers/foo.c:12!', 'invalid opcode: 0000 [#1] PREEMPT SMP NOPTI']],
  ['exc_divide_error', ['divide error: 0000 [#1] SMP']],
  ['exc_stack_segment', ['stack segment: 0000 [#1] SMP']],
  ['exc_double_fault', ['double fault: 0000 [#1] SMP']],
  ['handle_stack_overflow', ['kernel stack overflow (double-fault): 0000 [#1] SMP']],
  ['arch/mips/mm/fault.c', ['CPU 0 Unable to handle kernel paging request at virtual address 00000000, epc == 8c2d0000, ra == 8c2d0010', 'Oops[#1]:']],
  ['arch/mips/kernel/traps.c:do_trap_or_bp', ['Kernel bug detected[#1]:']],
  ['arch/riscv/kernel/traps.c', ['Oops - illegal instruction [#1]']],
  ['arch/riscv/mm/fault.c', ['Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000', 'Oops [#1]']],
  ['arch/powerpc/mm/fault.c', ['BUG: Unable to handle kernel data access at 0xc00', 'Oops: Kernel access of bad area, sig: 11 [#1]']],
  ['arch/s390/kernel/traps.c', ['illegal operation: 0001 ilc:1 [#1] SMP']],
  ['arch/arm/mm/fault.c', ['Unhandled fault: external abort on non-linefetch (0x1008) at 0xf0a0', 'Internal error: : 1008 [#1] PREEMPT SMP ARM']],
  ['arch/arm64/kernel/traps.c:arm64_serror_panic', ['SError Interrupt on CPU2, code 0x00000000bf000002 -- SError', 'Kernel panic - not syncing: Asynchronous SError Interrupt']],
  ['kernel/panic.c:__stack_chk_fail', ['Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: foo_init+0x20/0x20 [foo]']],
];

describe('a crash inside a load', () => {
  it.each(CRASHES)('%s', async (_, lines) => {
    expect(await stuck(...lines, TASK, ...STACK)).toMatchObject([
      { what: 'crashed', module: 'foo', comm: 'modprobe', pid: 345 },
    ]);
  });

  it.each([
    'Process modprobe (pid: 345, threadinfo=8f8e0000, task=8fa3c000, tls=00000000)',
    'Pid: 345, comm: modprobe Not tainted 2.6.32-5-amd64 #1',
  ])('tells the task by %s', async (task) => {
    expect(await stuck('Oops[#1]:', task, ...STACK)).toMatchObject([{ comm: 'modprobe', pid: 345 }]);
  });

  it.each(['Oops[#1]:', 'Kernel panic - not syncing: Attempted to kill init!'])(
    'is none where the stack has no load: %s',
    async (head) => {
      expect(await stuck(head, TASK, 'Call Trace:', ' getrandom+0x10/0x20')).toEqual([]);
    },
  );
});

describe('a crash in old and incomplete stack traces', () => {
  const oops = 'BUG: unable to handle kernel NULL pointer dereference at (null)';
  const guesses = STACK.map((frame) => frame.replace(/^ /, ' [<ffffffffc0136021>] ? '));
  const udev = TASK.replace('modprobe', 'systemd-udevd');
  const getrandom = ['Call Trace:', ' getrandom+0x10/0x20'];

  it.each<[string, readonly string[], readonly unknown[]]>([
    ['guesses alone, as kernels without frame pointers have', [TASK, ...guesses], ['foo']],
    ['guesses beside a module that is loaded', ['Modules linked in: foo(+)', udev, ...guesses], ['foo']],
    ['guesses in a task that may do anything', [udev, ...guesses], []],
    ['guesses beside sure frames of something else', [TASK, ...guesses, ' getrandom+0x10/0x20'], []],
    ['no frames, in the module', [TASK, 'RIP: 0010:bar_setup+0x29/0xf0 [bar]'], ['bar']],
    [
      'no frames, of an i386',
      ['EIP is at bar_init+0x29/0xf0 [bar]', 'Pid: 345, comm: insmod Not tainted 2.6.32 #1'],
      ['bar'],
    ],
    ['no frames, while a module is loaded', ['Modules linked in: foo(O+) bar', TASK], ['foo']],
    ['no frames, while a module goes', ['Modules linked in: foo(O-) bar', TASK], []],
    ['no frames, in the exit of a module', [TASK, 'RIP: 0010:cleanup_module+0x18/0x40 [bar]'], []],
    ['no frames, in an exit by its name', [TASK, 'IP: [<ffffffffc01>] bar_exit+0x18/0x40 [bar]'], []],
    [
      'guesses of a removal, and of a load before it',
      ['Modules linked in: bar(O-)', TASK, ' ? __do_sys_delete_module+0x1/0x2', ...guesses],
      [],
    ],
    ['no frames, of a task that is no loader', [udev, 'RIP: 0010:bar_setup+0x29/0xf0 [bar]'], []],
    ['frames of a loader elsewhere', [TASK, ...getrandom], []],
    [
      'the loader itself as the place',
      [
        'PC is at sys_init_module+0xfe0/0x1460',
        'Process Xorg (pid: 345, stack limit = 0xd67fc270)',
        ...getrandom,
      ],
      [null],
    ],
    [
      'arm before 3.18',
      [
        '[<bf000100>] (foo_init+0x1/0x2 [foo]) from [<c00342b0>] (do_one_initcall+0x38/0x1a8)',
        '[<c00342b0>] (do_one_initcall+0x38/0x1a8) from [<c007e9c0>] (sys_init_module+0xe0/0x1a8)',
      ],
      ['foo'],
    ],
    ['two frames a line', [' <c013cda8> getrandom+0x1/0x2  <c01670e0> sys_init_module+0x148/0x19c0'], [null]],
  ])('%s', async (_, lines, modules) => {
    expect((await stuck(oops, ...lines)).map((one) => (one as { module: unknown }).module)).toEqual(modules);
  });
});

it('two without frames are two', async () => {
  const oops = ['Oops[#1]:', TASK, 'Oops[#2]:', TASK.replace('345', '346')];
  expect(await stuck(...oops)).toMatchObject([{ pid: 345 }, { pid: 346 }]);
});

it('a panic that repeats a lockup is not one more', async () => {
  const lockup = 'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [modprobe:345]';
  const panic = 'Kernel panic - not syncing: softlockup: hung tasks';
  expect(await stuck(lockup, TASK, ...STACK, panic, TASK, ...STACK)).toMatchObject([{ what: 'lockup' }]);
});

it.each([
  'task:modprobe        state:R  running task     stack:0     pid:345   ppid:340    flags:0x4008',
  'modprobe        R  running task        0   345    340 0x00000008',
])('a stall that another CPU reports is of the task that runs: %s', async (task) => {
  const head = ['rcu: INFO: rcu_sched detected stalls on CPUs/tasks:', 'Task dump for CPU 1:'];
  expect(await stuck(...head, task, ...STACK)).toMatchObject([
    { what: 'lockup', module: 'foo', comm: 'modprobe', pid: 345 },
  ]);
});
