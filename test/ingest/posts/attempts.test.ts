// SPDX-License-Identifier: Apache-2.0
/** How many attempts a post tells of: what people quote again is none, what they tried again is one. */
import { describe, expect, it } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

async function failures(text: string): Promise<string[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
  return model.failures
    .map(({ reason, module, errno, times }) => `${reason} ${module} ${errno} ${times}`)
    .sort();
}

const SAID = "modprobe: ERROR: could not insert 'foo': Operation not permitted";
const BLOCK = `\`\`\`\n$ sudo modprobe foo\n${SAID}\n\`\`\`\n`;

describe('an attempt that the post quotes again', () => {
  it.each([
    ['in its title', `# ${SAID}\n\nI have this:\n\n${BLOCK}`],
    ['in a reply', `${BLOCK}\n> ${SAID}\n\nTry it as root.\n`],
    ['in a sentence', `${BLOCK}\nThe \`${SAID}\` means that you are not root.\n`],
    ['in its title and a sentence', `# ${SAID}\n\n${BLOCK}\nThe \`${SAID}\` means that you are not root.\n`],
  ])('%s', async (_, text) => {
    expect(await failures(text)).toEqual(['other foo 1 1']);
  });

  it('in nothing but a mail that quotes two attempts is two', async () => {
    expect(await failures(`> # modprobe foo\n> ${SAID}\n> # modprobe foo\n> ${SAID}\n`)).toEqual([
      'other foo 1 2',
    ]);
  });
});

describe('attempts of one module', () => {
  const SHELL = 'root@nano:/lib/modules# ';
  const refused = (name: string): string =>
    `${SHELL}insmod ${name}\ninsmod: ERROR: could not insert module ${name}: Invalid module format\n`;
  it.each([
    ['by other commands', refused('./overlay.ko') + refused('overlay.ko')],
    ['by the same command', refused('overlay.ko') + refused('overlay.ko')],
    ['up to the next prompt', `${refused('./overlay.ko')}${refused('overlay.ko')}${SHELL}\n`],
    ['by the same command, up to the next prompt', `${refused('overlay.ko').repeat(2)}${SHELL}\n`],
  ])('%s', async (_, text) => {
    expect(await failures(text)).toEqual(['other overlay 8 2']);
  });

  it('with other results are others', async () => {
    const block = (reason: string): string =>
      `\`\`\`\n# insmod foo.ko\ninsmod: ERROR: could not insert module foo.ko: ${reason}\n\`\`\`\n`;
    expect(
      await failures(
        `${block('Unknown symbol in module')}Then I loaded bar.\n${block('Invalid parameters')}`,
      ),
    ).toEqual(['other foo 2 1', 'other foo 22 1']);
  });
});

it('a file named after its release, and what the kernel says of the module in it', async () => {
  const text = `I get
\`\`\`
insmod: ERROR: could not insert module tegra-l4t-r32.4.2-hid-sensor-iio-common.ko: Invalid module format
\`\`\`
And dmesg shows:
\`\`\`
[  180.874804] hid_sensor_iio_common: disagrees about version of symbol module_layout
\`\`\`
`;
  expect(await failures(text)).toEqual(['symbol-version hid_sensor_iio_common null 1']);
});

