// SPDX-License-Identifier: Apache-2.0
/** What people post in issue trackers: a terminal, a kernel's name and a few lines of dmesg, in any order. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { shownName } from '../../../src/model/source-label.js';
import { readBytes } from '../../forms/read.js';

async function modelOf(text: string) {
  return caseOf(await readBytes({ bytes: Buffer.from(text) })).model;
}

/** `reason module errno times` of each failed load, by line. */
async function failuresOf(text: string): Promise<string[]> {
  const { failures } = await modelOf(text);
  return failures.map(({ reason, module, errno, times }) => `${reason} ${module} ${errno} ${times}`);
}

const UNAME = 'Linux box 5.15.0-41-generic #44-Ubuntu SMP Wed Jun 22 14:20:53 UTC 2022 x86_64 GNU/Linux';
const REFUSED = "modprobe: ERROR: could not insert 'foo': Exec format error";
const RELOCATION =
  'module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type 1, loc 00000000630cfbc7, val ffffffffc241dc06';

describe('a rejection by the kernel that names no module', () => {
  test.each([
    ['below the terminal', `$ sudo modprobe foo\n${REFUSED}\n\n[69732.520734] ${RELOCATION}\n`],
    ['above the terminal', `[69732.520734] ${RELOCATION}\n\n$ sudo modprobe foo\n${REFUSED}\n`],
    ['in another file', `${REFUSED}\n`, `[69732.520734] ${RELOCATION}\n`],
  ])('%s, is the one that the loader reports', async (_how, ...texts) => {
    const one = texts.join('\n==> dmesg.txt <==\n');
    expect(await failuresOf(one)).toEqual(['relocation foo 8 1']);
  });

  test('is another one where its errno differs', async () => {
    const memory = "modprobe: ERROR: could not insert 'foo': Cannot allocate memory";
    const all = await failuresOf(`$ modprobe foo\n${memory}\n\n[69732.520734] ${RELOCATION}\n`);
    expect(all.sort()).toEqual(['memory foo 12 1', 'relocation null null 1']);
  });

  test('each loader line takes one', async () => {
    const other = REFUSED.replace('foo', 'bar');
    const all = await failuresOf(
      `$ modprobe foo\n${REFUSED}\n${other}\n\n[69732.520734] ${RELOCATION}\n[69753.896923] ${RELOCATION}\n`,
    );
    expect(all.sort()).toEqual(['relocation bar 8 1', 'relocation foo 8 1']);
  });
});

describe('the kernel', () => {
  test.each([
    ['uname beside the message', `# ${REFUSED}\n\nThis happens with\n${UNAME}\n`],
    ['in code spans', `\`me@box:~$ uname -a\`\n\`${UNAME}\`\n\`${REFUSED}\`\n`],
  ])('%s', async (_how, text) => {
    const { boots, failures } = await modelOf(text);
    expect(boots.map(({ kernel }) => kernel)).toEqual(['5.15.0-41-generic']);
    expect(failures.map(({ module, errno }) => [module, errno])).toEqual([['foo', 8]]);
  });

  // lib/dump_stack.c:dump_stack_print_info, kernel/hung_task.c, arch/x86/kernel/process.c before 3.10, arch/arm/kernel/process.c
  test.each([
    ['CPU: 0 PID: 1134 Comm: kmodloader Not tainted 4.14.107 #0', '4.14.107'],
    ['CPU: 1 UID: 0 PID: 191 Comm: (udev-worker) Not tainted 7.3.4 #1 PREEMPT(lazy) ', '7.3.4'],
    [
      'CPU: 5 PID: 1748 Comm: my task Tainted: P           OE   4.4.131-2019.server-generic #kylin',
      '4.4.131-2019.server-generic',
    ],
    [
      'CPU: 3 PID: 9 Comm: a Kdump: loaded Tainted: G        W         -------  ---  5.14.0-70.el9.x86_64 #1',
      '5.14.0-70.el9.x86_64',
    ],
    ['      Tainted: P           OE     5.10.0-21-amd64 #1 Debian 5.10.162-1', '5.10.0-21-amd64'],
    [
      '      Not tainted 5.18.0-rc2-daily-default-20220509-1-g4c78c8bef64e #ci',
      '5.18.0-rc2-daily-default-20220509-1-g4c78c8bef64e',
    ],
    [
      'Pid: 7812, comm: tcpdump Tainted: PF       W  O 3.8.0-29-generic #42~precise1-Ubuntu',
      '3.8.0-29-generic',
    ],
    ['CPU: 0    Not tainted  (3.2.27+ #1)', '3.2.27+'],
  ])('by a stack: %s', async (head, release) => {
    const { boots } = await modelOf(
      `[   14.006613] insmod: vmalloc: allocation failure: 425984 bytes\n[   14.016701] ${head}\n`,
    );
    expect(boots.map(({ kernel }) => kernel)).toEqual([release]);
  });

  test('by its banner, whatever a stack says', async () => {
    const { boots } = await modelOf(
      '[    0.000000] Linux version 6.1.5 (a@b) (gcc) #1 SMP\n[   14.016701] CPU: 0 PID: 1 Comm: a Not tainted 6.1.5-other #1\n',
    );
    expect(boots.map(({ kernel }) => kernel)).toEqual(['6.1.5']);
  });

  test('a message about a taint names none', async () => {
    const { boots } = await modelOf(
      "[   14.0] CPU: 0 PID: 1 Comm: a Tainted: [O]=OOT_MODULE\n[   15.100000] foo: loading out-of-tree module taints kernel.\n[   15.200000] foo: version magic '6.11.0 SMP ' should be '6.12.0 SMP '\n",
    );
    expect(boots.map(({ kernel }) => kernel)).toEqual([null]);
  });
});

