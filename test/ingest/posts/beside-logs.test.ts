// SPDX-License-Identifier: Apache-2.0
/** What loaders and the kernel say in front of a log that has nothing to do with it, as posts show one after the other. */
import { describe, expect, it } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

async function told(...lines: string[]): Promise<string[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) }));
  const failures = model.failures.map(
    ({ reason, module, errno, times }) => `${reason} ${module} ${errno} ${times}`,
  );
  const problems = model.problems.map(({ kind, module, times }) => `${kind} ${module} ${times}`);
  return [...failures, ...problems].sort();
}

const SAID = [
  "insmod: can't insert 'foo.ko': invalid module format",
  "modprobe: can't load module foo (kernel/fs/foo.ko): Invalid argument",
  'modprobe: module foo not found in modules.dep',
  "insmod: error inserting 'foo.ko': -1 Invalid module format",
  'FATAL: Error inserting foo (/lib/modules/2.6.32/kernel/foo.ko): Invalid module format',
  'insmod: failed to load foo.ko: Exec format error',
  'failed to insert /lib/modules/5.4.1/foo.ko',
  'modprobe vboxdrv failed.',
  '  Process: 735 ExecStartPre=/sbin/modprobe vmnet (code=killed, signal=SEGV)',
  '[FAILED] Failed to start Load Kernel Modules.',
  'foo: Unknown symbol bar (err -2)',
  'foo: disagrees about version of symbol bar',
  'Loading of unsigned module is rejected',
];

/** Of the first line once, of all of them where a text is a log. */
const LOGS: Readonly<Record<string, readonly string[]>> = {
  'a program': [
    'Jun 28 06:57:25 host dhcpd[556]: Started bridge on eth0',
    'Jun 28 06:57:26 host named[7]: running',
  ],
  'a program without a host': [
    'Jun 28 06:57:25 dhcpd[556]: Started bridge on eth0',
    'Jun 28 06:57:26 named[7]: running',
  ],
  systemd: [
    'Feb 15 00:03:30 linux systemd[1]: Started Import ZFS pools.',
    'Feb 15 00:03:31 linux cron[7]: started',
  ],
  'the kernel': [
    'Jun 28 06:57:25 linux kernel: usb 1-1: new device',
    'Jun 28 06:57:26 linux kernel: random: crng init done',
  ],
  'dates of ISO 8601': [
    '2026-06-28T06:57:25.123456+00:00 host dhcpd[556]: Started',
    '2026-06-28T06:57:26.123456+00:00 host named[7]: running',
  ],
  logread: [
    'Thu Mar  4 21:37:47 2021 daemon.info dnsmasq[1234]: started',
    'Thu Mar  4 21:37:48 2021 daemon.notice netifd: lan is up',
  ],
  dmesg: ['[    5.123456] usb 1-1: new device', '[    5.223456] random: crng init done'],
};

const BETWEEN: readonly (readonly string[])[] = [
  [],
  [''],
  ['', 'The log of it says:'],
  ['', 'The log says:', ''],
];

describe.each(SAID)('%s', (said) => {
  it.each(Object.entries(LOGS))('before %s', async (_, log) => {
    const alone = await told(said);
    expect(alone).toHaveLength(1);
    for (const between of BETWEEN) {
      for (const lines of [log.slice(0, 1), [...log, ...log]])
        expect(await told(said, ...between, ...lines), `${between.length} ${lines.length}`).toEqual(alone);
    }
    expect(await told('```', said, '```', '', '```', ...log, '```')).toEqual(alone);
  });
});

it('a unit that could not load its module, and its journal', async () => {
  const status = [
    '● zfs-import-scan.service - Import ZFS pools by device scanning',
    '   Loaded: loaded (/usr/lib/systemd/system/zfs-import-scan.service; disabled)',
    '   Active: failed (Result: exit-code) since Thu 1970-01-01 00:03:30 UTC; 2s ago',
    '  Process: 1735 ExecStartPre=/sbin/modprobe zfs (code=exited, status=1/FAILURE)',
    '',
    'Feb 15 00:03:30 linux zpool[1738]: no pools available to import',
    'Feb 15 00:03:30 linux systemd[1]: Started Import ZFS pools by device scanning.',
  ];
  expect(await told(...status)).toEqual(['other zfs null 1']);
});

describe('a line of the kernel without a prefix', () => {
  const line = 'foo: Unknown symbol bar (err -2)';
  const log = [...(LOGS.dmesg ?? []), '[    5.323456] eth0: up', '[    5.423456] eth1: up'];
  it.each([
    ['quotes the log below', [line, '', ...log, `[    5.500000] ${line}`]],
    ['quotes the log above', [...log, `[    5.500000] ${line}`, '', line]],
    ['is behind a log of something else', [...log, '', line]],
    ['is shown twice', [line, ...log, line]],
  ])('%s', async (_, lines) => {
    expect(await told(...lines)).toEqual(['unknown-symbol foo 2 1']);
  });
});
