// SPDX-License-Identifier: Apache-2.0
/** What the kernel prints about loads, with its level. */
import { since } from './machine.js';
import type { Kernel, Module, Task } from './types.js';

export type Message = readonly [level: number, text: string];

/** What a check says that refuses a module; nothing where it is silent. */
export function refusal(kernel: Kernel, { comm }: Task, { name, defect }: Module): Message[] {
  const magic = `${kernel.release} SMP preempt mod_unload `;
  switch (defect) {
    case 'elf':
      return [[3, 'Invalid ELF header magic: != \x7fELF'.replace('\x7f', '\\x7f')]];
    case 'lockdown':
      return [[5, `Lockdown: ${comm}: unsigned module loading is restricted; see man kernel_lockdown.7`]];
    case 'vermagic':
      return [[3, `${name}: version magic '5.15.0-1 SMP mod_unload ' should be '${magic}'`]];
    case 'blacklist':
      return [[3, `Module ${name} is blacklisted`]];
    case 'unknown-symbol':
      return ['first', 'second'].map((symbol) => [
        4,
        `${name}: Unknown symbol ${symbol}_of_${name} (err -2)`,
      ]);
    case 'symbol-version':
      return [
        [4, `${name}: disagrees about version of symbol some_symbol`],
        [4, `${name}: Unknown symbol some_symbol (err -22)`],
      ];
    case 'percpu':
      return [
        [4, 'percpu: allocation failed, size=20000 align=32 atomic=0, alloc from reserved chunk failed'],
        [4, `${name}: Could not allocate 20000 bytes percpu data`],
      ];
    case 'parameter':
      return [[3, `${name}: \`notanumber' invalid for parameter \`some_int'`]];
    case 'relocation':
      return [[3, relocation(kernel, name)]];
    default:
      return [];
  }
}

function relocation(kernel: Kernel, name: string): string {
  if (kernel.arch === 'aarch64')
    return `${since(kernel, 6, 5) ? 'Modules: ' : ''}module ${name}: unsupported RELA relocation: 311`;
  return `module: ${name}: Unknown ${kernel.arch === 'i686' ? '' : 'rela '}relocation: 250`;
}

/** No room for an image that is read (its length), or for a module that is laid out. */
export function noMemory(kernel: Kernel, { comm, pid }: Task, bytes: number, layout: boolean): Message[] {
  const size = Math.ceil(bytes / kernel.page) * kernel.page;
  if (layout && since(kernel, 6, 10)) return [[4, 'execmem: unable to allocate memory']];
  const area = size + kernel.page;
  const first = since(kernel, 6, 12)
    ? `vmalloc_node_range for size ${area} failed: Address range restricted to 0xf0000000 - 0xf8000000`
    : `vmap allocation for size ${area} failed: use vmalloc=<size> to increase size`;
  const align = since(kernel, 7, 0) ? ', align 0x1' : '';
  const frame = layout ? 'module_alloc+0x8c/0xac' : 'kernel_read_file+0x1b0/0x2c0';
  return [
    [4, first],
    [
      4,
      `${comm}: vmalloc error: size ${size}${align}, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0`,
    ],
    [4, `CPU: 1 PID: ${pid} Comm: ${comm} Not tainted ${kernel.release} #1`],
    [4, 'Call Trace:'],
    [4, ' dump_stack_lvl+0x39/0x48'],
    [4, ' warn_alloc+0xe6/0x158'],
    [4, ' __vmalloc_node_range+0x9f/0x508'],
    [4, ` ${frame}`],
    [4, layout ? ' load_module+0x5e5/0x1c2c' : ' init_module_from_file+0x4d/0x98'],
    [4, ' __do_sys_finit_module+0x135/0x28c'],
    [4, 'Mem-Info:'],
    [4, 'active_anon:10557 inactive_anon:90800 isolated_anon:0'],
  ];
}
