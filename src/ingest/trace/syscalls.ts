// SPDX-License-Identifier: Apache-2.0
/** syscalls:sys_{enter,exit}_CALL and raw_syscalls:sys_{enter,exit} as events. */
import type { ModuleSyscall, ParsedEvent } from '../../model/event.js';
import type { FieldValue, Machine, TraceRecord, TraceState, Unread } from './records.js';
import { integer, length, signed } from './values.js';

/** The tracepoints of each call. */
const CALLS: ReadonlyMap<string, ModuleSyscall> = new Map([
  ['sys_enter_finit_module', 'finit_module'],
  ['sys_exit_finit_module', 'finit_module'],
  ['sys_enter_init_module', 'init_module'],
  ['sys_exit_init_module', 'init_module'],
  ['sys_enter_delete_module', 'delete_module'],
  ['sys_exit_delete_module', 'delete_module'],
]);

/** System call numbers: arch/x86/entry/syscalls/*.tbl, include/uapi/asm-generic/unistd.h. */
const NUMBERS: Readonly<Record<Machine, ReadonlyMap<number, ModuleSyscall>>> = {
  x86_64: new Map([
    [175, 'init_module'],
    [176, 'delete_module'],
    [313, 'finit_module'],
  ]),
  aarch64: new Map([
    [105, 'init_module'],
    [106, 'delete_module'],
    [273, 'finit_module'],
  ]),
  i386: new Map([
    [128, 'init_module'],
    [129, 'delete_module'],
    [350, 'finit_module'],
  ]),
};
/** On x86-64, 273 is set_robust_list, whose second argument is always the size of a struct robust_list_head. */
const ROBUST_LIST_SIZE = 24;

export function syscallEvent(record: TraceRecord, state: TraceState): ParsedEvent | Unread | null {
  const { line, t, pid, comm, cpu, name, fields } = record;
  const enter = name.startsWith('sys_enter');
  const args = fields.get('args');
  const list = Array.isArray(args) ? (args as readonly (number | bigint)[]) : null;
  const call = callOf(record, enter, list, state);
  if (!call) return null;
  state.functions.call(pid);
  if (!enter) {
    const ret = signed(fields.get('ret'));
    // These calls return 0 or an error: anything else is truncated.
    if (ret === null || ret > 0) return 'trace-line-unread';
    const exit = { kind: 'syscall-exit', source: undefined, line, t, pid, comm, cpu, call, ret } as const;
    if (ret === 0 || state.wordBitsReported) return exit;
    state.wordBits ??= wordBitsOf(fields.get('ret'));
    if (state.wordBits === null) return exit;
    state.wordBitsReported = true;
    return { ...exit, wordBits: state.wordBits };
  }
  const len = call === 'init_module' ? length(list ? list[1] : fields.get('len')) : null;
  const flags = call === 'finit_module' ? integer(list ? list[2] : fields.get('flags')) : null;
  return { kind: 'syscall-enter', source: undefined, line, t, pid, comm, cpu, call, len, flags };
}

/** A negative `long` printed as hex has all its digits: 8 on 32 bits, 16 on 64. */
function wordBitsOf(printed: FieldValue | undefined): 32 | 64 | null {
  if (typeof printed !== 'string') return null;
  const digits = /^0x(f[0-9a-f]+)$/.exec(printed)?.[1]?.length;
  return digits === 8 ? 32 : digits === 16 ? 64 : null;
}

function callOf(
  { name, fields }: TraceRecord,
  enter: boolean,
  args: readonly (number | bigint)[] | null,
  state: TraceState,
): ModuleSyscall | null {
  if (name !== 'sys_enter' && name !== 'sys_exit') return CALLS.get(name) ?? null;
  const number = integer(fields.get('id'));
  if (number === null) return null;
  if (enter && args) state.machine ??= machineOf(number, args);
  else if (!enter) state.machine ??= machineByExit(number, signed(fields.get('ret')));
  return NUMBERS[state.machine ?? 'x86_64'].get(number) ?? null;
}

/** What addresses of user space can be; x86-64 and arm64 map libraries and stacks above 4 GiB. */
const [PAGE, FOUR_GIB, USER_END] = [2 ** 12, 2 ** 32, 2 ** 56];

/**
 * The machine by a raw call: asm-generic has no calls 295 to 402, x86-64 has many, and i386 has them with arguments of 32
 * bits. Where two have the number, the arguments tell: init_module(umod, len, uargs) of arm64 is setuid(uid) of x86-64, and that of i386 its
 * rt_sigtimedwait(set, info, timeout, 8); finit_module(fd, uargs, flags) of i386 is no call of the others.
 */
function machineOf(number: number, args: readonly (number | bigint)[]): Machine | null {
  const values = args.map(Number);
  if (number >= 295 && number <= 334) return values.some((value) => value >= FOUR_GIB) ? 'x86_64' : null;
  const [first = 0, second = 0, third = 0, fourth = 0] = values;
  if (number === 273) return second === ROBUST_LIST_SIZE ? null : 'aarch64';
  const isLength = second < FOUR_GIB / 2;
  if (number === 105) return first >= FOUR_GIB && first < USER_END && isLength ? 'aarch64' : null;
  if (number === 128) return first >= PAGE && first < FOUR_GIB && isLength && fourth !== 8 ? 'i386' : null;
  return number === 350 && second >= PAGE && second < FOUR_GIB && third <= 7 ? 'i386' : null;
}

/** ENOENT, ENOEXEC, ENOMEM, EBUSY, EEXIST: neither setuid nor rt_sigtimedwait of x86-64 fails so. */
const OF_LOADS: ReadonlySet<number | null> = new Set([-2, -8, -12, -16, -17]);

/** The machine by a raw exit: a trace may start while calls run. */
function machineByExit(number: number, ret: number | null): Machine | null {
  if (number === 350) return 'i386';
  if (!OF_LOADS.has(ret)) return null;
  if (number === 105 || number === 273) return 'aarch64';
  return number === 128 ? 'i386' : null;
}
