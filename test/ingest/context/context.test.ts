// SPDX-License-Identifier: Apache-2.0
/** Lines are from real systems; each is recognised without its name, unless the name is all there is. */
import { describe, expect, it } from 'vitest';
import { CONTEXT_INGESTERS } from '../../../src/ingest/context/index.js';
import { parseTimespan } from '../../../src/model/timespan.js';
import { ingest, sizes } from './harness.js';

describe('registry', () => {
  it('has unique names and priorities from 550 to 599', () => {
    const priorities = CONTEXT_INGESTERS.map((ingester) => ingester.priority);
    expect(new Set(priorities).size).toBe(priorities.length);
    expect(new Set(CONTEXT_INGESTERS.map((ingester) => ingester.name)).size).toBe(priorities.length);
    expect(Math.min(...priorities)).toBeGreaterThanOrEqual(550);
    expect(Math.max(...priorities)).toBeLessThan(600);
  });
});

describe('loaded modules', () => {
  it('/proc/modules gives states and memory', () => {
    const { form, events } = ingest(
      'ccp 159744 1 kvm_amd, Live 0xffffffffc0ffe000\nlab_prop 12288 0 - Live 0x0000000000000000 (POE)\nslow 16384 1 - Loading 0x0 (O+)\n',
    );
    expect(form).toBe('/proc/modules');
    expect(sizes(events)).toEqual(['ccp 159744 memory', 'lab_prop 12288 memory', 'slow 16384 memory']);
    expect(events.flatMap((event) => (event.kind === 'live-module' ? [event.state] : []))).toEqual([
      'Live',
      'Live',
      'Loading',
    ]);
  });

  it('lsmod has no states', () => {
    const { form, events } = ingest(
      'Module                  Size  Used by\nkvm                  1392640  1 kvm_amd\nsnd_hda_codec_generic   114688  2\nipv6  557056  40 [permanent]\n',
    );
    expect(form).toBe('lsmod');
    expect(sizes(events)).toEqual([
      'kvm 1392640 memory',
      'snd_hda_codec_generic 114688 memory',
      'ipv6 557056 memory',
    ]);
    expect(events[0]).toEqual({ kind: 'live-module', line: 2, t: null, module: 'kvm', state: null });
  });
});

describe('listings of module files', () => {
  const PATH = '/lib/modules/6.12/kernel/arch/x86/kvm/kvm-intel.ko';
  it.each([
    ['find -printf "%s %p"', `168240 ${PATH}.xz`, 'compressed-file'],
    ['find -printf "%s\\t%p"', `168240\t${PATH}`, 'file'],
    ['find -printf "%p %s"', `${PATH}.zst 168240`, 'compressed-file'],
    ['stat -c "%n:%s"', `${PATH}.gz:168240`, 'compressed-file'],
    ['sha256 size path', `${'ab'.repeat(32)}  168240  ${PATH}`, 'file'],
    ['CSV', `"${PATH}",168240`, 'file'],
    ['ls -l', `-rw-r--r-- 1 root root 168240 Nov 22 10:20 ${PATH}`, 'file'],
    ['ls -l, last year', `-rw-r--r-- 1 root root   168240 Nov 22  2025 ${PATH}.xz`, 'compressed-file'],
    [
      'ls -lZ',
      `-rw-r--r--. 1 root root system_u:object_r:modules_object_t:s0 168240 Nov 22 10:20 ${PATH}`,
      'file',
    ],
    ['ls --full-time', `-rw-r--r-- 1 root root 168240 2026-11-22 10:20:00.000000000 +0000 ${PATH}`, 'file'],
    ['find -ls', `   524301    168 -rw-r--r--   1 root     root       168240 Nov 22 10:20 ${PATH}`, 'file'],
    ['tar tv', `-rw-r--r-- root/root    168240 2026-11-22 10:20 lib${PATH}`, 'file'],
  ])('%s', (_tool, line, of) => {
    const { ingester, events } = ingest(`${line}\n`);
    expect(ingester).toBe('module-listing');
    expect(sizes(events)).toEqual([`kvm_intel 168240 ${of}`]);
    expect(events[0]).toMatchObject({ path: expect.stringContaining(PATH.slice(4)) });
  });

  it('ls -lR puts files under their directories and skips links', () => {
    const { events } = ingest(
      [
        '/lib/modules/6.12/extra:',
        'total 28820',
        '-rw-r--r-- 1 root root     5641 2026-11-22 10:20 lab-dash-name.ko',
        'lrwxrwxrwx 1 root root       12 2026-11-22 10:20 link.ko -> ../a/link.ko',
        '',
        '/lib/modules/6.12/kernel:',
        '-rw-r--r-- 1 root root     6353 2026-11-22 10:20 lab-dash-name.ko',
        '',
      ].join('\n'),
    );
    expect(events).toEqual([
      expect.objectContaining({
        module: 'lab_dash_name',
        bytes: 5641,
        path: '/lib/modules/6.12/extra/lab-dash-name.ko',
      }),
      expect.objectContaining({
        module: 'lab_dash_name',
        bytes: 6353,
        path: '/lib/modules/6.12/kernel/lab-dash-name.ko',
      }),
    ]);
  });

  it('du without -b counts blocks, which are not sizes', () => {
    expect(ingest('8\t/lib/modules/a.ko\n12\t/lib/modules/b.ko\n40\t/lib/modules/c.ko\n').events).toEqual([]);
  });

  it('a path with two numbers is not guessed at', () => {
    expect(ingest('168240 1700000000 /lib/modules/a.ko\n').ingester).not.toBe('module-listing');
  });
});

