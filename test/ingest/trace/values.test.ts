// SPDX-License-Identifier: Apache-2.0
/** Numbers and functions as traces print them, and the arguments of probes by their names. */
import { describe, expect, it } from 'vitest';
import { ProbeFunctions, roleOfSymbol, symbol, tracedFunction } from '../../../src/ingest/trace/functions.js';
import { ProbeArguments } from '../../../src/ingest/trace/probe-arguments.js';
import type { FieldValue } from '../../../src/ingest/trace/records.js';
import { integer, length, signed, text } from '../../../src/ingest/trace/values.js';

type Fields = Readonly<Record<string, FieldValue>>;

describe('a value', () => {
  // Errors are printed as hex of a long: -EEXIST is 0xffffffffffffffef, or 0xffffffef on 32 bit.
  it.each<[FieldValue | undefined, number | null, number | null]>([
    ['0xffffffffffffffef', -17, -17],
    ['0xffffffef', 4_294_967_279, -17],
    ['4294967279', 4_294_967_279, -17],
    ['0xfffff000', 4_294_963_200, -4096],
    ['0xffffefff', 4_294_963_199, 4_294_963_199],
    ['18446744073709551599', -17, -17],
    ['-17', -17, -17],
    ['+17', 17, 17],
    ['0X1f', 31, 31],
    ['0', 0, 0],
    [42, 42, 42],
    [4.5, null, null],
    [2n ** 64n - 17n, -17, -17],
    ['1f', null, null],
    ['', null, null],
    ['(fault)', null, null],
    [null, null, null],
    [undefined, null, null],
    [[1, 2], null, null],
  ])('%s', (value, whole, result) => {
    expect(integer(value)).toBe(whole);
    expect(signed(value)).toBe(result);
    expect(length(value)).toBe(whole !== null && whole >= 0 ? whole : null);
  });

  it.each<[FieldValue | undefined, string | null]>([
    ['ext4', 'ext4'],
    ['', null],
    ['(fault)', null],
    ['(null)', null],
    [7, '7'],
    [7n, '7'],
    [null, null],
    [undefined, null],
  ])('%s as text', (value, expected) => {
    expect(text(value)).toBe(expected);
  });
});

