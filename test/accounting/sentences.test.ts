// SPDX-License-Identifier: Apache-2.0
/** Each finding says what it is about; each remedy for a failure, and each assumption, is a sentence of its own. */
import { describe, expect, it } from 'vitest';
import { remedyFor } from '../../src/accounting/advice/remedies.js';
import { problemRows } from '../../src/accounting/failures/problems.js';
import { coalescesLoads } from '../../src/accounting/kernel.js';
import type { LoadRow } from '../../src/accounting/model.js';
import { remediesOf } from '../../src/accounting/remedies/index.js';
import type { Event } from '../../src/model/event.js';
import { BOOT_CLOCK } from '../../src/model/source.js';
import { attempt, on } from './advice-evidence.js';

const SECOND = 1_000_000_000n;
const SENTENCE = /^[A-Z].{25,}\.$/;

describe('a failure', () => {
  it('of each known reason has a remedy of its own; what says no more than that it failed has none', () => {
    const reasons = [
      'signature',
      'lockdown',
      'elf',
      'vermagic',
      'unknown-symbol',
      'symbol-version',
      'duplicate-symbol',
      'relocation',
      'btf',
      'blacklist',
      'parameter',
      'percpu',
      'vmalloc',
      'memory',
      'decompress',
      'livepatch',
      'namespace',
      'license',
      'sysfs',
      'lsm',
      'busy',
      'exists',
      'interrupted',
    ];
    const texts = reasons.map((reason) => remedyFor(reason, null) ?? '');
    for (const text of texts) expect(text).toMatch(SENTENCE);
    expect(new Set(texts).size).toBe(reasons.length);
    for (const reason of ['other', 'init', 'unattributed']) expect(remedyFor(reason, null)).toBeNull();
  });

  it('of a read has that of its error', () => {
    const texts = [12, 14, 21, 26, 5].map((errno) => remedyFor('read', errno) ?? '');
    for (const text of texts) expect(text).toMatch(SENTENCE);
    expect(new Set(texts).size).toBe(5);
    expect(remedyFor('read', null)).toBe(remedyFor('read', 5));
  });
});

describe('a remedy', () => {
  it('states what it assumes', () => {
    const race = [
      attempt({ outcome: 'loaded', errno: null, start: 1n, end: 10n, call: 'init_module' }),
      attempt({ start: 2n, end: 11n, call: 'init_module', compressed: 3 }),
    ];
    const { rows } = remediesOf({ boot: on('6.1.0'), attempts: race, attribution: [], sizes: [] });
    expect(rows.length).toBeGreaterThan(5);
    for (const { remedy, assumption } of rows) expect(assumption, remedy).toMatch(/.{15}/);
  });

  it('is the kernel only where it does not coalesce', () => {
    expect(['6.4.9', '6.5.0', '7.0.0', 'x', null].map(coalescesLoads)).toEqual([
      false,
      true,
      true,
      null,
      null,
    ]);
  });
});

