// SPDX-License-Identifier: Apache-2.0
/** Lines that only a kernel's report of a crash, a warning or a hung task has, known without a prefix. */

/**
 *     BUG: kernel NULL pointer dereference, address: 0000000000000018
 *     CPU: 3 PID: 1234 Comm: modprobe Tainted: G           OE      6.1.0-18-amd64 #1
 *     RAX: 0000000000000000 RBX: ffff8d7b3bd80000 RCX: 0000000000000000
 *      ? do_init_module+0x4a/0x1f0
 */
export const TRACE_LINE = new RegExp(
  `^(?:${[
    'BUG: (?:[Kk]ernel NULL pointer|[Uu]nable to handle )',
    // arm, riscv and others; mips and loongarch with the CPU
    '(?:CPU \\d+ )?Unable to handle kernel ',
    '[Kk]ernel (?:BUG|bug) at \\S{1,200}:\\d+',
    'general protection fault[:,]',
    'INFO: task .{1,64}:\\d+ (?:blocked (?:in I/O wait )?for more than |(?:<\\w{6}> )?(?:is )?blocked on an? (?:mutex|semaphore|rw-semaphore))',
    '(?:watchdog: )?BUG: soft lockup - CPU#',
    'Oops(?:(?::| -) .{1,60})? \\[#\\d|Internal error: (?:.{1,60} )?\\[#\\d',
    // die() of mips and loongarch, of x86 and s390, of sparc and alpha, and parisc_terminate()
    '[A-Za-z][\\w ,()!-]{2,60}(?<! )\\[#\\d{1,3}\\]:$|[a-z][a-z ()-]{2,40}: [\\da-f]{4}(?: ilc:\\d)? ?\\[#\\d',
    '\\w[\\w./:-]{0,15}\\(\\d+\\): (?:[A-Z][\\w ]{2,40} \\[#\\d+\\]|(?:Oops|Kernel Bug) -?\\d+$)',
    '(?:Kernel Fault|Page fault: no context|Bad Address .{1,40}): Code=\\d',
    'Modules linked in:',
    'CPU: \\d+ (?:UID: \\d+ )?PID: \\d+ Comm: |Pid: \\d+, comm: |Process .{1,16} \\(pid: \\d',
    'task:.{1,64} state:[A-Z] ',
    '#PF: |PGD [\\da-f]+ P[4U]?D ',
    'RIP: 00\\d\\d:|R[A-Z\\d]{2}: [\\da-f]{4}|CR2: [\\da-f]{8}|[FC]S: +[\\da-f]{4}|PKRU: [\\da-f]{8}|Code: (?:[\\da-f]{2} ){3}',
    'Call [Tt]race:|</?TASK>|---\\[ (?:end trace|cut here)',
    '(?:PC|LR|EIP|[pi][cp]) is at \\S|(?:pc|lr|epc) : \\[?<?[\\da-zA-Z_]|(?:NIP|LR) \\[[\\da-f]{8}',
    // arm before 5.16, arm since, powerpc
    '(?:\\[<[\\da-f]*>\\] )?\\([A-Za-z_][^ ()]{0,99}(?: \\[[\\w-]+\\])?\\) from \\[<|[A-Za-z_][\\w.]* from [A-Za-z_][\\w.]*\\+0x[\\da-f]+/0x',
    '(?:\\[[\\da-f]{8,16}\\] ){2}[A-Za-z_][\\w.]*\\+0x[\\da-f]+/0x',
    '(?:\\[?<[\\da-f]{8,16}>\\]? )?(?:\\? )?[A-Za-z_][\\w.]*\\+0x[\\da-f]+/0x[\\da-f]+(?: \\[[\\w-]+\\])?$',
  ].join('|')})`,
);

/**
 * Lines that only go on with such a report: registers, and the stack and the code in numbers. Elsewhere they may be anything.
 *     x29: ffff80008123bb10 x28: 0000000000000000      gp : ffffffff81a1a4f8 tp : ff60000081c00000      sp : ffff80008123bb10
 *     a0 0000000000000000 a1 0000000000000000      $ 0   : 00000000 1100fc00      epc   : 80202b88 foo_init+0x1c/0x40 [foo]
 *     GPR00: c000000000010f30 c00000000b7f3af0      Krnl PSW : 0704c00180000000 000003ff80114022      TPC: <foo_init+0x20/0x40 [foo]>
 */
export const TRACE_NUMBERS = new RegExp(
  `^\\s*(?:${[
    '(?:[A-Za-z]\\w{0,4} {0,3}: {0,2}[\\da-f]{8,16}(?:\\s+|$)){1,4}$',
    '(?:[a-z]\\w [\\da-f]{16}(?:\\s|$)){2,4}$',
    '(?:\\$ ?\\d{1,2}|GPR\\d\\d|[A-Z][A-Za-z]{1,5}|[er][pac]{1,2}) {0,3}: {0,2}<?[\\da-f]{8,16}\\b',
    'Krnl (?:PSW|GPRS|Code) {0,2}: |[EN]?[IT]PC: <|IAOQ\\[\\d\\]: |r\\d\\d-\\d\\d  [\\da-f]{8}',
    '(?:Stack {0,2}: {0,2})?(?:[\\da-f]{8,16}(?:\\s|$)){2,8}(?:\\.\\.\\.)?$|[>#]?[\\da-f]{16}: [\\da-f]{4,12} ',
  ].join('|')})`,
);
