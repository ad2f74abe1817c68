// SPDX-License-Identifier: Apache-2.0
/** What a record of a tracepoint means. */
import { describe, expect, it } from 'vitest';
import { toEvent } from '../../../src/ingest/trace/meaning.js';
import { type FieldValue, TraceState } from '../../../src/ingest/trace/records.js';
import { record } from './record.js';

type Fields = Readonly<Record<string, FieldValue>>;

describe('a record', () => {
  const event = (name: string, fields: Fields, state = new TraceState()) =>
    toEvent(record(name, fields), state);

  it.each<[string, Fields, object | string | null]>([
    ['module_load', { name: 'x', taints: '' }, { kind: 'module-load', module: 'x', taints: '' }],
    // include/trace/events/module.h: show_module_flags
    ['module_load', { name: 'x', taints: 0x3403 }, { taints: 'POFCE' }],
    ['module_load', { name: 'x', taints: 0x1001 }, { taints: 'PO' }],
    ['module_load', { name: 'x', taints: 0x2002 }, { taints: 'FE' }],
    ['module_load', { name: 'x', taints: 0x420 }, { taints: 'C0x20' }],
    ['module_load', { name: 'x', taints: 'POE' }, { taints: 'POE' }],
    ['module_load', { name: '(fault)' }, 'trace-line-unread'],
    ['module_free', { name: 'x' }, { kind: 'module-free', module: 'x' }],
    ['module_free', {}, 'trace-line-unread'],
    [
      'module_request',
      { name: 'snd\n', wait: 1, call_site: 'snd_x [snd]' },
      { kind: 'module-request', requested: 'snd', wait: true, callSite: 'snd_x' },
    ],
    ['module_request', { name: 'a', wait: 0, ip: 'f+0x1/0x2' }, { wait: false, callSite: 'f' }],
    ['module_request', { name: 'a' }, { wait: null, callSite: null }],
    ['module_request', { name: '\n' }, 'trace-line-unread'],
    [
      'sched_process_fork',
      { child_pid: 9, child_comm: 'kid' },
      { kind: 'fork', childPid: 9, childComm: 'kid' },
    ],
    ['sched_process_fork', { child_pid: 9 }, { childComm: '' }],
    ['sched_process_fork', {}, 'trace-line-unread'],
    ['sched_process_exec', { filename: '/sbin/modprobe' }, { kind: 'exec', filename: '/sbin/modprobe' }],
    ['sched_process_exec', {}, 'trace-line-unread'],
    [
      'function',
      { func: 'load_module.isra.0', duration: 5n },
      { kind: 'function-call', func: 'load_module', durationNs: 5n },
    ],
    ['function', { func: 'load_module' }, { durationNs: null }],
    ['function', { func: 'vfs_read' }, null],
    ['sched_wakeup', {}, null],
    ['sched_switch', {}, 'trace-line-unread'],
    ['sched_switch', { prev_pid: 1, next_pid: 2 }, null],
    [
      'sys_enter_finit_module',
      { fd: 3, flags: 4 },
      { kind: 'syscall-enter', call: 'finit_module', len: null, flags: 4 },
    ],
    [
      'sys_enter_init_module',
      { len: '0x384' },
      { kind: 'syscall-enter', call: 'init_module', len: 900, flags: null },
    ],
    ['sys_enter_delete_module', { flags: 4 }, { call: 'delete_module', len: null, flags: null }],
    [
      'sys_exit_finit_module',
      { ret: '0xffffffffffffffef' },
      { kind: 'syscall-exit', call: 'finit_module', ret: -17, wordBits: 64 },
    ],
    ['sys_exit_finit_module', { ret: '0xffffffef' }, { ret: -17, wordBits: 32 }],
    ['sys_exit_init_module', { ret: 0 }, { call: 'init_module', ret: 0 }],
    ['sys_exit_init_module', { ret: 5 }, 'trace-line-unread'],
    ['sys_exit_init_module', {}, 'trace-line-unread'],
    ['sys_enter_openat', {}, null],
    // arch/x86/entry/syscalls/syscall_64.tbl
    ['sys_enter', { id: 313, args: [3, 0, 4] }, { call: 'finit_module', flags: 4 }],
    ['sys_enter', { id: 175, args: [0, 900, 0] }, { call: 'init_module', len: 900 }],
    ['sys_exit', { id: 313, ret: -17 }, { kind: 'syscall-exit', call: 'finit_module', ret: -17 }],
    ['sys_exit', { id: 176, ret: 0 }, { call: 'delete_module' }],
    ['sys_exit', { id: 1, ret: 0 }, null],
    ['sys_exit', {}, null],
    ['sys_enter', { id: 273, args: [1, 24, 0] }, null],
    // include/uapi/asm-generic/unistd.h
    ['sys_enter', { id: 273, args: [3, 99, 4] }, { call: 'finit_module', flags: 4 }],
  ])('%s', (name, fields, expected) => {
    const made = event(name, fields);
    if (expected === null || typeof expected === 'string') expect(made).toBe(expected);
    else expect(made).toMatchObject({ line: 3, t: 5n, pid: 7, comm: 'modprobe', cpu: 1, ...expected });
  });

  it('of raw calls has the numbers of its machine', () => {
    const numbers = (machine: 'x86_64' | 'aarch64' | 'i386', id: number) => {
      const state = new TraceState();
      state.machine = machine;
      const made = event('sys_exit', { id, ret: 0 }, state);
      return made !== null && typeof made === 'object' && made.kind === 'syscall-exit' ? made.call : made;
    };
    expect([175, 176, 313, 273].map((id) => numbers('x86_64', id))).toEqual([
      'init_module',
      'delete_module',
      'finit_module',
      null,
    ]);
    expect([105, 106, 273, 313].map((id) => numbers('aarch64', id))).toEqual([
      'init_module',
      'delete_module',
      'finit_module',
      null,
    ]);
    expect([128, 129, 350, 313].map((id) => numbers('i386', id))).toEqual([
      'init_module',
      'delete_module',
      'finit_module',
      null,
    ]);
  });

  it('tells the word size once', () => {
    const state = new TraceState();
    const exit = () => event('sys_exit_finit_module', { ret: '0xffffffffffffffef' }, state);
    expect(exit()).toHaveProperty('wordBits', 64);
    expect(exit()).not.toHaveProperty('wordBits');
  });
});
