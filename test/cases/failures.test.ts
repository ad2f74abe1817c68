// SPDX-License-Identifier: Apache-2.0
/** Failed loads and allocations as people post them: each once, with the reason that its own kernel means. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fileOf, query, type Row, select } from './read.js';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const log = (...lines: string[]): string => fileOf('dmesg.txt', `${lines.join('\n')}\n`);
const banner = (release: string, build = '#1 SMP'): string =>
  `[    0.000000] Linux version ${release} (user@host) (gcc) ${build}`;

/** `reason module phase errno times` of each row, in order. */
async function failures(...inputs: string[]): Promise<string[]> {
  const said = ({ reason, module, phase, errno, times }: Row): string =>
    [reason, module, phase, errno, times].map((value) => value ?? '-').join(' ');
  return (await query('failures', ...inputs)).map(said).sort();
}

/** `what bytes comm module load_outcome suppressed` of each row, in order. */
async function allocations(...inputs: string[]): Promise<string[]> {
  return (await query('allocation-failures', ...inputs)).map((row) =>
    [row.what, row.bytes, row.comm, row.module, row.load_outcome, row.suppressed]
      .map((value) => value ?? '-')
      .join(' '),
  );
}

describe('failures of posted logs', () => {
  it.each<[string, string[]]>([
    ['posts/nosymver.txt', []],
    [
      'posts/btf-validation-failed.txt',
      ['btf crc32c_intel load 22 2', 'btf jbd2 load 22 1', 'btf serio load 22 2'],
    ],
    [
      'posts/arm-relocation-out-of-range.txt',
      ['relocation exynos_gsc load - 2', 'relocation x_tables load - 1'],
    ],
    ['posts/lockdown-old-wording.txt', ['lockdown - becoming - 1']],
    [
      'posts/livepatch-phase.txt',
      ['livepatch test_klp_callbacks_mod load - 1', 'symbol-version phy_qcom_ufs becoming - 1'],
    ],
    ['posts/unsigned-twice.txt', ['signature - becoming - 1', 'signature usbserial becoming 129 1']],
    ['posts/ebusy.txt', ['busy acpi_cpufreq - 16 1']],
    ['posts/execmem.txt', ['memory rfkill - 12 1']],
    [
      'kernels/archmsg',
      [
        'relocation - load - 2',
        ...['bar', 'baz', 'foo', 'foo2', 'quux', 'qux'].map((module) => `relocation ${module} load - 1`),
      ],
    ],
    [
      'kernels/msg73',
      ['blacklist - becoming - 1', 'elf - becoming - 2', 'elf lab_x load - 1', 'namespace lab_ns load - 1'],
    ],
    ['kernels/vmalloc-double', []],
  ])('%s', async (name, expected) => {
    expect(await failures(path(name))).toEqual(expected);
  });
});

