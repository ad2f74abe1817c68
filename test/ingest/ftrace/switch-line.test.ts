// SPDX-License-Identifier: Apache-2.0
/** sched_switch records read from bytes say what the reader of strings says of them, or are left to it. */
import { describe, expect, it } from 'vitest';
import { SwitchLine } from '../../../src/ingest/ftrace/switch-line.js';
import { random } from '../../fuzz/mutate.js';
import { readBoth } from '../../prefilter/both.js';

const FIELDS =
  'prev_comm=swapper/3 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=kworker/3:1 next_pid=77 next_prio=120';
const FRONT = '          <idle>-0       [003] d..2.   900.321026: ';

const KERNEL_OWN: readonly (readonly [string, object])[] = [
  [`${FRONT}sched_switch: ${FIELDS}`, { cpu: 3, ns: 900_321_026_000, previous: 0, next: 77 }],
  [
    `  kworker/3:1-77 (     77) [127] d..2. 1.000001: sched_switch: ${FIELDS}`,
    { cpu: 127, ns: 1_000_001_000 },
  ],
  [`  Web Content-4194303 (-------) [000] 12.5: sched_switch: ${FIELDS}`, { cpu: 0, ns: 12_500_000_000 }],
  [`   x-1 [001] d..2. 5.123456789123: sched_switch: ${FIELDS}`, { ns: 5_123_456_789 }],
];

const LEFT = [
  `${FRONT}sched_switch: prev_comm=a prev_pid=5 next_pid=6 prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=b next_pid=8 c next_pid=9 next_prio=120`,
  `${FRONT}sched_switch: swapper/3:0 [120] R ==> kworker/3:1:77 [120]`,
  `${FRONT}sched_switch: prev_comm=x prev_pid=5 prev_prio=120 prev_state=S ==> next_comm=y next_pid=12345678 next_prio=120`,
  `${FRONT}sched_switch: prev_comm=x prev_pid=5 prev_prio=120 prev_state=S ==> next_comm=y next_pid=12`,
  `${FRONT}sched_switch: ${FIELDS} <br>`,
  `${FRONT}sched_switch: ${FIELDS.replace('kworker', '[0;1mk')}`,
  `${FRONT}sched_switch: ${FIELDS.replace('==>', '==&gt;')}`,
  `${FRONT}sched_switch: ${FIELDS.replace('swapper', 'swäpper')}`,
  `${FRONT}sched_switch: ${FIELDS}\r`,
  `${FRONT}sched:sched_switch: ${FIELDS}`,
  `> ${FRONT}sched_switch: ${FIELDS}`,
  ` <idle>-0 [9999] d..2. 900.321026: sched_switch: ${FIELDS}`,
  ` <idle>-0 [003] d..2. 1700000000.321026: sched_switch: ${FIELDS}`,
  ` <idle>-0 [003] d..2. 900: sched_switch: ${FIELDS}`,
  ` perf 0 [003] 900.321026: sched_switch: ${FIELDS}`,
  ` [1]-0 [003] d..2. 900.321026: sched_switch: ${FIELDS}`,
  `[  900.321026] x-0 [003] d..2. 900.321026: sched_switch: ${FIELDS}`,
  `foo:   x-0 [003] 900.321026: sched_switch:  ${FIELDS}`,
];

const LOAD = '   modprobe-902     [001] ..... 900.5: module_request: foo wait=1 call_site=__request_region';
const trace = (lines: readonly string[]): Buffer =>
  Buffer.from(
    ['# tracer: nop', '#', LOAD, ...lines.flatMap((line) => [line, LOAD, line]), LOAD, ''].join('\n'),
  );

async function expectSame(bytes: Buffer): Promise<void> {
  const { filtered, unfiltered } = await readBoth(bytes);
  expect(filtered).toEqual(unfiltered);
}

describe('a sched_switch record', () => {
  it.each(KERNEL_OWN)('is read from bytes: %s', (line, fields) => {
    const record = new SwitchLine();
    const bytes = Buffer.from(`x\n${line}\n`);
    expect(record.read(bytes, 2)).toBe(bytes.length);
    expect(record).toMatchObject(fields);
  });

  it('is the same as from strings, in any form', async () => {
    const lines = [...KERNEL_OWN.map(([line]) => line), ...LEFT];
    for (const line of lines) await expectSame(trace([line]));
    await expectSame(trace(lines));
  });

  it('is the same after random changes of single characters', async () => {
    const next = random(7);
    const below = (most: number): number => Math.floor(next() * most);
    const odd = [...' -:.[]()=&<>|0129ax\t\u001b\u00a0\r'];
    for (let round = 0; round < 40; round++) {
      const lines = Array.from({ length: 20 }, () => {
        const line = KERNEL_OWN[below(KERNEL_OWN.length)]?.[0] ?? '';
        const at = below(line.length);
        return line.slice(0, at) + (odd[below(odd.length)] ?? '') + line.slice(at + below(2));
      });
      await expectSame(trace(lines));
    }
  });
});
