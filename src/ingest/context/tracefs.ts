// SPDX-License-Identifier: Apache-2.0
/** Files of tracefs beside the trace: lost events and settings. */
import type { IngestContext, LineIngester, LineSink } from '../ingester.js';
import { lineByLine, recogniser, sniffForms } from './sniff.js';

/** kernel/trace/trace.c:tracing_stats_read, one file per CPU; collectors put `== cpu0` or a path before each. */
const STATS_LINE =
  /^\s*(entries|overrun|commit overrun|bytes|oldest event ts|now ts|dropped events|read events):\s+([\d.]+)\s*$/;
const CPU_HEAD = /\bcpu\s?(\d+)\b/i;
/** Path and line as grep prints them: `per_cpu/cpu3/stats:overrun: 12`. */
const GREPPED = /^(\S*cpu\d{1,5}\/stats):(.*)$/;

class PerCpuReader implements LineSink {
  readonly #context: IngestContext;
  #cpu: number | null;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#cpu = cpuOf(context.path.split('#')[0] ?? '');
  }

  line(text: string, number: number): void {
    const grepped = GREPPED.exec(text);
    const body = grepped?.[2] ?? text;
    const [, name, value = ''] = STATS_LINE.exec(body) ?? [];
    if (name === undefined || grepped) this.#cpu = cpuOf(grepped?.[1] ?? text) ?? this.#cpu;
    if ((name !== 'overrun' && name !== 'dropped events') || !/[1-9]/.test(value)) return;
    const count = Number(value);
    this.#context.emit({ kind: 'lost-events', line: number, t: null, cpu: this.#cpu, count });
    this.#context.diagnose('trace-lost-events', number, `cpu ${this.#cpu ?? '?'}: ${name} ${count}`, count);
  }

  end(): void {}
}

function cpuOf(text: string): number | null {
  const cpu = CPU_HEAD.exec(text)?.[1];
  return cpu === undefined ? null : Number(cpu);
}

export const perCpuStats: LineIngester = {
  name: 'ftrace-stats',
  title: 'Ring buffer statistics (tracefs per_cpu/cpu*/stats)',
  priority: 560,
  most: 92,
  places: ['sys/kernel/tracing/per_cpu/*/stats', 'sys/kernel/debug/tracing/per_cpu/*/stats'],
  reads: 'lines',
  needles: null,
  sniff: (head) =>
    sniffForms(head, [
      {
        form: 'per_cpu stats',
        line: new RegExp(`${STATS_LINE.source}|${GREPPED.source}`),
        also: CPU_HEAD,
        share: 90,
        minLines: 4,
        confidence: 92,
      },
    ]),
  start: (context) => new PerCpuReader(context),
};

/** kernel/trace/trace_kprobe.c:probes_profile_seq_show: name, hits, misses (kretprobes'). */
const PROFILE = /^\s{2}(\S+)\s+(\d+)\s+(\d+)\s*$/;

export const kprobeProfile = lineByLine(
  {
    name: 'kprobe-profile',
    title: 'Hits and misses of probes (tracefs kprobe_profile)',
    priority: 559,
    places: ['sys/kernel/tracing/*_profile', 'sys/kernel/debug/tracing/*_profile'],
  },
  [{ form: 'kprobe_profile', line: PROFILE, confidence: 60 }],
  (context, text, line) => {
    const [, probe, hits, misses] = PROFILE.exec(text) ?? [];
    if (!probe || Number(misses) === 0) return;
    const detail = `probe ${probe} missed ${misses} of ${Number(hits) + Number(misses)}`;
    context.diagnose('trace-lost-events', line, detail, Number(misses));
  },
);

export const tracefsSettings = recogniser(
  {
    name: 'tracefs-settings',
    title: 'Settings of tracefs (dynamic_events, set_event, trace_clock)',
    priority: 558,
    places: ['sys/kernel/tracing/*_events', 'sys/kernel/debug/tracing/*_events'],
  },
  [
    { form: 'dynamic_events', line: /^[perft]\d*:[\w.-]+\/\S+ \S/, share: 90, confidence: 90 },
    {
      form: 'trace_clock',
      line: /^(?=.*\[\w+\])(?=.*\blocal\b)(?=.*\bglobal\b)[\w[\] -]+$/,
      maxLines: 1,
      confidence: 90,
    },
    { form: 'set_event', line: /^\w+:[\w*-]+$/, confidence: 55 },
  ],
);
