// SPDX-License-Identifier: Apache-2.0
/** Messages with what posts and init systems put around them: prose, line breaks, names. */
import { describe, expect, it } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

async function told(text: string): Promise<string[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
  return [
    ...model.failures.map(({ reason, module, errno, times }) => `${reason} ${module} ${errno} ${times}`),
    ...model.problems.map(({ kind, module, who, times }) => `${kind} ${module ?? who} ${times}`),
  ].sort();
}

describe('prose right behind a message takes nothing of its reason', () => {
  const LATER: readonly (readonly [front: string, back: string])[] = [
    ['', '". Then, the device crashes.'],
    ['It says "on start: ', '". Then, the device crashes.'],
    ['', '." I want to know what to do.'],
    ['', '. Then, the device crashes.'],
    ['', ', and nothing more'],
    ['', '” in the log'],
  ];
  it.each<[string, string]>([
    ["modprobe: ERROR: could not insert 'foo': No such device", 'init foo 19 1'],
    ["modprobe: ERROR: could not insert 'foo': No such device or address", 'other foo 6 1'],
    ['insmod: ERROR: could not insert module ./foo.ko: Invalid module format', 'other foo 8 1'],
    ["insmod: can't insert 'foo.ko': invalid module format", 'other foo 8 1'],
    ["systemd-modules-load[123]: Failed to insert module 'foo': Exec format error", 'other foo 8 1'],
  ])('%s', async (message, expected) => {
    for (const [front, back] of LATER.filter(([text]) => text === '' || !message.startsWith('systemd')))
      expect(await told(`${front}${message}${back}\n`), back).toEqual([expected]);
  });

  it('unless it goes on with the word', async () => {
    expect(await told("modprobe: ERROR: could not insert 'foo': No such device-mapper\n")).toEqual([
      'other foo null 1',
    ]);
  });
});

// LKML, 2006: the mailer of the sender and that of the archive.
describe('a message that was wrapped twice', () => {
  const PERCPU = 'Could not allocate 4 bytes percpu data';
  const IPV6 = '(/lib/modules/2.6.15-rt14/kernel/net/ipv6/ipv6.ko): Cannot allocate';
  it.each<[string, string[], string[]]>([
    ['named', [PERCPU, 'modprobe: FATAL: Error inserting ipv6', IPV6, 'memory'], ['percpu ipv6 12 1']],
    ['without a name', [PERCPU, 'FATAL: Error inserting ipv6', IPV6, 'memory'], ['percpu ipv6 12 1']],
    [
      'in its path',
      [
        'FATAL: Error inserting xfs (/lib/modules/2.6.18-rc1-',
        'mm1/kernel/fs/xfs/xfs.ko): Cannot allocate memory',
      ],
      ['memory xfs 12 1'],
    ],
    [
      'in its path and its reason',
      [
        PERCPU,
        'FATAL: Error inserting xfs (/lib/modules/2.6.18-rc1-',
        'mm1/kernel/fs/xfs/xfs.ko): Cannot allocate',
        'memory',
      ],
      ['percpu xfs 12 1'],
    ],
  ])('%s', async (_, lines, expected) => {
    const text = lines.join('\n');
    const quoted = lines.map((line) => `> ${line}`).join('\n');
    for (const each of [`${text}\n`, `Hi,\n\nI see\n${text}\n\nAny idea?\n`, `${quoted}\n\nTry it.\n`])
      expect(await told(each)).toEqual(expected);
  });

  it('takes no prose for its end', async () => {
    const lines = ["modprobe: ERROR: could not insert 'foo':", 'and I do not know', 'why. Out of memory'];
    expect(await told(`${lines.join('\n')}\n`)).toEqual([]);
  });
});

// src/openrc-run/openrc-run.c:write_prefix
describe("OpenRC's name of the service before a line", () => {
  const REJECTED = "modprobe: ERROR: could not insert 'nvidia': Key was rejected by service";
  const MISSING = 'modprobe: FATAL: Module nvidia not found in directory /lib/modules/6.2.6';
  const NAMES = [
    'modules                   |',
    'modules |',
    '\u001b[32;01mmodules             \u001b[39;49;00m|',
  ];
  it.each<[string[], string[]]>([
    [[' * Loading module nvidia ...', REJECTED, MISSING], ['signature nvidia 129 1']],
    [[REJECTED], ['signature nvidia 129 1']],
    [[MISSING], ['not-found nvidia 1']],
    [[' * Loading module nvidia ... [ !! ]'], ['other nvidia null 1']],
    [[' *   Failed to load nvidia'], ['other nvidia null 1']],
    [[' * ERROR: modules failed to start'], ['failed-unit init script that loads kernel modules 1']],
    [['FATAL: Module nvidia not found.'], ['not-found nvidia 1']],
  ])('%j', async (lines, expected) => {
    expect(await told(`${lines.join('\n')}\n`)).toEqual(expected);
    for (const name of NAMES) {
      const text = lines.map((line) => `${name}${line}\n`).join('');
      const log = `rc boot logging started at Sat Mar  4 10:00:00 2023\n\nudev                | * Starting udev ...\n${text}`;
      expect(await told(text), name).toEqual(expected);
      expect(await told(log), name).toEqual(expected);
    }
  });

  it('without it in prose', async () => {
    const text = 'Hi,\n\n * Loading module nvidia ... [ !! ]\n\nWhy?\n';
    expect(await told(text)).toEqual(['other nvidia null 1']);
  });
});