describe('memory', () => {
  it('/proc/meminfo in bytes; 0 is what the kernel did not count', () => {
    const { form, events } = ingest(
      'MemTotal:        4030944 kB\nMemFree:         3849908 kB\nActive(anon):       1 kB\nHugePages_Total:       0\nVmallocTotal:   34359738367 kB\nVmallocUsed:        5436 kB\nVmallocChunk:          0 kB\n',
    );
    expect(form).toBe('/proc/meminfo');
    expect(events).toEqual([
      { kind: 'memory-figure', line: 1, t: null, what: 'mem-total', bytes: 4127686656 },
      { kind: 'memory-figure', line: 5, t: null, what: 'vmalloc-total', bytes: 35184372087808 },
      { kind: 'memory-figure', line: 6, t: null, what: 'vmalloc-used', bytes: 5566464 },
    ]);
  });

  // Lines of /proc/vmstat of 6.12 and 7.0; before 4.10 `allocstall` stood for all zones.
  it.each([
    ['6.12', 'allocstall_normal 12', [['allocstall_normal', 12]]],
    ['4.4', 'allocstall 3', [['allocstall', 3]]],
    ['7.0', 'nr_vmalloc 5120', [['nr_vmalloc', 5120]]],
    ['4.13', 'oom_kill 0', [['oom_kill', 0]]],
  ])('/proc/vmstat gives what bears on vmalloc and failed allocations (%s)', (_, line, counters) => {
    const { form, events } = ingest(
      `nr_free_pages 1823\nnr_zone_inactive_anon 12\nnr_mlock 0\npgpgin 10\n${line}\npgfault 4711\nthp_fault_alloc 1\n`,
    );
    expect(form).toBe('/proc/vmstat');
    expect(
      events.map((event) => (event.kind === 'memory-counter' ? [event.name, event.count] : event)),
    ).toEqual(counters);
  });

  it('a list of names and numbers is not /proc/vmstat', () => {
    expect(ingest('nr_hugepages 0\napples 3\npears 4\nplums 5\ncherries 6\n').ingester).not.toBe('vmstat');
  });

  it('/proc/vmallocinfo sums the areas of modules alone', () => {
    const { events } = ingest(
      [
        '0x000000006524de5e-0x000000008cfcbf46   20480 load_module+0x784/0x21b0 pages=4 vmalloc N0=4',
        '0x000000003d5aa989-0x000000001df5b2bc   20480 kernel_clone+0xb2/0x360 pages=4 vmalloc',
        '0x000000003447437a-0x000000002e19724b   20480 unpurged vm_area',
        '0xffffffffc0000000-0xffffffffc0005000   24576 move_module.isra.0+0x23/0x130 pages=5 vmalloc',
        '0xffffffffc0000000-0xffffffffc0005000   12288 execmem_alloc+0x23/0x130 pages=2 vmalloc',
        // Before the kernel has random numbers: 64 and 32 bit.
        '0x(____ptrval____)-0x(____ptrval____)    8192 execmem_alloc+0x23/0x130 pages=1 vmalloc',
        '0x(ptrval)-0x(ptrval)    8192 module_alloc+0x23/0x130 pages=1 vmalloc',
        '',
      ].join('\n'),
    );
    expect(events).toEqual([
      { kind: 'memory-figure', line: 1, t: null, what: 'module-vmalloc', bytes: 73728 },
    ]);
  });
});

