// SPDX-License-Identifier: Apache-2.0
/**
 * The order in which the kernel prints the lines of a WARN (kernel/panic.c, lib/dump_stack.c, arch/x86/kernel/
 * process_64.c and dumpstack.c), as numbered steps, to separate interleaved WARNs. x86 prints registers twice: for the
 * kernel, and at the end of the trace for user space. On other architectures only the lines common to all have steps.
 */

/** `CPU: 7 UID: 0 PID: 179 Comm: snmpd Not tainted ...` */
export const TASK_LINE = 3;
/** ` __sock_create+0x12b/0x190` and the other frames. */
export const FRAMES = 19;

const REGISTERS = ['Code: ', 'RSP: ', 'RAX: ', 'RDX: ', 'RBP: ', 'R10: ', 'R13: '] as const;

/** Lines printed once in a WARN, and their steps. */
const ONCE: readonly (readonly [string, number])[] = [
  ['Modules linked in:', 2],
  ['CPU: ', TASK_LINE],
  ['Tainted: ', 4],
  ['Hardware name: ', 4],
  ['RIP: 0010:', 5],
  ['RSP: 0018:', 7],
  ['FS: ', 13],
  ['CS: ', 14],
  ['CR2: ', 15],
  ['PKRU: ', 16],
  ['Call Trace:', 17],
  ['Call trace:', 17],
  [' <TASK>', 18],
  ['<TASK>', 18],
  ['RIP: 0033:', 20],
  ['RSP: 002b:', 22],
  [' </TASK>', 28],
  ['</TASK>', 28],
  ['---[ end trace', 29],
];

/** The possible steps of a line; null if it is not part of a WARN. */
export function warnSteps(text: string): readonly number[] | null {
  for (const [start, step] of ONCE) if (text.startsWith(start)) return [step];
  const register = REGISTERS.findIndex((start) => text.startsWith(start));
  if (register >= 0) return [6 + register, 21 + register];
  return frameOf(text) === null ? null : [FRAMES];
}

/**
 * CPU: 7 UID: 0 PID: 179 Comm: snmpd Not tainted ...                 lib/dump_stack.c, since 6.12 with the UID
 * Pid: 179, comm: snmpd Not tainted 2.6.32                           before 3.11
 * Pid: 179, CPU 0, comm:                snmpd                        ia64
 * Pid : 179, Comm: 		snmpd                                            sh
 * Process snmpd (pid: 179, threadinfo=8f8e0000, task=8fa3c000)       mips, arm, and others
 */
const TASKS = [
  /^CPU: \d+ (?:UID: \d+ )?PID: (?<pid>\d+) Comm: (?<comm>.+?) (?:Not tainted|Tainted: |Kdump: |Hardware name)/,
  /^Pid: (?<pid>\d+), comm: (?<comm>.{1,16}?) /,
  /^Pid: (?<pid>\d+), CPU \d+, comm: {1,16}(?<comm>\S{1,16})$/,
  /^Pid : (?<pid>\d+), Comm: \s{0,4}(?<comm>\S{1,16})/,
  /^Process (?<comm>.{1,16}?) \(pid: (?<pid>\d+)/,
];

interface Task {
  readonly pid: number;
  readonly comm: string;
}

/** The task of a stack trace, by the line above it. */
export function taskOf(text: string): Task | null {
  return taskBy(TASKS, text);
}

/** The task by the first pattern that fits; its groups are `pid` and `comm`. */
export function taskBy(patterns: readonly RegExp[], text: string): Task | null {
  for (const pattern of patterns) {
    const { pid, comm } = pattern.exec(text)?.groups ?? {};
    if (comm !== undefined) return { pid: Number(pid), comm };
  }
  return null;
}

/**
 *  ? inode_init_always_gfp+0x16a/0x1c0
 * [<ffffffff81234567>] __request_module+0x10b/0x2b0          before Linux 4.10
 *  <c013cda8> sys_init_module+0x148/0x19c0                   i386 before 2.6.18
 * [c0000000014f3c30] [c00000000020b0ac] __request_module+0x1c/0x30         powerpc
 *  __request_module (kernel/module/kmod.c:170)               after scripts/decode_stacktrace.sh
 *  load_module from sys_finit_module+0x90/0xc4               arm since 5.16
 * [<c008b778>] (load_module) from [<c008cfd4>] (sys_finit_module+0xf0/0x174)              arm before
 * [<bf000100>] (foo_init+0x100/0x200 [foo]) from [<c00342b0>] (do_one_initcall+0x38/0x1a8)      arm before 3.18
 */
const FRAME =
  /^\s*(?:\[[\da-fx]+\] )*(?:\[?<[\da-f]*>\]? )?(\? )?\(?([A-Za-z_][\w.]*)(?:\+0x[\da-f]+\/0x[\da-f]+| \([\w./+-]+:\d+|\)? from (?:\[<|[A-Za-z_][\w.]*\+0x))/;
const CALLER = /\)? from (?:\[<[\da-f]*>\] \()?([A-Za-z_][\w.]*)/;

interface Frame {
  readonly func: string;
  /** On arm, the function that the next line starts with. */
  readonly caller: string | null;
  /** The kernel marks it `?`. */
  readonly guess: boolean;
}

/** A stack frame. */
export function frameOf(text: string): Frame | null {
  const match = FRAME.exec(text);
  if (!match?.[2]) return null;
  return { func: match[2], caller: CALLER.exec(text)?.[1] ?? null, guess: match[1] !== undefined };
}
