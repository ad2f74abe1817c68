// SPDX-License-Identifier: Apache-2.0
/** Files of a machine beside its log, line by line, as the kernel and common tools print them. */
import { describe, expect, it } from 'vitest';
import { CONTEXT_INGESTERS } from '../../../src/ingest/context/index.js';
import { ingest, sizes } from './harness.js';

describe('loaded modules', () => {
  // kernel/module/procfs.c: m_show
  it('of /proc/modules have a size and a state', () => {
    const { form, events } = ingest(
      'kvm 1404928 1 kvm_amd, Live 0xffffffffc1353000\nloop 36864 0 - Live 0x0000000000000000 (POE)\nkvm-amd 8 -1 - Unloading 0x0\nx 1 0 - Loading 0x0\nnot a line\n',
    );
    expect(form).toBe('/proc/modules');
    expect(
      events.flatMap((event) => (event.kind === 'live-module' ? [`${event.module} ${event.state}`] : [])),
    ).toEqual(['kvm Live', 'loop Live', 'kvm_amd Unloading', 'x Loading']);
    expect(sizes(events)).toEqual([
      'kvm 1404928 memory',
      'loop 36864 memory',
      'kvm_amd 8 memory',
      'x 1 memory',
    ]);
  });

  it('of lsmod have a size', () => {
    const users = (length: number) => Array.from({ length }, (_, index) => `user${index}`).join(',');
    const many = users(80);
    const { form, events } = ingest(
      `Module                  Size  Used by\nkvm                  1404928  1 kvm_amd\nloop                   36864  0\nx_tables 61440 80 ${many}\nbusy 5 600 ${users(600)}\nx 1 - [permanent]\n`,
    );
    expect(form).toBe('lsmod');
    // A line that long is of no lsmod.
    expect(sizes(events)).toEqual([
      'kvm 1404928 memory',
      'loop 36864 memory',
      'x_tables 61440 memory',
      'x 1 memory',
    ]);
    expect(events.flatMap((event) => (event.kind === 'live-module' ? [event.state] : []))).toEqual([
      null,
      null,
      null,
      null,
    ]);
    const proc = ingest(`kvm 1404928 80 ${many}, Live 0xffffffffc1353000\n`);
    expect(sizes(proc.events)).toEqual(['kvm 1404928 memory']);
  });
});

describe('lsmod without its head', () => {
  it.each([
    [
      'grep nvidia',
      ['nvidia_uvm 1048576  0', 'nvidia_modeset       1200128  5 nvidia_drm', 'nvidia_drm 61440  3', ''],
    ],
    [
      'busybox, with permanent modules',
      ['mi_rgn 62636  2 mi_vpe,mi_divp,[permanent]', 'mi_vpe 112176  0 [permanent]'],
    ],
    ['an unload under way', ['a 4096 -1', 'b 4096 1 a']],
  ])('is known by rows that name each other: %s', (_, rows) => {
    const { form, events } = ingest(`${rows.join('\n')}\n`);
    expect(form).toBe('lsmod');
    expect(sizes(events).length).toBe(rows.filter((row) => row !== '').length);
  });

  it.each([
    ['a single row', ['nvidia 35307520 264 nvidia_uvm,nvidia']],
    ['users that are not listed', ['a 4096 1 c', 'b 4096 1 d']],
    ['more users than the count', ['a 4096 0 b', 'b 4096 0']],
    ['any other line', ['a 4096 1 b', 'b 4096 0', 'total 2']],
  ])('is not taken from %s', (_, rows) => {
    const head = { bytes: new Uint8Array(), lines: rows, whole: true, path: 'x' };
    expect(CONTEXT_INGESTERS.map((ingester) => ingester.sniff(head)?.form).filter(Boolean)).not.toContain(
      'lsmod',
    );
  });
});