describe('a symbol version that is missing, which kernels before 4.9 refuse', () => {
  const line = '[  693.992200] kpatch_trace: no symbol version for module_layout';
  const said = (reason: string) => `insmod: ERROR: could not insert module kpatch-trace.ko: ${reason}`;
  const banner = (release: string) => `[    0.000000] Linux version ${release} (a@b) (gcc) #1 SMP`;
  it.each([
    ['tells why insmod failed', [line, said('Invalid module format')], ['symbol-version kpatch_trace 8 1']],
    ['tells it below', [said('Invalid module format'), line], ['symbol-version kpatch_trace 8 1']],
    [
      'does not tell it of another error',
      [line, said('Cannot allocate memory')],
      ['memory kpatch_trace 12 1'],
    ],
    ['is no failure alone', [line], []],
    [
      'is none of a later kernel',
      [banner('6.12.1'), line, said('Invalid module format')],
      ['other kpatch_trace 8 1'],
    ],
    [
      'is one of an older kernel',
      [banner('4.4.0'), line, said('Invalid module format')],
      ['symbol-version kpatch_trace null 1'],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(await failures(`${lines.join('\n')}\n`)).toEqual(expected);
  });
});

it.each(['_', '*'])('slanted type over several lines, by %s', async (mark) => {
  const symbol = [
    'pn5xx_i2c: disagrees about version of symbol dev_warn',
    'pn5xx_i2c: Unknown symbol dev_warn (err -22)',
  ];
  const insmod = 'insmod: ERROR: could not insert module pn5xx_i2c.ko: Invalid parameters';
  const stamped = symbol.map((line) => `[   12.345678] ${line}`);
  for (const lines of [[...symbol, insmod], stamped, [insmod, ...symbol]])
    expect(await failures(`${mark}${lines.join('\n')}${mark}\n`)).toEqual(
      await failures(`${lines.join('\n')}\n`),
    );
});

it('marks of bold and slanted type are no part of a name', async () => {
  const lines = [
    '**_v4l2loopback: disagrees about version of symbol device_create_file',
    'v4l2loopback: Unknown symbol device_create_file (err -22)',
    "modprobe: ERROR: could not insert 'v4l2loopback': Invalid argument__**",
  ];
  expect(await failures(lines.join('\n'))).toEqual(['symbol-version v4l2loopback null 1']);
});

it.each([
  ['the message of a line', (line: string) => line.replace(/(Lockdown.*)$/, '**$1**')],
  ['the line', (line: string) => `**${line}**`],
])('bold type around %s of a log hides nothing', async (_, bold) => {
  const lines = ['usbcore: registered new interface driver usbfs', 'usb 1-1: new device'].map(
    (text, at) => `[    ${at + 5}.000000] ${text}`,
  );
  const refused =
    '[    6.500000] Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7';
  expect(await failures([...lines, bold(refused), ''].join('\n'))).toEqual(['lockdown null null 1']);
});

describe('File exists', () => {
  it.each([
    'insmod: ERROR: could not insert module pf_ring.ko: File exists',
    "insmod: can't insert 'pf_ring.ko': File exists",
    'insmod: failed to load pf_ring.ko: File exists',
    "insmod: error inserting 'pf_ring.ko': -1 File exists",
  ])('%s', async (line) => {
    expect(await failures(`${line}\n`)).toEqual(['exists pf_ring 17 1']);
  });

  it('is not said by modprobe --first-time, which does not call the kernel', async () => {
    expect(await failures("modprobe: ERROR: could not insert 'dummy': Module already in kernel\n")).toEqual(
      [],
    );
  });
});

const FPSGO =
  'Command \'insmod /vendor/lib/modules/fpsgo.ko\' action=boot (/vendor/etc/init/hw/init.mt6765.rc:1226) took 1ms and failed: finit_module for "/vendor/lib/modules/fpsgo.ko" failed: Exec format error';
describe('Android: what init writes to the kernel log', () => {
  it.each(['(6)[1:init]: ', 'init    : '])('logcat, %s', async (tag) => {
    const line = `01-01 10:12:48.522     1     1 I ${tag}${FPSGO}\n`;
    const others = ['usbcore: registered new interface driver usbfs', 'random: crng init done'].map(
      (text, at) => `01-01 10:12:48.${600 + at}     0     0 I         : ${text}\n`,
    );
    expect(await failures(`--------- beginning of kernel\n${line}${others.join('')}`)).toEqual([
      'other fpsgo 8 1',
    ]);
    expect(await failures(line)).toEqual(['other fpsgo 8 1']);
  });
});

it('syslog without hosts', async () => {
  const lines = [
    "systemd-modules-load: Failed to insert 'nf_conntrack_ftp': Required key not available",
    'systemd: systemd-modules-load.service: main process exited, code=exited, status=1/FAILURE',
    'kernel: usbcore: registered new interface driver usbfs',
    'systemd: Failed to start Load Kernel Modules.',
  ];
  const text = lines.map((line) => `Dec  7 14:36:19 ${line}\n`).join('');
  expect(await failures(text)).toEqual(['signature nf_conntrack_ftp 126 1']);
});

it('a log without its start, or without user space, is no whole log', async () => {
  const verdict = async (...stamps: string[]): Promise<string | undefined> => {
    const text = stamps.map((at) => `[    ${at}] BPF: Invalid member bits_offset\n`).join('');
    const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
    return model.boots[0]?.verdict;
  };
  expect(await verdict('0.643100')).toBe('unclear');
  expect(await verdict('0.000000')).toBe('unclear');
  expect(await verdict('0.000000', '0.099999')).toBe('unclear');
  expect(await verdict('0.000000', '5.000000')).toBe('clear');
});

describe('what a loader says, and the kernel in other words', () => {
  const UNSIGNED =
    'module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type 1, loc 00000000934c211d, val ffffffffc14c2a77';
  it.each<[string, string[], string[]]>([
    [
      'a dependency that the kernel refused',
      [
        "modprobe: ERROR: could not insert 'rtw_8822ce': Exec format error",
        '[  340.548457] rtw_core: disagrees about version of symbol module_layout',
      ],
      ['symbol-version rtw_core null 1'],
    ],
    [
      'a message without module and time below it',
      ["modprobe: ERROR: could not insert 'acpi_call': Exec format error", UNSIGNED],
      ['relocation acpi_call 8 1'],
    ],
    [
      'a refusal without module and time below it',
      [
        "modprobe: ERROR: could not insert 'foo': Operation not permitted",
        'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7',
      ],
      ['lockdown foo 1 1'],
    ],
    [
      'a file that has another name than its module',
      [
        'insmod: failed to load ksu.ko: No such file or directory',
        '[ 1624.977215] kernelsu: Unknown symbol kallsyms_lookup_name (err -2)',
      ],
      ['unknown-symbol kernelsu 2 1'],
    ],
    [
      'a compressed file that busybox could not unpack',
      [
        '[11746.539090] Invalid ELF header magic: != ELF',
        "modprobe: can't load module rfkill (kernel/net/rfkill/rfkill.ko.xz): Out of memory",
      ],
      ['elf rfkill null 1'],
    ],
    [
      'a file that is not compressed, and other memory',
      [
        '[11746.539090] Invalid ELF header magic: != ELF',
        "modprobe: can't load module rfkill (kernel/net/rfkill/rfkill.ko): Out of memory",
      ],
      ['elf null null 1', 'memory rfkill 12 1'],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(await failures(`${lines.join('\n')}\n`)).toEqual(expected);
  });
});

describe('modprobe -v', () => {
  const SHOWN = 'insmod /lib/modules/6.1.0-11-amd64/kernel/drivers/net/wireless/realtek/rtw88/rtw_usb.ko.xz ';
  const REFUSED = "modprobe: ERROR: could not insert 'rtw_8723du': Key was rejected by service";
  it.each<[string, string[], string[]]>([
    ['shows the file that failed', [SHOWN, REFUSED], ['signature rtw_usb 129 1']],
    [
      'says with -vv which file failed',
      [
        "modprobe: INFO: Failed to insert module '/lib/modules/6.1.0-11-amd64/kernel/rtw_usb.ko.xz': Key was rejected by service",
        REFUSED,
      ],
      ['signature rtw_usb 129 1'],
    ],
    ['shows it with its options', [`${SHOWN}debug=1 x=2`, REFUSED], ['signature rtw_usb 129 1']],
    ['is a prompt away from insmod', [`# ${SHOWN}`, REFUSED], ['signature rtw_8723du 129 1']],
    [
      'is not what insmod says of itself',
      [SHOWN, 'insmod: ERROR: could not insert module foo.ko: Key was rejected by service'],
      ['signature foo 129 1'],
    ],
    [
      'shows nothing of what comes later',
      [SHOWN, '', '', '', '', '', REFUSED],
      ['signature rtw_8723du 129 1'],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(await failures(`${lines.join('\n')}\n`)).toEqual(expected);
  });
});

// modutils and busybox: obj_check_undefineds complains of each symbol.
describe('insmod before 2.6', () => {
  const lacks = (symbol: string): string => `insmod: unresolved symbol ${symbol}`;
  it.each<[string, string[], string[]]>([
    [
      'lacks several symbols at once',
      [lacks('__udelay'), lacks('printk'), lacks('kmalloc')],
      ['unknown-symbol null null 1'],
    ],
    [
      'has named the file',
      ['Using /lib/modules/2.4.20/kernel/drivers/net/foo.o', lacks('__udelay'), lacks('printk')],
      ['unknown-symbol foo null 1'],
    ],
    [
      'was run twice',
      [lacks('__udelay'), lacks('printk'), lacks('__udelay'), lacks('printk')],
      ['unknown-symbol null null 2'],
    ],
    [
      'was run for another file',
      ['Using /lib/modules/2.4.20/foo.o', lacks('a'), 'Using /lib/modules/2.4.20/bar.o', lacks('b')],
      ['unknown-symbol bar null 1', 'unknown-symbol foo null 1'],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(await failures(`${lines.join('\n')}\n`)).toEqual(expected);
  });
});

// kmod: kmod_module_insert_module returns ENOSYS, since version 30 ENOENT, where it has no path.
describe('a module that modprobe finds no file of', () => {
  const MISSING =
    "modprobe: ERROR: ../libkmod/libkmod-module.c:809 kmod_module_insert_module() could not find module by name='foo'";
  const said = (reason: string): string => `modprobe: ERROR: could not insert 'foo': ${reason}`;
  it.each(['Function not implemented', 'Unknown symbol in module, or unknown parameter (see dmesg)'])(
    'is no failed load: %s',
    async (reason) => {
      const { model } = caseOf(await readBytes({ bytes: Buffer.from(`${MISSING}\n${said(reason)}\n`) }));
      expect(model.failures).toEqual([]);
      expect(model.problems).toMatchObject([{ kind: 'not-found', module: 'foo', times: 1 }]);
    },
  );

  it('is one where the kernel lacks the call, or refused it otherwise', async () => {
    expect(await failures(`${said('Function not implemented')}\n`)).toEqual(['other foo 38 1']);
    expect(await failures(`${MISSING}\n${said('Exec format error')}\n`)).toEqual(['other foo 8 1']);
    expect(
      await failures(
        `${MISSING}\n$ sudo insmod foo.ko\ninsmod: ERROR: could not insert module foo.ko: Unknown symbol in module\n`,
      ),
    ).toEqual(['other foo 2 1']);
  });
});

it.each([
  [
    'kmod',
    [
      "modprobe: ERROR: module 'zavl' is unsupported",
      'modprobe: ERROR: Use --allow-unsupported or set allow_unsupported_modules 1 in',
      'modprobe: ERROR: /etc/modprobe.d/10-unsupported-modules.conf',
      "modprobe: ERROR: could not insert 'zfs': Operation not permitted",
    ],
  ],
  [
    'module-init-tools',
    ["FATAL: module '/lib/modules/4.4.140-94.42-default/kernel/fs/zavl.ko' is unsupported"],
  ],
])('a module that the modprobe of SUSE refuses is no failed load: %s', async (_, lines) => {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) }));
  expect(model.failures).toEqual([]);
  expect(model.problems).toMatchObject([{ kind: 'unsupported-module', module: 'zavl', times: 1 }]);
  expect(model.boots.map(({ doubts }) => doubts.filter((doubt) => doubt.includes('understood')))).toEqual([
    [],
  ]);
});

