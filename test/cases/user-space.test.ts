// SPDX-License-Identifier: Apache-2.0
/** What user space, the throttle of requests and hung loads say, as people post it; and when an all-clear is earned. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fileOf, query, type Row } from './read.js';

const post = (name: string): string => fileURLToPath(new URL(`posts/${name}.txt`, import.meta.url));
const BANNER = '[    0.000000] Linux version 6.12.1 (user@host) (gcc) #1 SMP';
/** A log that starts with the boot and holds these lines; those without a stamp get one. */
const log = (...lines: string[]): string =>
  fileOf(
    'log.txt',
    `${[BANNER, ...lines].map((line, at) => (/^\[ *\d/.test(line) ? line : `[   10.00000${at}] ${line}`)).join('\n')}\n`,
  );

const problems = async (input: string): Promise<unknown[][]> =>
  (await query('problems', input)).map(({ kind, module, who, times, duration_s }) => [
    kind,
    module,
    who,
    times,
    duration_s,
  ]);
const failures = async (input: string): Promise<unknown[][]> =>
  (await query('failures', input)).map(({ reason, module, errno, times }) => [reason, module, errno, times]);
const verdict = async (input: string): Promise<Row> => (await query('verdict', input))[0] ?? {};

describe('posts', () => {
  it('kmod-busy: the request that was refused, and the one that had to wait', async () => {
    const rows = await query('problems', post('kmod-busy'));
    expect(rows).toMatchObject([
      { kind: 'refused-request', module: 'fs-xfs', times: 1, duration_s: 5, first_t: 45.2 },
      { kind: 'throttled', module: 'fs-xfs', times: 1, first_t: 40.1 },
    ]);
    expect(rows[0]?.message).toContain('50 threads');
    expect(await verdict(post('kmod-busy'))).toMatchObject({ verdict: 'trouble', problems: 2 });
  });

  it('hung-load: which task, for how long', async () => {
    expect(await problems(post('hung-load'))).toEqual([['stuck-load', null, '(udev-worker):153', 1, 90]]);
  });

  it('hung-load-and-killed-udev-worker: a hung loader without its trace, and a worker of udev', async () => {
    expect(await problems(post('hung-load-and-killed-udev-worker'))).toEqual([
      ['stuck-load', null, 'modprobe:2078', 1, 10],
      ['killed-worker', null, 'udev-worker:255', 1, null],
      ['slow-worker', null, 'udev-worker:255', 1, null],
    ]);
  });

  it('modules-load-failed: one failure of the unit, which prints two lines', async () => {
    expect(await problems(post('modules-load-failed'))).toEqual([
      ['failed-unit', null, 'systemd-modules-load.service', 1, null],
    ]);
  });

  it.each(['modprobe-prose', 'modprobe-error-beside-dmesg'])(
    '%s: each line of the tool once',
    async (name) => {
      const both = [
        ['other', 'nf_conntrack', 2, 1],
        ['other', 'nf_conntrack', 22, 1],
      ];
      expect(await failures(post(name))).toEqual(
        name === 'modprobe-prose' ? both : [['other', 'nls_cp437', 22, 1]],
      );
    },
  );

  it('unsigned-twice: the kernel and insmod speak of the same failure', async () => {
    expect(await failures(post('unsigned-twice'))).toEqual([
      ['signature', null, null, 1],
      ['signature', 'usbserial', 129, 1],
    ]);
  });

  it('autofs4: a file that was not found is no failed load', async () => {
    expect(await failures(post('autofs4'))).toEqual([]);
    expect(await problems(post('autofs4'))).toEqual([['not-found', 'autofs4', 'systemd', 1, null]]);
  });

  it('openwrt-kmodloader: three modules, by name', async () => {
    expect(await failures(post('openwrt-kmodloader'))).toEqual([
      ['other', 'crc32_pclmul', null, 1],
      ['other', 'crct10dif_pclmul', null, 1],
      ['other', 'ghash_clmulni_intel', null, 1],
    ]);
  });

  it('android-init-and-modprobe: two failed loads, of which init says one twice', async () => {
    expect(await failures(post('android-init-and-modprobe'))).toEqual([
      ['memory', 'scsc_wlan', 12, 1],
      ['other', 'ac97_bus', 1, 1],
    ]);
    expect(await problems(post('android-init-and-modprobe'))).toEqual([]);
    expect((await query('loads', post('android-init-and-modprobe'))).map(({ module }) => module)).toEqual([
      'vh_thermal',
    ]);
  });

  it('request-module-failed', async () => {
    expect(await problems(post('request-module-failed'))).toEqual([
      ['failed-request', 'can-proto-0', null, 2, null],
    ]);
  });

  it('avc-module-request: who asked; the policy let it through', async () => {
    expect(await query('autoload', post('avc-module-request'))).toMatchObject([
      { requested: 'fs-auto', comm: 'recovery', duplicate_requests: 0 },
    ]);
    expect(await problems(post('avc-module-request'))).toEqual([]);
  });

  it('systemctl-status-cut-at-80: names that the width left of', async () => {
    expect(await failures(post('systemctl-status-cut-at-80'))).toEqual([
      ['other', 'ext…', null, 1],
      ['other', 'xfs…', null, 1],
    ]);
    expect(await problems(post('systemctl-status-cut-at-80'))).toEqual([
      ['failed-unit', null, 'systemd-modules-load.service', 1, null],
    ]);
  });

  it('ebusy: a reason of its own, which says no more', async () => {
    expect(await failures(post('ebusy'))).toEqual([['busy', 'acpi_cpufreq', 16, 1]]);
  });
});

