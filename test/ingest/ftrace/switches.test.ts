// SPDX-License-Identifier: Apache-2.0
/** sched_switch in the forms of the kernel (include/trace/events/sched.h), trace-cmd and perf. */
import { describe, expect, it } from 'vitest';
import { ingest, ofKind } from './ingest.js';

/** Pids before and after, of one record. */
function switched(text: string): (readonly [number, number])[] {
  return ofKind(ingest(text).events, 'cpu-switches').flatMap(({ previous, next }) =>
    [...previous].map((pid, i) => [pid, next[i] ?? -2] as const),
  );
}

const FRONT = '          <idle>-0       [002] d..2.   100.000123: ';
const fields = (prevComm: string, prev: string, nextComm: string, next: string): string =>
  `prev_comm=${prevComm} prev_pid=${prev} prev_prio=120 prev_state=R+ ==> next_comm=${nextComm} next_pid=${next} next_prio=120`;

describe('sched_switch', () => {
  it.each([
    [
      'the kernel',
      `${FRONT}sched_switch: ${fields('swapper/2', '0', 'kworker/2:1', '4194303')}`,
      [0, 4194303],
    ],
    ['a name with blanks', `${FRONT}sched_switch: ${fields('a b', '7', 'c d e', '8')}`, [7, 8]],
    ['a name like a field', `${FRONT}sched_switch: ${fields('x', '7', 'a next_pid=99 b', '8')}`, [7, 8]],
    ['trace-cmd', `${FRONT}sched_switch:         modprobe:514 [120] S ==> swapper/2:0 [120]`, [514, 0]],
    [
      'perf',
      `modprobe   514 [002]   100.000123:       sched:sched_switch: ${fields('modprobe', '514', 'swapper/2', '0')}`,
      [514, 0],
    ],
  ])('%s', (_form, line, pids) => {
    expect(switched(`${line}\n`)).toEqual([pids]);
  });

  it.each([
    ['in a pid', ' next_pid=12', '34 next_prio=120'],
    ['before the next task', ' ==>', 'next_comm=b next_pid=1234 next_prio=120'],
  ])('a record wrapped %s is joined, or unread; no pid is truncated', (_where, at, rest) => {
    const whole = `${FRONT}sched_switch: ${fields('a', '7', 'b', '1234')}`;
    const first = whole.slice(0, whole.indexOf(at) + at.length);
    const after = `        modprobe-500     [001] .....   300.000000: module_load: foo O`;
    const found = ingest(`${first}\n${rest}\n${after}\n`);
    expect(ofKind(found.events, 'module-load')).toHaveLength(1);
    expect(switched(`${first}\n${rest}\n${after}\n`).filter(([, next]) => next !== 1234)).toEqual([]);
  });

  it('fields that no kernel prints are no switch', () => {
    const line = `${FRONT}sched_switch: ${fields('a', '-1', 'b', '99999999')}`;
    expect(switched(`${line}\n`)).toEqual([]);
  });
});
