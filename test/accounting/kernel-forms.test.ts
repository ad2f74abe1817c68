// SPDX-License-Identifier: Apache-2.0
/** Captures of 32-bit and newer kernels, written as other tools and options write them, give the same calls. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { XzReadableStream } from 'xz-decompress';
import { openCase } from '../../src/case.js';
import { KERNELS } from './kernels.js';

const RECORD = /^\s*(.+?)-(\d+)\s+\[(\d+)\] (\S+)\s+([\d.]+): (\w+)(: ?|(?=\()| (?=->))(.*)$/;

interface TraceRecord {
  comm: string;
  pid: string;
  cpu: string;
  flags: string;
  t: string;
  name: string;
  rest: string;
  /** Its place in the trace. */
  place: number;
}

async function recordsOf(capture: string): Promise<TraceRecord[]> {
  const packed = readFileSync(join(KERNELS, capture, 'trace.txt.xz'));
  const text = await new Response(new XzReadableStream(new Blob([packed]).stream())).text();
  return text.split('\n').flatMap((line, place) => {
    const match = RECORD.exec(line);
    if (!match) return [];
    const [, comm = '', pid = '', cpu = '', flags = '', t = '', name = '', , rest = ''] = match;
    return [{ comm, pid, cpu, flags, t, name, rest, place }];
  });
}

/** The event as tracefs prints it. */
const event = ({ name, rest }: TraceRecord): string => {
  if (!name.startsWith('sys_')) return `${name}: ${rest}`;
  return rest.startsWith('->') ? `${name} ${rest}` : `${name}${rest}`;
};

const text = (one: TraceRecord, { columns = ` ${one.flags}`, t = one.t, cpu = one.cpu } = {}): string =>
  `${one.comm.padStart(16)}-${one.pid.padEnd(7)} [${cpu}]${columns} ${t.padStart(12)}: ${event(one)}`;

/** `sys_finit_module(fd: 5, ...)` and `sys_finit_module -> 0x0` of perf and trace-cmd. */
const syscall = ({ name, rest }: TraceRecord): [string, string] | null => {
  if (!name.startsWith('sys_')) return null;
  const [of, returned] = [name.slice('sys_'.length), rest.startsWith('-> ')];
  return returned ? [`sys_exit_${of}`, rest.slice('-> '.length)] : [`sys_enter_${of}`, rest.slice(1, -1)];
};

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/^module_/, 'module'],
  [/^sched_/, 'sched'],
  [/^sys_/, 'syscalls'],
  [/^/, 'modwaste'],
];

/** The address of a function, as trace-cmd prints it for want of symbols. */
function address(func: string, offset = 0): string {
  const place = [...func.replace(/\..*/, '')].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return (0xc1000000 + place * 4096 + offset).toString(16);
}

const FORMS: Readonly<Record<string, (one: TraceRecord) => string>> = {
  'without the columns of irq-info': (one) => text(one, { columns: '' }),
  'with four columns, before 5.17': (one) => text(one, { columns: ` ${one.flags.slice(0, 4)}` }),
  'with an unknown tgid': (one) => text(one).replace(/\[\d+\]/, (cpu) => `(-------) ${cpu}`),
  'of CPU 203 and above': (one) => text(one, { cpu: String(Number(one.cpu) + 203) }),
  'with CR LF': (one) => `${text(one)}\r`,
  'by clock counter': (one) => text(one, { t: String(one.place) }),
  'by clock x86-tsc': (one) => text(one, { t: String(10 ** 13 + Math.round(Number(one.t) * 2.4e9)) }),
  'by clock uptime, in jiffies': (one) => text(one, { t: String(Math.floor(Number(one.t) * 250)) }),
  'by clock boot, ahead': (one) => text(one, { t: (Number(one.t) + 7.5).toFixed(6) }),
  'of perf script': (one) => {
    const system = SYSTEMS.find(([names]) => names.test(one.name))?.[1];
    const [name, rest] = syscall(one) ?? [one.name, one.rest];
    return `${one.comm.padStart(16)} ${one.pid.padStart(7)} [${one.cpu}] ${one.t.padStart(13)}: ${system}:${name}: ${rest}`;
  },
  'of trace-cmd report, without symbols': (one) => {
    const [name, rest] = syscall(one) ?? [one.name, one.rest];
    const bare = rest
      .replace(/^\((\w[\w.]*)\+0x[\da-f]+\/0x[\da-f]+\)/, (_, func) => `(${address(func)})`)
      .replace(
        /^\((\w[\w.]*)\+0x[\da-f]+\/0x[\da-f]+ <- ([\w.]+)\)/,
        (_, caller, func) => `(${address(func)} <- ${address(caller, 0x6e)})`,
      );
    return `${one.comm.padStart(16)}-${one.pid.padEnd(5)} [${one.cpu}] ${one.t.padStart(13)}: ${`${name}:`.padEnd(20)} ${bare}`;
  },
};

