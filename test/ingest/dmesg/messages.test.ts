// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ParsedEvent } from '../../../src/model/event.js';
import { fact, read } from './read.js';

const HEAD = '[    0.000000] Linux version 6.12.117 (a@b) (gcc) #1\n';

/** What a log of these messages says, but for its beginning. */
async function said(...messages: string[]): Promise<unknown[]> {
  const lines = messages.map((message, index) => `[   10.00000${index}] ${message}`);
  const { events } = await read(`${HEAD}${lines.join('\n')}\n`);
  return events.slice(2).map((event) => JSON.parse(fact(event)));
}

const failure = (reason: string, module: string | null, message: string) => ({
  kind: 'load-failure',
  reason,
  module,
  message,
});

describe('failures', () => {
  test.each([
    ['signature', null, 'Loading of unsigned module is rejected'],
    ['signature', null, 'Loading of module with unavailable key is rejected'],
    ['signature', 'nvidia', 'nvidia: loading of unsigned module is rejected'],
    ['signature', null, 'module: not signed with expected PKCS#7 message'],
    ['elf', null, 'Invalid ELF header len 40'],
    ['elf', null, 'Invalid ELF section name index: 0 || e_shstrndx (0) >= e_shnum (0)'],
    ['elf', null, 'Invalid architecture in ELF header: 183'],
    ['elf', null, "ELF Spec violation: section name table isn't null terminated"],
    ['elf', null, 'empty symbol string table'],
    ['elf', 'foo', 'module foo: Exactly one .gnu.linkonce.this_module section must exist.'],
    ['elf', 'foo_bar', 'foo-bar: module has no symbols (stripped?)'],
    ['vermagic', 'nls_cp852', "nls_cp852: version magic '6.11.117 SMP ' should be '6.12.117 SMP '"],
    ['symbol-version', 'foo', 'foo: disagrees about version of symbol module_layout'],
    ['symbol-version', 'foo', 'foo: no symbol version for module_layout'],
    ['unknown-symbol', 'btrfs', 'btrfs: Unknown symbol xor_blocks (err -2)'],
    ['duplicate-symbol', 'a', 'a: exports duplicate symbol s (owned by kernel)'],
    ['blacklist', 'nls_cp737', 'Module nls_cp737 is blacklisted'],
    ['parameter', 'lab_param', "lab_param: `notanumber' invalid for parameter `lab_int'"],
    ['parameter', 'foo', "foo: Unknown parameter `x'"],
    ['decompress', null, 'decompression failed with status 6'],
    ['decompress', null, 'not a zstd compressed module'],
    ['decompress', null, 'ZSTD-compressed data has an incomplete frame header'],
    [
      'lockdown',
      null,
      'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7',
    ],
    ['livepatch', 'foo', 'foo: module is marked as livepatch module, but livepatch support is disabled'],
  ])('%s: %s: %s', async (reason, module, message) => {
    expect(await said(message)).toEqual([expect.objectContaining(failure(reason, module, message))]);
  });

  test('warnings, after which the module is loaded', async () => {
    const message =
      "do_init_module: 'lab_pos'->init suspiciously returned 1, it should follow 0/-E convention";
    expect(await said(message)).toEqual([
      { kind: 'load-warning', reason: 'init', module: 'lab_pos', message },
    ]);
  });

  test('allocations', async () => {
    expect(
      await said('modprobe: vmalloc error: size 8192, page order 0, failed to allocate pages'),
    ).toMatchObject([{ kind: 'allocation-failure', what: 'vmap', bytes: 8192 }]);
    expect(
      await said('vmap allocation for size 20480 failed: use vmalloc=<size> to increase size'),
    ).toMatchObject([{ kind: 'allocation-failure', what: 'vmap', bytes: 20480 }]);
    // 2.6.28, and before it
    for (const text of [
      'vmap allocation failed: use vmalloc=<size> to increase size.',
      'allocation failed: out of vmalloc space - use vmalloc=<size> to increase size.',
    ])
      expect(await said(text)).toMatchObject([{ kind: 'allocation-failure', what: 'vmap', bytes: null }]);
    expect(await said('foo: Could not allocate 4096 bytes percpu data')).toMatchObject([
      { kind: 'load-failure', reason: 'percpu', module: 'foo' },
      { kind: 'allocation-failure', what: 'percpu', bytes: 4096, module: 'foo' },
    ]);
  });
});

