// SPDX-License-Identifier: Apache-2.0
/**
 * Audit records about module requests and loads that an LSM denied. SELinux names the requesting task
 * (security/selinux/hooks.c: selinux_kernel_module_request, selinux_kernel_module_from_file); AppArmor and SELinux both
 * report the capability; IMA the file.
 */
import { EACCES } from '../../../model/errno.js';
import { moduleFile } from '../../../model/module-name.js';
import type { LogFact, Rule } from './rule.js';

/** avc:  denied  { module_request } for  pid=1 comm="recovery" kmod="fs-auto" scontext=... permissive=1 */
const AVC =
  /avc: +(denied|granted) +\{ (?=(?:\w+ )*?(?:module_(?:request|load)|sys_module) )(?:\w+ )*\} for +(.*)$/;

/** apparmor="DENIED" operation="capable" class="cap" profile="snap.x" pid=12 comm="modprobe" capability=16 capname="sys_module" */
const APPARMOR = /\bapparmor="(DENIED|ALLOWED)" operation="capable" (.*\bcapname="sys_module".*)$/;

/** type=1800 audit(1.2:3): pid=9 ... op=appraise_data cause=missing-hash comm="insmod" name="/root/foo.ko" ... res=0 */
const IMA =
  /(?:\btype=(?:1800|INTEGRITY_DATA) |^INTEGRITY_DATA ).*\bop="?appraise_data"? .*\bname="([^"]*\.ko(?:\.\w+)?)".*\bres=(?:0|fail)/;

/** avc:  denied  { integrity } for  pid=9 comm="insmod" lockdown_reason="unsigned module loading" ... permissive=0   (5.6 to 5.15) */
const LOCKDOWN =
  /avc: +denied +\{ integrity \} for +(?!.*\bpermissive=1).*\blockdown_reason="unsigned module loading"/;

export const AUDIT_RULES: readonly Rule[] = [
  {
    words: ['module_request', 'module_load', '{ sys_module '],
    pattern: new RegExp(`^.*?${AVC.source}`),
    facts: ([message, verdict, rest = '']) => {
      const permitted = verdict === 'granted' || auditField(rest, 'permissive') === '1';
      const file = permitted || !message.includes('module_load ') ? null : fileOf(rest);
      return file === null ? denial(message, rest, permitted) : refusedRead(file, message, EACCES);
    },
  },
  {
    words: ['lockdown_reason="'],
    pattern: new RegExp(`^.*?${LOCKDOWN.source}`),
    facts: ({ input }) => failure('lockdown', 'becoming', null, EACCES, input),
  },
  {
    words: ['capname="sys_module"'],
    pattern: new RegExp(`^.*?${APPARMOR.source}`),
    facts: ([message, verdict, rest = '']) => denial(message, rest, verdict === 'ALLOWED'),
  },
  {
    words: ['appraise_data'],
    pattern: IMA,
    facts: ({ 1: file = '', input }) => refusedRead(file, input, null),
  },
];

/** The hooks are in the read of the image, or before its copy (kernel/module/main.c:copy_module_from_user). */
function refusedRead(file: string, message: string, errno: number | null): LogFact {
  return failure('lsm', 'kread', moduleOf(file), errno, message);
}

function failure(
  reason: 'lsm' | 'lockdown',
  phase: 'kread' | 'becoming',
  module: string | null,
  errno: number | null,
  message: string,
): LogFact {
  return { kind: 'load-failure', reason, module, phase, errno, fails: 'always', names: false, message };
}

const moduleOf = (file: string): string => moduleFile(file)?.module ?? file;

/** The file that an AVC record names. */
export function fileOf(fields: string): string | null {
  return auditField(fields, 'path') ?? auditField(fields, 'name');
}

function denial(message: string, rest: string, permitted: boolean): LogFact {
  const file = fileOf(rest);
  const pid = auditField(rest, 'pid');
  return {
    kind: 'request-failure',
    what: permitted ? 'permitted' : 'denied',
    requested: auditField(rest, 'kmod') ?? (file === null ? null : moduleOf(file)),
    pid: pid === null ? null : Number(pid),
    comm: auditField(rest, 'comm'),
    message,
  };
}

/** Fields with untrusted text, printed in hex if it has special bytes (kernel/audit.c:audit_log_untrustedstring). */
const UNTRUSTED: ReadonlySet<string> = new Set(['comm', 'exe', 'kmod', 'name', 'path', 'proctitle']);

/** The value of `name="value"`, `name=value`, or of a name with special bytes, printed in hex; null where it has none. */
export function auditField(text: string, name: string): string | null {
  const match = new RegExp(`(?:^|[ \\x1d])${name}=(?:"([^"]*)"|([^\\s\\x1d]+))`).exec(text);
  if (match?.[1] !== undefined) return match[1];
  const bare = match?.[2];
  if (bare === undefined || bare === '(null)') return null;
  return UNTRUSTED.has(name) && /^(?:[\dA-F]{2})+$/.test(bare)
    ? new TextDecoder().decode(Uint8Array.from(bare.match(/../g) ?? [], (hex) => Number.parseInt(hex, 16)))
    : bare;
}
