// SPDX-License-Identifier: Apache-2.0
/** Single lines: tasks, calls, module events. */
import { describe, expect, it } from 'vitest';
import { eventOf, ingest, records } from './ingest.js';

const at = (event: string): string => `        modprobe-902     [005] ....    45.732844: ${event}`;

describe('the front of a line', () => {
  it.each([
    ['          <idle>-0       [000] .N.1.     1.215296: module_free: a', 0, '<idle>', 0],
    ['           <...>-42      [001] d..2.    10.000001: module_free: a', 42, null, 1],
    ['   kworker/u8:1 x-7-123   [001] d..2.    10.000001: module_free: a', 123, 'kworker/u8:1 x-7', 1],
    ['  Web Content: (a)-99 (     99) [130] ....     10.000002: module_free: a', 99, 'Web Content: (a)', 130],
    ['          <idle>-0     (-------) [000] .N.1.     1.215296: module_free: a', 0, '<idle>', 0],
    ['  [lab]-33 [002] .... 12.5: module_free: a', 33, '[lab]', 2],
    ['modprobe  174509 [003]  6504.868980: module:module_free: a', 174509, 'modprobe', 3],
    [' (udev-worker)   514/515   [006]    37.321026: module:module_free: a', 515, '(udev-worker)', 6],
    ['            bash-4251  [01] 10152.583854: module_free: a', 4251, 'bash', 1],
    [' modprobe-902     5.....  1234us : module_free: a', 902, 'modprobe', 5],
    ['    bash-1234    0d..1 1234us+: module_free: a', 1234, 'bash', 0],
    ['  init-1         4.....    3: module_free: a', 1, 'init', 4],
    ['  racer     430   6 0 00000000 00000001 0000000000000004 1 (+1): module_free: a', 430, 'racer', 6],
  ])('%s', (line, pid, comm, cpu) => {
    expect(eventOf(line)).toMatchObject({ kind: 'module-free', module: 'a', pid, comm, cpu });
  });

  it('is not a log stamp', () => {
    expect(eventOf('[    1.234567] modprobe-902     5.....  1234us : module_free: x')).toBeUndefined();
  });
});

describe('results of calls', () => {
  it.each([
    ['sys_finit_module -> 0x0', 0],
    ['sys_finit_module -> 0xffffffffffffffef', -17],
    ['sys_finit_module -> 0xffffffffffffff7f', -129],
    ['sys_finit_module -> ffffffffffffffef', -17],
    ['sys_finit_module -> 0xffffffef', -17],
    ['sys_finit_module -> -17', -17],
    ['sys_exit_finit_module: 0xffffffffffffffef', -17],
    ['sys_exit_finit_module: ret=-17', -17],
    ['sys_exit_finit_module: __syscall_nr=0x139 (313) ret=0xffffffffffffffef (-17)', -17],
    ['sys_exit_finit_module: 18446744073709551599', -17],
    ['sys_exit: NR 313 = -17', -17],
    ['sys_exit:            NR 313 = 0', 0],
  ])('%s', (printed, ret) => {
    expect(eventOf(at(printed))).toMatchObject({ kind: 'syscall-exit', call: 'finit_module', ret });
  });
});

