// SPDX-License-Identifier: Apache-2.0
/** Lines of a trace, by the kernel, trace-cmd and perf, and the head above them. */
import type { Form, TraceRecord } from './trace-text.js';

export function stamp(t: number): string {
  return `${Math.floor(t / 1_000_000)}.${String(t % 1_000_000).padStart(6, '0')}`;
}

/** One line of it. */
export function line({ step, system, event, fields }: TraceRecord, form: Form): string {
  const { t, cpu, comm, pid } = step;
  const on = `[${String(cpu).padStart(3, '0')}]`;
  switch (form) {
    case 'perf':
      return `${comm.padStart(16)} ${String(pid).padStart(7)} ${on} ${stamp(t).padStart(13)}: ${`${system}:${event}`.padStart(24)}: ${fields}`;
    case 'trace-cmd':
      return `${`${comm}-${pid}`.padStart(20)}   ${on} ${stamp(t).padStart(12)}: ${`${event}:`.padEnd(21)} ${fields}`;
    default: {
      const syscall = system === 'syscalls';
      const exits = syscall && fields.startsWith('->');
      const said = syscall ? (exits ? `${event} ${fields}` : `${event}${fields}`) : `${event}: ${fields}`;
      return `${comm.padStart(16)}-${String(pid).padEnd(7)} ${on} ..... ${stamp(t).padStart(12)}: ${said}`;
    }
  }
}

/** What /sys/kernel/tracing/trace starts with. */
export function head(inBuffer: number, written: number, cpus: number): string[] {
  return [
    '# tracer: nop',
    '#',
    `# entries-in-buffer/entries-written: ${inBuffer}/${written}   #P:${cpus}`,
    '#',
    '#                                _-----=> irqs-off/BH-disabled',
    '#                               / _----=> need-resched',
    '#                              | / _---=> hardirq/softirq',
    '#                              || / _--=> preempt-depth',
    '#                              ||| / _-=> migrate-disable',
    '#                              |||| /     delay',
    '#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION',
    '#              | |         |   |||||     |         |',
  ];
}