describe('loads that hang, in other words', () => {
  const INIT = [
    'Call Trace:',
    ' <TASK>',
    ' __schedule+0x1/0x2',
    ' wait_for_completion+0x1/0x2',
    ' lab_init+0x1/0x1000 [lab-mod]',
    ' do_one_initcall+0x1/0x2',
    ' do_init_module+0x1/0x2',
    ' load_module+0x1/0x2',
    ' </TASK>',
  ];
  it.each<[string, string[], unknown[]]>([
    [
      'insmod, in its init',
      [
        'INFO: task insmod:77 blocked for more than 122 seconds.',
        'task:insmod state:D stack:0 pid:77 ppid:1',
        ...INIT,
      ],
      ['stuck-load', 'lab_mod', 'insmod:77', 1, 122],
    ],
    [
      'a soft lockup',
      [
        'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [modprobe:345]',
        'CPU: 1 PID: 345 Comm: modprobe Not tainted 6.12.1 #1',
        ...INIT,
      ],
      ['stuck-load', 'lab_mod', 'modprobe:345', 1, 22],
    ],
    [
      'SysRq w',
      ['task:systemd-modules state:D stack:0 pid:300 ppid:1 flags:0x0', ...INIT],
      ['stuck-load', 'lab_mod', 'systemd-modules:300', 1, null],
    ],
    [
      'a request that waits for its modprobe',
      [
        'INFO: task mount:500 blocked for more than 120 seconds.',
        'Call Trace:',
        ' call_usermodehelper_exec+0x1/0x2',
        ' __request_module+0x1/0x2',
        ' get_fs_type+0x1/0x2',
      ],
      ['stuck-load', null, 'mount:500', 1, 120],
    ],
    [
      'an oops in an init',
      [
        'BUG: kernel NULL pointer dereference, address: 0000000000000018',
        'Oops: 0000 [#1] PREEMPT SMP',
        'CPU: 1 PID: 345 Comm: modprobe Not tainted 6.12.1 #1',
        'RIP: 0010:lab_init+0x1/0x1000 [lab]',
        'Call Trace:',
        ' do_one_initcall+0x1/0x2',
        ' do_init_module+0x1/0x2',
        '---[ end trace 0000000000000000 ]---',
      ],
      ['crashed-load', 'lab', 'modprobe:345', 1, null],
    ],
    [
      'arm64',
      [
        'INFO: task (udev-worker):153 blocked for more than 90 seconds.',
        'Call trace:',
        ' async_synchronize_full+0x74/0x9c',
        ' do_init_module+0x198/0x240',
        ' __arm64_sys_finit_module+0x64/0xa8',
      ],
      ['stuck-load', null, '(udev-worker):153', 1, 90],
    ],
    [
      'udev of old',
      ['udevd[99]: worker [123] /devices/pci0000:00/0000:00:02.0 timeout; kill it'],
      ['killed-worker', null, 'udev-worker:123', 1, null],
    ],
    [
      'udev of systemd 213 to 239',
      ["systemd-udevd[287]: seq 1221 '/devices/pci0000:00/0000:00:01.0' is taking a long time"],
      ['slow-worker', null, 'udev-worker', 1, null],
    ],
    [
      'udev of systemd 213 to 239, which kills',
      ["systemd-udevd[287]: seq 1221 '/devices/pci0000:00/0000:00:01.0' killed"],
      ['killed-worker', null, 'udev-worker', 1, null],
    ],
    [
      'a worker that is killed, and its end',
      [
        'systemd-udevd[246]: usb3: Worker [255] processing SEQNUM=2193 killed',
        'systemd-udevd[246]: usb3: Worker [255] terminated by signal 9 (KILL).',
      ],
      ['killed-worker', null, 'udev-worker:255', 1, null],
    ],
    [
      'a modprobe that does not end, killed again each second',
      [
        "udevd[538]: timeout: killing '/sbin/modprobe zfs' [994]",
        "udevd[538]: timeout: killing '/sbin/modprobe zfs' [994]",
        "udevd[538]: '/sbin/modprobe zfs' [994] terminated by signal 9 (Killed)",
      ],
      ['killed-worker', 'zfs', 'modprobe:994', 1, null],
    ],
    [
      'a modprobe that is killed',
      ["systemd-udevd[190]: Process '/sbin/modprobe -b pci:v1' terminated by signal KILL."],
      ['killed-worker', null, 'modprobe', 1, null],
    ],
    [
      'a slow modprobe',
      ["udevd[538]: slow: '/sbin/modprobe -bv pci:v1' [300]"],
      ['slow-worker', null, 'modprobe:300', 1, null],
    ],
    [
      'workers that do not end, before systemd 240',
      ['systemd-udevd[24448]: giving up waiting for workers to finish'],
      ['slow-worker', null, 'udev-worker', 1, null],
    ],
    [
      'eudev, with a blank before its messages',
      [
        'udevd[209]:  worker [219] /devices/pci0000:00/0000:00:08.1/usb3/3-4/block/sr0 timeout; kill it',
        "udevd[209]:  seq 1878 '/devices/pci0000:00/0000:00:08.1/usb3/3-4/block/sr0' killed",
      ],
      ['killed-worker', null, 'udev-worker:219', 1, null],
    ],
    [
      'workers that do not end',
      ['systemd-udevd[325]: Giving up waiting for workers to finish.'],
      ['slow-worker', null, 'udev-worker', 1, null],
    ],
    [
      'a modprobe of udev',
      [
        "systemd-udevd[1]: 0000:00:1f.3: Spawned process '/sbin/modprobe -b pci:v1' [7] is taking longer than 59s to complete",
      ],
      ['slow-worker', null, 'modprobe:7', 1, 59],
    ],
    [
      'initcall_debug without a return',
      ['calling  lab_init+0x0/0x1000 [lab] @ 289', '[   70.000001] usb 1-1: new device'],
      ['unfinished-init', 'lab', 'pid 289', 1, expect.any(Number)],
    ],
  ])('%s', async (_, lines, row) => {
    expect(await problems(log(...lines))).toEqual([row]);
  });

  it.each<[string, string[]]>([
    [
      'another task',
      [
        'INFO: task jbd2/sda1-8:300 blocked for more than 120 seconds.',
        'Call Trace:',
        ' jbd2_journal_commit_transaction+0x1/0x2',
        ' kthread+0x1/0x2',
      ],
    ],
    [
      'a guess in a trace',
      [
        'INFO: task sync:300 blocked for more than 120 seconds.',
        'Call Trace:',
        ' ? load_module+0x1/0x2',
        ' io_schedule+0x1/0x2',
      ],
    ],
    [
      'a WARN inside a load',
      [
        'WARNING: CPU: 1 PID: 7 at drivers/x.c:1 x+0x1/0x2',
        'CPU: 1 PID: 7 Comm: modprobe Not tainted 6.12.1 #1',
        'Call Trace:',
        ' do_init_module+0x1/0x2',
        '---[ end trace 0000000000000000 ]---',
      ],
    ],
    [
      'a worker that waits for another program',
      [
        "systemd-udevd[107]: card0: Spawned process '/srv/http/command/refresh_ao' [112] is taking longer than 59s to complete",
        'systemd-udevd[104]: card0: Worker [107] processing SEQNUM=718 is taking a long time',
        "systemd-udevd[107]: card0: Spawned process '/srv/http/command/refresh_ao' [112] timed out after 2min 59s, killing.",
      ],
    ],
    [
      'an oops elsewhere',
      [
        'BUG: kernel NULL pointer dereference, address: 0000000000000018',
        'CPU: 1 PID: 3 Comm: bash Not tainted',
        'Call Trace:',
        ' vfs_read+0x1/0x2',
      ],
    ],
  ])('%s is none', async (_, lines) => {
    expect(await problems(log(...lines))).toEqual([]);
    expect(await verdict(log(...lines))).toMatchObject({ verdict: 'clear', doubts: null });
  });
});