describe('arguments of calls', () => {
  it.each([
    ['sys_finit_module(fd: 5, uargs: 4b2f3d, flags: 4)', 'finit_module', null, 4],
    ['sys_finit_module(int fd: 5, const char * uargs: 4b2f3d, int flags: 4)', 'finit_module', null, 4],
    ['sys_enter_finit_module: fd: 0x00000005, uargs: 0x004b2f3d, flags: 0x00000004', 'finit_module', null, 4],
    ['sys_enter_finit_module: __syscall_nr=0x139 (313) fd=0x5 (5) flags=0x4 (4)', 'finit_module', null, 4],
    ['sys_init_module(umod: 55cf7d0e8e70, len: 20c6f, uargs: 7f711c54fefd)', 'init_module', 0x20c6f, null],
    ['sys_enter_init_module: umod: 0x33619620, len: 0x00003151, uargs: 0x0', 'init_module', 0x3151, null],
    [
      'sys_enter_init_module:  __syscall_nr=175 umod=0x1 len=0x00003151 uargs=0x4',
      'init_module',
      0x3151,
      null,
    ],
    ['sys_enter: NR 313 (5, 4b2f3d, 4, 0, 0, 0)', 'finit_module', null, 4],
    ['sys_enter: NR 175 (5, 20c6f, 4, 0, 0, 0)', 'init_module', 0x20c6f, null],
    ['sys_delete_module(name_user: 1a41ad40, flags: 800)', 'delete_module', null, null],
  ])('%s', (printed, call, len, flags) => {
    expect(eventOf(at(printed))).toMatchObject({ kind: 'syscall-enter', call, len, flags });
  });

  it('reads the numbers of arm64 once a call shows them', () => {
    const arm = [
      'sys_enter: NR 273 (3, aaaa, 4, 0, 0, 0)',
      'sys_enter: NR 105 (ff, 1000, 0, 0, 0, 0)',
      'sys_enter: NR 175 ()',
    ];
    expect(records(ingest(arm.map(at).join('\n')).events)).toMatchObject([
      { call: 'finit_module', flags: 4 },
      { call: 'init_module', len: 4096 },
    ]);
    // set_robust_list and setuid of x86-64
    const x86 = ['sys_enter: NR 273 (3, 18, 0, 0, 0, 0)', 'sys_enter: NR 105 (0, 0, 0, 0, 0, 0)'];
    expect(records(ingest(x86.map(at).join('\n')).events)).toEqual([]);
  });

  // biome-ignore format: a table
  it.each([
    ['arm64 by init_module, which is setuid of x86-64', 'NR 105 (ffff8a7e0010, 20c6f, 4b2f3d, 0, 0, 0)', 'NR 105 = -17', ['init_module', 'init_module']],
    ['arm64 by an exit, where the trace starts in a call', 'NR 29 (0, 0, 0, 0, 0, 0)', 'NR 105 = -17', ['init_module']],
    ['i386 by an exit', 'NR 4 (0, 0, 0, 0, 0, 0)', 'NR 350 = 0', ['finit_module']],
    ['an empty image', 'NR 105 (ffff8a7e0010, 0, 4b2f3d, 0, 0, 0)', 'NR 105 = -8', ['init_module', 'init_module']],
    ['a setuid of x86-64 that failed', 'NR 4 (0, 0, 0, 0, 0, 0)', 'NR 105 = -1', []],
    ['setuid of x86-64', 'NR 105 (3e8, 7ffd4b2f3d10, 0, 0, 0, 0)', 'NR 105 = 0', []],
    ['i386 by init_module', 'NR 128 (b7f01010, 20c6f, 80f20f5, 0, 0, 0)', 'NR 128 = -17', ['init_module', 'init_module']],
    ['rt_sigtimedwait of x86-64', 'NR 128 (4c2f10, 1000, 4b2f3d, 8, 0, 0)', 'NR 128 = 0', []],
    ['i386 by finit_module', 'NR 350 (5, 80f20f5, 4, 0, 0, 0)', 'NR 350 = -17', ['finit_module', 'finit_module']],
    ['i386, whose openat x86-64 has too', 'NR 295 (ffffff9c, bfad14bc, 88000, 0, 0, 0)\nNR 350 (5, 80f20f5, 0, 0, 0, 0)', 'NR 350 = 0', ['finit_module', 'finit_module']],
    ['x86-64 by a pointer', 'NR 302 (0, 7, 0, 7ffd4b2f3d10, 0, 0)\nNR 350 (5, 80f20f5, 4, 0, 0, 0)', 'NR 350 = 0', []],
  ])('%s', (_, enters, exit, calls) => {
    const lines = [...enters.split('\n').map((one) => `sys_enter: ${one}`), `sys_exit: ${exit}`];
    expect(records(ingest(lines.map(at).join('\n')).events)).toMatchObject(calls.map((call) => ({ call })));
  });
});

describe('module and sched events', () => {
  it.each([
    ['module_load: scsi_debug E', { kind: 'module-load', module: 'scsi_debug', taints: 'E' }],
    ['module_load: nls_cp437 ', { kind: 'module-load', module: 'nls_cp437', taints: '' }],
    ['module_load:           taints=12289 name=nv', { kind: 'module-load', module: 'nv', taints: 'POE' }],
    ['module_load: taints=0x8000 (32768) name=kpatch', { kind: 'module-load', taints: '0x8000' }],
    [
      'module_request: crypto-hmac(sha256) wait=1 call_site=crypto_alg_mod_lookup',
      { requested: 'crypto-hmac(sha256)', wait: true, callSite: 'crypto_alg_mod_lookup' },
    ],
    ['module_request: net-pf-10 wait=0 call_site=f [mod]', { wait: false, callSite: 'f' }],
    [
      'sched_process_fork: comm=a b pid=1 child_comm=c = d child_pid=430',
      { kind: 'fork', childComm: 'c = d', childPid: 430 },
    ],
    [
      'sched_process_exec: filename=/sbin/my prog pid=430 old_pid=430',
      { kind: 'exec', filename: '/sbin/my prog' },
    ],
    ['load_module <-init_module_from_file', { kind: 'function-call', func: 'load_module', durationNs: null }],
    ['function:             kernel_read_file <-- init_module_from_file', { func: 'kernel_read_file' }],
  ])('%s', (printed, event) => {
    expect(eventOf(at(printed))).toMatchObject(event);
  });

  it.each(['module_get: x call_site=f refcnt=2', 'tracing_mark_write: module_load: x', 'do_exit <-x'])(
    'nothing in: %s',
    (printed) => {
      expect(eventOf(at(printed))).toBeUndefined();
    },
  );
});