test.each([
  [
    'of a language without spaces',
    '再试一次还是有insmod: ERROR: could not insert module foo.ko: Invalid parameters',
  ],
  ['with its error in bold', "modprobe: ERROR: could not insert 'foo': Invalid **argument**"],
  ['in bold', "**modprobe: ERROR: could not insert 'foo': Invalid argument**"],
  ['in slanted type', "_modprobe: ERROR: could not insert 'foo': Invalid argument_"],
  [
    'in slanted type in quotes',
    "modprobe fails: '_modprobe: ERROR: could not insert 'foo': Invalid argument_' how so?",
  ],
])('a loader in prose %s', async (_how, text) => {
  const { failures } = await modelOf(`${text}\n`);
  expect(failures.map(({ module, errno }) => [module, errno])).toEqual([['foo', 22]]);
});

test.each(['kernel: M', 'box kernel: M', '**M**', '"M"', '“M”,', '- M', '* `M`'])(
  'a kernel message in prose, without its time: %s',
  async (form) => {
    const around = 'I updated the machine last week, and since then it takes long to start.';
    const post = (message: string): string => `${around}\n\n${form.replace('M', message)}\n\n${around}\n`;
    expect(await failuresOf(post('foo: Unknown symbol bar (err -2)'))).toEqual(['unknown-symbol foo 2 1']);
    const lockdown = 'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7';
    expect(await failuresOf(post(lockdown))).toEqual(['lockdown null null 1']);
  },
);

describe('a block of output, and what follows it', () => {
  const after = [
    'When loading:',
    REFUSED,
    '',
    '[   12.123456] foo: disagrees about version of symbol module_layout',
  ];
  const OUTPUTS: readonly (readonly [command: string, output: string, format: string])[] = [
    [
      'lsmod',
      'Module                  Size  Used by\nkvm                  1404928  1 kvm_amd',
      'loaded-modules',
    ],
    [
      'cat /proc/modules',
      'loop 36864 0 - Live 0xffffffffa0023000\nvfat 16384 0 - Live 0xffffffffa0558000',
      'loaded-modules',
    ],
    [
      'cat /proc/meminfo',
      'MemTotal:        1015288 kB\nMemFree:          919844 kB\nVmallocTotal:     245760 kB',
      'meminfo',
    ],
    ['systemd-analyze', 'Startup finished in 1.2s (kernel) + 2.3s (userspace) = 3.5s', 'systemd-analyze'],
    ['cat /sys/kernel/debug/modules/modcount', '27', 'debugfs-counter'],
    ['uname -a', UNAME, 'kernel-identity'],
    ['strace insmod foo.ko', 'finit_module(3, "", 0) = -1 ENOEXEC (Exec format error)', 'strace'],
  ];
  const formats = async (text: string) => {
    const { sources } = await readBytes({ bytes: Buffer.from(text) });
    return sources.map(({ format }) => format);
  };

  test.each(OUTPUTS)('%s, with a blank line between', async (command, output, format) => {
    const read = await formats(`$ ${command}\n${output}\n\n${after.join('\n')}\n`);
    expect(read).toEqual(['mixed', format, 'loader-output', 'dmesg']);
  });

  test.each(OUTPUTS)('%s, in blocks of code', async (command, output, format) => {
    const [prose, refused, , log] = after;
    const blocks = [`$ ${command}\n${output}`, refused, log].map((block) => `\`\`\`\n${block}\n\`\`\`\n`);
    const read = await formats(`Hi\n\n${blocks.join(`${prose}\n`)}`);
    expect(read).toEqual(['mixed', format, 'loader-output', 'dmesg']);
  });

  test('a block needs no command above it', async () => {
    const [, output] = OUTPUTS[2] ?? [];
    expect(await formats(`My memory:\n\n\`\`\`\n${output}\n\`\`\`\n\n${REFUSED}\n`)).toEqual([
      'mixed',
      'meminfo',
      'loader-output',
    ]);
  });

  test('logs in two blocks are one boot', async () => {
    const { boots } = await modelOf(
      `${REFUSED}\n\n\`\`\`\n[   12.123456] foo: disagrees about version of symbol module_layout\n\`\`\`\nand\n\`\`\`\n[   15.100000] bar: Unknown symbol baz (err -2)\n\`\`\`\n`,
    );
    expect(boots.length).toBe(1);
  });
});

