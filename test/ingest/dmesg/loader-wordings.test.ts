// SPDX-License-Identifier: Apache-2.0
/** What loaders of all ages say of loads that failed, of files that are missing, and of modules that are there already. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

const BANNER = '[    0.000000] Linux version 6.6.0 (a@b) (gcc) #1 SMP';

/** The events of a line in a kernel log, in short. */
async function said(message: string): Promise<unknown[]> {
  const { events } = await readBytes({ bytes: Buffer.from(`${BANNER}\n[   10.000000] ${message}\n`) });
  return [...events.values()].flat().flatMap((event): unknown[] => {
    switch (event.kind) {
      case 'user-load':
        return [[event.what, event.module, event.errno]];
      case 'load-failure':
        return [[event.reason, event.module, event.errno]];
      case 'unit-failure':
        return [['unit', event.unit]];
      case 'not-understood':
        return ['not understood'];
      default:
        return [];
    }
  });
}

describe('kmod and module-init-tools', () => {
  test.each([
    ['modprobe: FATAL: Module foo not found in directory (missing)', 'not-found', 'foo', null],
    [
      'modprobe: FATAL: Failed to get module from path ./foo.ko: No such file or directory',
      'not-found',
      'foo',
      null,
    ],
    [
      'modprobe: ERROR: ctx=0x55d0 path=/lib/foo.ko error=No such file or directory',
      'not-found',
      'foo',
      null,
    ],
    [
      "libkmod: ERROR ../libkmod/libkmod-module.c:838 kmod_module_insert_module: could not find module by name='foo'",
      'not-found',
      'foo',
      null,
    ],
    [
      "WARNING: Could not read '/lib/modules/2.6.32/kernel/foo.ko': No such file or directory",
      'not-found',
      'foo',
      null,
    ],
    ['FATAL: Module foo already in kernel.', 'already', 'foo', null],
    ['systemd-modules-load[200]: Error running install command for foo', 'command-failed', 'foo', null],
    [
      "modprobe: ERROR: ../libkmod/libkmod-module.c:1047 command_do() Error running install command 'modprobe -i foo ' for module foo: retcode 1",
      'command-failed',
      'foo',
      null,
    ],
    [
      "(udev-worker)[402]: Error running install command '/bin/false' for module foo: retcode 1",
      'command-failed',
      'foo',
      null,
    ],
    ['systemd[1]: Failed to load module autofs4: Key was rejected by service', 'failed', 'autofs4', 129],
    // kmod up to 10
    [
      "ERROR: could not insert 'splat': Unknown symbol in module, or unknown parameter (see dmesg)",
      'failed',
      'splat',
      2,
    ],
    ['ERROR: could not insert module ./splat.ko: Operation not permitted', 'failed', 'splat', 1],
    ['ERROR: could not load module ./splat.ko: No such file or directory', 'not-found', 'splat', null],
    // kmod up to 8
    ['Error: could not insert module acpi_call.ko: Invalid module format', 'failed', 'acpi_call', 8],
    ['Error: could not load module foo.ko: No such file or directory', 'not-found', 'foo', null],
    [
      "modprobe: INFO: Failed to insert module '/lib/modules/4.8.6/extramodules/nvidia.ko.gz': No such device",
      'failed',
      'nvidia',
      19,
    ],
    [
      "systemd-udevd[9]: libkmod: INFO ../libkmod/libkmod-module.c:927 kmod_module_insert_module: Failed to insert module '/lib/modules/6.1.0/foo.ko': No such device",
      'failed',
      'foo',
      19,
    ],
    ["insmod: error inserting './3.o': -1 Invalid module format", 'failed', '3', 8],
    ['cardmgr[312]: + FATAL: Module memory_cs not found.', 'not-found', 'memory_cs', null],
    ["cardmgr[312]: + modprobe: Can't locate module x", 'not-found', 'x', null],
    [
      "sh[7]: failed to load module foo: exit status 1; output=modprobe: ERROR: could not insert 'foo': No such device",
      'failed',
      'foo',
      19,
    ],
    [
      "rc[1]: Cold plugging systemmodprobe: can't load module vpl_vic (vpl_vic.ko): invalid module format",
      'failed',
      'vpl_vic',
      8,
    ],
    [
      'dockerd[8]: msg="Running modprobe foo failed with message: `modprobe: FATAL: Module foo not found`, error: exit status 1"',
      'not-found',
      'foo',
      null,
    ],
  ])('%s', async (message, what, module, errno) => {
    expect(await said(message)).toEqual([[what, module, errno]]);
  });

  test.each([
    'modprobe: ERROR: missing parameters. See -h.',
    'insmod: ERROR: missing filename.',
    'modprobe: FATAL: Module foo is not in kernel.',
    'modprobe: FATAL: Module foo is in use.',
    'rmmod: ERROR: Module foo is not currently loaded',
    "cardmgr[312]: executing: 'modprobe memory_cs'",
  ])('no load: %s', async (message) => expect(await said(message)).toEqual([]));
});

