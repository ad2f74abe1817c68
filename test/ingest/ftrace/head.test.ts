// SPDX-License-Identifier: Apache-2.0
/** Heads, lost events, several recordings, other tracers, and detection. */
import { describe, expect, it } from 'vitest';
import { fixture, ingest, ofKind } from './ingest.js';

describe('the head of a recording', () => {
  it('tells what was lost', () => {
    const { events, diagnostics } = ingest(`# tracer: nop
#
# entries-in-buffer/entries-written: 855/9000   #P:8
#
 a-1 [000] .... 1.0: module_free: a`);
    expect(events[0]).toEqual({
      kind: 'trace-header',
      line: 1,
      t: null,
      tracer: 'nop',
      entriesInBuffer: 855,
      headLines: 4,
      entriesWritten: 9000,
      cpus: 8,
      kernel: null,
    });
    expect(events[1]).toEqual({ kind: 'lost-events', line: 1, t: null, cpu: null, count: 8145 });
    expect(diagnostics.get('trace-lost-events')).toBe(8145);
  });

  it('is emitted for an empty recording too', () => {
    const { events } = ingest('# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/0   #P:8\n');
    expect(events).toMatchObject([{ kind: 'trace-header', entriesWritten: 0 }]);
  });

  it('begins a second recording', () => {
    const one = fixture('clock-mono.txt');
    const { events } = ingest(`${one}root@host:~# cat /sys/kernel/tracing/trace\n${one}`);
    const heads = ofKind(events, 'trace-header');
    expect(heads.length).toBe(2);
    expect(heads[1]?.line).toBe(one.split('\n').length + 1);
  });

  it.each([
    ['CPU:2 [LOST 123 EVENTS]', 2, 123],
    ['CPU:2 [LOST EVENTS]', 2, null],
    ['CPU:3 [EVENTS DROPPED]', 3, null],
    ['CPU:3 [12 EVENTS DROPPED]', 3, 12],
    ['CPU 0: 123 events lost', 0, 123],
  ])('%s', (line, cpu, count) => {
    expect(ofKind(ingest(line).events, 'lost-events')).toEqual([
      { kind: 'lost-events', line: 1, t: null, cpu, count },
    ]);
  });
});

describe('function_graph', () => {
  const graph = `# tracer: function_graph
#
# CPU  TASK/PID         DURATION                  FUNCTION CALLS
# |     |    |           |   |                     |   |   |   |
 4)   modprobe-902  |               |  load_module() {
 4)   modprobe-902  |   0.123 us    |    module_decompress();
 4)   modprobe-902  |               |    do_init_module() {
 4)   modprobe-902  |               |      /* module_load: foo E */
 4)   modprobe-902  | # 1234.567 us |    }
 4)   modprobe-902  | $ 51234567.1 us |  } /* load_module */
 ------------------------------------------
 0)  modprobe-902  =>  kworker/1-12   
 ------------------------------------------
 0)               |  __request_module() {`;

  it('gives calls with durations, and events between them', () => {
    const { events, verdict } = ingest(graph);
    expect(verdict?.form).toBe('function_graph');
    expect(events.slice(1)).toMatchObject([
      { func: 'module_decompress', durationNs: 123n, pid: 902, comm: 'modprobe', cpu: 4, t: null },
      { kind: 'module-load', module: 'foo', pid: 902 },
      { func: 'do_init_module', durationNs: 1_234_567n, line: 7 },
      { func: 'load_module', durationNs: 51_234_567_100n, line: 5 },
      { func: '__request_module', durationNs: null, pid: 12, comm: 'kworker/1', cpu: 0 },
    ]);
  });

  it('has times where the option is on', () => {
    const { events } = ingest(`# tracer: function_graph
   50.941725 |   4)   modprobe-902   |  ..... |               |  load_module() {
   50.951725 |   4)   modprobe-902   |  ..... | @ 10000.0 us  |  }`);
    expect(events[1]).toMatchObject({ func: 'load_module', t: 50_941_725_000n, durationNs: 10_000_000n });
  });

  it('is of no use without tasks', () => {
    const { events, diagnostics } = ingest(
      '# tracer: function_graph\n 4)               |  load_module() {\n 4) + 12.3 us     |  }',
    );
    expect(ofKind(events, 'function-call')).toEqual([]);
    expect(diagnostics.get('trace-unusable-form')).toBe(1);
  });
});

describe('forms without tasks or fields', () => {
  it.each([
    ['raw', 5],
    ['hex', 3],
    ['nocontext-info', 30],
  ])('%s is said to be unusable', (form, lines) => {
    const read = ingest(fixture(`unusable-${form}.txt`));
    expect(read.verdict?.form).toBe(form);
    expect(read.events.filter(({ kind }) => kind !== 'trace-header')).toEqual([]);
    expect(read.diagnostics).toEqual(new Map([['trace-unusable-form', lines]]));
  });
});

describe('detection', () => {
  it.each([
    ['tgid-trace.txt', 'trace'],
    ['no-head-trace_pipe.txt', 'trace_pipe'],
    ['addresses-only-host-report.txt', 'trace-cmd report'],
    ['addresses-only-host-report-l.txt', 'trace-cmd report -l'],
    ['tgid-trace-latency-verbose.txt', 'verbose latency-format'],
  ])('%s is %s', (name, form) => {
    const { verdict } = ingest(fixture(name));
    expect(verdict?.form).toBe(form);
    expect(verdict?.confidence).toBeGreaterThanOrEqual(95);
    expect(verdict?.matched).toBe(verdict?.tried);
  });

  it('knows perf script', () => {
    const { verdict } = ingest('modprobe  174509 [003]  6504.868980: module:module_free: sunrpc');
    expect(verdict).toMatchObject({ form: 'perf script', matched: 1, tried: 1 });
  });

  it.each([
    ['dmesg', '[    1.234567] foo-12: bar baz\n[    2.000000] usb 1-1: new device [0123] 5: x'],
    ['ftrace dump inside dmesg', '[    1.234567] modprobe-902     5.....  1234us : module_free: x'],
    ['syslog', 'Nov 17 06:11:16 host systemd-udevd[1871]: Inserted module "a"'],
    ['prose', 'I saw module_load: nls_cp437 in the trace\nand sys_finit_module -> 0xffffffffffffffef too.'],
    ['format files', 'name: module_load\nID: 252\nformat:\n\tfield:int common_pid;\toffset:4;'],
    ['set_event', 'module:module_load\nmodule:module_free'],
  ])('does not claim %s', (_what, text) => {
    expect(ingest(text).verdict).toBeNull();
  });
});
