// SPDX-License-Identifier: Apache-2.0
/** Events of Chrome's Trace Event Format: ftrace records, and system calls as pairs or slices. */
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/ingest/trace-json/document.js';
import { NO_TASK, nanoseconds, TraceEvents } from '../../../src/ingest/trace-json/trace-events.js';

type Plain = { readonly [key: string]: string | Plain | readonly string[] };

const json = (value: Plain): JsonObject =>
  new Map(
    Object.entries(value).map(([key, one]): [string, JsonValue] => [
      key,
      typeof one === 'object' && !Array.isArray(one) ? json(one as Plain) : (one as JsonValue),
    ]),
  );

/** `name t pid` and the fields of each record. */
function records(...given: Plain[]) {
  const events = new TraceEvents();
  const made = given.flatMap((one, index) => events.read(json(one), index + 1));
  return made.map(({ system, name, t, pid, cpu, fields, line }) => ({
    system,
    name,
    t,
    pid,
    cpu,
    line,
    fields: Object.fromEntries(fields),
  }));
}

describe('an event', () => {
  it('is a record of the tracepoint that it is named after', () => {
    expect(
      records({
        ph: 'i',
        name: 'module_load',
        ts: '37321026.123',
        pid: '514',
        tid: '515',
        args: { name: 'e1000', taints: 'E', cpu: '3' },
      }),
    ).toEqual([
      {
        system: null,
        name: 'module_load',
        t: 37_321_026_123n,
        pid: 515,
        cpu: 3,
        line: 1,
        fields: { name: 'e1000', taints: 'E', cpu: '3' },
      },
    ]);
    expect(records({ ph: 'I', name: 'module:module_load', ts: '1', pid: '514', cpu: '2' })).toMatchObject([
      { system: 'module', name: 'module_load', pid: 514, cpu: 2, t: 1000n },
    ]);
    for (const pid of [{}, { pid: 'y' }, { tid: '-5' }, { tid: '1.5', pid: '1' }, { tid: '2147483648' }])
      expect(records({ ph: 'i', name: 'x', ts: '1', ...pid })).toMatchObject([{ pid: NO_TASK }]);
  });

  it('as a slice is a call, with its end where the result is there', () => {
    const slice = { ph: 'X', name: 'sys_finit_module', ts: '1.5', dur: '200', pid: '1', tid: '514' };
    expect(records({ ...slice, args: { fd: '5', flags: '0', ret: '-17' } })).toMatchObject([
      {
        system: 'syscalls',
        name: 'sys_enter_finit_module',
        t: 1500n,
        fields: { fd: '5', flags: '0', ret: '-17' },
      },
      { name: 'sys_exit_finit_module', t: 201_500n, pid: 514 },
    ]);
    expect(records({ ...slice, args: { fd: '5' } }).map(({ name }) => name)).toEqual([
      'sys_enter_finit_module',
    ]);
    expect(records({ ...slice, dur: 'x', args: { ret: '0' } })[1]).toMatchObject({ t: null });
    for (const name of ['__x64_sys_finit_module', '__arm64_sys_finit_module', 'finit_module'])
      expect(records({ ...slice, name })[0]?.name).toBe('sys_enter_finit_module');
    expect(records({ ...slice, name: 'sys_init_module' })[0]?.name).toBe('sys_enter_init_module');
    expect(records({ ...slice, name: 'sys_delete_module' })[0]?.name).toBe('sys_enter_delete_module');
    expect(records({ ...slice, name: 'sys_openat' })[0]?.name).toBe('sys_openat');
  });

  it('as a pair is a call; its end takes the name of what is open', () => {
    const begin = (name: string, ts: string) => ({ ph: 'B', name, ts, tid: '7' });
    const end = (ts: string, more: Plain = {}) => ({ ph: 'E', ts, tid: '7', ...more });
    expect(
      records(
        begin('sys_finit_module', '1'),
        begin('other', '2'),
        end('3'),
        end('4', { args: { ret: '-17' } }),
      ).map(({ name, t }) => [name, t]),
    ).toEqual([
      ['sys_enter_finit_module', 1000n],
      ['other', 2000n],
      ['sys_exit_finit_module', 4000n],
    ]);
    expect(records(end('3'))).toEqual([]);
    expect(records({ ph: 'E', ts: '3' })).toEqual([]);
    expect(records(end('3', { name: 'sys_finit_module' })).map(({ name }) => name)).toEqual([
      'sys_exit_finit_module',
    ]);
    expect(records({ ...begin('sys_finit_module', '1'), ph: 'b' }, { ...end('2'), ph: 'e' }).length).toBe(2);
  });

  it('names threads, without the number that some exporters add', () => {
    const events = new TraceEvents();
    const name = (tid: string, comm: string, ph = 'M', what = 'thread_name') =>
      events.read(json({ ph, name: what, tid, args: { name: comm } }), 1);
    for (const [tid, comm] of [
      ['514', '(udev-worker)'],
      ['902', 'modprobe 902'],
      ['903', 'modprobe-903'],
      ['904', 'modprobe-1'],
    ] as const)
      expect(name(tid, comm)).toEqual([]);
    name('5', 'x', 'M', 'process_name');
    name('6', '');
    expect([...events.comms]).toEqual([
      [514, '(udev-worker)'],
      [902, 'modprobe'],
      [903, 'modprobe'],
      [904, 'modprobe-1'],
    ]);
  });

  it('has fields by the names of the format files, numbers in lists, and no objects', () => {
    const args = { NR: '313', retval: '-17', args: ['1', '0x10', 'x'], deep: { a: '1' } };
    const events = new TraceEvents();
    const [record] = events.read(json({ ph: 'i', name: 'sys_exit', ts: '1', tid: '7', args }), 1);
    expect([...(record?.fields ?? [])]).toEqual([
      ['id', '313'],
      ['ret', '-17'],
      ['args', [1n, 16n, 0n]],
    ]);
  });

  it.each<[Plain, object | null]>([
    [
      { __probe_ip: 'load_module+0x4/0x30' },
      { at: 'entry', func: 'load_module+0x4/0x30', address: null, caller: null },
    ],
    [
      { __probe_ip: '18446744071579882496' },
      { at: 'entry', func: null, address: 'ffffffff80c5d800', caller: null },
    ],
    [
      { __probe_func: '0xffffffff810ec254', __probe_ret_ip: 'load_module' },
      { at: 'return', func: null, address: 'ffffffff810ec254', caller: 'load_module' },
    ],
    [{ __probe_func: 'f' }, { at: 'return', func: 'f', address: null, caller: null }],
    [{ name: 'x' }, null],
  ])('at the point %o', (args, expected) => {
    const [record] = new TraceEvents().read(json({ ph: 'i', name: 'p', ts: '1', tid: '7', args }), 1);
    expect(record?.point).toEqual(
      expected === null
        ? null
        : {
            ...expected,
            ...(args.__probe_ip === '18446744071579882496' && {
              address: BigInt('18446744071579882496').toString(16),
            }),
          },
    );
    expect([...(record?.fields.keys() ?? [])]).toEqual(expected === null ? ['name'] : []);
  });
});

it.each<[string | undefined, bigint | null]>([
  ['37321026.123', 37_321_026_123n],
  ['37321026.1234567', 37_321_026_123n],
  ['1', 1000n],
  ['1.5', 1500n],
  ['1.5e3', 1_500_000n],
  ['1E+2', 100_000n],
  ['0', 0n],
  ['9300000000000000', null],
  ['-1', null],
  ['x', null],
  [undefined, null],
])('%s microseconds', (text, ns) => {
  expect(nanoseconds(text)).toBe(ns);
});