describe('units and scripts that failed', () => {
  it.each([
    [
      'systemd[1]: Failed to start systemd-modules-load.service - Load Kernel Modules.',
      'systemd-modules-load.service',
    ],
    ['systemd[1]: Failed to start Load Kernel Module drm.', 'modprobe@drm.service'],
    ["systemd[1]: modprobe@fuse.service: Failed with result 'exit-code'.", 'modprobe@fuse.service'],
    ['systemd[1]: Dependency failed for Load Kernel Modules.', 'systemd-modules-load.service'],
    [
      'systemd[1]: Failed to start LSB: Load kernel modules needed to enable cpufreq scaling.',
      'LSB: Load kernel modules needed to enable cpufreq scaling',
    ],
    ['init: module-init-tools main process (123) terminated with status 1', 'module-init-tools.service'],
    [
      'audit: type=1130 audit(1.2:3): pid=1 uid=0 msg=\'unit=systemd-modules-load comm="systemd" exe="/x" res=failed\'',
      'systemd-modules-load.service',
    ],
  ])('%s', async (line, unit) => {
    expect(await problems(log(line))).toEqual([['failed-unit', null, unit, 1, null]]);
  });

  it('count once, however many lines systemd prints of it', async () => {
    const unit = 'systemd-modules-load.service';
    const lines = [
      `systemd[1]: ${unit}: Main process exited, code=exited, status=1/FAILURE`,
      'systemd[1]: Failed to start Load Kernel Modules.',
      `systemd[1]: ${unit}: Unit entered failed state.`,
      `systemd[1]: ${unit}: Failed with result 'exit-code'.`,
    ];
    expect(await problems(log(...lines))).toEqual([['failed-unit', null, unit, 1, null]]);
    expect(await problems(log(...lines, ...lines))).toEqual([['failed-unit', null, unit, 2, null]]);
  });
});

