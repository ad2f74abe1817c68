// SPDX-License-Identifier: Apache-2.0
/** Failed allocations with the stack that follows them: the task, and what of a load asked. */
import { describe, expect, test } from 'vitest';
import { read } from './read.js';

/** As dmesg prints it, one microsecond a line; `caller`: CONFIG_PRINTK_CALLER. */
function log(lines: readonly string[], caller = ''): string {
  const stamped = lines.map((line, index) => `[   42.${String(114_000 + index)}]${caller} ${line}`);
  return ['[    0.000000] Linux version 6.5.0 (a@b) (gcc) #1 SMP', ...stamped, ''].join('\n');
}

/** what, bytes, comm, pid, module, during */
async function failures(text: string): Promise<unknown[][]> {
  const { events } = await read(text);
  return events.flatMap((event) =>
    event.kind === 'allocation-failure'
      ? [[event.what, event.bytes, event.comm, event.pid, event.module, event.during]]
      : [],
  );
}

const VMALLOC = 'vmalloc error: size 8192, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL)';
const FRAMES = [' dump_stack_lvl+0x39/0x48', ' warn_alloc+0xe6/0x158', ' ? load_module+0x5e5/0x1c2c'];

describe('a stack names the task, and what asked', () => {
  test.each<[string, string[], unknown[]]>([
    [
      'i386, 6.5',
      [
        `(udev-worker): ${VMALLOC}, nodemask=(null),cpuset=/,mems_allowed=0`,
        'CPU: 1 PID: 191 Comm: (udev-worker) Tainted: G S      W          6.5.0-0.deb12.4-686-pae #1  Debian 6.5.10-1',
        'Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2-debian-1.16.2-1 04/01/2014',
        'Call Trace:',
        ...FRAMES,
        ' __vmalloc_node_range+0x9f/0x508',
        ' module_alloc+0x8c/0xac',
        ' load_module+0x5e5/0x1c2c',
        ' init_module_from_file+0x6e/0x98',
        'Mem-Info:',
      ],
      ['vmap', 8192, '(udev-worker)', 191, null, 'image'],
    ],
    [
      'arm64, 7.3, with the UID, and a line that names no task',
      [
        'vmalloc error: size 8192, align 0x1000, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL)',
        'CPU: 3 UID: 0 PID: 312 Comm: modprobe Kdump: loaded Not tainted 7.3.4-arm64 #1 PREEMPT(lazy)',
        'Hardware name: linux,dummy-virt (DT)',
        'Call trace:',
        ' show_stack+0x18/0x24 (C)',
        ' __vmalloc_node_range_noprof+0x5a4/0x640',
        ' kernel_read_file+0x220/0x300',
        ' __arm64_sys_finit_module+0x1c8/0x3a0',
      ],
      ['vmap', 8192, 'modprobe', 312, null, 'read'],
    ],
    [
      'arm, 4.1',
      [
        'insmod: page allocation failure: order:4, mode:0xd0',
        'CPU: 2 PID: 1506 Comm: insmod Tainted: G           O    4.1.20-1.9pre #9',
        '[<c00147d0>] (module_alloc) from [<c008ae2c>] (module_alloc_update_bounds+0xc/0x6c)',
        '[<c008b778>] (load_module) from [<c008cfd4>] (SyS_init_module+0xf0/0x174)',
      ],
      ['pages', null, 'insmod', 1506, null, 'image'],
    ],
    [
      'arm, 6.1',
      [
        'kworker/0:1: page allocation failure: order:4, mode:0xcc0(GFP_KERNEL), nodemask=(null)',
        'CPU: 0 PID: 77 Comm: kworker/0:1 Not tainted 6.1.0 #1',
        'Hardware name: ARM-Versatile Express',
        ' unwind_backtrace from show_stack+0x10/0x14',
        ' load_module from sys_finit_module+0x90/0xc4',
        ' sys_finit_module from ret_fast_syscall+0x0/0x1c',
      ],
      ['pages', null, 'kworker/0:1', 77, null, 'load'],
    ],
    [
      'percpu, 6.12',
      [
        'percpu: allocation failed, size=912 align=16 atomic=0, alloc from reserved chunk failed',
        'CPU: 5 UID: 0 PID: 1042 Comm: (udev-worker) Not tainted 6.12.117 #1',
        'Call Trace:',
        ' <TASK>',
        ' dump_stack_lvl+0x5d/0x80',
        ' pcpu_alloc_noprof.cold+0x5d/0xb1',
        ' load_module+0xa8c/0x21b0',
        ' </TASK>',
      ],
      ['percpu', 912, '(udev-worker)', 1042, null, 'load'],
    ],
    [
      "a module's init, powerpc",
      [
        'modprobe: vmalloc: allocation failure: 8192 bytes, mode:0xcc0(GFP_KERNEL), nodemask=(null)',
        'CPU: 0 PID: 9 Comm: modprobe Not tainted 5.4.0 #1',
        'Call Trace:',
        '[c0000000014f3c30] [c00000000020b0ac] kernel_read_file+0x1c/0x30',
        '[c0000000014f3c60] [c008000000a30ac0] big_init+0x40/0x100 [big_mod]',
        '[c0000000014f3c90] [c000000000012340] do_one_initcall+0x60/0x2c0',
        '[c0000000014f3cc0] [c000000000212340] do_init_module+0x80/0x300',
      ],
      ['vmap', 8192, 'modprobe', 9, 'big_mod', 'init'],
    ],
    [
      'what 5.13 to 5.15 print',
      [
        'modprobe: vmalloc size 8192 allocation failure: page order 0 allocation failed, mode:0xcc0(GFP_KERNEL)',
        'CPU: 0 PID: 9 Comm: modprobe Not tainted 5.14.0 #1',
      ],
      ['vmap', 8192, 'modprobe', 9, null, null],
    ],
    [
      "BPF's JIT, in the area of modules, arm, 5.4",
      [
        'tracebox: vmalloc: allocation failure: 32768 bytes, mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0',
        'CPU: 0 PID: 23622 Comm: tracebox Tainted: G         C        5.4.58 #0',
        '[<c0320340>] (__vmalloc_node_range) from [<c020c108>] (module_alloc+0x44/0x4c)',
        '[<c020c108>] (module_alloc) from [<c02b8348>] (bpf_jit_binary_alloc+0x6c/0xf0)',
        '[<c02b8348>] (bpf_jit_binary_alloc) from [<c0218a44>] (bpf_int_jit_compile+0x1c4/0x2d0)',
      ],
      ['vmap', 32768, 'tracebox', 23622, null, 'other'],
    ],
    [
      'the caller in the last line of a truncated trace, arm, 5.4',
      [
        'tcpdump: vmalloc: allocation failure: 32768 bytes, mode:0xcc0(GFP_KERNEL), nodemask=(null)',
        'CPU: 0 PID: 23622 Comm: tcpdump Not tainted 5.4.58 #0',
        '[<c0320340>] (__vmalloc_node_range) from [<c020c108>] (module_alloc+0x44/0x4c)',
        '[<c020c108>] (module_alloc) from [<c02b8348>] (bpf_jit_alloc_exec+0x14/0x18)',
      ],
      ['vmap', 32768, 'tcpdump', 23622, null, 'other'],
    ],
    [
      'the same of a load',
      [
        'insmod: vmalloc: allocation failure: 32768 bytes, mode:0xcc0(GFP_KERNEL), nodemask=(null)',
        'CPU: 0 PID: 23622 Comm: insmod Not tainted 5.4.58 #0',
        '[<c0320340>] (__vmalloc_node_range) from [<c020c108>] (module_alloc+0x44/0x4c)',
        '[<c020c108>] (module_alloc) from [<c02b8348>] (load_module+0x14/0x18)',
      ],
      ['vmap', 32768, 'insmod', 23622, null, 'image'],
    ],
    [
      'a kprobe, x86, 6.6',
      [
        `bash: ${VMALLOC}`,
        'CPU: 0 PID: 9 Comm: bash Not tainted 6.6.0 #1',
        'Call Trace:',
        ' module_alloc+0x8c/0xac',
        ' alloc_insn_page+0x1d/0x50',
        ' __get_insn_slot+0x10/0x1a0',
      ],
      ['vmap', 8192, 'bash', 9, null, 'other'],
    ],
    ['no stack, as the log ends', [`modprobe: ${VMALLOC}`], ['vmap', 8192, 'modprobe', null, null, null]],
  ])('%s', async (_name, lines, expected) => {
    expect(await failures(log(lines))).toEqual([expected]);
  });
});