describe('small loaders', () => {
  test.each([
    ["modprobe: 'kernel/fs/foo.ko': invalid module format", 'failed', 'foo', 8],
    ["insmod: cannot insert 'foo.ko': invalid module format (-1): Exec format error", 'failed', 'foo', 8],
    [
      "insmod: cannot insert '/lib/foo.ko': Operation not permitted (-1): Operation not permitted",
      'failed',
      'foo',
      1,
    ],
    ["insmod: can't read 'foo': No such file or directory", 'not-found', 'foo', null],
    ["insmod: couldn't read foo.ko: No such file or directory", 'not-found', 'foo', null],
    ['insmod: /system/lib/modules/exfatfs.ko: No such file or directory', 'not-found', 'exfatfs', null],
    ["insmod: can't read '/kmodule/ohci-hcd': No such file or directory", 'not-found', 'ohci_hcd', null],
    // Android's toolbox
    ["insmod: can't open '/system/lib/modules/foo.ko'", 'not-found', 'foo', null],
    ["insmod: init_module '/system/lib/modules/wlan.ko' failed (Exec format error)", 'failed', 'wlan', 8],
    ["insmod: init_module 'foo.ko' failed (File exists)", 'failed', 'foo', 17],
    ['modprobe: module foo is builtin', 'already', 'foo', null],
    [
      "init: [libmodprobe] Failed to insmod '/lib/modules/foo.ko' with args '': Invalid argument",
      'failed',
      'foo',
      22,
    ],
    ['init: finit_module for "/vendor/lib/modules/foo.ko" failed: Exec format error', 'failed', 'foo', 8],
    ['init: open("/vendor/lib/modules/foo.ko") failed: No such file or directory', 'not-found', 'foo', null],
    [
      "init: Command 'insmod /vendor/lib/modules/foo.ko' action=early-init (/init.rc:10) took 3ms and failed: finit_module() failed: No such device",
      'failed',
      'foo',
      19,
    ],
    [
      "init: Command 'insmod /vendor/foo.ko a=1' action=boot (/init.rc:10) failed: Operation not permitted",
      'failed',
      'foo',
      1,
    ],
    ['printf: module test_printf is not found in /lib/modules/6.1 [SKIP]', 'not-found', 'test_printf', null],
    ["# modprobe: ERROR: could not insert 'test_x': Invalid argument", 'failed', 'test_x', 22],
    ['modprobe: module ctlmeth not found.', 'not-found', 'ctlmeth', null],
    ['modprobe: failed to load module ctlmeth', 'failed', 'ctlmeth', null],
    // Android's toolbox and libmodprobe
    [
      'modprobe: Failed to load module /system_dlkm/lib/modules/6lowpan.ko: Permission denied',
      'failed',
      '6lowpan',
      13,
    ],
    ['modprobe: Failed to insmod .../libarc4.ko: Permission denied', 'failed', 'libarc4', 13],
    [
      "modprobe: Failed to insmod '/lib/modules/ptp_kvm.ko' with args '': Operation not supported on transport endpoint",
      'failed',
      'ptp_kvm',
      95,
    ],
    // ubox reads the file before the call
    ['kmodloader: failed to mmap /lib/modules/4.14.50/mt7620.ko', 'not-found', 'mt7620', null],
    ['kmod: failed to read full module /lib/modules/4.14.50/mt7620.ko', 'not-found', 'mt7620', null],
    [
      'kmodloader: failed to load the .modinfo section from /lib/modules/4.14.50/mt7620.ko',
      'not-found',
      'mt7620',
      null,
    ],
    ['modprobe: - mt7620', 'failed', 'mt7620', null],
  ])('%s', async (message, what, module, errno) => {
    expect(await said(message)).toEqual([[what, module, errno]]);
  });
});

