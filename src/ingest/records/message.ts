// SPDX-License-Identifier: Apache-2.0
/** The message of a record, as a line of syslog: with its time, host and program where the record has them. */
import { nsFromSeconds } from '../../model/time.js';
import type { Fields, Text } from './document.js';

export interface Message {
  /** '' if the record does not tell. */
  readonly host: string;
  readonly lines: readonly Text[];
}

/** Keys, as `keyOf` gives them, of those that may hold the message: the first that is there does. */
const MESSAGE = [
  'message', // journald, Elastic, Graylog, Google, CloudWatch, syslog-ng
  'msg', // rsyslog, fluent-bit's kmsg
  'log', // Docker, Kubernetes
  'shortmessage', // GELF
  'textpayload', // Google
  'line', // Loki
  'raw', // Splunk
  'stdoutlines', // Ansible
  'stdout',
  'output', // EC2's console
  'contents', // Google's serial port
  'text',
  'body', // OpenTelemetry
];
const TIME = ['timestamp', 'time', 'timereported', 'isodate', 'datetime', 'date', 'ts'];
const HOST = ['hostname', 'host'];
const PROGRAM = ['syslogidentifier', 'program', 'programname', 'syslogtag', 'appname', 'ident'];
const PID = ['syslogpid', 'pid', 'procid'];
/** Microseconds since the boot, by the sender's clock or journald's. */
const MONOTONIC = ['sourcemonotonictimestamp', 'monotonictimestamp'];

/** `_SOURCE_MONOTONIC_TIMESTAMP`, `short_message`, `dmesg.stdout_lines`: without case, marks and what is before the last point. */
function keyOf(name: string): string {
  return name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/[_@-]/g, '')
    .toLowerCase();
}

const STAMPED = /^(?:<\d{1,3}>)?\[ {0,8}\d{1,10}\.\d{6}/;
const HOST_NAME = /^[\w.-]{1,253}$/;
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(Z|[+-]\d\d:?\d\d)?$/;
const SYSLOG = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d$/;
/** Seconds with a fraction or without, or whole milli-, micro- or nanoseconds, since 1970. */
const EPOCH = /^(\d{10})(?:\.?(\d{1,9}))?$/;

/** The message; null if the record has none. */
export function messageOf(record: Fields): Message | null {
  const fields = new Map<string, readonly Text[]>();
  for (const [name, texts] of record) {
    const key = keyOf(name);
    if (!fields.has(key)) fields.set(key, texts);
  }
  const texts = firstOf(fields, MESSAGE);
  if (texts === undefined) return null;
  const one = (keys: readonly string[]): string => firstOf(fields, keys)?.[0]?.text ?? '';
  const host = HOST_NAME.test(one(HOST)) ? one(HOST) : '';
  const date = dateOf(one(TIME));
  const stamp = stampOf(fields, one(MONOTONIC));
  const sender = senderOf(one(PROGRAM), one(PID));
  const asLine = (text: string): string => {
    const bare = text.trimStart();
    if (STAMPED.test(bare)) return date + bare;
    if (stamp !== '' && sender === 'kernel: ') return stamp + bare;
    if (sender !== '' && date !== '') return `${date}${host === '' ? 'host' : host} ${sender}${bare}`;
    // Tables and traces have columns.
    return sender === '' ? text : stamp + sender + bare;
  };
  const lines = texts.flatMap(({ text, line }) =>
    text
      .split('\n')
      .filter((each) => each.trim() !== '')
      .map((each) => ({ text: asLine(each.trimEnd()), line })),
  );
  return { host, lines };
}

function firstOf(
  fields: ReadonlyMap<string, readonly Text[]>,
  keys: readonly string[],
): readonly Text[] | undefined {
  const key = keys.find((each) => fields.has(each));
  return key === undefined ? undefined : fields.get(key);
}

/** `2024-05-01T10:00:00.123Z `, `May  1 10:00:00 `; '' for none, or one of another kind. */
function dateOf(time: string): string {
  const [, day, clock, zone = ''] = ISO.exec(time) ?? [];
  if (day !== undefined) return `${day}T${clock}${zone} `;
  if (SYSLOG.test(time)) return `${time} `;
  const [, seconds, fraction = ''] = EPOCH.exec(time) ?? [];
  if (seconds === undefined) return '';
  const ns = nsFromSeconds(seconds, fraction);
  const iso = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${iso}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z `;
}

/** A printk timestamp: `[    1.234567] `. */
function stampOf(fields: ReadonlyMap<string, readonly Text[]>, monotonic: string): string {
  const [seconds = '', micros = ''] = ['sec', 'usec'].map((key) => fields.get(key)?.[0]?.text);
  if (/^\d{1,10}$/.test(seconds) && /^\d{1,6}$/.test(micros))
    return `[${seconds.padStart(5)}.${micros.padStart(6, '0')}] `;
  if (!/^\d{1,16}$/.test(monotonic)) return '';
  const digits = monotonic.padStart(7, '0');
  return `[${digits.slice(0, -6).padStart(5)}.${digits.slice(-6)}] `;
}

/** `kernel: `, `modprobe[123]: `. */
function senderOf(program: string, pid: string): string {
  const [, name = '', own = pid] = /^([^\s:[\]]{1,48})(?:\[(\d{1,10})\])?:?$/.exec(program) ?? [];
  if (name === '') return '';
  return name === 'kernel' || !/^\d{1,10}$/.test(own) ? `${name}: ` : `${name}[${own}]: `;
}