describe('the all-clear', () => {
  it('is said of a whole log whose lines were understood', async () => {
    const quiet = log(
      'Kernel command line: root=/dev/sda1 modprobe.blacklist=nouveau',
      'loop: module loaded',
      'systemd[1]: Starting modprobe@drm.service - Load Kernel Module drm...',
      'systemd[1]: Finished modprobe@drm.service - Load Kernel Module drm.',
      'audit: type=1400 audit(1.2:3): apparmor="STATUS" operation="profile_load" name="nvidia_modprobe//kmod"',
      'modprobe (123) used greatest stack depth: 12345 bytes left',
      'modprobe used greatest stack depth: 5728 bytes left',
      'Running... modprobe xfs',
      '-rwxr-xr-x   1 root     root       150744 Jul  5 03:20 usr/bin/kmod',
      'lrwxrwxrwx   1 root     root           11 Jul  5 03:20 usr/sbin/modprobe -> ../bin/kmod',
      'Installing kmod (622/1258)',
      'Kmodule GN25L95.ko insmod successfully !',
      'cfg80211: failed to load regulatory.db',
      'kmodloader: done loading kernel modules from /etc/modules.d/*',
    );
    expect(await verdict(quiet)).toMatchObject({ verdict: 'clear', doubts: null });
    expect(await query('diagnostics', quiet)).toEqual([]);
  });

  it.each([
    'modprobe: ERROR: some wording of the next release about foo',
    'systemd-modules-load[300]: Frobnicated module foo',
    'foo: load_module() returned early',
    'modprobe[77]: segfault at 0 ip 00007f sp 00007f error 4 in libc.so.6',
    'snd_hda: unable to load the kernel module snd-hda-codec',
    'initramfs[1]: insmod exited with 1',
  ])('is not said over `%s`, which is counted and shown', async (line) => {
    const input = log(line, line.replace('foo', 'bar'));
    const { verdict: said, doubts } = await verdict(input);
    expect(said).toBe('unclear');
    expect(doubts).toMatch(/^2 lines mention module loading and were not understood; first: /);
    expect(await query('diagnostics', input)).toMatchObject([
      { code: 'loading-not-understood', count: 2, line: 2 },
    ]);
  });

  it('is not said of a log that starts in the middle, or lost messages', async () => {
    const middle = fileOf(
      'log.txt',
      '[  500.000001] usb 1-1: new device\n[  501.000001] usb 1-2: new device\n',
    );
    expect(await verdict(middle)).toMatchObject({
      verdict: 'unclear',
      doubts: 'the log starts in the middle of the boot',
    });
    const lossy = log('usb 1-1: new device', 'systemd-journald[1]: Missed 12 kernel messages');
    expect(await verdict(lossy)).toMatchObject({
      verdict: 'unclear',
      doubts: 'the log reports lost messages',
    });
  });
});

it('a failed unit on a console below a short log is read, coloured or not', async () => {
  for (const failed of ['[FAILED]', '[\u001b[0;1;31mFAILED\u001b[0m]']) {
    const input = fileOf(
      'console.txt',
      `${BANNER}\n[    9.233522] random: crng init done\n${failed} Failed to start Load Kernel Modules.\nSee the status.\n[  OK  ] Started x.\n`,
    );
    expect(await problems(input)).toEqual([['failed-unit', null, 'systemd-modules-load.service', 1, null]]);
  }
});
