// SPDX-License-Identifier: Apache-2.0
/** Messages that identify kernel, machine and boot. */
import type { BootMark, MemoryFigure } from '../../../model/event.js';
import { parseTimespan } from '../../../model/timespan.js';
import type { LogFact, Rule } from './rule.js';

function mark(what: BootMark['what'], value: string | undefined): LogFact | null {
  return value === undefined || value === '' ? null : { kind: 'boot-mark', what, value };
}

/** The end may be printed inclusive or exclusive. */
function figure(what: MemoryFigure['what'], bytes: bigint): LogFact | null {
  if (bytes === 0n) return null;
  return { kind: 'memory-figure', what, bytes: Number((bytes & 0xfffn) === 0xfffn ? bytes + 1n : bytes) };
}

/** Since 7.0 all messages of dmi_scan.c have this prefix. */
const OTHER_DMI =
  '(?!SMBIOS \\d|Legacy DMI \\d|DMI \\d|Memory slots populated|(?:DMI )?not present|Firmware registration)';

/** init/version.c:linux_banner */
export const BANNER = /^Linux version (\S+) (\(.*)$/s;

/**
 * CPU: 1 UID: 0 PID: 191 Comm: modprobe Not tainted 7.3.4 #1 PREEMPT(lazy)      Pid: 7, comm: insmod Tainted: P 2.6.32-431 #1
 *       Tainted: P           OE     5.10.0-21-amd64 #1 Debian 5.10.162-1        CPU: 0    Not tainted  (3.2.27+ #1)
 */
const STACK_HEAD =
  /^(?:(?:CPU|Pid): \d[^\n]{0,160}? | {0,12})(?:Not tainted {1,4}|Tainted: [A-Z -]{1,60})\(?(\d{1,2}\.\d[\w.+~-]*) #\S/;

export const BOOT_RULES: readonly Rule[] = [
  {
    words: ['Linux version '],
    pattern: BANNER,
    facts: ([banner, release = '']) => ({ kind: 'kernel-version', release, machine: null, banner }),
  },
  {
    // lib/dump_stack.c:dump_stack_print_info, kernel/hung_task.c:check_hung_task, and what older kernels had in their place
    words: ['Not tainted ', 'Tainted: '],
    pattern: STACK_HEAD,
    facts: ([, release = '']) => ({ kind: 'kernel-version', release, machine: null, banner: '' }),
  },
  {
    // arch/x86/kernel/setup.c and init/main.c
    words: ['ommand line: '],
    pattern: /^(?:Kernel c|C)ommand line: (.*)$/s,
    facts: ([, text = '']) => ({ kind: 'command-line', text: text.trim() }),
  },
  {
    // kernel/sched/clock.c, kernel/time/sched_clock.c: (a, b)->(c, d)
    words: ['Marking stable ('],
    pattern: /^sched_clock: Marking stable (\(.+\))$/,
    facts: ([, value]) => mark('sched-clock', value),
  },
  {
    // rtc_cmos 00:04: setting system clock to 2026-11-22T10:45:00 UTC (1795344300)   (drivers/rtc/class.c)
    words: ['setting system clock to '],
    pattern: /^\S+(?: \S+)?: setting system clock to (\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d UTC \(-?\d+\))$/,
    facts: ([, value]) => mark('rtc', value),
  },
  {
    // audit: type=2000 audit(1795344300.123:1): state=initialized audit_enabled=0 res=1   (kernel/audit.c)
    words: ['type=2000 audit('],
    pattern: /^(?:audit: )?type=2000 audit\((\d+\.\d+:\d+)\): /,
    facts: ([, value]) => mark('audit', value),
  },
  {
    words: ['ostname set to <', 'et hostname to <'],
    pattern: /^(?:Hostname set to|Set hostname to) <([^>]+)>\.?$/,
    facts: ([, value], record) =>
      record.tool === 'systemd' || record.tool === null ? mark('hostname', value) : null,
  },
  {
    words: ['rought up ', 'ooted up '],
    pattern: /^(?:smp: |x86: |SMP: )?B(?:rought|ooted) up (?:\d+ nodes?, )?(\d+) CPUs?$/,
    facts: ([, value]) => mark('cpus', value),
  },
  {
    words: ['Total of '],
    pattern: /^(?:smp: |smpboot: |SMP: )?Total of (\d+) processors activated/,
    facts: ([, value]) => mark('cpus', value),
  },
  {
    // drivers/firmware/dmi_scan.c, drivers/of/fdt.c, arch/mips/kernel/prom.c, lib/dump_stack.c
    words: ['DMI: ', 'achine model: ', 'achine is ', 'Hardware name: '],
    pattern: new RegExp(
      `^(?:(?:DMI: )+${OTHER_DMI}|(?:OF: fdt: ?)?Machine model: |(?:MIPS: )?machine is |Hardware name: )(.+)$`,
    ),
    facts: ([, value]) => mark('machine', value?.trim()),
  },
  {
    // vmalloc : 0xf0000000 - 0xff800000   ( 248 MB)      modules : 0xbf000000 - 0xbfe00000   (  14 MB)
    words: ['vmalloc : 0x', 'modules : 0x'],
    pattern: /^\s*(vmalloc|modules) : 0x([\da-f]{1,16}) - 0x([\da-f]{1,16})\s*\(/,
    facts: ([, area, from = '', to = '']) =>
      figure(area === 'vmalloc' ? 'vmalloc-total' : 'module-area', BigInt(`0x${to}`) - BigInt(`0x${from}`)),
  },
  {
    // arch/powerpc/mm/mem.c:   * 0xf1000000..0xffe00000  : vmalloc & ioremap
    words: [' : vmalloc & ioremap'],
    pattern: /^\s*\* 0x([\da-f]{1,16})\.\.0x([\da-f]{1,16})\s+: vmalloc & ioremap$/,
    facts: ([, from = '', to = '']) => figure('vmalloc-total', BigInt(`0x${to}`) - BigInt(`0x${from}`)),
  },
  {
    // arch/x86/mm/init_32.c
    words: ['MB LOWMEM available'],
    pattern: /^(\d{1,4})MB LOWMEM available\.?$/,
    facts: ([, megabytes = '']) => figure('lowmem', BigInt(megabytes) << 20n),
  },
  {
    // mm/mm_init.c:mem_init_print_info of kernels with HIGHMEM:
    //   Memory: 901172K/2096620K available (..., 0K cma-reserved, 1195392K highmem)
    words: ['K highmem)'],
    pattern: /^Memory: \d.* (\d+)K highmem\)$/,
    facts: ([, kilobytes = '']) => figure('highmem', BigInt(kilobytes) << 10n),
  },
  {
    // mm/page_alloc.c:alloc_large_system_hash, of all machines and at level info
    words: ['Dentry cache hash table entries: '],
    pattern: /^Dentry cache hash table entries: (\d+) /,
    facts: ([, value]) => mark('dentry-cache', value),
  },
  {
    // init/main.c:run_init_process
    words: [' as init process'],
    pattern: /^Run (\S+) as init process$/,
    facts: ([, value]) => mark('user-space', value),
  },
  {
    // mm/page_alloc.c:free_reserved_area, just before init runs; `init memory` on old ARM
    words: ['reeing unused kernel ', 'reeing init memory: '],
    pattern: /^Freeing (unused kernel .*|init memory: \d.*)$/,
    facts: ([, value]) => mark('user-space', value),
  },
  {
    words: [' running in '],
    pattern: /^(systemd \S+) running in (?:\S+ )?system mode/,
    facts: ([, value]) => mark('user-space', value),
  },
  {
    // kernel/trace/trace.c:tracing_set_default_clock
    words: ['Unstable clock detected'],
    pattern: /^Unstable clock detected, switching default tracing clock to "(\w+)"/,
    facts: ([, value]) => mark('clock-switch', value),
  },
  {
    words: ['Startup finished in '],
    pattern: /^Startup finished in (.+?)\.?$/,
    facts: ([, text = '']) => {
      const durations = bootDurations(text);
      return durations.length > 0 ? durations : null;
    },
  },
];

/** systemd's manager.c: `1.2s (firmware) + ... + 56.163s (kernel) + 58.592s (userspace) = 1min 54.756s`. */
function bootDurations(text: string): readonly Extract<LogFact, { kind: 'boot-duration' }>[] {
  const facts: Extract<LogFact, { kind: 'boot-duration' }>[] = [];
  const [sum = '', total] = text.split(' = ');
  for (const part of sum.split(' + ')) {
    const match = /^(.+) \((kernel|initrd|userspace)\)$/.exec(part);
    const ns = match?.[1] ? parseTimespan(match[1]) : null;
    const what = match?.[2] as 'kernel' | 'initrd' | 'userspace' | undefined;
    if (what && ns !== null) facts.push({ kind: 'boot-duration', what, ns });
  }
  const ns = total === undefined ? null : parseTimespan(total);
  // A user manager's line has no parts and is not a boot.
  if (facts.length > 0 && ns !== null) facts.push({ kind: 'boot-duration', what: 'total', ns });
  return facts;
}
