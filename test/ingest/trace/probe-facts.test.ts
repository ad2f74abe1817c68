// SPDX-License-Identifier: Apache-2.0
/** What a probe shows, by its function, its arguments or its name. */
import { describe, expect, it } from 'vitest';
import { ProbeFunctions } from '../../../src/ingest/trace/functions.js';
import { readProbe } from '../../../src/ingest/trace/probes.js';
import type { FieldValue, ProbePoint } from '../../../src/ingest/trace/records.js';
import { record } from './record.js';

type Fields = Readonly<Record<string, FieldValue>>;

describe('a probe', () => {
  const at = (
    func: string | null,
    point: 'entry' | 'return',
    fields: Fields,
    more: Partial<ProbePoint> = {},
    name = 'p',
  ) => {
    const made = { at: point, func, address: null, caller: null, ...more };
    const event = readProbe({ ...record(name, fields), point: made }, made, new ProbeFunctions());
    return event !== null && typeof event === 'object' && event.kind === 'probe' ? event.fact : event;
  };

  it.each<[string, 'entry' | 'return', Fields, object | null]>([
    [
      'mod_stat_bump_becoming',
      'entry',
      { name: 'x', arg1: 100, arg2: 4 },
      { fact: 'charge', phase: 'becoming', module: 'x', image: 100, compressed: null, flags: 4 },
    ],
    [
      'mod_stat_bump_invalid',
      'entry',
      { name: 'x', arg1: 100, arg2: 30, arg3: 4 },
      { fact: 'charge', phase: 'load', image: 100, compressed: 30, flags: 4 },
    ],
    ['mod_stat_bump_invalid', 'return', { name: 'x' }, null],
    [
      'try_add_failed_module',
      'entry',
      { name: 'x', arg1: 0 },
      { fact: 'duplicate', module: 'x', reason: 'becoming' },
    ],
    ['try_add_failed_module', 'entry', { name: 'x', reason: 1 }, { fact: 'duplicate', reason: 'load' }],
    ['try_add_failed_module', 'entry', { name: 'x', reason: 2 }, { fact: 'duplicate', reason: null }],
    ['try_add_failed_module', 'return', { name: 'x', reason: 1 }, null],
    [
      'kernel_read_file',
      'entry',
      { name: 'x.ko', arg1: 2 },
      { fact: 'read', file: 'x.ko', id: 2, ret: null },
    ],
    ['kernel_read_file', 'return', { name: 'x.ko', arg1: 900, arg2: 2 }, { fact: 'read', id: 2, ret: 900 }],
    [
      'kernel_read_file',
      'return',
      { ret: '0xffffffffffffffea' },
      { fact: 'read', file: null, id: null, ret: -22 },
    ],
    [
      'module_decompress',
      'entry',
      { size: 300 },
      { fact: 'decompress', ret: null, compressed: 300, image: null },
    ],
    [
      'module_decompress',
      'return',
      { arg1: 0, arg2: 300, arg3: 900 },
      { fact: 'decompress', ret: 0, compressed: 300, image: 900 },
    ],
    [
      'load_module',
      'entry',
      { arg1: 900, arg2: 4 },
      { fact: 'load-module', point: 'entry', image: 900, flags: 4, ret: null },
    ],
    [
      'load_module',
      'return',
      { arg1: -8, arg2: 900 },
      { fact: 'load-module', point: 'return', image: 900, ret: -8 },
    ],
    [
      'check_modstruct_version',
      'entry',
      { len: 900 },
      { fact: 'load-module', point: 'checked', image: 900, flags: null, ret: null },
    ],
    ['check_modstruct_version', 'return', { len: 900 }, null],
    [
      'module_patient_check_exists',
      'entry',
      { name: 'x' },
      { fact: 'patient-check', module: 'x', ret: null, callOffset: null },
    ],
    ['module_patient_check_exists', 'return', { name: 'x', arg1: -17 }, { fact: 'patient-check', ret: -17 }],
    ['security_kernel_post_load_data', 'entry', { arg1: 900, arg2: 2 }, { fact: 'copied', size: 900, id: 2 }],
    ['security_kernel_post_load_data', 'return', { arg1: 900 }, null],
    [
      'idempotent_init_module',
      'return',
      { file: 'x.ko', arg1: -17 },
      { fact: 'idempotent', file: 'x.ko', ret: -17 },
    ],
    ['idempotent_init_module', 'entry', { file: 'x.ko' }, null],
    ['init_module_from_file', 'return', { arg1: 0, arg2: 4 }, { fact: 'from-file', ret: 0, flags: 4 }],
    ['init_module_from_file', 'entry', {}, null],
    [
      'do_init_module',
      'entry',
      { name: 'x' },
      { fact: 'do-init', point: 'entry', module: 'x', ret: null, memory: null, text: null },
    ],
    ['do_init_module', 'return', { name: 'x', arg1: -19 }, { fact: 'do-init', point: 'return', ret: -19 }],
    ['free_module', 'entry', { name: 'x' }, { fact: 'free-module', module: 'x' }],
    ['free_module', 'return', { name: 'x' }, null],
    ['layout_and_allocate', 'return', { name: 'x' }, { fact: 'layout', module: 'x' }],
    [
      '__request_module',
      'entry',
      { name: 'net-pf-3\n', arg1: 1 },
      { fact: 'request', requested: 'net-pf-3', wait: true },
    ],
    ['__request_module', 'entry', { name: 'x', wait: 0 }, { fact: 'request', wait: false }],
    ['__request_module', 'return', { name: 'x' }, null],
    ['vfs_read', 'entry', { name: 'x' }, null],
  ])('on %s at its %s', (func, point, fields, expected) => {
    const fact = at(func, point, fields);
    if (expected === null) expect(fact).toBeNull();
    else expect(fact).toMatchObject(expected);
  });

  it('on kernel_read_file is of a module, unless another reader called it', () => {
    const by = (caller: string | null) => at('kernel_read_file', 'return', { ret: 9 }, { caller });
    for (const caller of [null, 'init_module_from_file+0x80/0x110', 'kernel_read_file_from_fd+0x4/0x90'])
      expect(by(caller)).toMatchObject({ fact: 'read', ret: 9 });
    for (const caller of [
      'fw_get_filesystem_firmware+0x1a3/0x5e0',
      '_request_firmware+0x1/0x2',
      'kernel_read_file_from_path_initns+0x1/0x2',
      'kexec_file_load+0x1/0x2',
      'kimage_file_prepare+0x1/0x2',
      'ima_read_policy+0x1/0x2',
    ])
      expect(by(caller)).toBeNull();
  });

  it('on the check for duplicates names its caller, or its place in load_module', () => {
    const by = (caller: string) => at('module_patient_check_exists', 'return', { ret: -17 }, { caller });
    expect(by('load_module+0x612/0x21b0')).toMatchObject({ callOffset: 0x612 });
    expect(by('load_module')).toMatchObject({ callOffset: null });
    expect(by('early_mod_check+0x8/0x100')).toMatchObject({ callOffset: null, reason: 'becoming' });
    expect(by('add_unformed_module+0x8/0x100')).toMatchObject({ callOffset: null, reason: 'load' });
    expect(by('other+0x8/0x100')).toMatchObject({ callOffset: null });
  });

  it.each<[string, 'entry' | 'return', Fields, string]>([
    ['x', 'entry', { text: 1, data: 1, rodata: 1, roinit: 1, itext: 1, idata: 1, irodata: 1 }, 'do-init'],
    ['x', 'entry', { name: 'a', reason: 1 }, 'duplicate'],
    ['x', 'entry', { name: 'a', wait: 1 }, 'request'],
    ['becom', 'entry', { name: 'a', len: 9, flags: 0 }, 'charge'],
    ['load', 'entry', { name: 'a', len: 9, flags: 0 }, 'charge'],
    ['x', 'entry', { size: 9, id: 2 }, 'copied'],
    ['x', 'return', { clen: 9, ret: 0 }, 'decompress'],
    ['x', 'return', { name: 'a', id: 2, ret: 9 }, 'read'],
    ['patient', 'return', { ret: -17 }, 'patient-check'],
    ['dupcheck', 'return', { ret: -17 }, 'patient-check'],
    ['postload', 'entry', { arg1: 9 }, 'copied'],
    ['decomp', 'entry', { arg1: 9 }, 'decompress'],
    ['idem', 'return', { ret: 0 }, 'idempotent'],
    ['fromfile', 'return', { ret: 0 }, 'from-file'],
    ['kread', 'return', { ret: 90_000 }, 'read'],
    ['doinit', 'entry', {}, 'do-init'],
    ['dealloc', 'entry', {}, 'free-module'],
    ['layout', 'entry', {}, 'layout'],
    ['loadmod', 'entry', { arg1: 9 }, 'load-module'],
    ['modreq', 'entry', { arg1: 9 }, 'request'],
  ])('at an address, called %s, at its %s with these arguments is known', (name, point, fields, expected) => {
    expect(at(null, point, fields, { address: 'ffff' }, name)).toMatchObject({ fact: expected });
  });

  it('at an address may be of an unknown function, or no evidence', () => {
    const unknown = (name: string, point: 'entry' | 'return', fields: Fields) =>
      at(null, point, fields, { address: 'ffff' }, name);
    expect(unknown('x', 'entry', { len: 9 })).toBe('trace-probe-unknown');
    expect(unknown('x', 'entry', { name: 'a', len: 9, flags: 0 })).toBe('trace-probe-unknown');
    // No other function than a read returns kilobytes.
    expect(unknown('loadmod', 'return', { ret: 90_000 })).toBe('trace-probe-unknown');
    expect(unknown('x', 'entry', { name: 'a', taints: 0 })).toBeNull();
  });
});
