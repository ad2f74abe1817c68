// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LAYOUTS, PLACES } from '../../src/ingest/layouts/index.js';
import { LayoutFilter } from '../../src/input/layout-filter.js';
import { CORPUS, sampled, WHOLE } from '../corpus/index.js';
import { open, openBytes, tar } from './helpers.js';

/** Which of the paths are offered once all of them were seen. */
function offered(paths: readonly string[]): string[] {
  const filter = new LayoutFilter(LAYOUTS);
  for (const path of paths) filter.see(path);
  return paths.filter((path) => !/(?:^|\/)$/.test(path) && filter.wants(path));
}

describe('what each layout reads and skips', () => {
  it.each<[string, string, string[], string[]]>([
    [
      'sosreport',
      'sosreport-host-2026-11-22-abcdefg/',
      [
        'sos_commands/kernel/dmesg',
        'sos_commands/kernel/modinfo_ALL_MODULES',
        'sos_commands/logs/journalctl_--no-pager',
        'sos_strings/logs/sos_commands.logs.journalctl_--no-pager.tailed',
        'proc/modules',
        'proc/meminfo',
        'proc/cmdline',
        'proc/version',
        'proc/vmallocinfo',
        'proc/vmstat',
        'sys/kernel/debug/modules/stats',
        'sys/kernel/debug/tracing/trace',
        'sys/kernel/tracing/instances/boot/trace',
        'sys/fs/pstore/dmesg-ramoops-0',
        'var/log/dmesg',
        'var/log/messages-20261101.gz',
        'var/crash/127.0.0.1/vmcore-dmesg.txt',
        'a_folder_nobody_knows/x',
      ],
      [
        'etc/fstab',
        'proc/kallsyms',
        'proc/cpuinfo',
        'proc/1234/status',
        'sos_commands/networking/ip_addr',
        'sos_reports/sos.html',
        'sys/module/ext4/refcnt',
        'sys/kernel/debug/tracing/available_filter_functions',
        'sys/kernel/debug/tracing/events/module/enable',
        'usr/lib/udev/rules.d/x.rules',
      ],
    ],
    [
      'supportconfig',
      'scc_host_261122_1032/',
      [
        'boot.txt',
        'messages.txt',
        'modules.txt',
        'basic-environment.txt',
        'env.txt',
        'sysfs.txt',
        'unknown.txt',
      ],
      ['rpm.txt', 'network.txt', 'y2log.txt', 'fs-diskio.txt', 'sssd.txt'],
    ],
    [
      'Insights archive',
      'insights-host-20261122/data/',
      [
        'insights_commands/dmesg',
        'insights_commands/lsmod',
        'insights_commands/uname_-a',
        'var/log/messages',
      ],
      ['insights_commands/rpm_-qa_--qf', 'etc/fstab', 'sys/class/net/eth0/speed'],
    ],
    [
      'Android bugreport',
      '',
      [
        'main_entry.txt',
        'bugreport-device-2026.txt',
        'FS/sys/fs/pstore/console-ramoops-0',
        'FS/proc/modules',
      ],
      ['FS/data/anr/anr_1', 'FS/data/tombstones/tombstone_00', 'proto/activity.proto', 'screenshot.png'],
    ],
    [
      'copy of tracefs',
      'x/tracing/',
      ['trace', 'trace_pipe', 'kprobe_profile', 'dynamic_events', 'per_cpu/cpu0/stats', 'instances/a/trace'],
      [
        'available_filter_functions',
        'events/module/module_load/format',
        'per_cpu/cpu0/trace',
        'options/irq-info',
      ],
    ],
    [
      'copy of debugfs',
      'sys/kernel/debug/',
      ['modules/stats', 'modules/failed_kreads', 'tracing/trace', 'kprobes/list', 'somedriver/x'],
      ['dri/0/name', 'regmap/0/registers', 'tracing/events/enable'],
    ],
    [
      'tree of modules',
      'r/lib/modules/',
      ['6.12.0/modules.dep', '6.12.0/modules.builtin'],
      ['6.12.0/kernel/fs/ext4/ext4.ko.xz', '6.12.0/kernel/lib/crc16.ko', '6.12.0/modules.dep.bin'],
    ],
    [
      'KernelCI or LAVA job',
      '',
      ['lava-12345.yaml', 'lava.log', 'bmeta.json'],
      ['bzImage', 'dtbs/x.dtb', 'vmlinux.xz'],
    ],
  ])('%s', (_, root, keep, leave) => {
    const paths = [...keep, ...leave].map((path) => root + path);
    expect(offered([root, ...paths])).toEqual(keep.map((path) => root + path));
    expect(offered([`./${root}`, ...paths.map((path) => `./${path}`)])).toHaveLength(keep.length);
  });

  it('anything else is read whole', () => {
    const paths = ['etc/fstab', 'x.png', 'a/b/c.ko', 'rpm.txt'];
    expect(offered(paths)).toEqual(paths);
  });

  it('names are unique', () => {
    expect(new Set(LAYOUTS.map(({ name }) => name)).size).toBe(LAYOUTS.length);
  });
});

describe('in an archive', () => {
  const files = {
    'sosreport-a/version.txt': 'v\n',
    'sosreport-a/etc/fstab': 'x\n',
    'sosreport-a/etc/group': 'x\n',
    'sosreport-a/sos_commands/kernel/dmesg': '[    1.0] x\n',
  };

  it('skipped members are counted once', async () => {
    const opened = await openBytes(tar(files), { places: PLACES });
    expect(Object.keys(opened.texts)).toEqual([
      '-!sosreport-a/version.txt',
      '-!sosreport-a/sos_commands/kernel/dmesg',
    ]);
    expect(opened.problems).toMatchObject([{ code: 'input-skipped', count: 2 }]);
    expect(opened.said[0]).toContain('members of a sosreport that hold no evidence');
  });

  it('all are read on request', async () => {
    expect(
      Object.keys((await openBytes(tar(files), { places: PLACES, allMembers: true })).texts),
    ).toHaveLength(4);
  });
});

if (WHOLE)
  describe('real sosreports', () => {
    it.each(sampled(['r1-stock612-xz-twoboot-sos/boot2', 'r4-stock-trixie-xz-probes-sos/boot1']))(
      '%s',
      async (at) => {
        const name = readdirSync(CORPUS + at).find((file) => file.endsWith('.tar.xz')) ?? '';
        const opened = await open([`${CORPUS}${at}/${name}`], { places: PLACES });
        const inside = Object.keys(opened.texts).map((path) => path.replace(/^.*!sosreport-[^/]+\//, ''));
        for (const path of [
          'sos_commands/kernel/dmesg',
          'sos_commands/kernel/lsmod',
          'sos_commands/kernel/uname_-a',
          'sos_commands/kernel/modinfo_ALL_MODULES',
          'sos_commands/logs/journalctl_--no-pager',
          'proc/modules',
          'proc/cmdline',
          'proc/meminfo',
          'proc/vmallocinfo',
        ]) {
          expect(inside).toContain(path);
        }
        expect(inside.length).toBeLessThan(100);
        expect(new Set(opened.problems.map(({ code }) => code))).toEqual(new Set(['input-skipped']));
        expect(opened.problems.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(4000);
      },
    );
  });
