// SPDX-License-Identifier: Apache-2.0
/** ftrace text: `trace`, `trace_pipe`, and the reports of trace-cmd and perf. */
import type { LineIngester } from '../ingester.js';
import { MOST, sniff } from './detect.js';
import { Prefix } from './prefix.js';
import { TraceReader } from './reader.js';

const prefix = new Prefix();
/** A row of the function_graph tracer, and a comment of its. */
const GRAPH_ROW = /^[ \d.:)]{1,40}(?:\S{1,40} {0,10})?\| /;

/** Whether a line is of a trace: of its header, a record, or a row. */
export const isTraceLine = (line: string): boolean =>
  line.startsWith('#') || prefix.locate(line) || GRAPH_ROW.test(line);

export const ftrace: LineIngester = {
  name: 'ftrace',
  title: 'ftrace text: trace, trace_pipe, trace-cmd report, perf script',
  priority: 350,
  most: MOST,
  places: [
    'sys/kernel/tracing/trace*',
    'sys/kernel/tracing/instances/*/trace*',
    'sys/kernel/debug/tracing/trace*',
    'sys/kernel/debug/tracing/instances/*/trace*',
  ],
  reads: 'lines',
  needles: [
    // Most relevant events have "module" in them.
    'module',
    'sched_process_',
    'sched_switch',
    'sys_enter:',
    'sys_exit:',
    // Probes have any name, and may print their fields one by one.
    ': (',
    '  (',
    ':(',
    '__probe_',
    // Loader functions, for the function tracers.
    'kernel_read_file',
    'mod_stat_bump',
    'idempotent',
    'post_load_data',
    'kmod_dup_request',
    'layout_and_allocate',
    // function_graph, if it starts in the middle.
    '| ',
    ' => ',
    // The kernel's messages.
    'console: ',
    // Headers, lost events, and unusable forms.
    'tracer: ',
    'cpus=',
    'EVENTS',
    'events lost',
    '_LOST',
    ' type: ',
    // Records wrapped after their time or name.
    ':\n',
    ' \n',
    ':\r',
    ' \r',
  ],
  sniff,
  start: (context) => new TraceReader(context),
};