describe('kernel identity', () => {
  it.each([
    [
      'Linux version 6.12.117-lab (builder@lab) (gcc (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP Thu Jan  1 00:00:00 UTC 2026',
      '6.12.117-lab',
      null,
    ],
    ['Linux lab 6.12.117-lab #1 SMP Thu Jan  1 00:00:00 UTC 2026 x86_64 GNU/Linux', '6.12.117-lab', 'x86_64'],
    [
      'Linux lab 6.12.117+deb13-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1 (2026-11-12) aarch64 GNU/Linux',
      '6.12.117+deb13-amd64',
      'aarch64',
    ],
    ['5.14.0-427.13.1.el9_4.x86_64', '5.14.0-427.13.1.el9_4.x86_64', null],
  ])('%s', (line, release, machine) => {
    expect(ingest(line).events).toEqual([
      { kind: 'kernel-version', line: 1, t: null, release, machine, banner: line },
    ]);
  });

  it('does not recognise a bare version number', () => {
    expect(ingest('252\n').ingester).toBeNull();
    expect(ingest('6.1\n').ingester).toBeNull();
  });

  it.each([
    'console=ttyS0  panic=-1 lab.scn=s4-failures module_blacklist=nls_cp737,nls_cp775',
    'BOOT_IMAGE=/vmlinuz-6.1 root=UUID=0 ro quiet',
    'ro quiet splash root=/dev/sda1',
  ])('command line: %s', (line) => {
    expect(ingest(`${line} \n`).events).toEqual([{ kind: 'command-line', line: 1, t: null, text: line }]);
  });

  it('nproc is known only by its name', () => {
    expect(ingest('8\n', 'boot1/nproc.txt').events).toEqual([
      { kind: 'boot-mark', what: 'cpus', value: '8', line: 1, t: null },
    ]);
    expect(ingest('8\n', 'boot1/other.txt').ingester).toBeNull();
  });
});

describe('systemd-analyze', () => {
  it('gives exact durations', () => {
    const { events } = ingest(
      'Startup finished in 1.5s (firmware) + 32.225s (kernel) + 7.399s (initrd) + 20.378s (userspace) = 1min 3ms \ngraphical.target reached after 28.706s in userspace.\n',
    );
    expect(events.map((event) => (event.kind === 'boot-duration' ? [event.what, event.ns] : []))).toEqual([
      ['kernel', 32_225_000_000n],
      ['initrd', 7_399_000_000n],
      ['userspace', 20_378_000_000n],
      ['total', 60_003_000_000n],
    ]);
  });

  it.each([
    ['42.818s', 42_818_000_000n],
    ['30min 20.715s', 1_820_715_000_000n],
    ['2h 3min', 7_380_000_000_000n],
    ['350us', 350_000n],
  ])('%s', (text, ns) => expect(parseTimespan(text)).toBe(ns));

  it('is not guessed', () => expect(parseTimespan('soon')).toBeNull());
});

