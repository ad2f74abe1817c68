// SPDX-License-Identifier: Apache-2.0
/**
 * Work is linear in the number of things, counted in steps of our code: of n, 2n and 4n, what the second doubling adds is
 * twice what the first one does. What is quadratic adds four times as much.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { build, Out, Page, SHAPE } from '../ingest/tracedat/build.js';
import { stepsOfEach } from './steps.js';

// After the counters have started.
const { openCase } = await import('../../src/case.js');

const folder = mkdtempSync(join(tmpdir(), 'modwaste-steps-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Files = Readonly<Record<string, string | Uint8Array>>;

const numbers = (n: number): number[] => Array.from({ length: n }, (_, index) => index);
const text = (n: number, line: (index: number) => string): string => numbers(n).map(line).join('');
const files = (n: number, file: (index: number) => readonly [path: string, content: string]): Files =>
  Object.fromEntries(numbers(n).map(file));

const failure = (at: string, module: string): string =>
  `[${at.padStart(12)}] ${module}: Unknown symbol x (err -2)\n`;
const banner = (index: number): string => `[    0.000000] Linux version 6.1.${index} (x@y) #1 SMP\n`;
const seconds = (index: number): string => `${index}.500000`;

const MODULE_LOAD = `name: module_load
ID: 400
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:unsigned int taints;\toffset:8;\tsize:4;\tsigned:0;
\tfield:__data_loc char[] name;\toffset:12;\tsize:4;\tsigned:1;

print fmt: ""
`;

/** A ring-buffer page with one load. */
function page(index: number): Uint8Array {
  const name = `m${index}\0`;
  const load = new Out(true)
    .int(400, 2)
    .int(0, 2)
    .int(7, 4)
    .int(0, 4)
    .int(16 + name.length * 2 ** 16, 4);
  return new Page(SHAPE, BigInt(index) * 1_000_000n).record(0, load.raw(name).bytes()).bytes();
}
const recording = (version: 6 | 7, cpus: Uint8Array[]): Uint8Array =>
  build({ ...SHAPE, version }, { formats: { module: [MODULE_LOAD] }, buffers: [{ name: '', cpus }] });

