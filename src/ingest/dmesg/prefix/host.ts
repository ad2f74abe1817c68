// SPDX-License-Identifier: Apache-2.0
/** Host and program, as syslog daemons and journalctl print them. */
import { PROGRAM_WITHOUT_PID, type Prefix, take } from './parts.js';

const HOST_KERNEL = /^(?:([\w.-]{1,253}) )?kernel: ?/;
const HOST_TOOL = /^([\w.-]{1,253}) ([^\s:[\]]{1,48})\[(\d+)\]: ?/;
/** journalctl --no-hostname */
const TOOL = /^()([^\s:[\]]{1,48})\[(\d+)\]: ?/;
const HOST_TOOL_NO_PID = new RegExp(`^(?:([\\w.-]{1,253}) )?(${PROGRAM_WITHOUT_PID}): `);
// kern.notice kernel: [    0.000000] ...     (none) user.info kernel: ...     daemon.err modprobe[123]: ...
const SYSLOG_LEVEL =
  /^(?:([\w.()-]{1,253}) )?(kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local\d)\.(?:emerg|alert|crit|err|error|warn|warning|notice|info|debug) (?:([^\s:[\]]{1,48})(?:\[(\d{1,10})\])?: ?)?/;
// [kernel] ...     [systemd-udevd] ...     metalog, after its date
const METALOG = /^(?:([\w.-]{1,253}) )?\[(kernel|systemd[\w-]*|udevd|modprobe|insmod|kmod)\] /;
// 0     0 I usb 1-1 : new high-speed USB device     1     1 W init    : ...     logcat -v threadtime
// 1     1 I (6)[1:init]: ...     MediaTek's CPU, pid and program
const LOGCAT =
  /^ {0,6}(?:\w{1,16} {1,8})?(\d{1,7}) {1,6}\d{1,7} [VDIWEF] (?:\(\d{1,3}\)\[\d{1,7}:([^\]]{1,32})\]|([^:]{0,64})): ?/;

export function readHost(prefix: Prefix): void {
  if (prefix.wall !== null && prefix.boot === null && (readSyslogd(prefix) || readLogcat(prefix))) return;
  let match = prefix.text.includes('kernel:') ? HOST_KERNEL.exec(prefix.text) : null;
  if (match) {
    prefix.ident = 'kernel';
    take(prefix, match[0], 'kernel');
    return;
  }
  if (prefix.wall?.computed) return;
  const isDated = prefix.wall !== null && prefix.boot === null;
  match = prefix.text.includes(']:')
    ? (HOST_TOOL.exec(prefix.text) ?? (isDated ? TOOL.exec(prefix.text) : null))
    : null;
  if (match?.[2]) {
    prefix.ident = match[2];
    prefix.pid = Number(match[3]);
    take(prefix, match[0], 'tool');
    return;
  }
  if (!isDated) return;
  match = HOST_TOOL_NO_PID.exec(prefix.text);
  if (match?.[2]) {
    prefix.ident = match[2];
    take(prefix, match[0], 'tool');
  }
}

/** BusyBox syslogd and OpenWrt logd print facility and level; metalog puts the program in brackets. */
function readSyslogd(prefix: Prefix): boolean {
  const match = SYSLOG_LEVEL.exec(prefix.text);
  if (match?.[2]) {
    const [taken, , facility, ident, pid] = match;
    prefix.kernel = facility === 'kern';
    // A program's message in /dev/kmsg: its name is unknown.
    prefix.ident = ident === 'kernel' && !prefix.kernel ? null : (ident ?? (prefix.kernel ? 'kernel' : null));
    prefix.pid = pid === undefined ? null : Number(pid);
    take(prefix, taken, prefix.ident === 'kernel' ? 'kernel' : 'tool');
    return true;
  }
  const bracketed = METALOG.exec(prefix.text);
  if (!bracketed?.[2]) return false;
  prefix.ident = bracketed[2];
  take(prefix, bracketed[0], bracketed[2] === 'kernel' ? 'kernel' : 'tool');
  return true;
}

/** Android's log: thread 0 is the kernel, whose messages logd splits at the first colon. */
function readLogcat(prefix: Prefix): boolean {
  const match = LOGCAT.exec(prefix.text);
  if (!match) return false;
  const [taken, pid, comm, tag = ''] = match;
  const name = (comm ?? tag).trim();
  take(prefix, taken, Number(pid) === 0 ? 'kernel' : 'application');
  if (Number(pid) === 0) {
    prefix.ident = 'kernel';
    if (comm === undefined && name !== '' && !/^kernel$/i.test(name)) prefix.text = `${name}: ${prefix.text}`;
  } else {
    prefix.ident = name === '' ? 'unknown' : name;
    prefix.pid = Number(pid);
  }
  return true;
}
