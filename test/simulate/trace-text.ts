// SPDX-License-Identifier: Apache-2.0
/** A history as ftrace, trace-cmd and perf print it, with the events and probes that were set up. */
import { since } from './machine.js';
import type { Call, History, Kernel, Step, What } from './types.js';

/** The probes of samples/CAPTURE.md; `plain`: none. */
export type Probes = 'plain' | 'counted' | 'counted-entries' | 'stock' | 'stock-entries';
type Syscalls = 'named' | 'raw' | 'none';
export type Form = 'trace' | 'trace_pipe' | 'trace-cmd' | 'perf';

export interface Tracing {
  readonly probes: Probes;
  readonly syscalls: Syscalls;
  readonly form: Form;
  /** sched_process_fork and sched_process_exec. */
  readonly sched: boolean;
}

/** A record of the trace, in the form but without its place. */
export interface TraceRecord {
  readonly step: Step;
  readonly system: string;
  readonly event: string;
  readonly fields: string;
}

const hex = (value: number): string => value.toString(16);

/** A symbol's address, always the same. */
function address(symbol: string): string {
  let sum = 0x81000000;
  for (const letter of symbol) sum = 0x80000000 + ((sum * 31 + letter.charCodeAt(0)) % 0x40000000);
  return `ffffffff${hex(sum)}`;
}

function result(ret: number, { bits }: Kernel): string {
  return `0x${BigInt.asUintN(bits, BigInt(ret)).toString(16)}`;
}

export function records(history: History, tracing: Tracing): TraceRecord[] {
  const printed = printerOf(history.kernel, tracing);
  return history.steps.flatMap((step) => {
    const record = printed(step.what, step);
    return record ? [{ step, system: record[0], event: record[1], fields: record[2] }] : [];
  });
}

type Printed = readonly [system: string, event: string, fields: string];

