// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { dmesg, journal, journalJson, kernLog, LOG, laterBoot, syslog } from './logs.js';
import type { Files } from './pack.js';
import { folderOf, query } from './read.js';

const FIRST = new Date('2026-11-22T10:25:53Z');
const SECOND = new Date('2026-11-23T08:00:00Z');
const later = laterBoot(LOG);

/** In the middle of seven failures of one kind within 30 ms, some with the same words. */
const MIDDLE = LOG.findIndex(({ msg }) => msg.startsWith('Invalid ELF header')) + 3;

/** What the log says failed, as `reason module: times`. */
const FAILURES = [
  'elf null: 7',
  'decompress null: 6',
  'blacklist nls_cp775: 2',
  'unknown-symbol lab_needs: 2',
  'vermagic nls_cp852: 2',
  'blacklist nls_cp737: 1',
  'duplicate-symbol lab_dupsym: 1',
  'parameter lab_param: 1',
  'unknown-symbol btrfs: 1',
];

const BOOT_A = 'a'.repeat(32);
const BOOT_B = 'b'.repeat(32);

const oneBoot: Readonly<Record<string, Files>> = {
  'dmesg, journal, kern.log and syslog': {
    'sos_commands/kernel/dmesg': dmesg(LOG),
    'sos_commands/logs/journalctl_--no-pager': journal(LOG, FIRST),
    'var/log/kern.log': kernLog(LOG, FIRST),
    'var/log/syslog': syslog(LOG, FIRST),
  },
  'a rotated kern.log': {
    'var/log/kern.log.1.gz': gzipSync(kernLog(LOG.slice(0, MIDDLE), FIRST)),
    'var/log/kern.log': kernLog(LOG.slice(MIDDLE), FIRST),
  },
  'a rotated log without kernel times': {
    'var/log/messages-20261122': journal(LOG.slice(0, MIDDLE), FIRST),
    'var/log/messages': journal(LOG.slice(MIDDLE), FIRST),
  },
  'rotated twice, with a whole syslog': {
    'kern.log.2.gz': gzipSync(kernLog(LOG.slice(0, MIDDLE), FIRST)),
    'kern.log.1': kernLog(LOG.slice(MIDDLE, MIDDLE + 20), FIRST),
    'kern.log': kernLog(LOG.slice(MIDDLE + 20), FIRST),
    syslog: syslog(LOG, FIRST),
  },
  'a log ring that wrapped, and the journal': {
    dmesg: dmesg(LOG.slice(MIDDLE - 10)),
    'journal.txt': journal(LOG, FIRST),
  },
  'a log ring that wrapped after part of it was saved': {
    'var/log/dmesg': dmesg(LOG.slice(0, MIDDLE)),
    'sos_commands/kernel/dmesg': dmesg(LOG.slice(MIDDLE - 10)),
  },
  'the journal as text and as JSON': {
    'journal.txt': journal(LOG, FIRST),
    'journal.json': journalJson(LOG, FIRST, BOOT_A),
  },
};

const twoBoots: Readonly<Record<string, Files>> = {
  'kern.log rotated at the reboot, and a journal of both': {
    'kern.log.1.gz': gzipSync(kernLog(LOG, FIRST)),
    'kern.log': kernLog(later, SECOND),
    journal: journal(LOG, FIRST) + journal(later, SECOND),
  },
  'every log of a sosreport': {
    'var/log/kern.log.1.gz': gzipSync(kernLog(LOG, FIRST)),
    'var/log/kern.log': kernLog(later, SECOND),
    'var/log/syslog': syslog(LOG, FIRST) + syslog(later, SECOND),
    'sos_commands/logs/journalctl_--no-pager': journal(LOG, FIRST) + journal(later, SECOND),
    'journal.json': journalJson(LOG, FIRST, BOOT_A) + journalJson(later, SECOND, BOOT_B),
    'sos_commands/kernel/dmesg': dmesg(later),
  },
  'rotated in the middle of each boot': {
    'kern.log.2.gz': gzipSync(kernLog(LOG.slice(0, MIDDLE), FIRST)),
    'kern.log.1': kernLog(LOG.slice(MIDDLE), FIRST) + kernLog(later.slice(0, MIDDLE), SECOND),
    'kern.log': kernLog(later.slice(MIDDLE), SECOND),
    syslog: syslog(LOG.slice(200), FIRST) + syslog(later, SECOND),
  },
};

/** Machines without x86's marks: nothing in the messages tells the boots apart. */
const unmarked = (log: typeof LOG): typeof LOG =>
  log.filter(({ msg }) => !/Marking stable|audit: type=2000/.test(msg));
const twoUnmarked: Readonly<Record<string, Files>> = {
  'two logs of both': {
    'kern.log': kernLog(unmarked(LOG), FIRST) + kernLog(unmarked(later), SECOND),
    syslog: syslog(unmarked(LOG), FIRST) + syslog(unmarked(later), SECOND),
  },
  'a log of both, and the dmesg of the second': {
    'kern.log': kernLog(unmarked(LOG), FIRST) + kernLog(unmarked(later), SECOND),
    dmesg: dmesg(unmarked(later)),
  },
};

async function failuresOf(folder: string): Promise<Map<number, string[]>> {
  const boots = new Map<number, string[]>();
  for (const { boot, reason, module, times } of await query('failures', folder)) {
    const list = boots.get(Number(boot)) ?? [];
    boots.set(Number(boot), [...list, `${reason} ${module}: ${times}`]);
  }
  return boots;
}

describe('logs of one boot say each thing once:', () => {
  it.each(Object.entries(oneBoot))('%s', async (_, files) => {
    const folder = folderOf(files);
    expect(await query('boots', folder)).toMatchObject([{ boot: 1, kernel: '6.12.117-lab', complete: 1 }]);
    expect(await failuresOf(folder)).toEqual(new Map([[1, FAILURES]]));
    const said = (await query('diagnostics', folder)).map(({ code }) => code);
    expect(said).not.toContain('log-beginning-missing');
  });

  it('a ring that wrapped, alone, says that its beginning is missing', async () => {
    const folder = folderOf({ dmesg: dmesg(LOG.slice(MIDDLE - 10)) });
    expect(await query('boots', folder)).toMatchObject([{ boot: 1, complete: 0 }]);
    const said = await query('diagnostics', folder);
    expect(said).toMatchObject([
      { severity: 'data-loss', code: 'log-beginning-missing', source: 1, line: 1 },
    ]);
  });
});

describe('logs of two boots tell them apart, older first:', () => {
  it.each(Object.entries({ ...twoBoots, ...twoUnmarked }))('%s', async (_, files) => {
    const folder = folderOf(files);
    const boots = await query('boots', folder);
    // The second one's messages come a second later.
    const seconds = boots.map(({ duration_s }) => Number(duration_s).toFixed(1));
    expect(boots.map(({ complete }) => complete)).toEqual([1, 1]);
    expect(seconds).toEqual(['20.1', '21.1']);
    expect(await failuresOf(folder)).toEqual(
      new Map([
        [1, FAILURES],
        [2, FAILURES],
      ]),
    );
  });
});
