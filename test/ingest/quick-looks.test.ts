// SPDX-License-Identifier: Apache-2.0
/** Detection looks for words before it looks at lines: heads in which only the words, or only the lines, are there. */
import { expect, test } from 'vitest';
import { detect } from '../../src/ingest/detect.js';
import { headOfLines } from '../../src/ingest/head.js';
import { kindOf } from '../../src/ingest/mixed/runs.js';
import { INGESTERS } from '../../src/ingest/registry.js';

const verdicts = (...lines: string[]): Record<string, string> =>
  Object.fromEntries(
    detect(headOfLines(lines, true, 'x'), INGESTERS, true).candidates.map(({ ingester, verdict }) => [
      ingester.name,
      `${verdict.form} ${verdict.confidence}: ${verdict.why}`,
    ]),
  );

const STAMPED = ['[    1.000000] usb 1-1: new device', '[    2.000000] Load Kernel Module fuse'];

test('kinds of evidence in one text are named in the order of its lines', () => {
  expect(verdicts(...STAMPED, 'Mods ever loaded 29', ...STAMPED).mixed).toMatch(/2 kinds \(log, stats\)/);
  expect(verdicts('Mods ever loaded 29', ...STAMPED, '> [    3.000000] quoted').mixed).toMatch(
    /2 kinds \(stats, log\)/,
  );
});

test('the line after a rule of supportconfig is its name, though it looks like a log', () => {
  const rule = '#==[ Command ]======================================#';
  expect(verdicts(rule, STAMPED[0] ?? '', rule, '# /bin/dmesg').mixed).toMatch(/^sections 96: 2 section/);
});

test('a row of the duplicate list is known by the word after its count, with any blank between', () => {
  for (const row of ['fuse 7 Load', 'fuse\t7\tLoad', 'fuse 7  Becoming & Load', 'a 1 Bug-on-stats'])
    expect(verdicts(row, row)['debugfs-stats'], row).toMatch(/^stats table 95: 0 rows .*, 2 of its list/);
  for (const row of ['fuse 7 load', 'fuse 7Load', 'fuse x Load', 'Loads 7 LoadLoad'])
    expect(verdicts(row, row)['debugfs-stats'], row).toBe(undefined);
});

test('a kernel line is told from one of a program, by host and number or by the word kernel', () => {
  const form = (text: string): string | undefined =>
    verdicts(...Array(3).fill(`[    1.000000] ${text}`)).dmesg;
  expect(form('usb 1-1: new device')).toMatch(/^dmesg 82/);
  expect(form('host systemd[1]: Started')).toMatch(/^journalctl -o short-monotonic/);
  expect(form('host kernel: usb 1-1')).toMatch(/^journalctl -o short-monotonic/);
  expect(form('kernel: usb 1-1')).toMatch(/^journalctl -o short-monotonic/);
  expect(form('systemd[1]: Started')).toMatch(/^dmesg 82/);
  expect(form('host kernels: usb 1-1')).toMatch(/^dmesg 82/);
});

test('entries of a journal export need a timestamp at the start of a line', () => {
  const entry = ['__CURSOR=s=1', '__REALTIME_TIMESTAMP=1', 'MESSAGE=x'];
  expect(verdicts(...entry)['journal-export']).toMatch(/^journalctl -o export 95: 3 of 3/);
  expect(verdicts('MESSAGE=x', '__MONOTONIC_TIMESTAMP=1')['journal-export']).toMatch(/95: 2 of 2/);
  expect(verdicts('MESSAGE=__REALTIME_TIMESTAMP=1')['journal-export']).toBe(undefined);
  expect(verdicts('_SOURCE_REALTIME_TIMESTAMP=1', 'MESSAGE=x')['journal-export']).toBe(undefined);
});

test('rows of lsmod without the column heads are not recognised', () => {
  const rows = ['kvm 1404928 1 kvm_amd', 'fuse 200704 3'];
  expect(verdicts('Module                  Size  Used by', ...rows)['loaded-modules']).toMatch(/^lsmod 95/);
  expect(verdicts('Module  Size\tUsed by', ...rows)['loaded-modules']).toMatch(/^lsmod 95/);
  expect(verdicts(...rows)['loaded-modules']).toBe(undefined);
});

test('a line with any front, or with words of the kernel alone, is seen in a text of nothing else', () => {
  const lines = [
    '[    1.000000,0] x',
    '[<    0.018697>] x',
    '[  +0.009008] x',
    '[Nov22 10:45] x',
    '[Mon Nov 17 06:11:16 2025] x',
    '<6>x',
    '6,123,1234567,-;x',
    'kern  :info  : x',
    'host kernel: x',
    '10.5.0.2: kern:    info: [2024-05-01T10:00:00.123456789Z]: x',
    '01-31 00:00:12.345     0     0 I         : x',
    'node=host type=SYSCALL msg=audit(yesterday:456) : x',
    '-(0)[0:swapper]Linux version 4.4.95+ (user@host)',
    '[0:      swapper/0:    1] Linux version 4.4.95+ (user@host)',
    '[pid:236,cpu4,ueventd]Linux version 4.4.95+ (user@host)',
    '[811:modprobe]percpu: allocation failed, size=5200 align=8 atomic=0',
    '{"dt": "2024", "lvl": "target", "msg": "[    1.000000] x"}',
    'i-0abc [    1.000000] x',
    '   Linux version 4.4.95+ (user@host)',
    'Oops#1 Part1',
    'modprobe: FATAL: x',
  ];
  for (const line of lines) expect(verdicts(...Array(5).fill(line)).dmesg, line).toBeDefined();
});

test('a line of any kind of evidence is seen in a text of nothing else', () => {
  const lines = [
    'Nov 11 xx:xx:xx xxxx kern.notice x',
    '2024-05-01Tx kernel: x',
    '2024-05-01Tx systemd: x',
    'finit_module(3, "", 0) = 0',
    'open("/lib/modules/fuse.ko"',
    'x-12 [000] d 1.000000: x',
    'Mod text size 1',
    'Failed kread bytes 1',
    'HOW-MANY-TIMES',
    'sys/kernel/debug/modules/stats: 1',
    'fuse 16384 0 - Live 0x0000',
    'fuse 16384 0 - Unloading 0x0000',
    '[FAILED] Failed to start Load Kernel Modules.',
    'Module                  Size  Used by',
    'Linux box 6.12.117 #1 SMP',
    'rmmod: ERROR: x',
    'Loading of unsigned module is restricted',
    "modprobe: can't load module x",
  ];
  for (const line of lines) {
    expect(kindOf(line), line).not.toBeNull();
    expect(verdicts('x', line).mixed, line).toMatch(/^text 20: /);
  }
});