describe('loaders in Go', () => {
  const talos = (error: string): string =>
    `[talos] controller failed {"component": "controller-runtime", "controller": "runtime.KernelModuleSpecController", "error": "${error}"}`;
  test.each([
    [
      talos('error loading module \\"drbd\\": load drbd failed: key was rejected by service'),
      'failed',
      'drbd',
      129,
    ],
    [
      talos('error loading module \\x5c"drbd\\x5c": load drbd failed: key was rejected by service'),
      'failed',
      'drbd',
      129,
    ],
    // what failed is a module that it depends on
    [
      talos('error loading module \\"drbd\\": load libcrc32c failed: exec format error'),
      'failed',
      'libcrc32c',
      8,
    ],
    [talos('error loading module \\"drbd\\": module not found'), 'not-found', 'drbd', null],
    ['booster: finit(crc32_generic): key was rejected by service', 'failed', 'crc32_generic', 129],
    ['booster: finit(xfs): finit(xfs): exec format error', 'failed', 'xfs', 8],
    [
      'booster: finit(xfs): open /usr/lib/modules/booster/xfs.ko: no such file or directory',
      'not-found',
      'xfs',
      null,
    ],
    [
      'init[1]: modprobe: Could not load module "e1000": finit_module(&{0xc42007fdb0}, "", 0x0) failed: exec format error',
      'failed',
      'e1000',
      8,
    ],
    [
      'init[1]: modprobe: Could not load module "e1000": could not find module path "e1000": could not find path for module "e1000"',
      'not-found',
      'e1000',
      null,
    ],
  ])('%s', async (message, what, module, errno) => {
    expect(await said(message)).toEqual([[what, module, errno]]);
  });

  test.each([
    'lua[3]: error loading module "drbd": module not found',
    '[talos] service[kubelet](Running): Started task kubelet (PID 2061)',
  ])('no load: %s', async (message) => expect(await said(message)).toEqual([]));
});

describe('modutils, which linked modules itself', () => {
  test.each([
    ['/lib/modules/2.4.20/kernel/drivers/net/foo.o: init_module: No such device', 'failed', 'foo', 19],
    ['insmod: init_module: foo: Device or resource busy', 'failed', 'foo', 16],
    ['insmod: /lib/foo.o: cannot create module: Operation not permitted', 'failed', 'foo', 1],
    ['modprobe: insmod foo failed', 'failed', 'foo', null],
    ['insmod: a module named foo already exists', 'already', 'foo', null],
    ['insmod: foo: no module by that name found', 'not-found', 'foo', null],
    ['foo.o: unresolved symbol printk_R1b7d4074', 'unknown-symbol', 'foo', null],
    ['foo.o: kernel-module version mismatch', 'vermagic', 'foo', null],
    ['insmod: not an ELF file', 'elf', null, null],
  ])('%s', async (message, what, module, errno) => {
    expect(await said(message)).toEqual([[what, module, errno]]);
  });

  test('one load prints several lines', async () => {
    const file = '/lib/modules/2.4.20/kernel/drivers/net/foo.o';
    const lines = [
      `${file}: init_module: No such device`,
      'Hint: insmod errors can be caused by incorrect module parameters, including invalid IO or IRQ parameters.',
      `${file}: insmod ${file} failed`,
      `${file}: insmod foo failed`,
    ];
    const { model } = caseOf(await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) }));
    expect(model.failures.map(({ module, errno, times }) => [module, errno, times])).toEqual([
      ['foo', 19, 1],
    ]);
  });
});

test.each([
  ['dracut: installkernel failed in module kernel-modules', 'dracut'],
  [
    'dracut[12]: FAILED: /usr/lib/dracut/dracut-install -D /var/tmp/d --kerneldir /lib/modules/6.1 -m foo',
    'dracut',
  ],
  ['FATAL: Module index is inconsistent', 'modules.dep'],
  ["modprobe: can't change directory to '/lib/modules': No such file or directory", 'module directory'],
  ['dracut: Cannot find module directory /lib/modules/6.1.0/', 'module directory'],
  ['init: Failed to load kernel modules', 'init'],
  ['systemd-udevd[3]: Failed to load kmod context, ignoring.', 'udev (kmod)'],
  ['kmodloader: 1 module could not be probed', 'kmodloader'],
  ['modprobe: 2 modules could not be probed', 'modprobe'],
])('loads that a program could not make: %s', async (message, unit) => {
  const known = await said(message.startsWith('FATAL') ? `modprobe: ${message}` : message);
  expect(known).toEqual([['unit', unit]]);
});
