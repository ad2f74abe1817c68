// SPDX-License-Identifier: Apache-2.0
/** A failure beside a table or a short file, which is not the whole text then. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

interface Told {
  readonly failures: readonly string[];
  readonly facts: readonly string[];
}

/** What failed, and what else the text says of the machine. */
async function told(text: string): Promise<Told> {
  const evidence = await readBytes({ bytes: Buffer.from(`${text}\n`) });
  const { failures, problems } = caseOf(evidence).model;
  return {
    failures: [
      ...failures.map(({ reason, module, times }) => `${reason} ${module} ${times}`),
      ...problems.map(({ kind, module, who }) => `${kind} ${module} ${who}`),
    ],
    facts: [...evidence.events.values()].flat().flatMap(({ kind }) => (CONTEXT.has(kind) ? [kind] : [])),
  };
}

const CONTEXT: ReadonlySet<string> = new Set([
  'kernel-version',
  'live-module',
  'module-size',
  'memory-figure',
  'unit-time',
]);

const repeated = (count: number, row: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => row(at)).join('\n');

const UNAME =
  'Linux pc 6.14.3-1-liquorix-amd64 #1 ZEN SMP PREEMPT_DYNAMIC liquorix 6.14-5~mx23+1 (2025-04-21) x86_64 GNU/Linux';

const TABLES: Readonly<Record<string, string>> = {
  'uname -a': UNAME,
  lsmod: 'Module                  Size  Used by\nkvm                  1404928  1 kvm_amd',
  '/proc/modules': repeated(20, (at) => `mod${at} 16384 0 - Live 0xffffffffa0558000`),
  modinfo: `filename:       /lib/modules/6.1.0/kernel/fs/foo.ko\n${repeated(8, (at) => `alias:          x${at}`)}`,
  meminfo:
    'MemTotal:  16384000 kB\nMemFree:  1234 kB\nVmallocTotal:  34359738367 kB\nSwapTotal:  123 kB\nSwapFree:  1 kB',
  vmallocinfo: repeated(
    12,
    () => '0xffffc90000000000-0xffffc90000005000   20480 load_module+0x784/0x21b0 pages=4 vmalloc',
  ),
  vmstat: repeated(12, (at) => `nr_mapped_${at} ${at}`),
  'kernel-config': repeated(30, (at) => `CONFIG_FOO${at}=y`),
  listing: '123456 /lib/modules/6.1.0/kernel/fs/foo.ko\n23456 /lib/modules/6.1.0/kernel/fs/bar.ko',
  blame: '1min 4.410s settle.service\n4.410s foo.service\n1.2s bar.service\n1s a.service\n900ms b.service',
  'modules.alias': repeated(30, (at) => `alias net-pf-${at} mod${at}`),
};

// biome-ignore format: a table
const FAILURES: readonly (readonly [text: string, failure: string])[] = [
  ["modprobe: ERROR: could not insert '8852au': Exec format error", 'other 8852au 1'],
  ['insmod: ERROR: could not insert module kovid.ko: Bad address', 'other kovid 1'],
  ['modprobe: FATAL: Module 8852au not found in directory /lib/modules/6.14.3', 'not-found 8852au modprobe'],
  ['[   12.345678] foo: Unknown relocation type 57', 'relocation foo 1'],
  ['foo: Unknown symbol bar (err -2)', 'unknown-symbol foo 1'],
  ['[FAILED] Failed to start Load Kernel Modules.', 'failed-unit null systemd-modules-load.service'],
  ['$ sudo insmod foo.ko\nKilled', 'other foo 1'],
  ["$ sudo modprobe 8852au\nmodprobe: ERROR: could not insert '8852au': Exec format error", 'other 8852au 1'],
];

const fenced = (text: string): string => `\`\`\`\n${text}\n\`\`\``;

const ORDERS: Readonly<Record<string, (failure: string, table: string) => string>> = {
  below: (failure, table) => `${failure}\n${table}`,
  above: (failure, table) => `${table}\n${failure}`,
  'below, with a blank line': (failure, table) => `${failure}\n\n${table}`,
  'above, with a blank line': (failure, table) => `${table}\n\n${failure}`,
  'in one block of code': (failure, table) => fenced(`${failure}\n${table}`),
  'in blocks of code': (failure, table) => `${fenced(table)}\n\n${fenced(failure)}`,
};

describe.each(Object.entries(ORDERS))('%s', (_order, post) => {
  // Each of them beside the shortest, in turn beside the others.
  test.each(Object.entries(TABLES).map(([name, table], at) => ({ name, table, at })))(
    '$name',
    async (given) => {
      const { table, at } = given;
      const some = FAILURES.filter((_, index) => at === 0 || index % 4 === at % 4);
      for (const [failure, expected] of some)
        expect((await told(post(failure, table))).failures).toEqual([expected]);
    },
  );
});

describe('what the table says', () => {
  const [[failure]] = FAILURES as [(typeof FAILURES)[0]];

  test.each(['uname -a', 'lsmod', '/proc/modules', 'meminfo', 'vmallocinfo', 'blame'])('%s', async (name) => {
    const table = TABLES[name] ?? '';
    const { facts } = await told(table);
    expect(facts.length).toBeGreaterThan(0);
    for (const text of [
      `${failure}\n${table}`,
      `$ sudo modprobe 8852au; cat table\n${failure}\n${table}`,
      fenced(`${failure}\n${table}`),
    ])
      expect((await told(text)).facts).toEqual(facts);
  });
});

test('a loader beside the crash of another load', async () => {
  const oops = [
    'BUG: kernel NULL pointer dereference, address: 0000000000000018',
    'CPU: 3 PID: 1234 Comm: modprobe Tainted: G           OE      6.1.0-18-amd64 #1',
    ' do_init_module+0x4a/0x1f0',
  ].join('\n');
  const { failures } = await told(`${oops}\ninsmod: can't insert 'foo.ko': invalid module format`);
  expect(failures).toEqual(['other foo 1', 'crashed-load null modprobe:1234']);
});

test('a killed load beside a log without it', async () => {
  const log = repeated(5, (at) => `[    ${at}.234567] usb 1-1: new device`);
  expect((await told(`$ sudo insmod foo.ko\nKilled\n$ dmesg | tail -5\n${log}`)).failures).toEqual([
    'other foo 1',
  ]);
});