describe('a function', () => {
  it.each<[string, string, number]>([
    ['load_module', 'load_module', 0],
    ['load_module+0x612/0x21b0', 'load_module', 0x612],
    ['load_module+0x612/0x21b0 [mod]', 'load_module', 0x612],
    ['module_decompress.constprop.0', 'module_decompress', 0],
    ['module_patient_check_exists.isra.0+0x4/0x200', 'module_patient_check_exists', 4],
    ['foo.cold', 'foo', 0],
    ['foo.part.3', 'foo', 0],
    ['foo.llvm.123', 'foo', 0],
    ['foo.bar', 'foo.bar', 0],
    ['__x64_sys_finit_module', 'sys_finit_module', 0],
    ['__arm64_sys_init_module', 'sys_init_module', 0],
    ['__do_sys_init_module', 'sys_init_module', 0],
    ['__se_sys_init_module', 'sys_init_module', 0],
    ['__x64_other', '__x64_other', 0],
    ['load_module+0xzz', 'load_module', 0],
  ])('%s', (printed, name, offset) => {
    expect(symbol(printed)).toEqual({ name, offset });
  });

  // kernel/module/{main,stats,dups,decompress,kmod}.c, fs/kernel_read_file.c, security/security.c
  it.each<[string, string | null]>([
    ['mod_stat_bump_becoming', 'becoming'],
    ['mod_stat_bump_invalid', 'load'],
    ['try_add_failed_module', 'duplicate'],
    ['kernel_read_file', 'read'],
    ['kernel_read_file_from_fd', 'read'],
    ['module_decompress', 'decompress'],
    ['load_module', 'load-module'],
    ['check_modstruct_version', 'checked'],
    ['module_patient_check_exists.constprop.0', 'patient-check'],
    ['security_kernel_post_load_data', 'copied'],
    ['idempotent_init_module', 'idempotent'],
    ['init_module_from_file', 'from-file'],
    ['do_init_module', 'do-init'],
    ['free_module', 'free-module'],
    ['module_deallocate', 'free-module'],
    ['layout_and_allocate', 'layout'],
    ['module_enforce_rwx_sections', 'layout'],
    ['__request_module', 'request'],
    ['kmod_dup_request_exists_wait', 'request'],
    // ftrace puts a probe behind the landing pad; further in, it sees something else.
    ['load_module+0x10/0x21b0', 'load-module'],
    ['load_module+0x11/0x21b0', null],
    ['vfs_read', null],
  ])('%s has the role %s', (printed, role) => {
    expect(roleOfSymbol(printed)).toBe(role);
  });

  it('is kept of function tracers where it tells of a load', () => {
    for (const name of [
      'idempotent',
      'copy_module_from_user',
      'early_mod_check',
      'add_unformed_module',
      'load_module',
    ])
      expect(tracedFunction(`${name}.isra.0`)).toBe(name);
    expect(tracedFunction('__x64_sys_finit_module')).toBe('sys_finit_module');
    expect(tracedFunction('vfs_read')).toBeNull();
  });

  it('at an address is what was learned for certain, else what is likely', () => {
    const functions = new ProbeFunctions();
    functions.learn('a', 'read', false);
    functions.learn('a', 'request', false);
    expect([functions.at('a'), functions.likely('a'), functions.likely('b')]).toEqual([null, 'read', null]);
    functions.learn('a', 'layout', true);
    expect(functions.at('a')).toBe('layout');
    functions.duplicate(7, 'load');
    functions.duplicate(7, null);
    expect([functions.reason(7), functions.reason(8)]).toEqual(['load', null]);
    functions.call(7);
    expect(functions.reason(7)).toBeNull();
  });
});

describe('the arguments of a probe', () => {
  const args = (fields: Fields) => new ProbeArguments(new Map(Object.entries(fields)));

  it('have meanings by usual names, in any case', () => {
    const given = args({ Name: 'x', LEN: 100, clen: 30, fl: 4, why: 1, rc: 0, kid: 2, wait: 1, sz: 9 });
    const meanings = ['name', 'image', 'compressed', 'flags', 'reason', 'ret', 'id', 'wait', 'size'] as const;
    expect(meanings.map((meaning) => given.get(meaning))).toEqual(['x', 100, 30, 4, 1, 0, 2, 1, 9]);
    expect(given.has('name', 'image')).toBe(true);
    expect(args({ name: 'x' }).has('name', 'image')).toBe(false);
    expect(args({ foo: 'x' }).name).toBe('x');
    expect(args({ comm: 'sh' }).name).toBeNull();
    expect(args({ name: '(fault)' }).name).toBeNull();
    expect(args({ taints: 0 }).hasTaints).toBe(true);
    expect(args({ __probe_ip: 1, common_pid: 2, name: 'x' }).positional).toBe(0);
  });

  it('without names have meanings by their order', () => {
    const given = args({ name: 'x', arg1: 100, arg2: 4 }).inOrder('image', 'flags');
    expect([given.get('image'), given.get('flags'), given.positional]).toEqual([100, 4, 0]);
    const named = args({ len: 50, arg1: 4 }).inOrder('image', 'flags');
    expect([named.get('image'), named.get('flags')]).toEqual([50, 4]);
  });

  it('are the memory of a module where all seven kinds are read (enum mod_mem_type)', () => {
    const sections = { text: 1, data: 2, rodata: 4, roinit: 8, itext: 16, idata: 32, irodata: 64 };
    expect(args(sections).memory).toEqual({ memory: 127, text: 17 });
    const { irodata: _, ...six } = sections;
    expect(args(six).memory).toBeNull();
    expect(args({}).memory).toBeNull();
  });
});