describe('a problem', () => {
  const event = (t: bigint | null, fields: object): Event =>
    ({ t, source: 1, line: 1, ...fields }) as unknown as Event;
  const rows = (...events: Event[]) =>
    problemRows(1, events, [], []).map(({ kind, module, who, times, durationNs }) => [
      kind,
      module,
      who,
      times,
      durationNs,
    ]);
  const throttle = (what: string, some: object = {}) =>
    event(5n, { kind: 'throttle', what, requested: 'm', count: null, limit: 50, seconds: 5, ...some });
  const stuck = (what: string, some: object = {}) =>
    event(5n, {
      kind: 'stuck-load',
      what,
      module: 'm',
      comm: 'modprobe',
      pid: 7,
      seconds: 120,
      message: 'hung',
      ...some,
    });
  const failed = (what: string) =>
    event(5n, { kind: 'request-failure', what, requested: 'm', comm: 'mount', pid: 1, message: 'no' });
  const load = (what: string, some: object = {}) =>
    event(5n, { kind: 'user-load', what, module: 'm', tool: 'modprobe', pid: null, errno: null, ...some });
  const unit = (what: string, name = 'a.service') =>
    event(5n, { kind: 'unit-failure', what, unit: name, message: 'failed' });
  const initcall = (point: string, module: string, t: bigint, func = 'init') =>
    event(t, { kind: 'initcall', point, module, func, pid: 1, ret: 0, usecs: 1 });

  it.each<[string, Event[], unknown[][]]>([
    ['refused requests', [throttle('busy')], [['refused-request', 'm', null, 1, 5n * SECOND]]],
    ['a loop', [throttle('runaway-loop', { seconds: null })], [['refused-request', 'm', null, 1, null]]],
    [
      'requests that waited',
      [throttle('concurrent-max', { count: 3 })],
      [['throttled', 'm', null, 3, 5n * SECOND]],
    ],
    [
      'suppressed ones',
      [throttle('suppressed', { count: 4, requested: null })],
      [['throttled', null, null, 4, 5n * SECOND]],
    ],
    [
      'a hung task, reported with longer times',
      [stuck('hung-task'), stuck('hung-task', { seconds: 241 })],
      [['stuck-load', 'm', 'modprobe:7', 1, 241n * SECOND]],
    ],
    [
      'a hung task, twice for as long',
      [stuck('hung-task'), stuck('hung-task')],
      [['stuck-load', 'm', 'modprobe:7', 2, 120n * SECOND]],
    ],
    [
      'two tasks',
      [stuck('lockup'), stuck('lockup', { pid: 8 })],
      [
        ['stuck-load', 'm', 'modprobe:7', 1, 120n * SECOND],
        ['stuck-load', 'm', 'modprobe:8', 1, 120n * SECOND],
      ],
    ],
    [
      'a task without a number',
      [stuck('hung-request', { pid: null })],
      [['stuck-load', 'm', 'modprobe', 1, 120n * SECOND]],
    ],
    [
      'a crash, a slow and a killed worker',
      [stuck('crashed'), stuck('slow-worker'), stuck('killed-worker', { comm: null })],
      [
        ['crashed-load', 'm', 'modprobe:7', 1, 120n * SECOND],
        ['slow-worker', 'm', 'modprobe:7', 1, 120n * SECOND],
        ['killed-worker', 'm', null, 1, 120n * SECOND],
      ],
    ],
    [
      'requests that failed, were denied, or permitted',
      [failed('failed'), failed('denied'), failed('permitted')],
      [
        ['failed-request', 'm', 'mount', 1, null],
        ['denied-request', 'm', 'mount', 1, null],
      ],
    ],
    ['a module that is missing', [load('not-found')], [['not-found', 'm', 'modprobe', 1, null]]],
    [
      'a module that is missing, as its load failed',
      [load('not-found'), load('failed', { tool: 'udev', errno: 2 })],
      [],
    ],
    [
      'a module that is missing, and what ran the tool says so',
      [load('not-found'), load('failed')],
      [['not-found', 'm', 'modprobe', 1, null]],
    ],
    ['an install command', [load('command-failed')], [['failed-command', 'm', 'modprobe', 1, null]]],
    [
      'a unit, whatever number of lines',
      [unit('failed'), unit('result'), unit('exited')],
      [['failed-unit', null, 'a.service', 1, null]],
    ],
    [
      'a unit that fails twice',
      [unit('failed'), unit('result'), unit('failed')],
      [['failed-unit', null, 'a.service', 2, null]],
    ],
    [
      'two units',
      [unit('failed'), unit('failed', 'b.service')],
      [
        ['failed-unit', null, 'a.service', 1, null],
        ['failed-unit', null, 'b.service', 1, null],
      ],
    ],
    [
      'an init that never returns',
      [initcall('calling', 'm', SECOND), event(6n * SECOND, { kind: 'taint', what: 'other', module: 'x' })],
      [['unfinished-init', 'm', 'pid 1', 1, 5n * SECOND]],
    ],
    [
      'an init shortly before the end',
      [
        initcall('calling', 'm', SECOND),
        event(6n * SECOND - 1n, { kind: 'taint', what: 'other', module: 'x' }),
      ],
      [],
    ],
    ['an init that returned', [initcall('calling', 'm', SECOND), initcall('returned', 'm', 9n * SECOND)], []],
    [
      'one of two inits of a module',
      [
        initcall('calling', 'm', SECOND, 'a'),
        initcall('calling', 'm', SECOND, 'b'),
        initcall('returned', 'm', 9n * SECOND, 'b'),
      ],
      [['unfinished-init', 'm', 'pid 1', 1, 8n * SECOND]],
    ],
    [
      'an init of another module',
      [initcall('calling', 'm', SECOND), initcall('returned', 'n', 9n * SECOND)],
      [['unfinished-init', 'm', 'pid 1', 1, 8n * SECOND]],
    ],
  ])('%s', (_, events, expected) => {
    expect(rows(...events)).toEqual(expected);
    for (const { message } of problemRows(1, events, [], [])) expect(message.length).toBeGreaterThan(1);
  });

  it('names its module in the message', () => {
    for (const what of ['busy', 'runaway-loop', 'concurrent-max'])
      expect(problemRows(1, [throttle(what)], [], [])[0]?.message).toContain(' m');
    expect(problemRows(1, [load('command-failed')], [], [])[0]?.message).toContain(' m ');
    expect(problemRows(1, [load('not-found')], [], [])[0]?.message).toBe('modprobe found no module m');
  });

  it('is an init of 5 s or more', () => {
    const slow = (initNs: bigint | null) =>
      problemRows(
        1,
        [],
        [{ module: 'm', initNs, comm: 'udev', t: 3n, clock: BOOT_CLOCK, cite: null } as unknown as LoadRow],
        [],
      );
    expect(slow(5n * SECOND)).toMatchObject([
      { kind: 'slow-init', module: 'm', who: 'udev', durationNs: 5n * SECOND, t: 3n },
    ]);
    expect(slow(5n * SECOND - 1n)).toEqual([]);
    expect(slow(null)).toEqual([]);
  });
});