describe('lines of a journal in other languages, in prose', () => {
  const PROSE = 'I updated the machine last week, and since then it takes long to start.\n\n'.repeat(10);
  test.each([
    ' 5月 31 09:19:05 box',
    '11月 02 09:19:05 box',
    ' 5월 31 09:19:05 box',
    'авг 26 22:38:25 box',
    'Mär 05 10:00:00 box',
    '    авг 26 22:38:25 box',
    '    木 2018-05-31 09:19:05 JST box',
    'févr.  5 10:00:00 box',
    'Ağu 26 22:38:25 box',
    '木 2018-05-31 09:19:05 JST box',
    'Do 2018-05-31 09:19:05 CEST box',
    'So Mai  5 10:00:00 2024 kern.info',
    '  Jun 11 11:17:24 box',
  ])('%s', async (front) => {
    const kernel = front.endsWith('kern.info')
      ? `${front} kernel: [   15.100000] bar: Unknown symbol baz (err -2)`
      : `${front} kernel: bar: Unknown symbol baz (err -2)`;
    expect(await failuresOf(`${PROSE}${kernel}\n${PROSE}`)).toEqual(['unknown-symbol bar 2 1']);
  });

  test('one line among prose is read, however few', async () => {
    const text = `This happens in the initrd:
  Jun 11 11:17:24 box systemd[1]: Failed to insert module 'kdbus'
and then:
Jun 11 12:44:16 box systemd[1]: Failed to insert module 'kdbus': Function not implemented\n`;
    expect(await failuresOf(text)).toEqual(['other kdbus null 1', 'other kdbus 38 1']);
  });
});

describe('udev and loaders without the date or the host', () => {
  async function problemsOf(text: string): Promise<string[]> {
    const { problems } = await modelOf(text);
    return problems.map(({ kind, who }) => `${kind} ${who}`).sort();
  }
  const SLOW = 'nullb0: Worker [2776] processing SEQNUM=7882 is taking a long time';

  // journalctl --no-hostname, and a post that leaves out the date
  test.each([
    'May 10 22:38:04 systemd-udevd[1142]: ',
    '2022-05-10T22:38:04+0000 systemd-udevd[1142]: ',
    'Tue 2022-05-10 22:38:04 EDT systemd-udevd[1142]: ',
    'systemd-udevd[1142]: ',
  ])('%s', async (front) => {
    expect(await problemsOf(`${front}${SLOW}\n`)).toEqual(['slow-worker udev-worker:2776']);
    const killed = `${front}nullb0: Worker [2776] processing SEQNUM=7882 killed`;
    expect(await problemsOf(`My boot is slow:\n\n${front}${SLOW}\n${killed}\n\nWhy?\n`)).toEqual([
      'killed-worker udev-worker:2776',
      'slow-worker udev-worker:2776',
    ]);
  });

  // ubox kmodloader.c:insert_module; its name is that of the program it is run as
  test.each(['', 'insmod: ', 'kmod: '])("ubox's insmod says %sfailed to insert", async (front) => {
    const text = `root@OpenWrt:/# insmod foo\n${front}failed to insert /lib/modules/5.4.40/foo.ko\n`;
    expect(await failuresOf(text)).toEqual(['other foo null 1']);
  });
});

test('a section with a slash in its name keeps it in a title', async () => {
  expect(shownName('dir/a.tar!sos/post.md#insmod ./foo.ko')).toBe('post.md#insmod ./foo.ko');
  expect(shownName('a.tar!dmesg')).toBe('dmesg');
  expect(shownName('dir/trace.txt')).toBe('trace.txt');
});

describe('lockdown under SELinux, 5.6 to 5.15', () => {
  // security/selinux/hooks.c:selinux_lockdown
  const avc = (permissive: number): string =>
    `[   35.062402] audit: type=1400 audit(1655302156.066:213): avc:  denied  { integrity } for  pid=2468 comm="insmod" lockdown_reason="unsigned module loading" scontext=system_u:system_r:kernel_t:s0 tcontext=system_u:system_r:kernel_t:s0 tclass=lockdown permissive=${permissive}`;
  const call =
    '[   35.064868] audit: type=1300 audit(1655302156.066:213): arch=c000003e syscall=175 success=no exit=-13 a0=7fe134cf8010 a1=c9b60 a2=55f83508f3f0 a3=0 items=0 ppid=1384 pid=2468 uid=0 comm="insmod" exe="/bin/kmod"';

  test('an unsigned module that is refused fails in becoming', async () => {
    const { failures } = await modelOf(`${avc(0)}\n${call}\n`);
    expect(failures.map(({ reason, phase, errno, times }) => [reason, phase, errno, times])).toEqual([
      ['lockdown', 'becoming', 13, 1],
    ]);
  });

  test('in permissive mode nothing failed', async () => {
    expect(await failuresOf(`${avc(1)}\n`)).toEqual([]);
  });
});

// The clock of an i386 guest ticks every 10 ms: two loads that fail print one message with one timestamp.
test('equal messages at one time are as many failed loads', async () => {
  const line = '[   10.946294] foo: Unknown relocation type 57\n';
  expect(await failuresOf(`[    9.000001] usb 1-1: new device\n${line}${line}`)).toEqual([
    'relocation foo null 2',
  ]);
});
