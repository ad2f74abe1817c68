/** ftrace text: `trace`, `trace_pipe`, and the reports of trace-cmd and perf. */
import type { LineIngester } from '../ingester.js';
import { sniff } from './detect.js';
import { TraceReader } from './reader.js';

export const ftrace: LineIngester = {
  name: 'ftrace',
  title: 'ftrace text: trace, trace_pipe, trace-cmd report, perf script',
  priority: 350,
  reads: 'lines',
  // Most of what matters has "module" in it. Probes are called what their user likes: " (" stands before the
  // function or address, `__probe_` before it where fields are printed one by one. The last two are in the
  // second lines of records whose name holds a newline.
  needles: [
    'module',
    'sched_process_',
    ' (',
    '__probe_',
    'kernel_read_file',
    ' NR ',
    'EVENTS',
    'events lost',
    '_LOST',
    '# ',
    'cpus=',
    'type: ',
    'wait=',
  ],
  sniff,
  start: (context) => new TraceReader(context),
};
