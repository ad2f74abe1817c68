// SPDX-License-Identifier: Apache-2.0
/**
 * The stamp of an audit record, as auditd, ausearch and audispd write it. It stays with the text, which says what the
 * record is.
 *
 *     type=SYSCALL msg=audit(1700000000.123:456): arch=c000003e syscall=313 success=no exit=-17 ...
 *     node=host type=SYSCALL msg=audit(11/27/2026 14:52:53.123:456) : arch=x86_64 syscall=finit_module ...
 */

import { sinceEpoch, wallTime } from '../wall.js';
import type { Prefix } from './parts.js';

const STAMP =
  /^(?:node=\S{1,253} )?type=(?:[A-Z][A-Z0-9_]{1,40}|UNKNOWN\[\d{1,5}\]) msg=audit\((?:(\d{9,10})\.(\d{3})|(\d\d)([/.-])(\d\d)[/.-](\d{4}) (\d\d:\d\d:\d\d)\.(\d{3})|[^()]{5,40}):(\d{1,10})\) ?:/;

/** The prefix that is an audit stamp, without its time. */
export const AUDIT_FORM = 'audit';

export function readAudit(prefix: Prefix): boolean {
  const match = STAMP.exec(prefix.text);
  if (!match) return false;
  const [, seconds, millis, first, mark, second, year, clock, fraction, serial] = match;
  if (seconds !== undefined) {
    prefix.wall = sinceEpoch(BigInt(`${seconds}${millis}000000`));
  } else if (year !== undefined) {
    // ausearch -i prints the locale's date: month first where slashes are.
    const [month, day] = mark === '/' ? [first, second] : [second, first];
    prefix.wall = wallTime({
      year: Number(year),
      month: Number(month) - 1,
      day: Number(day),
      clock: clock ?? '',
      fraction: fraction ?? '',
    });
  }
  prefix.ident = 'audit';
  prefix.serial = Number(serial);
  prefix.form = prefix.form === '' ? AUDIT_FORM : `${prefix.form} ${AUDIT_FORM}`;
  return true;
}

/** Whether a line is a record of an audit log: it matters only by what it says. */
export function isAuditRecord(line: string): boolean {
  return STAMP.test(line);
}
