// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tar, tarHeader, zip } from '../input/helpers.js';
import { dmesg, journal, kernLog, LOG, sample, syslog } from './logs.js';
import { xz } from './pack.js';
import { fileOf, folderOf, query, type Row, select } from './read.js';

const START = new Date('2026-11-22T10:25:53Z');
const STATS = sample('failures/stats.txt');
const VERMAGIC = /nls_cp852: version magic/;
const MODULES = [
  'nls_cp1251 16384 0 - Live 0xffffffffa0558000',
  'nls_cp866 12288 0 - Live 0xffffffffa0550000',
  'nls_koi8_r 12288 1 nls_cp866, Live 0xffffffffa0548000',
  '',
].join('\n');
const LSMOD =
  'Module                  Size  Used by\nnls_cp1251             16384  0\nnls_cp866              12288  0\n';
const CMDLINE = `${LOG.find(({ msg }) => msg.startsWith('Command line: '))?.msg.slice(14) ?? ''}\n`;
const NOISE = 'PID USER COMMAND\n1 root init\n2 root kthreadd\n';

/** Where a failure and the counters are said: path and line. */
async function cites(input: string): Promise<{ vermagic: Row; becoming: Row | undefined; boots: Row[] }> {
  const vermagic = await select(
    `SELECT s.path AS path, f.line AS line, f.times AS times FROM failed_loads AS f JOIN sources AS s USING (source)
     WHERE f.reason = 'vermagic'`,
    input,
  );
  const [becoming] = await select(
    `SELECT s.path AS path, c.line AS line, c.value AS value FROM counters AS c JOIN sources AS s USING (source)
     WHERE c.counter = 'failed_becoming'`,
    input,
  );
  const [first, ...more] = vermagic;
  if (!first || more.length > 0) throw new Error(`one row was expected, not ${vermagic.length}`);
  return { vermagic: first, becoming, boots: await query('boots', input) };
}

/** Number of the first line that matches. */
function lineOf(text: string, pattern: RegExp): number {
  return text.split('\n').findIndex((line) => pattern.test(line)) + 1;
}

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

describe('apport', () => {
  const base64Gzip = (text: string): string => {
    const packed = gzipSync(text);
    const lines: string[] = [];
    for (let at = 0; at < packed.length; at += 4096)
      lines.push(` ${packed.subarray(at, at + 4096).toString('base64')}`);
    return `base64\n${lines.join('\n')}`;
  };
  const crash = [
    'ProblemType: KernelOops',
    'Architecture: amd64',
    `CurrentDmesg: ${base64Gzip(dmesg(LOG))}`,
    'Date: Sun Nov 22 10:30:00 2026',
    'ProcModules:',
    ...MODULES.trimEnd()
      .split('\n')
      .map((line) => ` ${line}`),
    `ProcCmdline: ${CMDLINE.trim()}`,
    `Uname: Linux 6.12.117-lab x86_64`,
    '',
  ].join('\n');

  it('gives one crash file, whose fields are members', async () => {
    const report = fileOf('_usr_bin_x.0.crash', crash);
    const { vermagic, boots } = await cites(report);
    expect(boots).toHaveLength(1);
    expect(vermagic).toEqual({
      path: `${report}!CurrentDmesg`,
      line: lineOf(dmesg(LOG), VERMAGIC),
      times: 2,
    });
    const listed = await select("SELECT path, events FROM sources WHERE format = 'loaded-modules'", report);
    expect(listed).toMatchObject([{ path: `${report}!ProcModules` }]);
  });

  it('gives plain attachments of a bug', async () => {
    const folder = folderOf({
      'CurrentDmesg.txt': dmesg(LOG),
      'ProcModules.txt': MODULES,
      'ProcCpuinfo.txt': NOISE,
    });
    const { vermagic } = await cites(folder);
    expect(vermagic.path).toBe(`${folder}/CurrentDmesg.txt`);
  });
});

