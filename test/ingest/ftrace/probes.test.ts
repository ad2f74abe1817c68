// SPDX-License-Identifier: Apache-2.0
/** Dynamic probes: the function decides, then the arguments, then the name. */
import { describe, expect, it } from 'vitest';
import { eventOf, fixture, ingest, ofKind, records } from './ingest.js';

const at = (event: string): string => `        modprobe-902     [005] ....    45.732844: ${event}`;
const factOf = (printed: string): unknown => {
  const event = eventOf(at(printed));
  return event?.kind === 'probe' ? event.fact : event;
};

describe('by the probed function', () => {
  const charge = { fact: 'charge', module: 'x', image: 100, compressed: null, flags: 4 };
  it.each([
    ['b: (mod_stat_bump_becoming+0x4/0x30) name="x" len=100 flags=0x4', { ...charge, phase: 'becoming' }],
    ['b: (mod_stat_bump_invalid+0x4/0x30) flags=4 len=0x64 name="x"', { ...charge, phase: 'load' }],
    [
      'load: (mod_stat_bump_becoming.isra.0+0x0/0x30) L=100 compressed=7 fl=4 mod="x"',
      { ...charge, phase: 'becoming', compressed: 7 },
    ],
    ['p: (mod_stat_bump_invalid+0x4/0x30) arg1="x" arg2=100 arg3=0x4', { ...charge, phase: 'load' }],
    [
      'p: (mod_stat_bump_invalid+0x4/0x30) arg1="x" arg2=100 arg3=9 arg4=4',
      { ...charge, phase: 'load', compressed: 9 },
    ],
    [
      'b: (mod_stat_bump_becoming+0x4/0x30) name=(fault) len=40 flags=0x0',
      { ...charge, phase: 'becoming', module: null, image: 40, flags: 0 },
    ],
    [
      'd: (try_add_failed_module+0x4/0xc0) name="a b" reason=1',
      { fact: 'duplicate', module: 'a b', reason: 'load' },
    ],
    [
      'd: (try_add_failed_module+0x4/0xc0) arg1="a" arg2=0',
      { fact: 'duplicate', module: 'a', reason: 'becoming' },
    ],
    [
      'r: (init_module_from_file+0x61/0xe0 <- kernel_read_file) name="usb-common.ko" id=2 ret=31855',
      { fact: 'read', file: 'usb-common.ko', id: 2, ret: 31855 },
    ],
    [
      'r: (init_module_from_file+0x61/0xe0 <- kernel_read_file) ret=18446744073709551599',
      { fact: 'read', file: null, id: null, ret: -17 },
    ],
    [
      'r: (init_module_from_file+0x61/0xe0 <- kernel_read_file) arg1=0xffffffef',
      { fact: 'read', file: null, id: null, ret: -17 },
    ],
    [
      'd: (init_module_from_file+0xb4/0xe0 <- module_decompress) len=39183 clen=7180 ret=0',
      { fact: 'decompress', ret: 0, compressed: 7180, image: 39183 },
    ],
    [
      'd: (module_decompress+0x4/0x200) size=32824',
      { fact: 'decompress', ret: null, compressed: 32824, image: null },
    ],
    [
      'load: (load_module+0x0/0x21b0) len=31855 flags=0',
      { fact: 'load-module', point: 'entry', image: 31855, flags: 0, ret: null },
    ],
    [
      'l: (init_module_from_file+0x89/0xe0 <- load_module) len=31000 ret=0',
      { fact: 'load-module', point: 'return', image: 31000, flags: null, ret: 0 },
    ],
    [
      'd: (load_module+0x612/0x21b0 <- module_patient_check_exists.constprop.0) name="serio_raw" ret=-17',
      { fact: 'patient-check', module: 'serio_raw', ret: -17, callOffset: 0x612 },
    ],
    [
      'd: (add_unformed_module+0x12/0x90 <- module_patient_check_exists) ret=-17',
      { fact: 'patient-check', module: null, ret: -17, callOffset: null, reason: 'load' },
    ],
    ['p: (security_kernel_post_load_data+0x4/0x180) size=28455 id=2', { fact: 'copied', size: 28455, id: 2 }],
    [
      'i: (__x64_sys_finit_module+0x5e/0xb0 <- idempotent_init_module) name="n.ko.xz" ret=-19',
      { fact: 'idempotent', file: 'n.ko.xz', ret: -19 },
    ],
    [
      'f: (__x64_sys_finit_module+0x18d/0x320 <- init_module_from_file) ret=-17 flags=4',
      { fact: 'from-file', ret: -17, flags: 4 },
    ],
    [
      'm: (do_init_module+0x0/0x2a0) name="x" irodata=7 text=1 data=2 rodata=3 roinit=4 itext=5 idata=6',
      { fact: 'do-init', point: 'entry', module: 'x', ret: null, memory: 28, text: 6 },
    ],
    [
      'm: (do_init_module+0x0/0x2a0) name="x" text=1 data=2 rodata=3 itext=5',
      { fact: 'do-init', point: 'entry', module: 'x', ret: null, memory: null, text: null },
    ],
    [
      "k: ([unknown/kretprobe'd] <- do_init_module) ret=0",
      { fact: 'do-init', point: 'return', ret: 0, module: null, memory: null, text: null },
    ],
    ['f: (free_module+0x0/0x140) name="edac_mce_amd"', { fact: 'free-module', module: 'edac_mce_amd' }],
    [
      'r: (__request_module+0x4/0x2a0) fmt="crypto-%s" wait=1',
      { fact: 'request', requested: 'crypto-%s', wait: true },
    ],
    [
      'q: (kmod_dup_request_exists_wait+0x4/0x240) name="net-pf-3" wait=0',
      { fact: 'request', requested: 'net-pf-3', wait: false },
    ],
  ])('%s', (printed, fact) => {
    expect(factOf(printed)).toEqual(fact);
  });

  it.each([
    ['a shadow of module_load', 'tload: (__probestub_module_load+0x4/0x10) name="x" taints=0'],
    ['an eprobe on it', 'e: (module.module_load) name="x"'],
    ['the middle of a function', 'm: (load_module+0x333/0x21b0) len=7'],
    [
      'a firmware read by its caller',
      'r: (fw_get_filesystem_firmware+0x1/0x9 <- kernel_read_file) ret=28455',
    ],
  ])('%s is no evidence', (_what, printed) => {
    expect(factOf(printed)).toBeUndefined();
  });
});

