// SPDX-License-Identifier: Apache-2.0
/** Prefixes of printk, dmesg and /dev/kmsg. */
import { nsFromDigits, nsFromSeconds } from '../../../model/time.js';
import { monthNumber, wallTime } from '../wall.js';
import { type Prefix, take } from './parts.js';

// [    1.875564]   [    1.875564 <    0.018697>]   journalctl -o short-delta: [    1.875564 <    0.018697 >]   [    1.875564                ]
// Vendors add the CPU (Motorola, Amlogic), a unit (Huawei) or a wall clock (LG):
// [    1.875564,0]   [    1.875564@3]   [    1.875564s]   [    1.875564 / 01-01 00:00:12.345]
const BOOT =
  /^\[ *(\d+)\.(\d{6,9})(?:( {1,16}(?:< *-?\d+[.,]\d+[ *]?>)?)|[,@]\d{1,2}|s| \/ [\d: .-]{1,30})?\] ?/;
/** The stamp without additions, which most lines have. */
const PLAIN_BOOT = /^\[ *\d{1,10}\.\d{6}\]/;
const BOOT_NO_BRACKET = /^(\d{1,7})\.(\d{6})\] /;
// [<    0.018697>]   [  +0.009008]   [  -0.000002]: times fall if several CPUs print
const DELTA = /^\[(?:< *(-?)(\d+)[.,](\d+)>| *([+-])(\d+)[.,](\d+))\] ?/;
const RELTIME = /^\[([\p{L}.]{2,6}|\d\d?[月월]) ?(\d{1,2}) (\d\d:\d\d)\] ?/u;
// [Mon Nov 17 06:11:16 2025]   [Mo Nov 17 06:11:16 2025]   [lun. nov. 17 06:11:16 2025]   [月 11月 17 06:11:16 2025]
const CTIME = /^\[\S{1,8} +(\S{1,8}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})\] ?/u;
// 6,123,1234567,-;text   netconsole with its release: 6.4.0,6,123,1234567,-;text
const KMSG =
  /^(?:\d{1,2}\.\d{1,3}[\w.+~-]{0,80},)?(\d{1,4}),(\d+),(\d+),([-c+])(?:,[^;]*?caller=([TC]\d+))?[^;]{0,200};/;

/** No kernel runs for 300 years. */
const SECOND_DIGITS = 10;
const MICROS_DIGITS = 6;
const BLANK = 0x20;

export function readBracket(prefix: Prefix): boolean {
  const text = prefix.text;
  if (text.charCodeAt(0) !== 0x5b) {
    const bare = prefix.form === '' ? BOOT_NO_BRACKET.exec(text) : null;
    if (!bare?.[1]) return false;
    prefix.boot = nsFromSeconds(bare[1], bare[2] ?? '');
    take(prefix, bare[0], 'truncated');
    return true;
  }
  if (PLAIN_BOOT.test(text)) {
    const point = text.indexOf('.');
    const end = point + 1 + MICROS_DIGITS;
    prefix.boot = nsFromDigits(text, Math.max(1, text.lastIndexOf(' ', point) + 1), point, end);
    take(prefix, text.slice(0, text.charCodeAt(end + 1) === BLANK ? end + 2 : end + 1), 'plain');
    return true;
  }
  let match = BOOT.exec(text);
  if (match?.[1]) {
    readStamp(prefix, match);
    take(prefix, match[0], match[3] === undefined ? 'plain' : '-d');
    return true;
  }
  match = DELTA.exec(text);
  if (match) {
    const size = nsFromSeconds(match[2] ?? match[5] ?? '0', match[3] ?? match[6] ?? '');
    prefix.delta = (match[1] ?? match[4]) === '-' ? -size : size;
    take(prefix, match[0], match[1] === undefined ? 'reltime' : 'delta');
    return true;
  }
  match = RELTIME.exec(text);
  const month = match?.[1] ? monthNumber(match[1]) : null;
  if (match && month !== null) {
    prefix.wall = wallTime({ month, day: Number(match[2]), clock: match[3] ?? '' });
    prefix.delta = 0n;
    take(prefix, match[0], 'reltime');
    return true;
  }
  match = CTIME.exec(text);
  if (match?.[1]) {
    prefix.wall = wallTime({
      year: Number(match[4]),
      month: monthNumber(match[1]),
      day: Number(match[2]),
      clock: match[3] ?? '',
      computed: true,
    });
    take(prefix, match[0], '-T');
    readInnerStamp(prefix);
    return true;
  }
  return false;
}

/** A date before a printk timestamp is a terminal's: when the line arrived. */
function readInnerStamp(prefix: Prefix): void {
  const match = prefix.wall === null ? null : BOOT.exec(prefix.text);
  if (!match?.[1] || prefix.wall === null) return;
  prefix.wall = { ...prefix.wall, computed: false };
  readStamp(prefix, match);
  take(prefix, match[0], 'plain');
}

function readStamp(prefix: Prefix, [stamp, seconds = '', fraction = '']: RegExpExecArray): void {
  if (seconds.length > SECOND_DIGITS) prefix.badStamp = stamp.trim();
  else prefix.boot = nsFromSeconds(seconds, fraction);
}

/** A record of /dev/kmsg: priority, number, microseconds, flags. */
export function readKmsg(prefix: Prefix): boolean {
  const match = KMSG.exec(prefix.text);
  if (match?.[3] === undefined) return false;
  prefix.kernel = Number(match[1]) < 8;
  prefix.sequence = Number(match[2]);
  prefix.boot = BigInt(match[3]) * 1000n;
  prefix.caller = match[5] ?? null;
  take(prefix, match[0], 'kmsg');
  prefix.text = unescapeKmsg(prefix.text);
  return true;
}

/** /dev/kmsg escapes non-printable characters and backslashes as `\xNN` (kernel/printk/printk.c:msg_add_ext_text). */
function unescapeKmsg(text: string): string {
  if (!text.includes('\\x')) return text;
  return text.replace(/(?:\\x[0-9a-f]{2})+/g, (run) => {
    const bytes = run
      .split('\\x')
      .slice(1)
      .map((hex) => Number.parseInt(hex, 16));
    return new TextDecoder().decode(Uint8Array.from(bytes));
  });
}