function printerOf(
  kernel: Kernel,
  { probes, syscalls, form, sched }: Tracing,
): (what: What, step: Step) => Printed | null {
  /** trace-cmd and perf print the fields of libtraceevent. */
  const library = form === 'trace-cmd' || form === 'perf';
  const at = (returned: boolean, func: string, caller: string, offset: string): string => {
    if (library) return returned ? `(${address(func)} <- ${address(caller)})` : `(${address(func)})`;
    return returned ? `(${caller} <- ${func})` : `(${func}+${offset})`;
  };
  const patient =
    since(kernel, 7, 0) || kernel.arch === 'i686'
      ? 'module_patient_check_exists.isra.0'
      : 'module_patient_check_exists.constprop.0';
  const fprobes = probes === 'counted' || probes === 'stock';
  const counted = probes === 'counted' || probes === 'counted-entries';
  const stock = probes === 'stock' || probes === 'stock-entries';
  const file = ({ path }: Call): string => path.slice(path.lastIndexOf('/') + 1);
  const caller = ({ syscall }: Call): string =>
    syscall === 'finit_module' ? 'init_module_from_file+0xb3/0x130' : '__do_sys_init_module+0x1b1/0x200';
  const number = (call: Call): number => {
    const [finit, init] = { x86_64: [313, 175], aarch64: [273, 105], i686: [350, 128] }[kernel.arch] as [
      number,
      number,
    ];
    return call.syscall === 'finit_module' ? finit : init;
  };
  const umod = kernel.bits === 32 ? 'b7f01010' : '55cf7d0e8e70';
  const enter = (call: Call): Printed | null => {
    const { syscall, flags, len } = call;
    if (syscalls === 'none') return null;
    if (syscalls === 'raw') {
      const args =
        syscall === 'finit_module'
          ? `5, 4b2f3d, ${hex(flags)}, 0, 0, 0`
          : `${umod}, ${hex(len)}, 4b2f3d, 0, 0, 0`;
      return ['raw_syscalls', 'sys_enter', `NR ${number(call)} (${args})`];
    }
    if (library) {
      const x = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
      const args =
        syscall === 'finit_module'
          ? `fd: 0x00000005, uargs: 0x004b2f3d, flags: ${x(flags)}`
          : `umod: 0x${umod}, len: ${x(len)}, uargs: 0x004b2f3d`;
      return ['syscalls', `sys_enter_${syscall}`, args];
    }
    const [x, uargs] = since(kernel, 7, 0) ? ['0x', '0x4b2f3d ""'] : ['', '4b2f3d'];
    const args =
      syscall === 'finit_module'
        ? `fd: 5, uargs: ${uargs}, flags: ${flags}`
        : `umod: ${x}${umod}, len: ${x}${hex(len)}, uargs: ${uargs}`;
    return ['syscalls', `sys_${syscall}`, `(${args})`];
  };
  const exit = (call: Call): Printed | null => {
    if (syscalls === 'none') return null;
    if (syscalls === 'raw') return ['raw_syscalls', 'sys_exit', `NR ${number(call)} = ${call.ret}`];
    if (library) return ['syscalls', `sys_exit_${call.syscall}`, result(call.ret, kernel)];
    return ['syscalls', `sys_${call.syscall}`, `-> ${result(call.ret, kernel)}`];
  };
  return (what, { comm, pid }) => {
    switch (what.is) {
      case 'enter':
        return enter(what.call);
      case 'exit':
        return exit(what.call);
      case 'read': {
        const { call, ret, id } = what;
        const where = at(true, 'kernel_read_file', caller(call), '');
        if (probes === 'counted') return ['modstat', 'read', `${where} ret=${ret}`];
        if (probes === 'stock')
          return ['modwaste', 'read', `${where} name="${file(call)}" id=${id} ret=${ret}`];
        return probes === 'stock-entries' ? ['modwaste', 'read', `${where} ret=${ret}`] : null;
      }
      case 'decompress': {
        const { call, ret, len } = what;
        const where = at(true, 'module_decompress', caller(call), '');
        if (probes === 'counted')
          return ['modstat', 'decomp', `${where} ret=${ret} size=${call.module.compressed}`];
        return probes === 'stock'
          ? [
              'modwaste',
              'decomp',
              `${where} len=${ret === 0 ? len : 0} clen=${call.module.compressed} ret=${ret}`,
            ]
          : null;
      }
      case 'postload':
        return stock
          ? [
              'modwaste',
              'postload',
              `${at(false, 'security_kernel_post_load_data', '', '0x4/0x180')} size=${what.call.len} id=2`,
            ]
          : null;
      case 'load': {
        const flags = fprobes ? what.call.flags : `0x${hex(what.call.flags)}`;
        return stock
          ? [
              'modwaste',
              'load',
              `${at(false, 'load_module', '', '0x0/0x2380')} len=${what.len} flags=${flags}`,
            ]
          : null;
      }
      case 'loadret': {
        const where = at(true, 'load_module', caller(what.call), '');
        if (!stock) return null;
        return [
          'modwaste',
          'loadret',
          probes === 'stock' ? `${where} len=${what.len} ret=${what.ret}` : `${where} ret=${what.ret}`,
        ];
      }
      case 'patient': {
        const where = at(
          true,
          patient,
          what.late ? 'load_module+0x995/0x2380' : 'load_module+0x5b8/0x2380',
          '',
        );
        return probes === 'stock'
          ? ['modwaste', 'dup', `${where} name="${what.call.module.name}" ret=${what.ret}`]
          : null;
      }
      case 'listed':
        return counted
          ? [
              'modstat',
              'dup',
              `${at(false, 'try_add_failed_module', '', '0x4/0xf0')} name="${what.call.module.name}" reason=${what.late ? 1 : 0}`,
            ]
          : null;
      case 'charge': {
        if (!counted) return null;
        const { call, late, named, image } = what;
        const name = named ? `"${call.module.name}"` : '(fault)';
        const where = at(false, late ? 'mod_stat_bump_invalid' : 'mod_stat_bump_becoming', '', '0x4/0x30');
        const rest = fprobes
          ? `compressed=${call.compressed} flags=${call.flags}`
          : `flags=0x${hex(call.flags)}`;
        return ['modstat', late ? 'load' : 'becoming', `${where} name=${name} len=${image} ${rest}`];
      }
      case 'module_load':
        return ['module', 'module_load', `${what.module} `];
      case 'module_free':
        return ['module', 'module_free', what.module];
      case 'request':
        return ['module', 'module_request', `${what.name} wait=1 call_site=${what.site}`];
      case 'fork':
        return sched
          ? [
              'sched',
              'sched_process_fork',
              `comm=${what.parentComm} pid=${pid} child_comm=${what.childComm} child_pid=${what.child.pid}`,
            ]
          : null;
      case 'exec':
        return sched
          ? ['sched', 'sched_process_exec', `filename=${what.file} pid=${pid} old_pid=${pid}`]
          : null;
      case 'printk':
        return null;
      default:
        throw new Error(`${comm}: nothing prints this`);
    }
  };
}
