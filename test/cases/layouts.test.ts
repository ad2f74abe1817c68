// SPDX-License-Identifier: Apache-2.0
/** Support archives of distributions: what they hold is found by their tables. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tar } from '../input/helpers.js';
import { CMDLINE, cites, LSMOD, lineOf, MODULES, NOISE, START, STATS, VERMAGIC } from './layout-evidence.js';
import { dmesg, journal, kernLog, LOG, syslog } from './logs.js';
import { xz } from './pack.js';
import { fileOf, folderOf, query, select } from './read.js';

describe('sosreport', () => {
  const root = 'sosreport-host-2026-11-22-abcdefg';
  const log = journal(LOG, START);
  const files = {
    [`${root}/version.txt`]: 'sosreport: 4.5.1\n',
    [`${root}/sos_commands/process/ps_auxwww`]: NOISE,
    [`${root}/etc/passwd`]: 'root:x:0:0:root:/root:/bin/bash\n',
    [`${root}/sos_commands/kernel/dmesg`]: dmesg(LOG.slice(-60)),
    [`${root}/sos_commands/kernel/lsmod`]: LSMOD,
    [`${root}/sos_commands/kernel/uname_-a`]:
      'Linux host 6.12.117-lab #1 SMP Thu Jan  1 00:00:00 UTC 2026 x86_64 GNU/Linux\n',
    [`${root}/sos_commands/logs/journalctl_--no-pager`]: log,
    [`${root}/proc/modules`]: MODULES,
    [`${root}/proc/cmdline`]: CMDLINE,
    [`${root}/proc/4711/maps`]: '00400000-00452000 r-xp 00000000 08:02 173521 /usr/bin/dbus\n',
    [`${root}/sys/kernel/debug/modules/stats`]: STATS,
  };

  it('names what looks like evidence and was not read, and counts the rest', async () => {
    const more = {
      ...files,
      [`${root}/sos_commands/general/runlevel`]: 'N 5\n',
      [`${root}/sos_commands/host/hostid`]: '007f0101\n',
      [`${root}/sos_commands/host/empty`]: '',
      [`${root}/proc/vmallocinfo`]: 'cat: Permission denied\n',
      [`${root}/var/log/agent.log`]: 'E1122 agent: could not insert the module we need\n',
    };
    const report = fileOf(`${root}.tar`, tar(more));
    const said = await query('diagnostics', report);
    const named = await select(
      `SELECT s.path AS path FROM diagnostics AS d JOIN sources AS s USING (source)
       WHERE d.code = 'input-nothing-known' ORDER BY 1`,
      report,
    );
    expect(named.map(({ path }) => path)).toEqual([
      `${report}!${root}/proc/vmallocinfo`,
      `${report}!${root}/var/log/agent.log`,
    ]);
    // version.txt, runlevel, hostid and the empty one.
    expect(said).toContainEqual(
      expect.objectContaining({
        code: 'input-irrelevant',
        count: 4,
        detail: 'members of a sosreport without evidence',
      }),
    );
  });

  it('is found by its table, the ring that wrapped completed by the journal', async () => {
    const report = fileOf(`${root}.tar.xz`, xz(tar(files)));
    const { vermagic, becoming, boots } = await cites(report);
    expect(boots).toMatchObject([
      { kernel: '6.12.117-lab', machine: 'x86_64', cpus: 8, complete: 1, failures: 45 },
    ]);
    expect(vermagic).toEqual({
      path: `${report}!${root}/sos_commands/logs/journalctl_--no-pager`,
      line: lineOf(log, VERMAGIC),
      times: 2,
    });
    expect(becoming).toEqual({
      path: `${report}!${root}/sys/kernel/debug/modules/stats`,
      line: 4,
      value: 24,
    });
    const skipped = (await query('diagnostics', report)).filter(({ code }) => code === 'input-skipped');
    expect(skipped).toMatchObject([{ count: 3 }]);
    expect(skipped[0]?.detail).toContain('etc/passwd');
  });
});

describe('Insights archive', () => {
  it('has the file system under data', async () => {
    const log = kernLog(LOG, START);
    const report = fileOf(
      'insights.tar.gz',
      gzipSync(
        tar({
          'insights-host-20261122/insights_commands/dmesg': dmesg(LOG),
          'insights-host-20261122/insights_commands/lsmod': LSMOD,
          'insights-host-20261122/insights_commands/uname_-a':
            'Linux host 6.12.117-lab #1 SMP x86_64 GNU/Linux\n',
          'insights-host-20261122/insights_commands/rpm_-qa': 'bash-5.1\n',
          'insights-host-20261122/data/var/log/messages': log,
          'insights-host-20261122/data/sys/kernel/debug/modules/stats': STATS,
        }),
      ),
    );
    const { vermagic, becoming, boots } = await cites(report);
    expect(boots).toMatchObject([{ kernel: '6.12.117-lab', failures: 45 }]);
    expect(vermagic).toEqual({
      path: `${report}!insights-host-20261122/data/var/log/messages`,
      line: lineOf(log, VERMAGIC),
      times: 2,
    });
    expect(becoming?.path).toBe(`${report}!insights-host-20261122/data/sys/kernel/debug/modules/stats`);
  });
});

describe('hotsos layout: an unpacked sosreport beside plain copies of logs', () => {
  it('is read as a directory', async () => {
    const folder = folderOf({
      'var/log/kern.log.1.gz': gzipSync(kernLog(LOG.slice(0, 200), START)),
      'var/log/kern.log': kernLog(LOG.slice(200), START),
      'var/log/syslog': syslog(LOG, START),
      'sos_commands/kernel/dmesg': dmesg(LOG),
      'sos_commands/date/date': 'Sun Nov 22 10:30:00 UTC 2026\n',
    });
    const { vermagic, boots } = await cites(folder);
    expect(boots).toHaveLength(1);
    expect(vermagic).toEqual({
      path: `${folder}/sos_commands/kernel/dmesg`,
      line: lineOf(dmesg(LOG), VERMAGIC),
      times: 2,
    });
  });
});

describe('supportconfig', () => {
  const section = (kind: string, head: string, text: string): string =>
    `#==[ ${kind} ]${'='.repeat(60 - kind.length)}#\n# ${head}\n${text}\n`;
  const banner =
    '=============================================================================\n                     Support Utilities - Supportconfig\n';
  const boot =
    banner +
    section('Command', '/usr/bin/uname -a', 'Linux host 6.12.117-lab #1 SMP x86_64 GNU/Linux') +
    section('Command', '/bin/dmesg', dmesg(LOG));
  const modules =
    banner + section('Command', '/sbin/lsmod | sort', LSMOD) + section('Log File', '/proc/modules', MODULES);

  it('is a txz of sectioned texts', async () => {
    const report = fileOf(
      'scc_host_261122_1030.txz',
      xz(
        tar({
          'scc_host_261122_1030/basic-environment.txt':
            banner + section('Command', '/bin/date', 'Sun Nov 22 10:30:00 UTC 2026'),
          'scc_host_261122_1030/boot.txt': boot,
          'scc_host_261122_1030/messages.txt':
            banner +
            section('Log File', '/var/log/messages - Last 5000 Lines', kernLog(LOG.slice(-120), START)),
          'scc_host_261122_1030/modules.txt': modules,
          'scc_host_261122_1030/rpm.txt': NOISE,
        }),
      ),
    );
    const { vermagic, boots } = await cites(report);
    expect(boots).toMatchObject([{ boot: 1, kernel: '6.12.117-lab', complete: 1 }]);
    expect(vermagic).toEqual({
      path: `${report}!scc_host_261122_1030/boot.txt#/bin/dmesg`,
      line: lineOf(boot, VERMAGIC),
      times: 2,
    });
    const listed = await select(
      "SELECT path FROM sources WHERE format = 'loaded-modules' ORDER BY source",
      report,
    );
    expect(listed).toEqual([
      { path: `${report}!scc_host_261122_1030/modules.txt#/sbin/lsmod | sort` },
      { path: `${report}!scc_host_261122_1030/modules.txt#/proc/modules` },
    ]);
  });
});
