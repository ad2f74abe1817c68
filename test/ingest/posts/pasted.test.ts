// SPDX-License-Identifier: Apache-2.0
/** One log as each tool prints it, in each way to paste it: the same failures, problems and failed allocations. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

type Message = readonly [seconds: number, text: string];

const LOG: readonly Message[] = [
  [0, 'Linux version 6.13.2-custom (build@host) (gcc (Debian 14.2.0-8) 14.2.0, GNU ld 2.43.1) #1 SMP'],
  [1.000001, 'mod_a: Unknown symbol drm_foo (err -2)'],
  [
    1.300001,
    "mod_d: version magic '6.12.0 SMP mod_unload ' should be '6.13.2-custom SMP preempt mod_unload '",
  ],
  [1.500001, 'mod_f: exports duplicate symbol foo (owned by mod_g)'],
  [1.600001, 'mod_h: module using GPL-only symbols uses symbols bar from proprietary module mod_i.'],
  [1.900001, 'Loading of unsigned module is rejected'],
  [2.500001, 'failed to validate module [mod_n] BTF: -22'],
  [2.700001, 'vmap allocation for size 12288 failed: use vmalloc=<size> to increase size'],
  [
    3.200001,
    'request_module: modprobe net-pf-10 cannot be processed, kmod busy with 50 threads for more than 5 seconds now',
  ],
  [3.500001, 'initcall mod_p_init+0x0/0x100 [mod_p] returned -19 after 100000 usecs'],
];

const SAID = [
  'allocation vmap 12288',
  'btf mod_n 1',
  'duplicate-symbol mod_f 1',
  'init mod_p 1',
  'license mod_h 1',
  'refused-request net-pf-10 1',
  'signature null 1',
  'unknown-symbol mod_a 1',
  'vermagic mod_d 1',
];

async function said(text: string): Promise<string[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
  return [
    ...model.failures.map(({ reason, module, times }) => `${reason} ${module} ${times}`),
    ...model.problems.map(({ kind, module, who, times }) => `${kind} ${module ?? who} ${times}`),
    ...model.allocationFailures.map(({ what, bytes }) => `allocation ${what} ${bytes}`),
  ].sort();
}

const START = Date.UTC(2026, 10, 22, 10);
const iso = (seconds: number): string => new Date(START + seconds * 1000).toISOString();
const micros = (seconds: number): string => seconds.toFixed(6).split('.')[1] ?? '';
const second = (seconds: number): string => iso(seconds).slice(0, 19);
const clock = (seconds: number): string => iso(seconds).slice(11, 19);
const stamp = (seconds: number): string => `[${seconds.toFixed(6).padStart(12)}] `;
const bare = (seconds: number): string => stamp(seconds).trim().slice(0, -1);

type Print = (seconds: number, text: string, index: number) => string;

const TOOLS: Readonly<Record<string, Print>> = {
  dmesg: (t, text) => stamp(t) + text,
  'dmesg -r': (t, text) => `<6>${stamp(t)}${text}`,
  'dmesg with callers': (t, text) => `${stamp(t).trim()}[  T321] ${text}`,
  'dmesg -t': (_t, text) => text,
  'dmesg -T': (t, text) => `[Sun Nov 22 ${clock(t)} 2026] ${text}`,
  'dmesg -x': (t, text) => `kern  :info  : ${stamp(t)}${text}`,
  'dmesg -d': (t, text) => `${bare(t)} <    0.100000>] ${text}`,
  'dmesg --time-format iso': (t, text) => `${second(t)},${micros(t)}+00:00 ${text}`,
  '/dev/kmsg': (t, text, index) => `6,${index + 100},${Math.round(t * 1e6)},-;${text}`,
  syslog: (t, text) => `Nov 22 ${clock(t)} host kernel: ${stamp(t)}${text}`,
  'journalctl -k': (t, text) => `Nov 22 ${clock(t)} host kernel: ${text}`,
  'short-iso': (t, text) => `${second(t)}+0000 host kernel: ${text}`,
  'short-full': (t, text) => `Sun ${second(t).replace('T', ' ')} UTC host kernel: ${text}`,
  'short-monotonic': (t, text) => `${stamp(t)}host kernel: ${text}`,
  // systemd src/shared/logs-show.c:output_timestamp_monotonic(): none yet, another boot's clock, and a delta.
  'short-delta': (t, text, index) =>
    `${bare(t)}${[' '.repeat(16), ' <    0.100000*>', ' <    0.100000 >'][Math.min(index, 2)]}] host kernel: ${text}`,
  'rsyslog with RFC 3339': (t, text) => `${second(t)}.${micros(t)}+00:00 host kernel: ${stamp(t)}${text}`,
  'OpenWrt logread': (t, text) => `Sun Nov 22 ${clock(t)} 2026 kern.info kernel: ${stamp(t)}${text}`,
  minicom: (t, text) => `[${second(t).replace('T', ' ')}] ${text}`,
  logcat: (t, text) => `11-22 ${iso(t).slice(11, 23)}     0     0 I kernel  : ${text}`,
  Amlogic: (t, text) => `${bare(t)}@3] ${text}`,
  'grep -n': (t, text, index) => `${index + 1}:${stamp(t)}${text}`,
  'grep of files': (t, text, index) => `/var/log/dmesg:${index + 1}:${stamp(t)}${text}`,
};

/** The lines, broken at blanks to be no longer than `width`, each with `front` before it. */
const wrapped = (lines: readonly string[], width: number, front: string): string =>
  lines
    .flatMap((line) => {
      const rows: string[] = [];
      let rest = line;
      for (
        let at = rest.lastIndexOf(' ', width);
        rest.length > width && at > 2;
        at = rest.lastIndexOf(' ', width)
      ) {
        rows.push(rest.slice(0, at));
        rest = rest.slice(at + 1);
      }
      return [...rows, rest];
    })
    .map((row) => `${front}${row}\n`)
    .join('');