describe('tracefs', () => {
  it('lost events are reported with their CPU', () => {
    const cpu = (n: number, overrun: number, dropped: number) =>
      `cpu${n}\nentries: 133\noverrun: ${overrun}\ncommit overrun: 0\nbytes: 5384\noldest event ts:    62.902593\nnow ts:    70.277192\ndropped events: ${dropped}\nread events: 0\n`;
    const { form, events, diagnostics } = ingest(cpu(0, 0, 0) + cpu(3, 17, 2));
    expect(form).toBe('per_cpu stats');
    expect(events).toEqual([
      { kind: 'lost-events', line: 12, t: null, cpu: 3, count: 17 },
      { kind: 'lost-events', line: 17, t: null, cpu: 3, count: 2 },
    ]);
    expect(diagnostics).toHaveLength(2);
  });

  it('a single stats file names its CPU by its path', () => {
    const { events } = ingest(
      'entries: 1\noverrun: 5\ncommit overrun: 0\nbytes: 9\n',
      'tracing/per_cpu/cpu11/stats',
    );
    expect(events).toEqual([{ kind: 'lost-events', line: 2, t: null, cpu: 11, count: 5 }]);
  });

  it('probes that missed hits are data loss', () => {
    const { form, diagnostics } = ingest(
      '  read_in           1574               0\n  read              1452             122\n',
    );
    expect(form).toBe('kprobe_profile');
    expect(diagnostics).toEqual(['trace-lost-events 2 122 probe read missed 122 of 1574']);
  });
});

it('systemd-analyze blame and critical-chain give the time of each unit', () => {
  const blame = ingest('1min 18.036s dev-disk-by\\x2did-a.device\n    571ms systemd-logind.service\n');
  expect(blame.form).toBe('systemd-analyze blame');
  expect(blame.events).toMatchObject([
    {
      kind: 'unit-time',
      unit: 'dev-disk-by\\x2did-a.device',
      what: 'blame',
      took: 78_036_000_000n,
      after: null,
    },
    { unit: 'systemd-logind.service', took: 571_000_000n },
  ]);
  const chain = ingest(
    'graphical.target @1min 7.581s\n`-multi-user.target @1min 7.540s\n  └─a.service @9.303s +5.231s\n    `--.mount @7.855s +3ms\n',
  );
  expect(chain.form).toBe('systemd-analyze critical-chain');
  expect(chain.events).toMatchObject([
    { unit: 'graphical.target', what: 'chain', after: 67_581_000_000n, took: null },
    { unit: 'multi-user.target', took: null },
    { unit: 'a.service', after: 9_303_000_000n, took: 5_231_000_000n },
    { unit: '-.mount', after: 7_855_000_000n, took: 3_000_000n },
  ]);
});

describe('recognised without events', () => {
  it.each([
    [
      'dynamic_events',
      'f:modstat/load mod_stat_bump_invalid len=info->len\nr16:modwaste/read kernel_read_file ret=$retval\n',
    ],
    ['set_event', 'sched:sched_process_exec\nsyscalls:sys_exit_finit_module\n'],
    ['trace_clock', '[local] global counter uptime perf mono mono_raw boot tai x86-tsc\n'],
    [
      'modinfo',
      'filename:       /lib/modules/6.12/a.ko.xz\nlicense:        GPL\ndepends:        \nname:           a\n',
    ],
    ['modules.dep', 'kernel/fs/xfs/xfs.ko.xz: kernel/lib/libcrc32c.ko.xz\nkernel/lib/libcrc32c.ko.xz:\n'],
    ['modules.builtin', 'kernel/arch/x86/crypto/twofish.ko\nkernel/fs/nls/nls_utf8.ko\n'],
    ['kmod --version', 'kmod version 34.2\n+ZSTD +XZ -ZLIB +OPENSSL\n'],
  ])('%s', (form, text) => {
    const outcome = ingest(text);
    expect(outcome.form).toBe(form);
    expect(outcome.events).toEqual([]);
  });

  it('a kernel log is not one of them', () => {
    const log =
      '[    0.000000] Linux version 6.12.117 (a@b) (gcc) #1 SMP\n[    0.000000] Command line: root=/dev/vda ro\n';
    expect(ingest(log).ingester).toBeNull();
  });
});

