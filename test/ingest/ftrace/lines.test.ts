// SPDX-License-Identifier: Apache-2.0
/** The parts of a trace line, by kernel/trace/trace_output.c, trace-cmd and perf. */
import { describe, expect, it } from 'vitest';
import * as fields from '../../../src/ingest/ftrace/fields.js';
import { FunctionGraph } from '../../../src/ingest/ftrace/graph.js';
import { Prefix } from '../../../src/ingest/ftrace/prefix.js';

describe('the front of a record', () => {
  const MS = 1_000_000n;
  type Parts = [comm: string | null, pid: number, cpu: number | null, time: bigint, form: string];
  const located = (line: string) => {
    const prefix = new Prefix();
    if (!prefix.locate(line)) return null;
    const { comm, pid, cpu, form, body } = prefix;
    return {
      parts: [comm, pid, cpu, prefix.time(), form],
      rest: line.slice(body),
      ticks: prefix.ticks,
      relative: prefix.relative,
    };
  };

  it.each<[string, Parts]>([
    ['        modprobe-902     [005] ....    45.732844: x', ['modprobe', 902, 5, 45_732_844_000n, 'task']],
    ['        modprobe-902     [005] d..2.    45.732844: x', ['modprobe', 902, 5, 45_732_844_000n, 'task']],
    [
      '   (udev-worker)-300   (    299) [000] .....     7.000000: x',
      ['(udev-worker)', 300, 0, 7000n * MS, 'task'],
    ],
    [
      '   (udev-worker)-300   (-------) [000] .....     7.000000: x',
      ['(udev-worker)', 300, 0, 7000n * MS, 'task'],
    ],
    ['           <...>-77    [127] .....     7.5: x', [null, 77, 127, 7500n * MS, 'task']],
    ['     Web Content-8     [001]     7.123456789: x', ['Web Content', 8, 1, 7_123_456_789n, 'task']],
    ['        a-b-c-12       [001] ....     1.000001: x', ['a-b-c', 12, 1, 1_000_001_000n, 'task']],
    ['  x [y]-12             [001] ....     1.000001: x', ['x [y]', 12, 1, 1_000_001_000n, 'task']],
    ['foo:       modprobe-902   [005] ....  45.5: x', ['modprobe', 902, 5, 45_500n * MS, 'task']],
    ['        modprobe-902     [005] ....  1234567: x', ['modprobe', 902, 5, 1_234_567n, 'task']],
    // perf script
    ['modprobe   902 [005]   45.732844: x', ['modprobe', 902, 5, 45_732_844_000n, 'perf']],
    ['modprobe   900/902 [005]   45.732844: x', ['modprobe', 902, 5, 45_732_844_000n, 'perf']],
    // trace_options latency-format, trace-cmd report -l
    ['  racer-430       6..... 25397us*: x', ['racer', 430, 6, 25_397_000n, 'latency']],
    ['(udev-wo-526     3.....    41.351579: x', ['(udev-wo', 526, 3, 41_351_579_000n, 'latency']],
    ['    init-1         4.....    3: x', ['init', 1, 4, 3n, 'latency']],
    // trace_options verbose
    [
      '   racer     430   6 0 00000000 00000001 [03095e8f] 25.397ms (+16.995ms): x',
      ['racer', 430, 6, 50_945_679_000n, 'verbose'],
    ],
    [
      '   racer     430   6 0 00000000 00000001 0000000000000014 1 (+1): x',
      ['racer', 430, 6, 20n, 'verbose'],
    ],
  ])('%s', (line, parts) => {
    expect(located(line)?.parts).toEqual(parts);
    expect(located(line)?.rest).toBe('x');
  });

  it.each([
    '[    1.234567] usb 1-1: new device',
    '  [    1.234567] modprobe-902 [005] .... 45.5: x',
    '        modprobe-902     [005] ....    45.732844 x',
    '        modprobe-902     [] ....    45.732844: x',
    '        modprobe-902     [0x5] ....    45.732844: x',
    '        modprobe-        [005] ....    45.732844: x',
    '        -902             [005] ....    45.732844: x',
    '        modprobe-902     [005]45.732844: x',
    '        modprobe-902     [005] ....    : x',
    `        modprobe-902     [005] ${'.'.repeat(30)} 45.5: x`,
    `${' '.repeat(300)}modprobe-902 [005] .... 45.5: x`,
    'modprobe902 [005] .... 45.5: x',
    '',
  ])('is not %s', (line) => {
    expect(located(line)).toBeNull();
  });

  it('has bare counts, and times that count from the first entry', () => {
    const kind = (line: string) => {
      const { ticks, relative } = located(line) ?? {};
      return [ticks, relative];
    };
    expect(kind('   modprobe-902     [005] ....  1234567: x')).toEqual([true, false]);
    expect(kind('   modprobe-902     [005] ....  1.5: x')).toEqual([false, false]);
    expect(kind('  racer-430       6..... 25397us*: x')).toEqual([false, true]);
    expect(kind('    init-1         4.....    3: x')).toEqual([true, true]);
    expect(kind('   racer     430   6 0 00000000 00000001 0000000000000014 1 (+1): x')).toEqual([
      true,
      false,
    ]);
  });

  it('keeps numbers that a double cannot hold exactly near', () => {
    expect(located('   x-12345678901234567890 [001] .... 1.5: x')?.parts[1]).toBe(
      Number('12345678901234567890'),
    );
    expect(located('   x-123456789012345 [001] .... 1.5: x')?.parts[1]).toBe(123_456_789_012_345);
  });
});

