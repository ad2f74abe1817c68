// SPDX-License-Identifier: Apache-2.0
/** Numbers that no kernel prints are set aside, whatever form they came in. */
import { describe, expect, it } from 'vitest';
import { clearImpossibleFields, impossibleNumber } from '../../src/ingest/plausible.js';
import type { Event } from '../../src/model/event.js';

const event = (fields: object): Event => ({ t: null, source: 1, line: 1, ...fields }) as unknown as Event;

describe('an event', () => {
  it.each<[object, string | null]>([
    [{ kind: 'counter', value: 2n ** 56n - 1n }, null],
    [{ kind: 'counter', value: 2n ** 56n }, `value ${2n ** 56n}`],
    [{ kind: 'counter', value: -(2n ** 56n) }, `value ${-(2n ** 56n)}`],
    [{ kind: 'counter', value: 1n - 2n ** 56n }, null],
    [{ kind: 'module-size', bytes: Number.MAX_SAFE_INTEGER }, null],
    [{ kind: 'module-size', bytes: 2 ** 53 }, 'bytes of 2^53 or more'],
    [{ kind: 'syscall-exit', ret: -(2 ** 53) }, 'ret of -2^53 or less'],
    [{ kind: 'module-load', module: 'm' }, null],
    [{ kind: 'module-load', pid: 2 ** 31 - 1 }, null],
    [{ kind: 'module-load', pid: 2 ** 31 }, `pid ${2 ** 31}`],
    [{ kind: 'module-load', pid: -1 }, 'pid -1'],
    [{ kind: 'fork', pid: 1, childPid: -2 }, 'childPid -2'],
    [{ kind: 'module-size', bytes: -1 }, 'bytes -1'],
    [{ kind: 'boot-mark', what: 'cpus', value: '8192' }, null],
    [{ kind: 'boot-mark', what: 'cpus', value: '1048577' }, '1048577 CPUs'],
    [{ kind: 'module-load', t: 2n ** 62n - 1n }, null],
    [{ kind: 'module-load', t: 2n ** 62n }, `a time of ${2n ** 62n} ns`],
    [{ kind: 'module-load', t: -(2n ** 62n) }, `a time of ${-(2n ** 62n)} ns`],
    [{ kind: 'boot-mark', what: 'wall-offset', value: `${2n ** 62n}` }, `a time of ${2n ** 62n} ns`],
    [{ kind: 'boot-mark', what: 'wall-offset', value: '5' }, null],
    [{ kind: 'boot-mark', what: 'rtc', value: 'x' }, null],
  ])('%o', (fields, expected) => {
    expect(impossibleNumber(event(fields))).toBe(expected);
  });

  // A probe may be defined for another architecture; a caller may pass any length to init_module.
  it.each<[object, string | null, object]>([
    [
      { kind: 'probe', fact: { fact: 'charge', image: 2 ** 38, compressed: -1, flags: 2 ** 60 } },
      'compressed -1 of a probe',
      { fact: { image: 2 ** 38, compressed: null, flags: null } },
    ],
    [
      { kind: 'probe', fact: { fact: 'charge', image: 2 ** 38 + 1, flags: -5 } },
      `image ${2 ** 38 + 1} of a probe`,
      { fact: { image: null, flags: -5 } },
    ],
    [{ kind: 'probe', fact: { fact: 'copied', size: 0, id: 2 } }, null, { fact: { size: 0, id: 2 } }],
    [
      { kind: 'probe', fact: { fact: 'do-init', memory: 1.5e20, text: 7, module: 'm' } },
      'memory of 2^53 or more of a probe',
      { fact: { memory: null, text: 7, module: 'm' } },
    ],
    [{ kind: 'syscall-enter', len: 2 ** 38 }, null, { len: 2 ** 38 }],
    [{ kind: 'syscall-enter', len: 2 ** 38 + 1 }, `len ${2 ** 38 + 1} of init_module`, { len: null }],
    [{ kind: 'load-call', len: -1 }, 'len -1 of init_module', { len: null }],
    [{ kind: 'load-call', len: null }, null, { len: null }],
    [{ kind: 'counter', value: 2n ** 60n }, null, { value: 2n ** 60n }],
    [
      { kind: 'initcall', pid: -1, ret: -19, usecs: Number.NaN },
      'pid -1',
      { pid: null, ret: -19, usecs: null },
    ],
    [{ kind: 'load-failure', errno: 4095 }, null, { errno: 4095 }],
    [{ kind: 'load-failure', errno: 4096 }, 'errno 4096', { errno: null }],
    [{ kind: 'stuck-load', pid: 7, seconds: 2 ** 33 }, `seconds ${2 ** 33}`, { pid: 7, seconds: null }],
  ])('%o loses what is impossible', (fields, said, left) => {
    const given = event(fields);
    expect(clearImpossibleFields(given)).toBe(said);
    expect(given).toMatchObject(left);
  });
});