describe("the kernel's configuration", () => {
  const HEAD = [
    '#',
    '# Automatically generated file; DO NOT EDIT.',
    '# Linux/x86 6.12.117 Kernel Configuration',
    '#',
  ];
  const REST = Array.from({ length: 600 }, (_, index) => `CONFIG_SOME_DRIVER_${index}=m`);
  const SAID = ['CONFIG_MODULES=y', '# CONFIG_MODULE_DECOMPRESS is not set', 'CONFIG_FPROBE=y'];
  const options = (lines: readonly string[], path?: string): [string, string, string | null][] =>
    ingest(`${lines.join('\n')}\n`, path).events.flatMap((event) =>
      event.kind === 'kernel-option' ? [[event.name, event.value, event.release]] : [],
    );

  it('gives the options about modules; missing ones are off', () => {
    const found = options([...HEAD, ...SAID, ...REST]);
    expect(found.slice(0, 3)).toEqual([
      ['MODULES', 'y', '6.12.117'],
      ['MODULE_DECOMPRESS', 'n', '6.12.117'],
      ['FPROBE', 'y', '6.12.117'],
    ]);
    expect(found).toContainEqual(['MODULE_STATS', 'n', '6.12.117']);
    expect(found).toContainEqual(['MODULE_DEBUG_AUTOLOAD_DUPS', 'n', '6.12.117']);
    expect(new Set(found.map(([name]) => name)).size).toBe(found.length);
  });

  it('takes the release from the file name, if it has one', () => {
    const [first] = options([...HEAD, ...SAID, ...REST], 'sos/boot/config-6.12.117+deb13-amd64');
    expect(first).toEqual(['MODULES', 'y', '6.12.117+deb13-amd64']);
  });

  it.each([
    ['a part', SAID],
    ['what grep found in files', SAID.map((line) => `/boot/config-6.12.117:${line}`)],
    ['a whole file without its head', [...SAID, ...REST]],
  ])('says nothing of what %s does not name', (_name, lines) => {
    expect(options(lines).map(([name, value]) => [name, value])).toEqual([
      ['MODULES', 'y'],
      ['MODULE_DECOMPRESS', 'n'],
      ['FPROBE', 'y'],
    ]);
  });
});

describe('a version alone', () => {
  const releases = (text: string, path?: string): string[] =>
    ingest(`${text}\n`, path).events.flatMap((event) =>
      event.kind === 'kernel-version' ? [event.release] : [],
    );

  it.each([
    ['1.10.2-1ubuntu1', 'sys/class/dmi/id/bios_version'],
    ['1.10.2-1ubuntu1', 'x'],
    ['1.16.3-debian-1.16.3-2', 'x'],
    ['2.06-13+deb12u1', 'grub.txt'],
    ['12.9.1-1', 'x'],
    ['5.15.2-2', 'x'],
  ])('%s of %s is no release of the kernel', (text, path) => {
    expect(releases(text, path)).toEqual([]);
  });

  it.each([
    ['6.12.117+deb13-amd64', 'x'],
    ['5.14.0-427.13.1.el9_4.x86_64', 'x'],
    ['6.8.0-45-generic', 'x'],
    ['6.4.0-150600.23.25-default', 'x'],
    ['6.6.30-arch1-1', 'x'],
    ['6.1.21-v8+', 'x'],
    ['5.15.2-2', 'sos_commands/kernel/uname_-r'],
    ['4.19.0-custom', 'proc/sys/kernel/osrelease'],
    ['4.19.0-custom', 'report.txt#uname -r'],
  ])('%s of %s is one', (text, path) => {
    expect(releases(text, path)).toEqual([text]);
  });
});

it('the list of the boots of a journal is known', () => {
  const text = [
    'IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY',
    ' -1 b5bd5262c6964f6891835c8ceb4beb50 Sun 2026-11-22 10:45:48 UTC Sun 2026-11-22 10:47:13 UTC',
    '  0 ffc95aac6b3945d287beef0a09115b5f Sun 2026-11-22 10:48:47 UTC—Sun 2026-11-22 10:51:49 UTC',
  ];
  expect(ingest(`${text.join('\n')}\n`)).toMatchObject({ ingester: 'journal-boots', events: [] });
});