describe('requests and inits', () => {
  test('a duplicate request without its WARN', async () => {
    expect(await said('module: module-autoload: duplicate request for module crypto-cbc(twofish)')).toEqual([
      { kind: 'duplicate-request', requested: 'crypto-cbc(twofish)', pid: null, comm: null, callSite: null },
    ]);
  });

  test('the throttle', async () => {
    expect(
      await said(
        'request_module: modprobe net-pf-10 cannot be processed, kmod busy with 50 threads for more than 5 seconds now',
        'request_module: kmod_concurrent_max (0) close to 0 (max_modprobes: 50), for module fs-xfs, throttling...',
        '__request_module: 572 callbacks suppressed',
      ),
    ).toEqual([
      { kind: 'throttle', what: 'busy', requested: 'net-pf-10', count: null, limit: 50, seconds: 5 },
      {
        kind: 'throttle',
        what: 'concurrent-max',
        requested: 'fs-xfs',
        count: null,
        limit: 50,
        seconds: null,
      },
      { kind: 'throttle', what: 'suppressed', requested: null, count: 572, limit: null, seconds: null },
    ]);
  });

  test('initcall_debug of modules, not of built-in code and not of suspend', async () => {
    expect(
      await said(
        'calling  acpi_cpufreq_init+0x0/0x1000 [acpi-cpufreq] @ 289',
        'initcall acpi_cpufreq_init+0x0/0x1000 [acpi_cpufreq] returned -17 after 4294967296 usecs',
        'calling  init_encrypted+0x0/0xd0 @ 1',
        'initcall init_encrypted+0x0/0xd0 returned 0 after 5 usecs',
        'calling  usb_dev_suspend+0x0/0x20 [usbcore] @ 4711, parent: usb1',
      ),
    ).toEqual([
      {
        kind: 'initcall',
        point: 'calling',
        module: 'acpi_cpufreq',
        func: 'acpi_cpufreq_init',
        pid: 289,
        ret: null,
        usecs: null,
      },
      {
        kind: 'initcall',
        point: 'returned',
        module: 'acpi_cpufreq',
        func: 'acpi_cpufreq_init',
        pid: null,
        ret: -17,
        usecs: 4294967296,
      },
    ]);
  });
});

describe('user space', () => {
  test.each([
    [
      "(udev-worker)[386]: Failed to insert module 'acpi_cpufreq': Device or resource busy",
      '(udev-worker)',
      386,
      'failed',
      'acpi_cpufreq',
      16,
    ],
    [
      "systemd-udevd[1871]: Inserted module 'snd-hda-intel'",
      'systemd-udevd',
      1871,
      'inserted',
      'snd_hda_intel',
      null,
    ],
    [
      '(udev-worker)[328]: Loading module: pci:v00001B36d0000000Dsv',
      '(udev-worker)',
      328,
      'loading',
      'pci:v00001B36d0000000Dsv',
      null,
    ],
    [
      "systemd-modules-load[300]: Failed to find module 'foo'",
      'systemd-modules-load',
      300,
      'not-found',
      'foo',
      null,
    ],
    [
      "modprobe: ERROR: could not insert 'nls_cp852': Exec format error",
      'modprobe',
      null,
      'failed',
      'nls_cp852',
      8,
    ],
    [
      'insmod: ERROR: could not insert module /x/a-b.ko.xz: Invalid module format',
      'insmod',
      null,
      'failed',
      'a_b',
      8,
    ],
    [
      'dracut-pre-udev[412]: modprobe: FATAL: Module dm_foo not found in directory /lib/modules/6.12',
      'modprobe',
      null,
      'not-found',
      'dm_foo',
      null,
    ],
    ["insmod: can't insert 'foo.ko': File exists", 'insmod', null, 'failed', 'foo', 17],
  ])('%s', async (message, tool, pid, what, module, errno) => {
    expect(await said(message)).toEqual([{ kind: 'user-load', tool, pid, what, module, errno }]);
  });
});