describe('the fields of a record', () => {
  const plain = (map: ReadonlyMap<string, unknown> | null) => map && Object.fromEntries(map);

  it.each<[string, object]>([
    ['name="x y" len=100 flags=0x4', { name: 'x y', len: '100', flags: '0x4' }],
    ['name="a"b" len=1', { name: 'a"b', len: '1' }],
    ['name=(fault) len=1', { name: null, len: '1' }],
    ['name="open', { name: 'open' }],
    ['len=', { len: '' }],
    ['nothing', {}],
    ['', {}],
  ])('in pairs: %s', (body, expected) => {
    expect(plain(fields.pairs(body))).toEqual(expected);
  });

  it('are open where a quoted value has no end', () => {
    expect(fields.isOpen('name="x')).toBe(true);
    expect(fields.isOpen('name="')).toBe(true);
    expect(fields.isOpen('name="x"')).toBe(false);
    expect(fields.isOpen('a="x" name="y')).toBe(true);
    expect(fields.isOpen('len=1')).toBe(false);
  });

  it.each<[string, object]>([
    ['(load_module+0x4/0x30)', { at: 'entry', func: 'load_module+0x4/0x30', address: null, caller: null }],
    ['(ffffffff810ec254)', { at: 'entry', func: null, address: 'ffffffff810ec254', caller: null }],
    ['(0xffffffff810ec254)', { at: 'entry', func: null, address: 'ffffffff810ec254', caller: null }],
    [
      '(caller+0x51/0xd0 <- load_module)',
      { at: 'return', func: 'load_module', address: null, caller: 'caller+0x51/0xd0' },
    ],
    [
      '(ffffffff810ec254 <- ffffffff810aaaaa)',
      { at: 'return', func: null, address: 'ffffffff810ec254', caller: null },
    ],
    [
      '(caller+0x51/0xd0 <- 0xffffffff810ec254)',
      { at: 'return', func: null, address: 'ffffffff810ec254', caller: 'caller+0x51/0xd0' },
    ],
  ])('at the point %s', (body, expected) => {
    expect(fields.probePoint(body, 0)).toEqual({ point: expected, end: body.length });
  });

  it('at a point printed field by field, or at none', () => {
    const point = (given: Record<string, string>) => fields.fieldPoint(new Map(Object.entries(given)));
    expect(point({ __probe_ip: 'load_module' })).toEqual({
      at: 'entry',
      func: 'load_module',
      address: null,
      caller: null,
    });
    expect(point({ __probe_func: 'ffffffff810ec254', __probe_ret_ip: 'f' })).toEqual({
      at: 'return',
      func: null,
      address: 'ffffffff810ec254',
      caller: 'f',
    });
    expect(point({ __probe_func: 'a', __probe_ret_ip: 'ffffffff810ec254' })?.caller).toBeNull();
    expect(point({})).toBeNull();
    expect(fields.probePoint('(open', 0)).toBeNull();
  });

  const READERS = {
    moduleLoadFields: fields.moduleLoadFields,
    moduleFreeFields: fields.moduleFreeFields,
    moduleRequestFields: fields.moduleRequestFields,
    forkFields: fields.forkFields,
    execFields: fields.execFields,
    switchFields: fields.switchFields,
    syscallArguments: fields.syscallArguments,
    resultField: fields.resultField,
    rawFields: fields.rawFields,
  };
  it.each<[keyof typeof READERS, string, object | null]>([
    ['moduleLoadFields', 'e1000 OE', { name: 'e1000', taints: 'OE' }],
    ['moduleLoadFields', 'e1000 ', { name: 'e1000', taints: '' }],
    ['moduleLoadFields', 'taints=0x1000 name=e1000', { name: 'e1000', taints: '0x1000' }],
    ['moduleFreeFields', ' e1000 ', { name: 'e1000' }],
    ['moduleFreeFields', 'name=e1000', { name: 'e1000' }],
    [
      'moduleRequestFields',
      'net-pf-3 wait=1 call_site=f [m]',
      { name: 'net-pf-3', wait: '1', call_site: 'f [m]' },
    ],
    ['moduleRequestFields', 'a b wait=0', { name: 'a b', wait: '0', call_site: null }],
    ['moduleRequestFields', 'a b', null],
    ['moduleRequestFields', 'ip=f wait=1 name=a b', { ip: 'f', wait: '1', name: 'a b' }],
    ['moduleRequestFields', 'ip=f wait=1', null],
    ['forkFields', 'comm=a pid=1 child_comm=b = c child_pid=2', { child_comm: 'b = c', child_pid: '2' }],
    ['forkFields', 'comm=a pid=1', {}],
    ['execFields', 'filename=/a b pid=1 old_pid=1', { filename: '/a b' }],
    ['execFields', 'filename=/a', { filename: '/a' }],
    ['execFields', 'pid=1', {}],
    [
      'switchFields',
      'prev_comm=a prev_pid=514 prev_prio=120 prev_state=S ==> next_comm=b next_pid=0 next_prio=120',
      { prev_pid: '514', next_pid: '0' },
    ],
    ['switchFields', 'modprobe:514 [120] S ==> swapper/0:0 [120]', { prev_pid: '514', next_pid: '0' }],
    ['switchFields', 'prev_comm=a prev_pid=514 prev_prio=120 prev_state=S ==> next_comm=b next_pid=12', {}],
    ['switchFields', 'nothing', {}],
    ['syscallArguments', 'fd: 5, uargs: 4b2f3d, flags: 4', { flags: '0x4' }],
    ['syscallArguments', 'umod: 0, len: 1f4, uargs: 1', { len: '0x1f4' }],
    ['syscallArguments', 'int flags: 0x4', { flags: '0x4' }],
    ['syscallArguments', 'flags=4', { flags: '4' }],
    ['syscallArguments', 'flags=0x4 (4)', { flags: '0x4' }],
    ['resultField', '0xffffffffffffffef', { ret: '0xffffffffffffffef' }],
    ['resultField', '-17', { ret: '-17' }],
    ['resultField', 'ret=0x0 (0)', { ret: '0x0' }],
    ['resultField', '= -17', { ret: '-17' }],
    ['resultField', 'ffffffffffffffef', { ret: '0xffffffffffffffef' }],
    ['resultField', '0000000000000000', { ret: '0x0000000000000000' }],
    ['resultField', '17x', {}],
    ['rawFields', 'NR 313 (5, 4b2f3d, 4)', { id: '313', args: [5n, 0x4b2f3dn, 4n] }],
    ['rawFields', 'NR 313 (0x5, 0x10)', { id: '313', args: [5n, 16n] }],
    ['rawFields', 'NR 313 = -17', { id: '313', ret: '-17' }],
    ['rawFields', 'id=313 ret=-17', { id: '313', ret: '-17' }],
    ['rawFields', 'other', {}],
  ])('by %s of %s', (reader, body, expected) => {
    expect(plain(READERS[reader](body))).toEqual(expected);
  });

  it('are the pids of a switch without a string', () => {
    const line = 'x: prev_comm=a prev_pid=514 prev_prio=120 ==> next_comm=b next_pid=4194304 next_prio=120';
    expect([fields.previousPid(line, 0), fields.nextPid(line, 0)]).toEqual([514, 4_194_304]);
    expect(fields.previousPid(line, 30)).toBe(-1);
    expect(fields.nextPid(line, 80)).toBe(-1);
    expect(fields.nextPid('x next_pid=12345678 y', 0)).toBe(-1);
    expect(fields.nextPid('x next_pid=12', 0)).toBe(-1);
    expect(fields.nextPid('x next_pid= y', 0)).toBe(-1);
    expect(fields.previousPid('x prev_pid=1a y', 0)).toBe(-1);
  });
});