describe('by address', () => {
  const lines = (...events: string[]): string => events.map(at).join('\n');

  it('tells a charge by the duplicate before it, whatever it is called', () => {
    const { events, diagnostics } = ingest(
      lines(
        'sys_enter_finit_module: fd: 0x3, uargs: 0x0, flags: 0x0',
        'x: (ffffffff81000000) name="a" len=7 flags=0',
        'y: (ffffffff81000300) name="a" reason=1',
        'x: (ffffffff81000000) name="a" len=7 flags=0',
        'sys_exit_finit_module: 0xffffffffffffffef',
        'x: (ffffffff81000000) name="b" len=9 flags=0',
      ),
    );
    expect(ofKind(events, 'probe').map(({ fact }) => fact)).toMatchObject([
      { fact: 'duplicate', reason: 'load' },
      { fact: 'charge', phase: 'load', image: 7 },
      { fact: 'charge', phase: 'load', image: 9 },
    ]);
    expect(diagnostics).toEqual(new Map([['trace-probe-unknown', 1]]));
  });

  it('takes `load` without a name for load_module, with one for the charge', () => {
    const { events } = ingest(
      lines(
        'load:                 (ffffffff9e195b80) len=39183 flags=4',
        'load:                 (ffffffff810ec254) name="nls_cp437" len=11904 compressed=0 flags=0',
      ),
    );
    expect(ofKind(events, 'probe').map(({ fact }) => fact)).toMatchObject([
      { fact: 'load-module', point: 'entry', image: 39183 },
      { fact: 'charge', phase: 'load', module: 'nls_cp437' },
    ]);
  });

  it('sums up a real report', () => {
    const { events } = ingest(fixture('addresses-only-host-report.txt'));
    const named = new Map<string, number>();
    for (const { event, fact } of ofKind(events, 'probe')) {
      const key = `${event} ${fact.fact}${fact.fact === 'charge' ? ` ${fact.phase}` : ''}`;
      named.set(key, (named.get(key) ?? 0) + 1);
    }
    expect(Object.fromEntries(named)).toEqual({
      'becoming charge becoming': 6,
      'dup duplicate': 8,
      'fdoinit do-init': 1,
      'ffile from-file': 7,
      'floadmod load-module': 8,
      'fread read': 9,
      'kbecoming charge becoming': 6,
      'kdoinit do-init': 1,
      'kdup duplicate': 8,
      'kload charge load': 2,
      'kread read': 9,
      'load charge load': 2,
      'modmem do-init': 1,
    });
  });
});

describe('failures', () => {
  it('keeps charges whose name could not be read', () => {
    const { events, diagnostics } = ingest(fixture('failures.txt'));
    const unnamed = ofKind(events, 'probe').filter(
      ({ fact }) => fact.fact === 'charge' && fact.module === null,
    );
    expect(unnamed.length).toBeGreaterThan(5);
    expect(records(unnamed)[0]).toMatchObject({ fact: { image: 3000, phase: 'becoming' } });
    expect(diagnostics.size).toBe(0);
  });
});