describe('Android bugreport', () => {
  it('is a zip whose main text has sections', async () => {
    const main = [
      '========================================================',
      '== dumpstate: 2026-11-22 10:30:00',
      '========================================================',
      '',
      'Build: AP2A.240805.005',
      `------ KERNEL LOG (dmesg) ------`,
      dmesg(LOG).trimEnd(),
      "------ 0.123s was the duration of 'KERNEL LOG (dmesg)' ------",
      '------ LSMOD (lsmod) ------',
      LSMOD.trimEnd(),
      "------ 0.009s was the duration of 'LSMOD' ------",
      '------ PROCESSES AND THREADS (ps -A) ------',
      NOISE,
    ].join('\n');
    const report = fileOf(
      'bugreport-device-2026-11-22.zip',
      zip({
        'version.txt': '2.0\n',
        'main_entry.txt': 'bugreport-device-2026-11-22.txt',
        'FS/data/anr/anr_1': NOISE,
        'bugreport-device-2026-11-22.txt': main,
        'FS/proc/modules': MODULES,
      }),
    );
    const { vermagic } = await cites(report);
    expect(vermagic).toEqual({
      path: `${report}!bugreport-device-2026-11-22.txt#KERNEL LOG (dmesg)`,
      line: lineOf(main, VERMAGIC),
      times: 2,
    });
    const skipped = (await query('diagnostics', report)).filter(({ code }) => code === 'input-skipped');
    expect(skipped[0]?.detail).toContain('FS/data/anr/anr_1');
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

describe('Debian reportbug', () => {
  const body = [
    'From: Reporter <reporter@example.org>',
    'To: Debian Bug Tracking System <submit@bugs.debian.org>',
    'Subject: linux-image-6.12.117: modules do not load',
    'Date: Sun, 22 Nov 2026 10:30:00 +0000',
    '',
    'Package: src:linux',
    'Version: 6.12.117-1',
    'Severity: normal',
    '',
    'Dear Maintainer,',
    'since the update some modules are refused.',
    '',
    '-- Package-specific info:',
    '** Version:',
    'Linux version 6.12.117-lab (builder@lab) (gcc (Debian 12.2.0-14+deb12u1) 12.2.0) #1 SMP Thu Jan  1 00:00:00 UTC 2026',
    '',
    '** Command line:',
    CMDLINE.trim(),
    '',
    '** Not tainted',
    '',
    '** Kernel log:',
    dmesg(LOG.slice(-100)).trimEnd(),
    '',
    '** Model information',
    'product_name: Standard PC',
    '',
    '** Loaded modules:',
    'nls_cp1251',
    'nls_cp866',
    '',
    '-- System Information:',
    'Debian Release: 12.12',
    '',
  ].join('\n');

  it('is a mail of one text with sections', async () => {
    const report = fileOf('bug.eml', body);
    const { vermagic, boots } = await cites(report);
    expect(boots).toMatchObject([{ boot: 1, kernel: '6.12.117-lab' }]);
    expect(vermagic).toEqual({ path: `${report}#Kernel log`, line: lineOf(body, VERMAGIC), times: 2 });
  });
});

describe('LAVA', () => {
  it('wraps each line of the board in JSON', async () => {
    const stamp = (time: string): string =>
      new Date(START.getTime() + Number(time) * 1000).toISOString().slice(0, -1);
    const output = LOG.map(({ time, msg }) => {
      const line = `[${time.padStart(12)}] ${msg}`;
      return `- {"dt": "${stamp(time)}000", "lvl": "target", "msg": ${JSON.stringify(line)}}\n`;
    }).join('');
    const folder = folderOf({
      'job.yaml': 'job_name: boot\n',
      'output.yaml': output,
      Image: '\u0000\u0001\u0002',
    });
    const { vermagic } = await cites(folder);
    expect(vermagic).toEqual({ path: `${folder}/output.yaml`, line: lineOf(output, VERMAGIC), times: 2 });
  });
});

describe('tar of /sys/kernel/debug and /sys/kernel/tracing', () => {
  const trace = sample('failures/trace.txt');

  it('whose headers give sizes that are no sizes', async () => {
    // GNU tar takes the size from stat: 0 for files of tracefs and debugfs (nothing is stored, and it says so),
    // 4096 for those of sysfs (the rest is filled with NUL).
    const padded = (text: string): Buffer =>
      Buffer.concat([Buffer.from(text), Buffer.alloc(4096 - text.length)]);
    const report = fileOf(
      'sys.tar',
      Buffer.concat([
        tarHeader('sys/kernel/debug/modules/stats', 0),
        tarHeader('sys/kernel/tracing/trace', 0),
        tar({ 'sys/module/nls_cp866/coresize': padded('12288\n'), 'copy/modules/stats': padded(STATS) }),
      ]),
    );
    const { counters, empty } = {
      counters: await select(
        "SELECT DISTINCT s.path AS path, c.value AS value FROM counters AS c JOIN sources AS s USING (source) WHERE counter = 'failed_becoming'",
        report,
      ),
      empty: await select("SELECT path FROM sources WHERE status = 'empty' ORDER BY path", report),
    };
    expect(counters).toEqual([{ path: `${report}!copy/modules/stats`, value: 24 }]);
    expect(empty).toEqual([
      { path: `${report}!sys/kernel/debug/modules/stats` },
      { path: `${report}!sys/kernel/tracing/trace` },
    ]);
    const said = await query('diagnostics', report);
    expect(said.filter(({ code }) => code === 'input-empty')).toHaveLength(2);
    expect(said.find(({ code }) => code === 'input-empty')?.help).toContain('size 0');
  });

  it('copied first and packed then', async () => {
    const modules = Object.fromEntries(
      [...STATS.matchAll(/^ *Mods failed on (kread|decompress|becoming|load)\t(\d+)$/gm)].map(
        ([, phase, count]) => [
          `sys/kernel/debug/modules/${{ kread: 'failed_kreads', decompress: 'failed_decompress', becoming: 'failed_becoming', load: 'failed_load_modules' }[phase ?? '']}`,
          `${count}\n`,
        ],
      ),
    );
    const report = fileOf(
      'sys.tgz',
      gzipSync(
        tar({
          ...modules,
          'sys/kernel/debug/modules/stats': STATS,
          'sys/kernel/debug/dri/0/name': 'i915\n',
          'sys/kernel/tracing/trace': trace,
          'sys/kernel/tracing/per_cpu/cpu0/trace': trace.slice(0, 2000),
          'sys/kernel/tracing/available_events': 'module:module_load\n',
        }),
      ),
    );
    const ledger = await query('ledger', report);
    expect(ledger.map(({ verdict, counter_failures }) => `${verdict} ${counter_failures}`)).toEqual([
      'balanced 10',
      'balanced 6',
      'balanced 24',
      'balanced 5',
    ]);
    const [first] = await select(
      'SELECT DISTINCT s.path AS path FROM attempts AS a JOIN sources AS s USING (source)',
      report,
    );
    expect(first).toEqual({ path: `${report}!sys/kernel/tracing/trace` });
    const skipped = (await query('diagnostics', report)).filter(({ code }) => code === 'input-skipped');
    expect(skipped.map(({ count }) => count).sort()).toEqual([1, 2]);
  });
});