describe('the function graph tracer', () => {
  const calls = (...lines: string[]) => {
    const graph = new FunctionGraph();
    const read = lines.map((line, index) => graph.read(line, index + 1));
    const records = [...read, ...graph.unfinished()].flatMap((one) =>
      one !== null && typeof one === 'object' ? [one] : [],
    );
    return records.map(({ body, pid, comm, cpu, t, line }) => [
      body.name,
      body.fields.get('func') ?? body.fields.get('name'),
      body.fields.get('duration') ?? null,
      comm,
      pid,
      cpu,
      t,
      line,
    ]);
  };

  // kernel/trace/trace_functions_graph.c: print_graph_duration, print_graph_cpu, print_graph_irq
  it.each<[string, string[], unknown[][]]>([
    [
      'a leaf',
      [' 4)   modprobe-902   |   0.123 us    |  load_module();'],
      [['function', 'load_module', 123n, 'modprobe', 902, 4, null, 1]],
    ],
    [
      'a leaf with a mark',
      [' 4)   modprobe-902   | + 12.345 us    |  load_module();'],
      [['function', 'load_module', 12_345n, 'modprobe', 902, 4, null, 1]],
    ],
    [
      'a leaf with flags',
      [' 4)   modprobe-902   |  ..2. |   0.123 us    |  load_module();'],
      [['function', 'load_module', 123n, 'modprobe', 902, 4, null, 1]],
    ],
    [
      'a leaf with a time',
      [' 50.941725 |   4)   modprobe-902   |   0.5 us    |  load_module();'],
      [['function', 'load_module', 500n, 'modprobe', 902, 4, 50_941_725_000n, 1]],
    ],
    [
      'a nest',
      [
        ' 4)   modprobe-902   |               |  load_module() {',
        ' 4)   modprobe-902   |   0.1 us    |  vfs_read();',
        ' 4)   modprobe-902   | # 1234.567 us |  }',
      ],
      [['function', 'load_module', 1_234_567n, 'modprobe', 902, 4, null, 1]],
    ],
    [
      'a call without an end',
      [' 4)   modprobe-902   |               |  load_module() {'],
      [['function', 'load_module', null, 'modprobe', 902, 4, null, 1]],
    ],
    [
      'an event',
      [' 4)   modprobe-902   |               |  /* module_load: e1000 OE */'],
      [['module_load', 'e1000', null, 'modprobe', 902, 4, null, 1]],
    ],
    [
      'the task by the last switch of the CPU',
      [
        ' 4)   kworker-1   =>  modprobe-902',
        ' 4)               |  load_module() {',
        ' 4) + 12.5 us     |  }',
      ],
      [['function', 'load_module', 12_500n, 'modprobe', 902, 4, null, 2]],
    ],
    ['no task', [' 4)   0.123 us    |  load_module();'], []],
    ['another function', [' 4)   modprobe-902   |   0.123 us    |  vfs_read();'], []],
  ])('prints %s', (_, lines, expected) => {
    expect(calls(...lines)).toEqual(expected);
  });

  it('as trace-cmd reports it', () => {
    const at = { line: 1, t: 5n, pid: 9, comm: 'modprobe', cpu: 2 };
    const graph = new FunctionGraph();
    expect(graph.reported('funcgraph_entry:               |  load_module() {', at)).toBe('other');
    expect(graph.reported('funcgraph_exit:   # 7156.000 us |  }', { ...at, line: 3 })).toMatchObject({
      line: 1,
      t: 5n,
      pid: 9,
    });
    expect(graph.reported('funcgraph_entry:        0.123 us   |  load_module();', at)).toMatchObject({
      pid: 9,
      cpu: 2,
    });
    expect(graph.reported('module_load: e1000', at)).toBeNull();
  });
});
