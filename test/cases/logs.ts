// SPDX-License-Identifier: Apache-2.0
/** One kernel log in the forms that bug reports hold, made of the log of samples/failures. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface LogRecord {
  /** Seconds since boot, with six digits. */
  readonly time: string;
  readonly pri: number;
  readonly msg: string;
}

interface DmesgJson {
  readonly dmesg: readonly { readonly pri: number; readonly time: number; readonly msg: string }[];
}

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));

export function sample(name: string): string {
  return readFileSync(`${SAMPLES}${name}`, 'utf8');
}

const document = JSON.parse(sample('failures/dmesg.json')) as DmesgJson;

/** A boot in which eight kinds of module failures are logged (23 messages). */
export const LOG: readonly LogRecord[] = document.dmesg.flatMap(({ pri, time, msg }) =>
  msg.split('\n').map((line) => ({ time: time.toFixed(6), pri, msg: line })),
);

/** The log of another boot of the machine: other marks of its clock, the same messages a little later. */
export function laterBoot(log: readonly LogRecord[], seconds = 1): LogRecord[] {
  return log.map(({ time, pri, msg }) => ({
    time: (Number(time) === 0 ? 0 : Number(time) + seconds).toFixed(6),
    pri,
    msg: msg
      .replace(/Marking stable \(\d+/, 'Marking stable (7055829022')
      .replace(
        /setting system clock to \S+ UTC \(\d+\)/,
        'setting system clock to 2026-11-23T08:00:00 UTC (1795420800)',
      ),
  }));
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

export const dmesg = (log: readonly LogRecord[]): string =>
  text(log.map(({ time, msg }) => `[${time.padStart(12)}] ${msg}`));

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function stamp(start: Date, time: string): string {
  const date = new Date(start.getTime() + Math.floor(Number(time) * 1000));
  const clock = date.toISOString().slice(11, 19);
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock}`;
}

/** rsyslog's kern.log: wall clock and the kernel's own time. */
export const kernLog = (log: readonly LogRecord[], start: Date): string =>
  text(log.map(({ time, msg }) => `${stamp(start, time)} host kernel: [${time.padStart(12)}] ${msg}`));

/** journalctl's short form: wall clock alone; user space between the kernel's lines. */
export const journal = (log: readonly LogRecord[], start: Date): string =>
  text(
    log.flatMap(({ time, msg }, index) => {
      const line = `${stamp(start, time)} host kernel: ${msg}`;
      const other = `${stamp(start, time)} host systemd[1]: Started unit-${index}.service.`;
      return index % 40 === 39 ? [line, other] : [line];
    }),
  );

/** /var/log/syslog: kernel and user space, as rsyslog writes them. */
export const syslog = (log: readonly LogRecord[], start: Date): string =>
  text(
    log.flatMap(({ time, msg }, index) => {
      const line = `${stamp(start, time)} host kernel: [${time.padStart(12)}] ${msg}`;
      const other = `${stamp(start, time)} host cron[412]: (root) CMD (true ${index})`;
      return index % 50 === 49 ? [line, other] : [line];
    }),
  );

export const journalJson = (log: readonly LogRecord[], start: Date, bootId: string): string =>
  text(
    log.map(({ time, pri, msg }) => {
      const micros = Math.round(Number(time) * 1e6);
      return JSON.stringify({
        _TRANSPORT: 'kernel',
        _BOOT_ID: bootId,
        _HOSTNAME: 'host',
        SYSLOG_IDENTIFIER: 'kernel',
        PRIORITY: String(pri),
        __REALTIME_TIMESTAMP: String(start.getTime() * 1000 + micros),
        _SOURCE_MONOTONIC_TIMESTAMP: String(micros),
        MESSAGE: msg,
      });
    }),
  );