// ubox/kmodloader.c
describe("the list of OpenWrt's modprobe", () => {
  const logread = (text: string): string => `Thu Mar  4 21:37:47 2021 daemon.err ${text}`;
  const RIGHT = ['failed-unit modprobe 1', 'other wifidog_ng null 1'];
  it.each<[string, string[]]>([
    [
      'dmesg',
      ['modprobe: 1 module could not be probed', 'modprobe: - wifidog-ng'].map(
        (text) => `[   16.200000] ${text}`,
      ),
    ],
    ['logread', ['modprobe: 1 module could not be probed', 'modprobe: - wifidog-ng'].map(logread)],
    [
      'logread with a pid',
      ['modprobe[7]: 1 module could not be probed', 'modprobe[7]: - wifidog-ng'].map(logread),
    ],
    ['a terminal', ['root@OpenWrt:/# modprobe wifidog-ng', '1 module could not be probed', '- wifidog-ng']],
    ['a quoted one', ['> # modprobe wifidog-ng', '> 1 module could not be probed', '> - wifidog-ng']],
    ['a block of code', ['```', '1 module could not be probed', '- wifidog-ng', '```']],
    ['what is no row of it', ['1 module could not be probed', '- wifidog-ng', '- foo']],
  ])('%s', async (_, lines) => {
    expect(await told(`${lines.join('\n')}\n`)).toEqual(RIGHT);
    expect(await told(`Hi,\n\n${lines.join('\n')}\n\nWhy?\n\n- foo\n`)).toEqual(RIGHT);
  });

  it('names kmodloader where that wrote it, and what it did not try', async () => {
    const rows = ['2 modules could not be probed', '- foo - 0', '- bar - 1'];
    const lines = rows.map((text) => `${logread(`kmodloader: ${text}`)}\n`).join('');
    for (const text of [lines, `Hi,\n\n${lines}\nWhy?\n`])
      expect(await told(text)).toEqual(['failed-unit kmodloader 1', 'other foo null 1']);
  });
});

describe('a host without a date before a program', () => {
  it.each([
    ["systemd-modules-load[88]: Failed to find module 'lp'", 'not-found lp 1'],
    ["systemd-modules-load[88]: Failed to insert module 'lp': No such device", 'init lp 19 1'],
    ["systemd-udevd[88]: Failed to insert module 'foo': Exec format error", 'other foo 8 1'],
    ['modprobe[88]: FATAL: Module lp not found in directory /lib/modules/5.10.0', 'not-found lp 1'],
    ['systemd[1]: Failed to start Load Kernel Modules.', 'failed-unit systemd-modules-load.service 1'],
  ])('%s', async (message, expected) => {
    for (const text of [`raspberry ${message}\n`, `Hi,\n\nraspberry ${message}\n\nWhy?\n`])
      expect(await told(text)).toEqual([expected]);
  });
});

// security/loadpin/loadpin.c:report_load
describe('LoadPin without the name of a file', () => {
  const denied = (command: string): string =>
    `LoadPin: kernel-module old-api-denied obj=<unknown> pid=11317 cmdline="${command}"`;
  it.each([
    ['modprobe mwifiex_pcie', 'mwifiex_pcie'],
    ['/sbin/modprobe -v mwifiex-pcie debug=1', 'mwifiex_pcie'],
    ['insmod /root/foo.ko', 'foo'],
    ['/sbin/modprobe -q -- fs-foo', 'null'],
    ['modprobe pci:v0000', 'null'],
    ['(null)', 'null'],
    ['/usr/bin/loader foo', 'null'],
  ])('%s', async (command, module) => {
    for (const front of ['', '[   11.123456] '])
      expect(await told(`${front}${denied(command)}\n`)).toEqual([`lsm ${module} null 1`]);
  });
});
