// SPDX-License-Identifier: Apache-2.0
/** What bug trackers, test labs and reporters attach. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tar, tarHeader, zip } from '../input/helpers.js';
import { CMDLINE, cites, LSMOD, lineOf, MODULES, NOISE, START, STATS, VERMAGIC } from './layout-evidence.js';
import { dmesg, LOG, sample } from './logs.js';
import { fileOf, folderOf, query, select } from './read.js';

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
