// SPDX-License-Identifier: Apache-2.0
/** The kernel log of a history, in the forms that people attach. */
import { stamp } from './trace-lines.js';
import type { History, Kernel } from './types.js';

export type LogForm =
  | 'dmesg'
  | 'untimed'
  | 'ctime'
  | 'raw'
  | 'kmsg'
  | 'syslog'
  | 'monotonic'
  | 'json'
  | 'journal';

interface Line {
  readonly t: number;
  readonly level: number;
  readonly text: string;
}

/** 2026-03-01 10:00:00 UTC, in seconds: when these boots start. */
const STARTED = 1_772_359_200;
const BOOT_ID = 'd5a9e22846594d00a3629b6698d9290f';

export function logLines({ kernel, steps }: History): Line[] {
  const start = banner(kernel).map((text) => ({ t: 0, level: 6, text }));
  const said = steps.flatMap(({ t, what }) =>
    what.is === 'printk' ? [{ t, level: what.level, text: what.text }] : [],
  );
  const end = (steps.at(-1)?.t ?? 0) + 3_000_000;
  return [...start, ...said, { t: end, level: 6, text: 'systemd[1]: Reached target multi-user.target.' }];
}

function banner({ release, arch, cpus }: Kernel): string[] {
  return [
    `Linux version ${release} (builder@host) (gcc (GCC) 14.2.0, GNU ld 2.44) #1 SMP PREEMPT_DYNAMIC Thu Jan  1 00:00:00 UTC 2026`,
    `Command line: BOOT_IMAGE=/vmlinuz-${release} root=/dev/vda1 ro`,
    ...(arch === 'aarch64' ? ['Booting Linux on physical CPU 0x0000000000 [0x410fd083]'] : []),
    `smp: Brought up 1 node, ${cpus} CPUs`,
    'Run /init as init process',
  ];
}

export function logText(lines: readonly Line[], form: LogForm, started = STARTED): string {
  if (form === 'json') return jsonText(lines);
  return lines.map((line, index) => `${oneLine(line, index, form, started)}\n`).join('');
}

function oneLine({ t, level, text }: Line, index: number, form: LogForm, started: number): string {
  const at = new Date(started * 1000 + Math.floor(t / 1000));
  const [, date = '', month = '', year = ''] = /^\w+, (\d+) (\w+) (\d+)/.exec(at.toUTCString()) ?? [];
  const day = String(Number(date)).padStart(2);
  const clock = at.toISOString().slice(11, 19);
  switch (form) {
    case 'untimed':
      return text;
    case 'ctime':
      return `[${at.toUTCString().slice(0, 3)} ${month} ${day} ${clock} ${year}] ${text}`;
    case 'raw':
      return `<${level}>[${stamp(t).padStart(12)}] ${text}`;
    case 'kmsg':
      return `${level},${index},${t},-;${text}`;
    case 'syslog':
      return `${month} ${day} ${clock} host kernel: [${stamp(t).padStart(12)}] ${text}`;
    case 'monotonic':
      return `[${stamp(t).padStart(12)}] host kernel: ${text}`;
    case 'journal':
      return JSON.stringify({
        _TRANSPORT: 'kernel',
        SYSLOG_IDENTIFIER: 'kernel',
        PRIORITY: String(level),
        _HOSTNAME: 'host',
        _BOOT_ID: BOOT_ID,
        _SOURCE_MONOTONIC_TIMESTAMP: String(t),
        __MONOTONIC_TIMESTAMP: String(t + 100),
        __REALTIME_TIMESTAMP: String(started * 1_000_000 + t + 100),
        MESSAGE: text,
      });
    default:
      return `[${stamp(t).padStart(12)}] ${text}`;
  }
}

function jsonText(lines: readonly Line[]): string {
  const entries = lines.map(
    ({ t, level, text }) => `{
         "pri": ${level},
         "time": ${stamp(t).padStart(12)},
         "msg": ${JSON.stringify(text)}
      }`,
  );
  return `{\n   "dmesg": [\n      ${entries.join(',')}\n   ]\n}\n`;
}
