// SPDX-License-Identifier: Apache-2.0
/** When CPUs ran failed calls and nothing else: traces whose truth follows from their records. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openCase } from '../../../src/case.js';
import { FIXTURES } from '../truth.js';

const scratch = mkdtempSync(join(tmpdir(), 'modwaste-alone-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let written = 0;

/** Milliseconds in which failed calls ran alone. */
async function alone(lines: readonly string[], cpus: number | null = 2): Promise<number | null> {
  const path = join(scratch, `trace-${++written}.txt`);
  const head =
    cpus === null ? [] : ['# tracer: nop', '#', `# entries-in-buffer/entries-written: 1/1   #P:${cpus}`, '#'];
  writeFileSync(path, `${[...head, ...lines].join('\n')}\n`);
  const [boot] = (await openCase({ inputs: [path] })).model.boots;
  return boot?.failedAlone == null ? null : Number(boot.failedAlone / 1_000_000n);
}

const record = (pid: number, cpu: number, ms: number, body: string): string =>
  ` modprobe-${pid}     [${String(cpu).padStart(3, '0')}] .....     ${(10 + ms / 1000).toFixed(6)}: ${body}`;

const switches = (cpu: number, ms: number, from: number, to: number): string =>
  record(
    from,
    cpu,
    ms,
    `sched_switch: prev_comm=a b prev_pid=${from} prev_prio=120 prev_state=S ==> next_comm=x=1 next_pid=${to} next_prio=120`,
  );
const enter = (pid: number, ms: number): string =>
  record(pid, 0, ms, 'sys_finit_module(fd: 3, uargs: 4b2f3d, flags: 0)');
const exit = (pid: number, ms: number, ret: string): string =>
  record(pid, 0, ms, `sys_finit_module -> 0x${ret}`);
const EEXIST = 'ffffffffffffffef';

/** CPU 1 is idle but for 50 to 60 ms; task 7 runs on CPU 0 from 20 to 80 ms, and its call fails there from 30 to 70 ms. */
const oneFails = (ret = EEXIST): string[] => [
  switches(1, 0, 9, 0),
  switches(0, 10, 9, 0),
  switches(0, 20, 0, 7),
  enter(7, 30),
  switches(1, 50, 0, 8),
  switches(1, 60, 8, 0),
  exit(7, 70, ret),
  switches(0, 80, 7, 0),
  switches(1, 90, 0, 9),
  switches(0, 100, 0, 9),
];

describe('failed calls alone', () => {
  it('count while no other CPU runs anything else', async () => {
    expect(await alone(oneFails())).toBe(30);
  });

  it('do not count where the call loaded the module', async () => {
    expect(await alone(oneFails('0'))).toBe(0);
  });

  it('count once where two run at the same time', async () => {
    const both = [...oneFails(), enter(8, 45), exit(8, 65, EEXIST)];
    const at = (line: string): number => Number(/ (\d+\.\d{6}): /.exec(line)?.[1]);
    expect(await alone(both.sort((a, b) => at(a) - at(b)))).toBe(40);
  });

  it('do not count while the caller sleeps', async () => {
    const lines = oneFails().filter((line) => !line.includes('.080000'));
    const asleep = [switches(0, 40, 7, 0), switches(0, 55, 0, 7), switches(0, 80, 7, 0)];
    const at = (line: string): number => Number(/ (\d+\.\d{6}): /.exec(line)?.[1]);
    // 30 to 40, and 60 to 70.
    expect(await alone([...lines, ...asleep].sort((a, b) => at(a) - at(b)))).toBe(20);
  });

  it('do not count before the first switch of another CPU, or after its last', async () => {
    const late = oneFails().filter((line) => !line.includes('10.000000') && !line.includes('10.090000'));
    expect(await alone(late)).toBe(0);
  });

  it('do not count where records of a CPU are missing', async () => {
    const lost = oneFails();
    lost.splice(6, 0, 'CPU:1 [LOST 12 EVENTS]');
    // Of CPU 1 nothing is known from 60 to 90 ms.
    expect(await alone(lost)).toBe(20);
    // A switch from a task that was not there.
    const torn = oneFails().map((line) =>
      line.replace(
        'prev_pid=0 prev_prio=120 prev_state=S ==> next_comm=x=1 next_pid=9',
        'prev_pid=5 prev_prio=120 prev_state=S ==> next_comm=x=1 next_pid=9',
      ),
    );
    expect(await alone(torn)).toBe(20);
  });

  it('are not known without switches, without the number of CPUs, or of a CPU without a record', async () => {
    expect(await alone(oneFails().filter((line) => !line.includes('sched_switch')))).toBeNull();
    expect(await alone(oneFails(), null)).toBeNull();
    expect(await alone(oneFails(), 4)).toBeNull();
  });

  it('are read from the report of trace-cmd as well', async () => {
    const lines = oneFails().map((line) =>
      line
        .replace(
          /prev_comm=.* prev_pid=(\d+) .*next_pid=(\d+) .*/,
          ' modprobe:$1 [120] S ==> swapper/0:$2 [120]',
        )
        .replace(/sys_finit_module\(.*/, 'sys_enter_finit_module: fd: 0x3, uargs: 0x4b2f3d, flags: 0x0')
        .replace(/sys_finit_module -> 0x(.*)/, 'sys_exit_finit_module: 0x$1'),
    );
    expect(await alone(['cpus=2', ...lines], null)).toBe(30);
  });
});

/** From record to record, apart from the accounting: time in which a CPU runs a call that is to fail, and no CPU anything else. */
function replayed(trace: string, cpus: number): number {
  const records = [...trace.matchAll(/-(\d+) +\[(\d+)\] \S+ +(\d+)\.(\d{6}): (.*)/g)].map(
    ([, pid, cpu, s, us, body = '']) => ({
      ...{ pid: Number(pid), cpu: Number(cpu), t: Number(s) * 1e6 + Number(us) },
      ...{
        next: / next_pid=(\d+)/.exec(body)?.[1],
        enters: /^sys_f?init_module\(/.test(body),
        exits: / -> 0x/.test(body),
        body,
      },
    }),
  );
  const failing = new Set<number>();
  const running = new Map<number, number>();
  let alone = 0;
  records.forEach(({ pid, cpu, next, enters, exits, t }, at) => {
    const exit = enters && records.slice(at).find((later) => later.pid === pid && later.exits);
    if (enters && exit && !exit.body.endsWith(' 0x0')) failing.add(pid);
    else if (exits) failing.delete(pid);
    else if (next !== undefined) running.set(cpu, Number(next));
    const busy = [...running.values()].filter((task) => task !== 0);
    const until = records[at + 1]?.t ?? t;
    if (running.size === cpus && busy.length > 0 && busy.every((task) => failing.has(task)))
      alone += until - t;
  });
  return alone;
}

describe('on a real kernel', () => {
  it('are what a plain replay of the trace gives', async () => {
    const archive = join(FIXTURES, 'guests/insmod-6.1-sched.tar.gz');
    const packed = execFileSync('tar', ['xzOf', archive, '--wildcards', '*/tracing/trace.gz']);
    const trace = gunzipSync(packed).toString();
    const [boot] = (await openCase({ inputs: [archive] })).model.boots;
    expect(Number(boot?.failedAlone) / 1000).toBe(replayed(trace, 2));
    expect(boot?.failedAlone).toBe(22_576_066_000n);
  });
});