describe('a listing of module files', () => {
  it.each<[string, string, string[]]>([
    ['ls -l', '-rw-r--r-- 1 root root     5641 2026-11-22 10:20 usb-common.ko\n', ['usb_common 5641 file']],
    [
      'ls -lZ',
      '-rw-r--r--. 1 root root system_u:object_r:modules_object_t:s0 5641 Nov 22 10:20 a.ko.xz\n',
      ['a 5641 compressed-file'],
    ],
    [
      'find -ls',
      '  1234   8 -rw-r--r--   1 root  root   5641 Nov 22  2025 /lib/modules/6.12/a.ko\n',
      ['a 5641 file'],
    ],
    [
      'tar tv',
      '-rw-r--r-- root/root      5641 2026-11-22 10:20 lib/modules/6.12/a.ko.zst\n',
      ['a 5641 compressed-file'],
    ],
    ['find -printf', '5641 /a.ko\n6000 /b.ko.gz\n', ['a 5641 file', 'b 6000 compressed-file']],
    ['grep', '/a.ko:5641\n', ['a 5641 file']],
    ['CSV', '"/a.ko","5641"\n', ['a 5641 file']],
    ['a checksum', 'da39a3ee5e6b4b0d3255bfef95601890afd80709 5641 /a.ko\n', ['a 5641 file']],
    ['two numbers', '1 5641 /a.ko\n5641 /b.ko\n', ['b 5641 file']],
    ['two files', '5641 /a.ko /b.ko\n5641 /c.ko\n', ['c 5641 file']],
  ])('by %s', (_, text, expected) => {
    expect(sizes(ingest(text).events)).toEqual(expected);
  });

  it('is that of ls where a line has its form', () => {
    expect(ingest('-rw-r--r-- 1 root root     5641 2026-11-22 10:20 usb-common.ko\n').form).toBe('ls');
    expect(ingest('5641 /a.ko\n').form).toBe('sizes and paths');
    // Blocks or KiB, not bytes.
    expect(ingest('8 /a.ko\n12 /b.ko\n').form).toBeNull();
  });
});

describe('memory', () => {
  it('of /proc/meminfo is in bytes', () => {
    const { form, events } = ingest(
      'MemTotal:        2018736 kB\nMemFree:          100000 kB\nVmallocTotal:   34359738367 kB\nVmallocUsed:       20000 kB\nVmallocChunk:          0 kB\nHugePages_Total:       0\n',
    );
    expect(form).toBe('/proc/meminfo');
    expect(
      events.flatMap((event) => (event.kind === 'memory-figure' ? [`${event.what} ${event.bytes}`] : [])),
    ).toEqual([
      `mem-total ${2_018_736 * 1024}`,
      `vmalloc-total ${34_359_738_367 * 1024}`,
      `vmalloc-used ${20_000 * 1024}`,
    ]);
  });
});