describe('a missing symbol version', () => {
  const LAYOUT = '[   10.000000] foo: no symbol version for module_layout';
  const SYMBOL = '[   10.000000] foo: no symbol version for bar';
  const REFUSED = '[   10.000001] foo: Unknown symbol bar (err -22)';
  const DEBIAN = '#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1 (2026-11-15)';
  it.each<[string, string[], string[]]>([
    ['is a warning since 4.9', [banner('6.12.1'), LAYOUT, SYMBOL], []],
    ['is a warning of 4.9 itself', [banner('4.9.0'), LAYOUT], []],
    ['was a refusal before', [banner('4.8.17'), LAYOUT], ['symbol-version foo becoming - 1']],
    ['was one in 3.10', [banner('3.10.0-1160.el7.x86_64'), LAYOUT], ['symbol-version foo becoming - 1']],
    ['is one of Debian', [banner('6.12.117-amd64', DEBIAN), LAYOUT], ['symbol-version foo becoming - 1']],
    ['is a warning where the kernel is not known', ['[    9.000000] usb 1-1: new device', LAYOUT], []],
    [
      'and the unknown symbol behind it are one refusal',
      [banner('3.10.0'), SYMBOL, REFUSED],
      ['symbol-version foo load - 1'],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(await failures(log(...lines))).toEqual(expected);
  });
});

describe('signatures', () => {
  const KEY = "[    5.000000] Request for unknown module key 'Foo signing key: 0c2f' err -11";
  const TAINT =
    '[    5.000100] foo: module verification failed: signature and/or required key missing - tainting kernel';
  it('that are enforced make an unknown key a failure', async () => {
    expect(await failures(log(banner('3.10.0'), KEY))).toEqual(['signature - becoming - 1']);
  });
  it('that are not enforced only taint', async () => {
    expect(await failures(log(banner('3.10.0'), KEY, TAINT, KEY.replace('5.0', '9.0')))).toEqual([]);
  });

  // module_sig_check: before 5.4 only a missing key is no error; since then an unknown form is none either, if not enforced.
  const FORM = '[    5.000000] Module is not signed with expected PKCS#7 message';
  const NEW_FORM = '[    5.000000] module: not signed with expected PKCS#7 message';
  const PARAMS = '[    5.000000] PKCS#7 signature info has unexpected non-zero params';
  it.each<[string, string[], string[]]>([
    ['of an unknown form were refused', [banner('4.4.0'), FORM], ['signature - becoming - 1']],
    ['of one were refused beside others', [banner('4.4.0'), TAINT, FORM], ['signature - becoming - 1']],
    [
      'of one go on, up to what fails',
      [banner('6.12.1'), NEW_FORM, '[    5.000100] Invalid ELF section header overflow'],
      ['elf - becoming - 1'],
    ],
    [
      'of one are refused where they are enforced',
      [banner('6.12.1'), NEW_FORM, '[    5.000100] Loading of module with unsupported crypto is rejected'],
      ['signature - becoming - 1'],
    ],
    ['with bad numbers were refused', [banner('4.4.0'), PARAMS], ['signature - becoming - 1']],
    [
      'with bad numbers are refused',
      [banner('6.12.1'), TAINT, PARAMS.replace('PKCS', 'foo: PKCS')],
      ['signature foo becoming - 1'],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(await failures(log(...lines))).toEqual(expected);
  });
});

describe('the lines of one load', () => {
  it.each<[string, string[], string[]]>([
    [
      'name its module in a further line',
      [
        '[    5.000000] module: overflow in relocation type 2 val ffffffff81000000',
        "[    5.000001] module: `foo' likely not compiled with -mcmodel=kernel",
      ],
      ['relocation foo load - 1'],
    ],
    [
      'are one for each symbol',
      [
        '[    5.000000] foo: disagrees about version of symbol a',
        '[    5.000001] foo: Unknown symbol a (err -22)',
        '[    5.000002] foo: disagrees about version of symbol b',
        '[    5.000003] foo: Unknown symbol b (err -22)',
      ],
      ['symbol-version foo load - 1'],
    ],
    // EINVAL is no missing symbol, also where an excerpt lacks the line that says so.
    [
      'start with a symbol whose version an excerpt does not show',
      [
        '[    5.000000] foo: Unknown symbol a (err -22)',
        '[    5.000001] foo: disagrees about version of symbol b',
        '[    5.000002] foo: Unknown symbol b (err -22)',
      ],
      ['symbol-version foo load 22 1'],
    ],
    [
      'are of a symbol without a version',
      [
        '[    5.000000] foo: no symbol version for a',
        '[    5.000001] foo: Unknown symbol a (err -22)',
        '[    5.000002] foo: Unknown symbol b (err -22)',
      ],
      ['symbol-version foo load 22 1'],
    ],
    [
      'show the namespace of one of two symbols',
      [
        '[    5.000000] foo: Unknown symbol a (err -22)',
        '[    5.000001] foo: module uses symbol (b) from namespace N, but does not import it.',
        '[    5.000002] foo: Unknown symbol b (err -22)',
      ],
      ['namespace foo load 22 1'],
    ],
    [
      'name a symbol that no module has',
      ['[    5.000000] foo: Unknown symbol a (err -2)'],
      ['unknown-symbol foo load 2 1'],
    ],
    [
      'are two of a livepatch',
      [
        "[    5.000000] livepatch: failed to initialize patch 'p' for module 'foo' (-22)",
        "[    5.000001] livepatch: patch 'p' failed for module 'foo', refusing to load module 'foo'",
      ],
      ['livepatch foo load 22 1'],
    ],
    [
      'of two reasons are of two loads',
      [
        '[    5.000000] foo: Unknown symbol a (err -2)',
        '[    6.000000] module: foo: Unknown rela relocation: 250',
        '[    7.000000] module: foo: Unknown rela relocation: 251',
      ],
      ['relocation foo load - 2', 'unknown-symbol foo load 2 1'],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(await failures(log(banner('6.12.1'), ...lines))).toEqual(expected);
  });
});

it.each([
  ['DMI: Vendor Board/Product, BIOS 1.0 01/01/2025', ['DMI: SMBIOS 3.8 present.']],
  [
    'DMI: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2 04/01/2014',
    ['SMBIOS 2.8 present.', 'DMI: Memory slots populated: 1/1'],
  ],
  [
    'DMI: SMART Modular X1/X1, BIOS 2 02/02/2020',
    ['DMI: SMBIOS 3.4.0 present.', 'DMI: Legacy DMI 2.3 present.'],
  ],
  ['DMI: DMI: Vendor Box, BIOS 3 03/03/2023', ['DMI: DMI not present or invalid.']],
])('the machine is in the line %s', async (line, others) => {
  const [boot] = await query(
    'boots',
    log(banner('7.1.0'), ...[...others, line].map((text) => `[    0.000000] ${text}`)),
  );
  expect(boot?.machine).toBe(line.replace(/^(?:DMI: )+/, ''));
});

describe('allocations that failed', () => {
  it.each<[string, string[]]>([
    ['posts/execmem.txt', ['execmem - - - failed 0']],
    ['posts/vmap-only.txt', ['vmap 2490368 systemd-udevd - failed 0']],
    ['posts/percpu-twice.txt', ['percpu 912 - snd_usb_audio failed 0']],
    ['posts/allocation-failure-not-named.txt', ['vmap 15736832 insmod - - 0']],
    ['kernels/execmem', ['execmem - - - - 0', 'execmem - - - - 0']],
    ['kernels/msg73', ['vmap 25169920 modprobe - - 0', 'execmem - - - - 0']],
    [
      'kernels/memreport',
      // The third and the seventh while one call was running that got ENOMEM.
      Array.from({ length: 13 }, (_, at) =>
        at === 2 || at === 6 ? 'execmem - (udev-worker) lab_huge failed 0' : 'execmem - - - failed 0',
      ),
    ],
    [
      'kernels/vmalloc-double',
      [
        'vmap 25174016 (udev-worker) - - 0',
        ...Array.from({ length: 3 }, () => 'vmap 25174016 - - - 0'),
        'vmap 25174016 - - - 3',
      ],
    ],
  ])('%s', async (name, expected) => {
    expect(await allocations(path(name))).toEqual(expected);
  });

  it('at the same time on two CPUs are told apart by their sizes', async () => {
    const input = log(
      banner('6.5.0'),
      '[    5.000000] vmap allocation for size 25174016 failed: use vmalloc=<size> to increase size',
      '[    5.000100] vmap allocation for size 4198400 failed: use vmalloc=<size> to increase size',
      '[    5.000200] (udev-worker): vmalloc error: size 4194304, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL)',
      '[    5.000300] modprobe: vmalloc error: size 25169920, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL)',
    );
    expect(await allocations(input)).toEqual([
      'vmap 25174016 modprobe - - 0',
      'vmap 4198400 (udev-worker) - - 0',
    ]);
  });

  it('of a task that loads no modules are none of ours', async () => {
    const pages = (comm: string): string =>
      `[    5.000000] ${comm}: page allocation failure: order:4, mode:0x40cc0`;
    expect(await allocations(log(banner('6.5.0'), pages('firefox'), pages('kworker/0:1')))).toEqual([]);
    expect(await allocations(log(banner('6.5.0'), pages('modprobe')))).toEqual(['pages - modprobe - - 0']);
  });

  it('in logs without stamps are joined by their lines', async () => {
    const input = log(
      'Linux version 4.1.20 (a@b) (gcc) #1',
      'percpu: allocation failed, size=912 align=16 atomic=0, alloc from reserved chunk failed',
      'foo: Could not allocate 912 bytes percpu data',
      'bar: Could not allocate 64 bytes percpu data',
    );
    expect(await allocations(input)).toEqual(['percpu 912 - foo failed 0', 'percpu 64 - bar failed 0']);
  });

  it('make a lower bound where lines were left out', async () => {
    const [space] = await query('vmalloc-space', path('kernels/vmalloc-double'));
    expect(space).toMatchObject({
      allocation_failures: 5,
      allocation_basis: 'bounded',
      largest_failed_bytes: 25174016,
    });
  });
});

describe('the vmalloc area', () => {
  it('of a 32-bit x86 kernel is what its low memory leaves', async () => {
    // The same kernel's /proc/meminfo says VmallocTotal: 122880 kB.
    const [space] = await query('vmalloc-space', path('kernels/memreport'));
    expect(space).toMatchObject({
      total_bytes: 122880 * 1024,
      basis: 'estimated',
      small: 1,
      allocation_failures: 13,
      allocation_basis: 'measured',
      memory_failed_loads: 30,
    });
  });

  it.each([
    ['vmalloc : 0xf0000000 - 0xff800000   ( 248 MB)', 248, 1],
    ['vmalloc : 0xf7ffe000 - 0xff7fe000   ( 120 MB)', 120, 1],
    ['vmalloc : 0xffffaf8000000000 - 0xffffffbfffffffff   (82176 GB)', null, null],
    ['  * 0xf1000000..0xffe00000  : vmalloc & ioremap', 238, 1],
  ])('is measured where the log says %s', async (line, mebibytes, small) => {
    const [space] = await query('vmalloc-space', log(banner('4.4.0'), `[    0.000000] ${line}`));
    expect(space).toMatchObject(
      mebibytes === null
        ? { total_bytes: 88_235_808_129_024, small: 0 }
        : { total_bytes: mebibytes * 1048576, basis: 'measured', small },
    );
  });

  it('has a part for modules on ARM', async () => {
    const line = '[    0.000000]     modules : 0xbf000000 - 0xbfe00000   (  14 MB)';
    const [space] = await query('vmalloc-space', log(banner('4.4.0'), line));
    expect(space?.module_area_bytes).toBe(14 * 1048576);
  });
});

it('warnings are events, and no failures', async () => {
  const input = log(
    banner('6.14.0'),
    "[    1.100000] thunderbolt: unknown parameter 'x' ignored",
    '[    1.200000] lab_pos: init suspiciously returned 1, it should follow 0/-E convention',
  );
  expect(await failures(input)).toEqual([]);
  expect(await select("SELECT module FROM events WHERE kind = 'load-warning' ORDER BY line", input)).toEqual([
    { module: 'thunderbolt' },
    { module: 'lab_pos' },
  ]);
});