describe('what only looks like it', () => {
  test.each([
    ['prose', 'lab: the message Module foo is blacklisted means that it is'],
    ['a path', 'loading /lib/modules/6.12/kernel/x.ko: no symbol version for y in it'],
    [
      'an AVC denial of something else',
      'audit: type=1400 audit(1.2:3): avc: denied { read } for pid=1 comm="modprobe" path="/x.ko"',
    ],
    ['a mount option', "ext4: Unknown parameter 'compress'"],
    ['the command line', "Booting kernel: `x' invalid for parameter `y'"],
    ['another kind of suppression', 'print_req_error: 12 callbacks suppressed'],
    ['X.org', 'gdm-x-session[12]: (II) Failed to load module "vesa" (already loaded, 0)'],
    ['a unit', 'systemd[1]: Starting modprobe@drm.service - Load Kernel Module drm...'],
    ['another program', "foo[12]: Inserted module 'bar'"],
    ['code', 'pr_warn("module-autoload: duplicate request for module %s\\n", name);'],
  ])('%s', async (_name, message) => {
    expect(await said(message)).toEqual([]);
  });
});

describe('WARNs', () => {
  const requests = (events: readonly ParsedEvent[]) =>
    events.flatMap((event) =>
      event.kind === 'duplicate-request' ? [[event.requested, event.pid, event.comm, event.callSite]] : [],
    );

  test('who asked is told, although the WARNs of two CPUs interleave', async () => {
    const log = readFileSync(new URL('fixtures/autoload-warn.interleaved.txt', import.meta.url), 'utf8');
    const { events } = await read(log);
    expect(requests(events)).toEqual([
      ['net-pf-3', 179, 'snmpd', '__sock_create'],
      ['net-pf-3', 184, 'snmpd', '__sock_create'],
      // Interrupted after its registers by the next; its trace is not in the excerpt.
      ['net-pf-4', 179, 'snmpd', null],
      ['net-pf-4', 181, 'NetworkManager', '__sock_create'],
    ]);
    expect(events.every((event, index) => index === 0 || event.line >= (events[index - 1]?.line ?? 0))).toBe(
      true,
    );
  });

  test('the wording of 7.0', async () => {
    const head =
      'WARNING: kernel/module/dups.c:184 at kmod_dup_request_exists_wait+0x11/0x22, CPU#4: my task/1071';
    expect(
      await said(
        'module-autoload: duplicate request for module fs-xfs',
        head,
        'Modules linked in: a b(O) c-d(+) [last unloaded: e]',
        'Call Trace:',
        ' __request_module+0x10b/0x2b0',
        ' ? guess+0x1/0x2',
        ' get_fs_type+0x1/0x2',
        '---[ end trace 0000000000000000 ]---',
      ),
    ).toEqual([
      { kind: 'duplicate-request', requested: 'fs-xfs', pid: 1071, comm: 'my task', callSite: 'get_fs_type' },
      { kind: 'modules-linked-in', modules: ['a', 'b', 'c_d'] },
    ]);
  });

  test('the cut list', async () => {
    const old = 'WARNING: CPU: 6 PID: 1 at kernel/module/stats.c:390 read_file_mod_stats+0x4d7/0x560';
    const current = 'WARNING: kernel/module/stats.c:397 at read_file_mod_stats+0x4d7/0x560, CPU#2: cat/311';
    expect(await said(old, current)).toEqual([{ kind: 'list-cut-warning' }, { kind: 'list-cut-warning' }]);
  });

  test('a long list of modules goes on in the next records', async () => {
    expect(
      await said('Modules linked in: a b', ' c d(E) e', 'CPU: 5 UID: 0 PID: 453 Comm: x Not tainted'),
    ).toEqual([{ kind: 'modules-linked-in', modules: ['a', 'b', 'c', 'd', 'e'] }]);
  });
});