describe('a module that no other line is about', () => {
  it('modprobe -v of another one before it', async () => {
    const shown = '$ sudo modprobe -v foo\ninsmod /lib/modules/6.1.0/extra/foo.ko\n';
    expect(
      await failures(
        `${shown}$ sudo modprobe bar\nmodprobe: ERROR: could not insert 'bar': Exec format error\n`,
      ),
    ).toEqual(['other bar 8 1']);
  });

  it('not found at first, and found after depmod', async () => {
    const text = [
      'modprobe[10]: FATAL: Module foo not found in directory /lib/modules/6.1',
      "modprobe[12]: ERROR: could not insert 'foo': Unknown symbol in module, or unknown parameter (see dmesg)",
    ];
    expect(await failures(text.map((line, at) => `Nov 29 10:00:0${at} h ${line}\n`).join(''))).toEqual([
      'other foo 2 1',
    ]);
  });

  it('a dependency that fails for two modules, each with its line', async () => {
    const pair = (hour: number, module: string): string =>
      `Nov 29 ${hour}:00:01 h kernel: dep: version magic '5.1' should be '5.2'\n` +
      `Nov 29 ${hour}:00:01 h modprobe[33]: ERROR: could not insert '${module}': Exec format error\n`;
    expect(await failures(pair(10, 'aaa') + pair(11, 'bbb'))).toEqual(['vermagic dep null 2']);
  });
});
