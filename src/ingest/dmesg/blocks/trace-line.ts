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
    'BUG: (?:kernel NULL pointer|unable to handle )',
    'Unable to handle kernel ',
    'general protection fault[:,]',
    'INFO: task .{1,64}:\\d+ blocked (?:in I/O wait )?for more than ',
    '(?:watchdog: )?BUG: soft lockup - CPU#',
    'Oops(?:: .{1,60})? \\[#\\d|Internal error: (?:.{1,60} )?\\[#\\d',
    'Modules linked in:',
    'CPU: \\d+ (?:UID: \\d+ )?PID: \\d+ Comm: |Pid: \\d+, comm: |Process .{1,16} \\(pid: \\d',
    'task:.{1,64} state:[A-Z] ',
    '#PF: |PGD [\\da-f]+ P[4U]?D ',
    'RIP: 00\\d\\d:|R[A-Z\\d]{2}: [\\da-f]{4}|CR2: [\\da-f]{8}|[FC]S: +[\\da-f]{4}|PKRU: [\\da-f]{8}|Code: (?:[\\da-f]{2} ){3}',
    'Call [Tt]race:|</?TASK>|---\\[ (?:end trace|cut here)',
    '(?:PC|LR|EIP) is at \\S|(?:pc|lr|epc) : \\[?<?[\\da-zA-Z_]|(?:NIP|LR) \\[[\\da-f]{8}',
    // arm before 5.16, arm since, powerpc
    '(?:\\[<[\\da-f]*>\\] )?\\([A-Za-z_][^ ()]{0,99}(?: \\[[\\w-]+\\])?\\) from \\[<|[A-Za-z_][\\w.]* from [A-Za-z_][\\w.]*\\+0x[\\da-f]+/0x',
    '(?:\\[[\\da-f]{8,16}\\] ){2}[A-Za-z_][\\w.]*\\+0x[\\da-f]+/0x',
    '(?:\\[?<[\\da-f]{8,16}>\\]? )?(?:\\? )?[A-Za-z_][\\w.]*\\+0x[\\da-f]+/0x[\\da-f]+(?: \\[[\\w-]+\\])?$',
  ].join('|')})`,
);