describe('what identifies a kernel', () => {
  it.each<[string, string, string, string | null]>([
    ['Linux version 6.12.117 (b@x) (gcc 13) #1 SMP Thu Jan 1\n', 'x', '6.12.117', null],
    ['Linux box 6.12.117 #1 SMP Thu Jan  1 00:00:00 UTC 2026 x86_64 GNU/Linux\n', 'x', '6.12.117', 'x86_64'],
    ['Linux box 6.12.117 #1 SMP Thu Jan  1 00:00:00 UTC 2026 armv7l GNU/Linux\n', 'x', '6.12.117', 'armv7l'],
    ['6.12.117+deb13-amd64\n', 'x', '6.12.117+deb13-amd64', null],
    ['6.12.117-custom\n', 'uname_-r', '6.12.117-custom', null],
    ['6.12.117-custom\n', '01-uname -r.txt', '6.12.117-custom', null],
    ['6.12.117-custom\n', 'kernel-version.txt', '6.12.117-custom', null],
  ])('%s in %s', (text, path, release, machine) => {
    const [event] = ingest(text, path).events;
    expect(event).toMatchObject({ kind: 'kernel-version', release, machine });
  });

  it.each<[string, string]>([
    ['6.12.117-custom\n', 'notes'],
    ['6.12.117-custom\n', 'bios_version_uname-r'],
    ['1.10.2-1ubuntu1\n', 'version'],
    ['252\n', 'uname_-r'],
  ])('is not %s in %s', (text, path) => {
    expect(ingest(text, path).events).toEqual([]);
  });

  it.each<[string, string | null]>([
    ['BOOT_IMAGE=/vmlinuz root=/dev/sda1 quiet\n', 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 quiet'],
    ['Kernel command line: root=/dev/sda1\n', 'root=/dev/sda1'],
    ['rd.luks=0 quiet\n', 'rd.luks=0 quiet'],
    ['quiet splash\n', null],
  ])('is the command line %s', (text, expected) => {
    const [event] = ingest(text).events;
    expect(event?.kind === 'command-line' ? event.text : null).toBe(expected);
  });
});

describe('the kernel’s configuration', () => {
  const options = (text: string, path = 'config') =>
    ingest(text, path).events.flatMap((event) =>
      event.kind === 'kernel-option' ? [[event.name, event.value, event.release]] : [],
    );
  const NAMES = [
    'MODULES',
    'MODULE_DEBUG',
    'MODULE_STATS',
    'MODULE_DEBUG_AUTOLOAD_DUPS',
    'MODULE_DEBUG_AUTOLOAD_DUPS_TRACE',
    'MODULE_DECOMPRESS',
    'MODULE_COMPRESS',
    'MODULE_SIG',
    'MODULE_SIG_FORCE',
    'MODULE_UNLOAD',
    'MODVERSIONS',
    'DEBUG_FS',
    'FTRACE_SYSCALLS',
    'KPROBE_EVENTS',
    'FPROBE',
    'FPROBE_EVENTS',
    'PRINTK_CALLER',
    'PRINTK_TIME',
  ];

  it('gives each option about loading, and no other', () => {
    const part = NAMES.map((name) => `CONFIG_${name}=y`).join('\n');
    expect(options(`${part}\nCONFIG_OTHER=y\nCONFIG_MODULES=n\n`, 'config-6.12.1-amd64')).toEqual(
      NAMES.map((name) => [name, 'y', '6.12.1-amd64']),
    );
    expect(
      options('CONFIG_MODULES=y\n# CONFIG_MODULE_STATS is not set\n').map(
        ([name, value]) => `${name} ${value}`,
      ),
    ).toEqual(['MODULES y', 'MODULE_STATS n']);
  });

  it('that is whole lacks what it does not name', () => {
    const head =
      '#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.12.117 Kernel Configuration\n#\n';
    const others = (count: number) =>
      Array.from({ length: count }, (_, index) => `CONFIG_X${index}=y`).join('\n');
    const whole = options(`${head}CONFIG_MODULES=y\n${others(499)}\n`);
    expect(whole.map(([name, value]) => `${name} ${value}`)).toEqual(
      NAMES.map((name) => `${name} ${name === 'MODULES' ? 'y' : 'n'}`),
    );
    expect(whole[0]?.[2]).toBe('6.12.117');
    expect(options(`${head}CONFIG_MODULES=y\n${others(498)}\n`).length).toBe(1);
  });
});

describe('indexes of depmod', () => {
  it.each<[string, string | null]>([
    ['kernel/fs/a.ko: kernel/b.ko kernel/c.ko.xz\nkernel/b.ko:\n', 'modules.dep'],
    ['kernel/fs/ext4/ext4.ko\nkernel/lib/x.ko  \n', 'modules.builtin'],
    ['  kernel/fs/ext4/ext4.ko\n', null],
    ['kernel/fs ext4/ext4.ko\n', null],
    ['alias pci:v00008086* e1000\n# comment\nsoftdep a pre: b\n', 'modules.alias'],
    ['ext4.ko\n', null],
  ])('%s is of %s', (text, form) => {
    expect(ingest(text).form).toBe(form);
  });
});

it('files that have one place on every machine are kept of each archive from there', () => {
  expect(CONTEXT_INGESTERS.flatMap(({ places }) => places ?? []).sort()).toEqual(
    [
      'lib/modules/*/modules.alias',
      'lib/modules/*/modules.builtin',
      'lib/modules/*/modules.dep',
      'boot/config-*',
      'lib/modules/*/config',
      'proc/config',
      'proc/config.gz',
      'usr/lib/modules/*/config',
      'proc/cmdline',
      'proc/meminfo',
      'proc/modules',
      'proc/version',
      'proc/vmallocinfo',
      'proc/vmstat',
      'sys/kernel/debug/tracing/*_events',
      'sys/kernel/debug/tracing/*_profile',
      'sys/kernel/debug/tracing/per_cpu/*/stats',
      'sys/kernel/tracing/*_events',
      'sys/kernel/tracing/*_profile',
      'sys/kernel/tracing/per_cpu/*/stats',
    ].sort(),
  );
});
