// SPDX-License-Identifier: Apache-2.0
/** Entries of the systemd journal by their fields (systemd.journal-fields(7)), for all its formats. */
import type { IngestContext } from '../../ingester.js';
import type { KernelLog } from '../log.js';
import { bareRecord, splitTool } from '../record.js';
import { sinceEpoch } from '../wall.js';

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

/** Adds a field that is used; of a repeated one the first counts, but all messages are read, one after the other. */
export function addField(fields: JournalFields, name: string, value: string): void {
  const known = fields.get(name);
  if (known === undefined) fields.set(name, value);
  else if (name === 'MESSAGE' && known !== value) fields.set(name, `${known}\n${value}`);
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null;
}

/**
 * Passes an entry to the log. The time of a kernel message is _SOURCE_MONOTONIC_TIMESTAMP, printk's own;
 * __MONOTONIC_TIMESTAMP is when journald received it, many seconds later for the first messages of a boot.
 */
export function readEntry(log: KernelLog, context: IngestContext, fields: JournalFields, line: number): void {
  const message = fields.get('MESSAGE');
  if (message === undefined) return;
  /** Decimal microseconds as nanoseconds. */
  const nanos = (name: string): bigint | null => {
    const micros = fields.get(name);
    if (micros === undefined) return null;
    if (/^\d{1,18}$/.test(micros)) return BigInt(micros) * 1000n;
    context.diagnose('number-out-of-range', line, `${name} ${micros.slice(0, 80)}`);
    return null;
  };
  const identifier = fields.get('SYSLOG_IDENTIFIER') ?? fields.get('_COMM') ?? null;
  const kernel = fields.get('_TRANSPORT') === 'kernel' && (identifier === null || identifier === 'kernel');
  const received = nanos('__MONOTONIC_TIMESTAMP');
  const realtime = nanos('__REALTIME_TIMESTAMP');
  const source = nanos('_SOURCE_MONOTONIC_TIMESTAMP');
  const boot = source ?? received;
  const late = received !== null && boot !== null ? received - boot : 0n;
  const [first = '', ...rest] = message.split('\n');
  const written = kernel ? splitTool(first) : { tool: null, pid: null, text: first };
  const record = {
    ...bareRecord(line, written.text),
    boot,
    wall: realtime === null ? null : sinceEpoch(realtime - late),
    tool: kernel ? written.tool : (identifier ?? 'unknown'),
    pid: kernel ? written.pid : number(fields.get('SYSLOG_PID') ?? fields.get('_PID')),
    bootId: fields.get('_BOOT_ID') ?? null,
  };
  const writer = kernel && written.tool === null ? 'kernel' : 'program';
  log.record(record, writer);
  for (const text of rest) log.record({ ...record, text }, writer);
  if (kernel && source === null) {
    const detail = 'no _SOURCE_MONOTONIC_TIMESTAMP: times are when journald received the messages';
    context.diagnose('log-time-unknown', line, detail);
  }
}
