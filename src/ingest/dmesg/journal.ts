/** Entries of the systemd journal, by their fields (systemd.journal-fields(7)), in whatever form they were printed. */
import type { KernelLog } from './log.js';
import { bareRecord, splitTool } from './record.js';

/** The fields that are looked at; all others may be left out. */
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

/** Microseconds as printed, to nanoseconds. */
function nanos(micros: string | undefined): bigint | null {
  return micros !== undefined && /^\d{1,18}$/.test(micros) ? BigInt(micros) * 1000n : null;
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null;
}

/**
 * Hands an entry to the log. A kernel message's time is _SOURCE_MONOTONIC_TIMESTAMP, which is printk's own stamp;
 * __MONOTONIC_TIMESTAMP is when journald received it, many seconds later for the first messages of a boot.
 *
 * @returns false where that fallback had to be taken
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
