// SPDX-License-Identifier: Apache-2.0
/**
 * AVC records of SELinux about module requests and loads (security/selinux/hooks.c: selinux_kernel_module_request,
 * selinux_kernel_module_from_file). They name the requesting task.
 */
import { moduleFile } from '../../../model/module-name.js';
import type { Rule } from './rule.js';

/** avc:  denied  { module_request } for  pid=1 comm="recovery" kmod="fs-auto" scontext=... permissive=1 */
const AVC = /avc: +(denied|granted) +\{ (?=(?:\w+ )*?module_(?:request|load) )(?:\w+ )*\} for +(.*)$/;

export const AUDIT_RULES: readonly Rule[] = [
  {
    words: ['module_request', 'module_load'],
    pattern: new RegExp(`^.*?${AVC.source}`),
    facts: ([message, verdict, rest = '']) => {
      const path = field(rest, 'path') ?? field(rest, 'name');
      const requested = field(rest, 'kmod') ?? (path === null ? null : (moduleFile(path)?.module ?? path));
      if (requested === null) return null;
      const pid = field(rest, 'pid');
      const denied = verdict === 'denied' && field(rest, 'permissive') !== '1';
      return {
        kind: 'request-failure',
        what: denied ? 'denied' : 'permitted',
        requested,
        pid: pid === null ? null : Number(pid),
        comm: field(rest, 'comm'),
        message,
      };
    },
  },
];

/** The value of `name="value"`, `name=value`, or of a name with special bytes, printed in hex. */
function field(text: string, name: string): string | null {
  const match = new RegExp(`(?:^| )${name}=(?:"([^"]*)"|(\\S+))`).exec(text);
  if (match?.[1] !== undefined) return match[1];
  const bare = match?.[2];
  if (bare === undefined) return null;
  const isHex = name !== 'pid' && name !== 'permissive' && /^(?:[\dA-F]{2})+$/.test(bare);
  return isHex
    ? new TextDecoder().decode(Uint8Array.from(bare.match(/../g) ?? [], (hex) => Number.parseInt(hex, 16)))
    : bare;
}
