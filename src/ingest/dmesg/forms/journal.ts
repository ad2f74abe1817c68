// SPDX-License-Identifier: Apache-2.0
/** Entries of the systemd journal by their fields (systemd.journal-fields(7)), for all its formats. */
import type { KernelLog } from '../log.js';
import { bareRecord, splitTool } from '../record.js';

/** The fields used; all others may be skipped. */
export const JOURNAL_FIELDS: ReadonlySet<string> = new Set([
  'MESSAGE',
  'SYSLOG_IDENTIFIER',
  'SYSLOG_PID',
  '_BOOT_ID',
  '_COMM',
  '_PID',
  '_SOURCE_MONOTONIC_TIMESTAMP',
  '_TRANSPORT',
  '__MONOTONIC_TIMESTAMP',
  '__REALTIME_TIMESTAMP',
]);

export type JournalFields = Map<string, string>;

/** Converts decimal microseconds to nanoseconds. */
function nanos(micros: string | undefined): bigint | null {
  return micros !== undefined && /^\d{1,18}$/.test(micros) ? BigInt(micros) * 1000n : null;
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null;
}

/**
 * Passes an entry to the log. The time of a kernel message is _SOURCE_MONOTONIC_TIMESTAMP, printk's own;
 * __MONOTONIC_TIMESTAMP is when journald received it, many seconds later for the first messages of a boot.
 *
 * @returns false if a kernel message has only the latter
 */
export function readEntry(log: KernelLog, fields: JournalFields, line: number): boolean {
  const message = fields.get('MESSAGE');
  if (message === undefined) return true;
  const identifier = fields.get('SYSLOG_IDENTIFIER') ?? fields.get('_COMM') ?? null;
  const kernel = fields.get('_TRANSPORT') === 'kernel' && (identifier === null || identifier === 'kernel');
  const received = nanos(fields.get('__MONOTONIC_TIMESTAMP'));
  const realtime = nanos(fields.get('__REALTIME_TIMESTAMP'));
  const source = nanos(fields.get('_SOURCE_MONOTONIC_TIMESTAMP'));
  const boot = source ?? received;
  const late = received !== null && boot !== null ? received - boot : 0n;
  const [first = '', ...rest] = message.split('\n');
  const written = kernel ? splitTool(first) : { tool: null, pid: null, text: first };
  const record = {
    ...bareRecord(line, written.text),
    boot,
    wall:
      realtime === null
        ? null
        : { ns: realtime - late, absolute: true, year: true, computed: false, minute: false },
    tool: kernel ? written.tool : (identifier ?? 'unknown'),
    pid: kernel ? written.pid : number(fields.get('SYSLOG_PID') ?? fields.get('_PID')),
    bootId: fields.get('_BOOT_ID') ?? null,
  };
  const writer = kernel && written.tool === null ? 'kernel' : 'program';
  log.record(record, writer);
  for (const text of rest) log.record({ ...record, text }, writer);
  return !kernel || source !== null;
}