const fronted = (lines: readonly string[], front: string): string =>
  lines.map((line) => `${front}${line}\n`).join('');

const PROSE = 'I updated the machine last week, and since then it takes long to start.\n\n'.repeat(20);

const PASTED: Readonly<Record<string, (lines: readonly string[]) => string>> = {
  'as a file': (lines) => fronted(lines, ''),
  'as a block of code by four blanks': (lines) =>
    `Hi,\n\nmy boot is slow:\n\n${fronted(lines, '    ')}\nthanks\n`,
  'behind a tab': (lines) => `Log:\n${fronted(lines, '\t')}`,
  quoted: (lines) => `On Mon, Bob wrote:\n${fronted(lines, '> ')}\nI see this too.\n`,
  'quoted, indented': (lines) => fronted(lines, ' > '),
  'indented, quoted': (lines) => `Hi\n${fronted(lines, '>     ')}`,
  'quoted twice': (lines) => fronted(lines, '> > '),
  'in a fence': (lines) => `It fails:\n\n\`\`\`console\n$ sudo dmesg\n${fronted(lines, '')}\`\`\`\n`,
  'in a code span': (lines) => `It says:\n\n\`${lines.join('\n')}\`\n\nWhy?\n`,
  'each in a code span': (lines) => `It says:\n\n${lines.map((line) => `\`${line}\``).join('\n')}\n`,
  'each in a bold code span': (lines) => `It says:\n\n${lines.map((line) => `**\`${line}\`**`).join('\n')}\n`,
  'as a list of code spans': (lines) => `It says:\n\n${lines.map((line) => `- \`${line}\``).join('\n')}\n`,
  'in long prose': (lines) => `${PROSE}${fronted(lines, '')}\n${PROSE}`,
  'in long prose, by four blanks': (lines) => `${PROSE}${fronted(lines, '    ')}\n${PROSE}`,
  'wrapped by a mail program': (lines) => `Hi\n${wrapped(lines, 72, '')}`,
  'wrapped, then quoted': (lines) => `Hi\n${wrapped(lines, 76, '> ')}`,
};

describe.each(Object.entries(PASTED))('%s', (_how, paste) => {
  test.each(Object.entries(TOOLS))('%s', async (_tool, print) => {
    const lines = LOG.map(([seconds, text], index) => print(seconds, text, index));
    expect(await said(paste(lines))).toEqual(SAID);
  });
});

describe('two lines in long prose', () => {
  const [MISSING, BUSY] = [LOG[1], LOG[8]];
  // Two lines behind a date alone may be any program's: they only stand in the way of an all-clear.
  test.each(Object.entries(TOOLS).filter(([tool]) => tool !== 'minicom'))('%s', async (_tool, print) => {
    const lines = [MISSING, BUSY].map((message, index) =>
      print(message?.[0] ?? 0, message?.[1] ?? '', index),
    );
    const all = await said(`${PROSE}${fronted(lines, '')}\n${PROSE}`);
    expect(all).toContain('unknown-symbol mod_a 1');
  });
});

/** Other evidence, which is not wrapped. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  stats: [
    '         Mods ever loaded\t27',
    '     Mods failed on kread\t0',
    'Mods failed on decompress\t0',
    '  Mods failed on becoming\t26',
    '      Mods failed on load\t1',
    '        Total module size\t5545984',
    '      Total mod text size\t344064',
    '       Failed kread bytes\t0',
    '  Failed decompress bytes\t0',
    '    Failed becoming bytes\t5629592',
    '        Failed kmod bytes\t71420',
    ' Virtual mem wasted bytes\t5701012',
    '         Average mod size\t205407',
    '    Average mod text size\t12744',
    'Duplicate failed modules:',
    '              Module-name\t How-many-times\t                   Reason',
    '                    minix\t             10\t          Becoming & Load',
    '                     fuse\t             15\t                 Becoming',
  ],
  lsmod: [
    'Module                  Size  Used by',
    'nls_cp1251             16384  0',
    'kvm                  1404928  1 kvm_amd',
    'video                  73728  2 i915,nouveau',
    'btrfs                1691648  -2 [permanent]',
  ],
  '/proc/modules': [
    'nls_cp1251 16384 0 - Live 0xffffffffa0558000',
    'kvm 1404928 1 kvm_amd, Live 0xffffffffc1353000',
    'loop 36864 0 - Live 0xffffffffa0023000 (POE)',
  ],
  'uname -a': ['Linux box 6.12.117-lab #1 SMP Thu Jan  1 00:00:00 UTC 2026 x86_64 GNU/Linux'],
  strace: [
    '1234  12:34:56.789012 finit_module(3, "", 0) = -1 EEXIST (File exists)',
    '1235  12:34:57.889012 openat(AT_FDCWD, "/lib/modules/6.1/kernel/a.ko", O_RDONLY) = 3',
    '1235  12:34:58.889012 finit_module(3, "", 0) = -1 EBUSY (Device or resource busy)',
  ],
  ftrace: [
    '   (udev-worker)-514     [006] .....    37.321026: sys_finit_module(fd: 3, uargs: 55d, flags: 0)',
    '   (udev-worker)-514     [006] .....    37.322026: sys_finit_module -> 0xffffffffffffffef',
  ],
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const UNWRAPPED = {
  ...Object.fromEntries(Object.entries(PASTED).filter(([how]) => !how.startsWith('wrapped'))),
  'in BBCode': (lines: readonly string[]) => `[code]${lines.join('\n')}[/code]\n`,
  'in a page': (lines: readonly string[]) => `<p>hi</p>\n<pre>\n${escaped(lines.join('\n'))}\n</pre>\n`,
};

describe.each(Object.entries(OTHERS))('%s', async (_what, lines) => {
  const eventsOf = async (text: string): Promise<unknown[]> => {
    const { events } = await readBytes({ bytes: Buffer.from(text) });
    return [...events.values()].flat().map(({ line: _line, source: _source, ...event }) => event);
  };
  const wanted = await eventsOf(fronted(lines, ''));

  test('is evidence', () => {
    expect(wanted.length).toBeGreaterThan(0);
  });

  test.each(Object.entries(UNWRAPPED))('%s', async (_how, paste) => {
    expect(await eventsOf(paste(lines))).toEqual(wanted);
  });
});