const THINGS: Readonly<Record<string, (n: number) => Files>> = {
  'readings that share no counter': (n) => ({
    'grep.txt': ['modcount', 'failed_kreads']
      .map((name) => text(n, (i) => `/sys/kernel/debug/modules/${name}:${i + 1}\n`))
      .join(''),
  }),
  'CPUs of a trace.dat': (n) => ({ 'trace.dat': recording(6, numbers(n).map(page)) }),
  'CPUs of a trace.dat, version 7': (n) => ({ 'trace.dat': recording(7, numbers(n).map(page)) }),
  'pages of a CPU of a trace.dat': (n) => ({
    'trace.dat': recording(6, [Buffer.concat(numbers(n).map(page))]),
  }),
  'sections of a text': (n) => ({
    all: text(
      n,
      (i) => `===== dmesg ${i} =====\n${failure(seconds(i), `m${i}`)}[    2.000000] usb 1-1: new\n`,
    ),
  }),
  'logs of a folder that say different things': (n) =>
    files(n, (i) => [`l${i}.log`, failure(seconds(i), `m${i}`)]),
  'logs of a folder that say the same': (n) => files(n, (i) => [`l${i}.log`, failure(seconds(i), 'm')]),
  'logs of a folder that say the same, the last first': (n) =>
    files(n, (i) => [`l${i}.log`, failure(seconds(n - i), 'm')]),
  'logs of a folder without times': (n) =>
    files(n, (i) => [`l${i}.log`, `m${i}: Unknown symbol x (err -2)\n`]),
  'pieces of a rotated log': (n) =>
    files(Math.min(n, 900), (i) => [`kern.log.${i}`, failure(seconds(1000 - i), `m${i}`)]),
  'kernels in a folder': (n) => files(n, (i) => [`dmesg${i}`, banner(i) + failure('1.000000', `m${i}`)]),
  'folders with a log and what lies beside it': (n) => ({
    ...files(n, (i) => [`h${i}/dmesg`, banner(i) + failure('1.000000', `m${i}`)]),
    ...files(n, (i) => [`h${i}/lsmod`, `Module                  Size  Used by\nm${i}   16384  0\n`]),
  }),
  'boots by id': (n) => ({
    journal: text(
      n,
      (i) =>
        `${JSON.stringify({
          _BOOT_ID: i.toString(16).padStart(32, '0'),
          _TRANSPORT: 'kernel',
          __REALTIME_TIMESTAMP: String(1_700_000_000_000_000 + i * 1_000_000_000),
          __MONOTONIC_TIMESTAMP: '1000000',
          MESSAGE: `m${i}: Unknown symbol x (err -2)`,
        })}\n`,
    ),
  }),
  'boots by banner': (n) => ({ log: text(n, (i) => banner(i % 7) + failure('1.000000', `m${i}`)) }),
  // One boot is in both logs, by which all of them can be compared. Half more: with fewer, the work for each still grows.
  'boots of two logs': (few, n = 1.5 * few) => ({
    'kern.log': text(n, (i) => banner(i) + failure('1.000000', `m${i}`)),
    dmesg: banner(0) + failure('1.000000', 'm0'),
  }),
  'failures of a log': (n) => ({ log: text(n, (i) => failure(seconds(i), `m${i}`)) }),
  'duplicates of one task': (n) => ({
    trace: `# tracer: nop\n#\n${text(
      n,
      (i) =>
        ` a-1 [000] .... ${i}.000001: sys_finit_module(fd: 5, uargs: 7f00, flags: 0)\n` +
        ` a-1 [000] .... ${i}.000002: sys_finit_module -> 0xffffffffffffffef\n`,
    )}`,
  }),
  'failed allocations beside calls': (n) => ({
    dmesg:
      banner(1) +
      text(
        n,
        (i) => `[${seconds(i).padStart(12)}] a: vmalloc error: size 8192, failed to map pages, mode:0x0\n`,
      ),
    trace: `# tracer: nop\n#\n${text(
      n,
      (i) =>
        ` a-1 [000] .... ${i}.400000: sys_finit_module(fd: 5, uargs: 7f00, flags: 0)\n` +
        ` a-1 [000] .... ${i}.600000: sys_finit_module -> 0xfffffffffffffff4\n`,
    )}`,
  }),
  // Three times as many: of a short text, detection reads all.
  'requests and their helpers': (third, n = 3 * third) => ({
    trace: `# tracer: nop\n#\n${text(n, (i) => ` b-${i + 9} [000] .... ${i}.000001: module_request: m${i} wait=1 call_site=f+0x1/0x2\n`)}${text(
      n,
      (i) =>
        ` kworker/0:1-7 [000] .... ${n + i}.000002: sched_process_fork: comm=kworker/0:1 pid=7 child_comm=kworker/0:1 child_pid=${n + i + 9}\n` +
        ` modprobe-${n + i + 9} [000] .... ${n + i}.000003: sched_process_exec: filename=/sbin/modprobe pid=${n + i + 9} old_pid=${n + i + 9}\n`,
    )}`,
  }),
  'records of one call': (n) => ({
    trace: `# tracer: nop\n#\n a-1 [000] .... 0.000001: sys_finit_module(fd: 5, uargs: 7f00, flags: 0)\n${text(
      n,
      (i) =>
        ` a-1 [000] .... ${i}.000001: read: (f+0x4d/0x98 <- kernel_read_file) ret=25174216\n` +
        ` a-1 [000] .... ${i}.000002: load: (load_module+0x0/0x1c2c) len=25174216 flags=0x0\n` +
        ` a-1 [000] .... ${i}.000003: dupin: (module_patient_check_exists.constprop.0+0x0/0x14c) name="m"\n` +
        ` a-1 [000] .... ${i}.000004: becoming: (mod_stat_bump_becoming+0x0/0x20) name="m" len=${i}\n`,
    )}`,
  }),
  'calls of a trace': (n) => ({
    trace: `# tracer: nop\n#\n${text(n, (i) => ` a-${i} [000] .... ${i}.000001: module_load: m${i} \n`)}`,
  }),
};

async function read(content: Files): Promise<void> {
  rmSync(folder, { recursive: true });
  for (const [path, bytes] of Object.entries(content)) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
  // Its needles are placed once enough bytes came, in the middle of a series.
  const opened = await openCase({ inputs: [folder], prefilter: false });
  for (const rows of Object.values(opened.rows())) for (const _ of rows());
}

it.each(Object.entries(THINGS))('%s', async (_, make) => {
  await read(make(8));
  const [once = 0, twice = 0, fourTimes = Number.NaN] = await stepsOfEach(
    [100, 200, 400].map(make).map((content) => () => read(content)),
  );
  expect(once).toBeGreaterThan(100);
  expect(twice).toBeGreaterThan(once);
  expect((fourTimes - twice) / (twice - once)).toBeLessThan(2.28);
});
