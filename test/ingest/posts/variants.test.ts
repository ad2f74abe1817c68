// SPDX-License-Identifier: Apache-2.0
/** The same evidence as different people, tools and trackers show it: what each text says, and whether it is an all-clear. */
import { describe, expect, test } from 'vitest';
import { type Case, caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

const BANNER = '[    0.000000] Linux version 6.6.0 (a@b) (gcc) #1 SMP';
const MISSING = 'foo: Unknown symbol bar (err -2)';

async function read(text: string): Promise<Case['model']> {
  return caseOf(await readBytes({ bytes: Buffer.from(text) })).model;
}

/** Each failure and problem in short, with how often it was, and how many boots there are. */
async function told(text: string): Promise<string[]> {
  const model = await read(text);
  return [
    ...model.failures.map(({ reason, module, times }) => `${reason} ${module} ${times}`),
    ...model.problems.map(({ kind, module, who, times }) => `${kind} ${module ?? who} ${times}`),
    ...model.boots.map(({ verdict }) => verdict),
  ];
}

const FOO = ['unknown-symbol foo 1', 'trouble'];

describe('a log behind what a tool, a page or a tracker puts in front', () => {
  test.each([
    ['entities', `&lt;4&gt;[    1.000000] ${MISSING}`],
    ['quoted by entities', `&gt; [    1.000000] ${MISSING}`],
    ['a page', `<pre>[    1.000000] ${MISSING}</pre>`],
    ['BBCode', `[code][    1.000000] ${MISSING}[/code]`],
    ['Jira', `{noformat}\n[    1.000000] ${MISSING}{noformat}`],
    ['a fence on the line', `\`\`\`[    1.000000] ${MISSING}\`\`\``],
    ['a bullet', `* [    1.000000] ${MISSING}`],
    ['a bullet in prose', `I see this:\n\n - [    1.000000] ${MISSING}\n\nWhat now?`],
    ['cat -n', `     1\t${BANNER}\n     2\t[    1.000000] ${MISSING}`],
    ['grep of files', `/var/log/kern.log:Mar  4 10:00:01 host kernel: [    1.000000] ${MISSING}`],
    ['grep -n of files', `dmesg.txt:12:[    1.000000] ${MISSING}`],
    ['grep in prose', `Look:\n\nkern.log.1:Mar  4 10:00:01 host kernel: ${MISSING}\n\nBye`],
    ['LG', `[    1.000000 / 01-01 00:00:01.000][1] ${MISSING}`],
    ['a level behind the stamp', `[    1.000000] <5>.(5)[1:swapper/0]${MISSING}`],
    ['colours without their escapes', `[[0;1;31m[    1.000000] ${MISSING}[0m`.replace('[[0', '^[[0')],
  ])('%s', async (_name, text) => {
    expect(await told(text)).toEqual(FOO);
  });
});

describe('a system log of which a page shows only the time of day and the program', () => {
  const usb = '15:05:43 kernel: usb 1-1: new high-speed USB device number 2 using xhci_hcd';
  // The kernel cuts the name of systemd-modules-load, which journald takes where the program has no other.
  const load = "15:05:43 systemd-modules: Failed to insert module 'zfs': Key was rejected by service";
  const unit = '15:05:44 systemd: Failed to start systemd-modules-load.service - Load Kernel Modules.';
  const ZFS = 'signature zfs 1';
  const UNIT = 'failed-unit systemd-modules-load.service 1';
  const prose = (text: string) =>
    `${'I enrolled the key once.\n'.repeat(9)}\n${text}\n\n${'What now?\n'.repeat(9)}`;

  test.each([
    ['a load', load, [ZFS]],
    ['a load beside the kernel', `${load}\n${usb}`, [ZFS]],
    ['a load behind the kernel', `${usb}\n${load}`, [ZFS]],
    ['by udev', `${load.replace('systemd-modules', 'systemd-udevd')}\n${usb}`, [ZFS]],
    ['by a worker', `${load.replace('systemd-modules', '(udev-worker)')}\n${usb}`, [ZFS]],
    ['with a pid', `${load.replace('modules', 'modules[812]')}\n${usb}`, [ZFS]],
    ['with a host', `${load.replace('43 ', '43 box ')}\n${usb.replace('43 ', '43 box ')}`, [ZFS]],
    ['a unit', unit, [UNIT]],
    ['a unit beside the kernel', `${usb}\n${unit}`, [UNIT]],
    ['both', `${load}\n${usb}\n${unit}`, [ZFS, UNIT]],
    ['a load in prose', prose(load), [ZFS]],
    ['a unit in prose', prose(unit), [UNIT]],
    ['all in prose', prose(`${load}\n${usb}\n${unit}`), [ZFS, UNIT]],
  ])('%s', async (_name, text, said) => {
    expect(await told(text)).toEqual([...said, 'trouble']);
  });
});

describe("the kernel's message without its prefix", () => {
  const loader = 'insmod: ERROR: could not insert module foo.ko: Unknown symbol in module';

  test.each([
    ['alone', MISSING],
    ['in prose', `I get this:\n\n${MISSING}\n\nWhat now?`],
    ['quoted', `> ${MISSING}`],
    ['before the message of the loader', `${MISSING}\n${loader}`],
    ['and in the log below', `I get\n\n${MISSING}\n\nThe log:\n\n${BANNER}\n[    1.000000] ${MISSING}\n`],
  ])('%s', async (_name, text) => {
    expect(await told(text)).toEqual(FOO);
  });

  test.each([
    ['foo: exports duplicate symbol bar (owned by baz)', ['duplicate-symbol foo 1', 'trouble']],
    ['foo: Could not allocate 12288 bytes percpu data', ['percpu foo 1', 'allocation percpu', 'trouble']],
    [
      'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7',
      ['lockdown null 1', 'trouble'],
    ],
    [
      'vmap allocation for size 12288 failed: use vmalloc=<size> to increase size',
      ['allocation vmap', 'trouble'],
    ],
    ['execmem: unable to allocate memory', ['allocation execmem', 'trouble']],
    [
      'request_module: modprobe net-pf-10 cannot be processed, kmod busy with 50 threads for more than 5 seconds now',
      ['refused-request net-pf-10 1', 'trouble'],
    ],
    ['initcall foo_init+0x0/0x100 [foo] returned -19 after 100000 usecs', ['init foo 1', 'trouble']],
  ])('%s', async (message, wanted) => {
    for (const text of [message, `I get this on each boot:\n\n    ${message}\n\nAny idea?\n`]) {
      const model = await read(text);
      const [said, verdicts] = [await told(text), model.boots.length];
      const allocations = model.allocationFailures.map(({ what }) => `allocation ${what}`);
      expect([...said.slice(0, -verdicts), ...allocations, ...said.slice(-verdicts)]).toEqual(wanted);
    }
  });

  test('a sentence that quotes one is none', async () => {
    const text =
      'It prints "foo: exports duplicate symbol bar (owned by baz)" and vmap allocation for size 12288 failed too.';
    expect((await read(text)).failures).toEqual([]);
    expect((await read(text)).allocationFailures).toEqual([]);
  });
});

describe('a failed systemd-modules-load', () => {
  const failed = ['failed-unit systemd-modules-load.service 1', 'trouble'];

  test.each([
    ['an elided name', '[FAILED] Failed to start systemd-modules-l…rvice - Load Kernel Modules.'],
    [
      'colours without their escapes',
      '[[0;1;31mFAILED[0m] Failed to start [0;1;39msystemd-modules-l…rvice[0m - Load Kernel Modules.',
    ],
    ['--failed', '● systemd-modules-load.service loaded failed failed Load Kernel Modules'],
    ['--failed without a bullet', 'systemd-modules-load.service  loaded failed failed Load Kernel Modules'],
    [
      'status',
      '    Process: 313 ExecStart=/lib/systemd/systemd-modules-load (code=exited, status=1/FAILURE)',
    ],
  ])('%s, beside a log that says nothing', async (_name, line) => {
    expect(await told(`${BANNER}\n[    1.000000] usb 1-1: new\n${line}\n`)).toEqual(failed);
    const prose = `root@host:~# systemctl status\n${line}\nroot@host:~# dmesg\n${BANNER}\n[    1.000000] a\n[    2.000000] b\n`;
    expect(await told(prose)).toEqual(failed);
  });

  test.each([
    ['akmods', 'Builds and install new kmods from akmod packages'],
    ['dkms', 'Builds and install new kernel modules through DKMS'],
  ])('%s: what systemd says by name and by description is one failure', async (unit, description) => {
    const text = [
      `Jan 10 10:00:00 h systemd[1]: ${unit}.service: Main process exited, code=exited, status=1/FAILURE`,
      `Jan 10 10:00:00 h systemd[1]: Failed to start ${description}.`,
    ].join('\n');
    expect(await told(text)).toEqual([`failed-unit ${unit}.service 1`, 'trouble']);
  });

  test('a process that ended well says nothing', async () => {
    const line =
      '    Process: 313 ExecStart=/lib/systemd/systemd-modules-load (code=exited, status=0/SUCCESS)';
    expect(await told(`${BANNER}\n[    1.000000] usb 1-1: new\n${line}\n`)).toEqual(['clear']);
  });
});

describe('what loaders say beside a log', () => {
  const log = `${BANNER}\n[    1.000000] usb 1-1: new\n`;

  test.each([
    ['sysvinit', 'FATAL: Module lp not found.\n[FAIL] Loading kernel modules...failed!', 'not-found lp 1'],
    ['OpenRC', ' *   Failed to load fuse', 'other fuse 1'],
    [
      'OpenRC, the service',
      ' * ERROR: modules failed to start',
      'failed-unit init script that loads kernel modules 1',
    ],
    [
      'busybox without a directory',
      "modprobe: can't change directory to '6.6.0': No such file or directory",
      'failed-unit module directory 1',
    ],
    [
      'kmod without an index',
      "modprobe: ERROR: ../libkmod/libkmod.c:586 kmod_search_moddep() could not open moddep file '/lib/modules/5.4.0/modules.dep.bin'",
      'failed-unit modules.dep 1',
    ],
    [
      'snapd',
      'Jan 10 10:00:00 h snapd[900]: cannot load kernel module "bonding": modprobe failed: exit status 1',
      'other bonding 1',
    ],
    [
      'behind a progress line',
      " * Loading modules ...modprobe: can't load module amdgpu (kernel/amdgpu.ko.gz): Invalid argument",
      'other amdgpu 1',
    ],
    [
      'module-init-tools among the lines of init',
      'Loading required kernel modules\nFATAL: Error inserting foo (/lib/modules/2.6.34/foo.ko): Invalid module format\ndoneSetting up the clockdone',
      'other foo 1',
    ],
    ['ubox on a terminal', 'failed to find a module named wireguard', 'not-found wireguard 1'],
    ['OpenRC, one line', ' * Loading module vboxdrv ... [ !! ]', 'other vboxdrv 1'],
    [
      'VirtualBox',
      "vboxdrv.sh: failed: modprobe vboxdrv failed. Please use 'dmesg' to find out why.",
      'other vboxdrv 1',
    ],
    ['busybox without a file', "insmod: can't insert 'y.ko': No such file or directory", 'not-found y 1'],
    [
      'a daemon that passes it on',
      'Jan 10 10:00:00 h firewalld[300]: WARNING: modprobe: FATAL: Module iptable_nat not found in directory /lib/modules/6.6.0',
      'not-found iptable_nat 1',
    ],
    [
      'dockerd',
      'Jan 10 10:00:00 h dockerd[300]: level=warning msg="Running modprobe bridge failed with message: modprobe: WARNING: Module bridge not found in directory /lib/modules/6.6.0, error: exit status 1"',
      'not-found bridge 1',
    ],
    [
      'udev, a device in front',
      "Jan 10 10:00:00 h (udev-worker)[300]: pci0000:00: Failed to load module 'foo': Invalid argument",
      'other foo 1',
    ],
    ['toybox', 'modprobe: failed to load module foo: Operation not permitted', 'other foo 1'],
  ])('%s', async (_name, line, wanted) => {
    const all = await told(`${log}${line}\n`);
    expect(all).toContain(wanted);
    expect(all).toContain('trouble');
  });

  test('a log without anything to count is no duplicate of them', async () => {
    const text = `$ systemctl --failed\n● systemd-modules-load.service loaded failed failed Load Kernel Modules\n$ dmesg\n${log}[    2.000000] a\n`;
    const { diagnostics } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
    expect(diagnostics.map(({ code }) => code)).not.toContain('source-repeated');
  });

  test('inline code in prose', async () => {
    const text = "I get `modprobe: ERROR: could not insert 'foo': No such device` on each boot.";
    expect(await told(text)).toEqual(['init foo 1', 'trouble']);
  });

  test('a log line among them gives the reason', async () => {
    const text = [
      'root@yocto:~# insmod hello.ko',
      "[   55.123456] hello: version magic '5.15.32-y SMP' should be '5.15.32 SMP'",
      'insmod: ERROR: could not insert module hello.ko: Invalid module format',
      'root@yocto:~#',
    ].join('\n');
    expect(await told(text)).toEqual(['vermagic hello 1', 'trouble']);
  });

  test('a fence, or the next paragraph, is no wrapped rest of a message', async () => {
    const text = [
      '```',
      '$ sudo modprobe v4l2loopback',
      "modprobe: ERROR: could not insert 'v4l2loopback': Key was rejected by service",
      '```',
      '',
      'and',
      '',
      '```',
      '$ sudo dmesg | tail',
      '[  100.123456] PKCS#7 signature not signed with a trusted key',
      '[  100.123457] Loading of module with unavailable key is rejected',
      '```',
    ].join('\n');
    expect(await told(text)).toEqual(['signature v4l2loopback 1', 'trouble']);
  });
});

describe('lines that nobody understands stand in the way of an all-clear', () => {
  test.each([
    ['a prefix that no layer takes', '[    1.000000] ~5~ foo: Unknown symbol bar (err -2)'],
    ['logcat -v brief', 'E/        (    0): foo: Unknown symbol bar (err -2)'],
    ['words in prose', 'It says "foo: disagrees about version of symbol module_layout" all the time'],
  ])('%s', async (_name, line) => {
    const { boots } = await read(`${BANNER}\n[    0.500000] usb 1-1: new\n${line}\n`);
    expect(boots.map(({ verdict }) => verdict)).toEqual(['unclear']);
    expect(boots[0]?.doubts.join()).toContain('not understood');
  });

  test('an init that runs as the log ends is a doubt, and a problem where the log goes on', async () => {
    const log = `${BANNER}\n[    2.733138] calling  foo_init+0x0/0x1000 [foo] @ 470\n`;
    const { boots, problems } = await read(log);
    expect(problems).toEqual([]);
    expect(boots[0]?.doubts).toEqual(['the log ends while the init of foo runs']);
    expect(await told(`${log}[   99.000000] a\n[   99.100000] usb 1-1: new device, modprobe: \n`)).toContain(
      'unfinished-init foo 1',
    );
  });

  test('a duplicate that audit saw, and a load that went well, do not', async () => {
    const lines = [
      '[    9.0] audit: type=1300 audit(1.1:4): arch=c000003e syscall=313 success=no exit=-17 a0=3 comm="modprobe" exe="/usr/bin/kmod"',
      '[    9.0] audit: type=1300 audit(1.1:5): arch=c000003e syscall=313 success=yes exit=0 a0=3 comm="modprobe" exe="/usr/bin/kmod"',
      '[    9.0] audit: type=1300 audit(1.1:6): arch=c000003e syscall=2 success=no exit=-2 a0=3 comm="modprobe" exe="/usr/bin/kmod"',
    ].map((line) => line.replace('9.0]', '9.000000]'));
    expect(await told(`${BANNER}\n${lines.join('\n')}\n`)).toEqual(['clear']);
  });
});

describe('readings of several machines in one text', () => {
  const table = (failed: number): string =>
    [
      ' Mods ever loaded 67',
      ` Mods failed on becoming ${failed}`,
      ` Failed becoming bytes ${failed}000`,
      ` Virtual mem wasted bytes ${failed}000`,
    ].join('\n');
  const stats = 'cat /sys/kernel/debug/modules/stats';

  test('prompts name two hosts', async () => {
    const text = `root@big:~# ${stats}\n${table(10)}\nroot@small:~# ${stats}\n${table(20)}\n`;
    const model = await read(text);
    expect(model.boots.map(({ label }) => label)).toEqual(['big', 'small']);
    expect(model.boots.map(({ wasted }) => wasted)).toEqual([10_000n, 20_000n]);
  });

  test('the same prompt twice is one boot', async () => {
    const text = `root@big:~# ${stats}\n${table(10)}\nroot@big:/tmp# ${stats}\n${table(20)}\n`;
    expect((await read(text)).boots.map(({ wasted }) => wasted)).toEqual([20_000n]);
  });

  test.each([
    ['another release on one host', 'h', '6.6.0', 'h', '6.7.0', 2],
    ['another host', 'big', '6.6.0', 'small', '6.6.0', 2],
    ['the same twice', 'big', '6.6.0', 'big', '6.6.0', 1],
  ])('uname: %s', async (_name, host, release, other, next, boots) => {
    const text = [
      `$ uname -a\nLinux ${host} ${release} #1 SMP x86_64 GNU/Linux\n$ ${stats}\n${table(10)}`,
      `$ uname -a\nLinux ${other} ${next} #1 SMP x86_64 GNU/Linux\n$ ${stats}\n${table(20)}\n`,
    ].join('\n');
    expect((await read(text)).boots.length).toBe(boots);
  });
});