test('allocations of no load, or that the kernel tries again, are no failures of loads', async () => {
  expect(
    await failures(
      log([
        'kworker/0:1: page allocation failure: order:4, mode:0xcc0(GFP_KERNEL), nodemask=(null)',
        'CPU: 0 PID: 77 Comm: kworker/0:1 Not tainted 6.1.0 #1',
        'Call Trace:',
        ' warn_alloc+0xe6/0x158',
        ' usb_alloc_urb+0x20/0x50 [usbcore]',
        'Xorg: vmalloc error: size 8192, vm_struct allocation failed. Retrying., mode:0x8cc0(GFP_KERNEL|__GFP_NOFAIL)',
      ]),
    ),
  ).toEqual([]);
});

test('stacks behind one another belong to the messages of their tasks', async () => {
  const head = (comm: string, pid: number) => `CPU: 1 PID: ${pid} Comm: ${comm} Not tainted 6.5.0 #1`;
  expect(
    await failures(
      log([
        `insmod: ${VMALLOC}`,
        `modprobe: ${VMALLOC.replace('8192', '16384')}`,
        head('modprobe', 8),
        'Call Trace:',
        ' kernel_read_file+0x1c/0x30',
        head('insmod', 7),
        'Call Trace:',
        ' load_module+0x5e5/0x1c2c',
        head('swapper/0', 0),
        'Call Trace:',
        ' module_alloc+0x8c/0xac',
      ]),
    ),
  ).toEqual([
    ['vmap', 8192, 'insmod', 7, null, 'load'],
    ['vmap', 16384, 'modprobe', 8, null, 'read'],
  ]);
});

test('a stack that another task prints is not taken, where the log names the callers', async () => {
  const stack = ['CPU: 1 PID: 200 Comm: modprobe Not tainted 6.5.0 #1', ' load_module+0x5e5/0x1c2c'];
  const text = log([`modprobe: ${VMALLOC}`, ...stack], '[ T191]').replaceAll(
    /\[ T191\](?= (?:CPU| {2}load))/g,
    '[ T200]',
  );
  expect(await failures(text)).toEqual([['vmap', 8192, 'modprobe', null, null, null]]);
});

test.each([
  'execmem: unable to allocate memory',
  'execmem: Unable to allocate memory',
  'Modules: module_alloc: unable to allocate memory',
  'module_alloc: unable to allocate memory',
])('%s', async (line) => {
  expect(await failures(log([line]))).toEqual([['execmem', null, null, null, null, null]]);
});