/** What is said of each call, but its times and places. */
async function callsOf(lines: readonly string[]): Promise<unknown[]> {
  const stdin = (async function* () {
    yield Buffer.from(`${lines.join('\n')}\n`);
  })();
  const { model } = await openCase({ inputs: ['-'], stdin });
  return model.attempts.map(({ pid, outcome, phase, errno, module, image, compressed, wasted, basis }) =>
    JSON.stringify({ pid, outcome, phase, errno, module, image, compressed, wasted, basis }),
  );
}

describe.each(['o73-i386-fail', 's73-arm64-fail', 's65-i386-storm', 's73-amd64-zip'])('%s', (capture) => {
  it('gives the same calls in every form', async () => {
    const records = await recordsOf(capture);
    const expected = await callsOf(records.map((one) => text(one)));
    expect(expected.length).toBeGreaterThan(50);
    for (const [form, write] of Object.entries(FORMS)) {
      const head = form.includes('trace-cmd') ? ['cpus=4'] : [];
      expect(await callsOf([...head, ...records.map(write)]), form).toEqual(expected);
    }
  });
});

describe('probes of 32-bit arm', () => {
  /** `p:modwaste/load load_module len=+12(%r0):u32 flags=%r2:x32` and the like: registers for arguments. */
  const CALL = [
    'sys_finit_module(fd: 3, uargs: b6f2c5d4, flags: 0)',
    'read: (init_module_from_file+0x4c/0x90 <- kernel_read_file) ret=7923',
    'load: (load_module+0x0/0x1a24) len=7923 flags=0x0',
    'becoming: (mod_stat_bump_becoming+0x0/0x58) name="nls_cp437" len=7472 flags=0x0',
    'sys_finit_module -> 0xffffffef',
  ];
  const unnamed = (line: string): string => line.replace('len=', 'arg1=').replace('flags=0x0', 'arg2=0x0');

  it.each([
    ['with named arguments', CALL],
    ['with unnamed ones', CALL.map((line, place) => (place === 2 ? unnamed(line) : line))],
    [
      'by address',
      CALL.map((line) =>
        line.replace(/\((\w+)\+0x0\/0x\w+\)/, '(c01a2b$1)').replace(/c01a2b\w+/, 'c01a2b3c'),
      ),
    ],
  ])('are told by function and arguments: %s', async (_name, events) => {
    const lines = events.map(
      (one, place) => `          insmod-81      [000] .....    12.00000${place}: ${one}`,
    );
    const [call] = await callsOf(lines);
    expect(JSON.parse(String(call))).toMatchObject({
      outcome: 'duplicate',
      errno: 17,
      wasted: { low: expect.any(Number), high: expect.any(Number) },
    });
    const { low, high } = JSON.parse(String(call)).wasted;
    expect(low <= 7472 && 7472 <= high).toBe(true);
  });
});

describe('the longest names', () => {
  // MODULE_NAME_LEN is 64 - sizeof(unsigned long), with the NUL.
  it.each([
    [55, 64],
    [59, 32],
  ])('of %i characters, %i bit, are whole in dump, log and trace', async (length) => {
    const name = `lab_${'n'.repeat(length - 4)}`;
    const dump = [
      '     Mods ever loaded\t1',
      '     Mods failed on kread\t0',
      'Mods failed on decompress\t0',
      '  Mods failed on becoming\t2',
      '      Mods failed on load\t0',
      '        Total module size\t4096',
      '      Total mod text size\t512',
      '       Failed kread bytes\t0',
      '  Failed decompress bytes\t0',
      '    Failed becoming bytes\t2000',
      '        Failed kmod bytes\t0',
      ' Virtual mem wasted bytes\t2000',
      '         Average mod size\t4096',
      '    Average mod text size\t512',
      '  Avg fail becoming bytes\t1000',
      'Duplicate failed modules:',
      '              Module-name\t How-many-times\t                   Reason',
      `${name.padStart(25)}\t${'2'.padStart(15)}\t${'Becoming'.padStart(25)}`,
    ];
    const read = async (...lines: string[]) => {
      const stdin = (async function* () {
        yield Buffer.from(`${lines.join('\n')}\n`);
      })();
      return (await openCase({ inputs: ['-'], stdin })).model;
    };
    expect((await read(...dump)).attribution).toMatchObject([{ module: name, bytes: 2000n }]);
    const log = await read(
      '[    0.000000] Linux version 6.5.0 (a@b) (gcc) #1 SMP',
      `[    5.000000] ${name}: Unknown symbol fat_attach (err -2)`,
    );
    expect(log.failures.map(({ module }) => module)).toContain(name);
    const trace = await read(
      '          insmod-81      [000] .....    12.000001: sys_finit_module(fd: 3, uargs: 0, flags: 0)',
      `          insmod-81      [000] .....    12.000002: module_load: ${name} OE`,
      '          insmod-81      [000] .....    12.000003: sys_finit_module -> 0x0',
    );
    expect(trace.attempts).toMatchObject([{ module: name, outcome: 'loaded' }]);
  });
});
