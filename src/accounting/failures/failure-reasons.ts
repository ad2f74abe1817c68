// SPDX-License-Identifier: Apache-2.0
/** Why a load failed, by its error number and stage; and what numbers the kernel returns with each logged reason. */
import {
  EACCES,
  EINTR,
  EINVAL,
  EIO,
  EKEYREJECTED,
  ENOENT,
  ENOEXEC,
  ENOMEM,
  ENOSPC,
  EOPNOTSUPP,
  EPERM,
  ERANGE,
  ERESTARTSYS,
} from '../../model/errno.js';
import type { FailureReason, LoadFailure } from '../../model/event.js';
import { SIGNATURE_ERRORS } from '../kernel.js';
import type { Attempt } from '../model.js';

/** EINTR, and ERESTARTSYS where a trace shows it. */
const INTERRUPTED: ReadonlySet<number> = new Set([EINTR, ERESTARTSYS]);
/** What security hooks return. */
const REFUSED: readonly number[] = [EPERM, EACCES];

/** Reasons that the error number alone determines, in any stage but the module's own init. */
export function byErrno(errno: number | null): string | null {
  if (errno === null) return null;
  if (SIGNATURE_ERRORS.includes(errno)) return 'signature';
  if (INTERRUPTED.has(errno)) return 'interrupted';
  return errno === ENOMEM ? 'memory' : null;
}

/** The reason where no log line says it: `other` where errno and stage leave a choice (kernel/module/main.c). */
export function inferredReason({ phase, errno, module, steps }: Attempt): string {
  if (phase === 'init') return 'init';
  const named = byErrno(errno);
  if (named !== null) return named;
  if (phase === 'kread') return errno !== null && REFUSED.includes(errno) ? 'lsm' : 'read';
  if (phase === 'decompress') return 'decompress';
  // The kernel reads the name off the image after lockdown has refused with the same number; only a probe on the charge
  // tells whether it did.
  if (phase === 'becoming' && errno === EPERM && module !== null && steps.at.failed !== undefined)
    return 'blacklist';
  return 'other';
}

/** What a load returns after the kernel printed such a message; not named where many do. */
const RETURNED: Partial<Record<FailureReason, readonly number[]>> = {
  signature: [...SIGNATURE_ERRORS, EPERM],
  lockdown: REFUSED,
  lsm: REFUSED,
  blacklist: [EPERM, EKEYREJECTED],
  elf: [ENOEXEC, EINVAL],
  vermagic: [ENOEXEC],
  'symbol-version': [EINVAL, ENOEXEC],
  parameter: [EINVAL, ENOENT, ENOMEM, ENOSPC, ERANGE],
  'duplicate-symbol': [ENOEXEC],
  relocation: [ENOEXEC, EINVAL],
  decompress: [EINVAL, ENOMEM, EIO, EOPNOTSUPP],
  percpu: [ENOMEM],
  vmalloc: [ENOMEM],
  memory: [ENOMEM],
};

/** Whether a load that ended with `errno` may have printed a message of this reason, which may name the number. */
export function mayPrint(said: Pick<LoadFailure, 'reason' | 'errno'>, errno: number | null): boolean {
  return said.errno === null || errno === null ? mayReturn(said.reason, errno) : said.errno === errno;
}

/** Whether a load that ended with this number may have printed a message of this reason. */
export function mayReturn(reason: FailureReason, errno: number | null): boolean {
  return errno === null || (RETURNED[reason]?.includes(errno) ?? true);
}

/** Whether a load of which the kernel printed such a message returned this number and no other, as far as is known. */
export function mustReturn(
  { reason, errno }: Pick<LoadFailure, 'reason' | 'errno'>,
  returned: number | null,
): boolean {
  if (returned === null) return false;
  if (errno !== null) return errno === returned;
  // Before 2.6.30 its message had no number.
  return reason === 'unknown-symbol' ? returned === ENOENT : (RETURNED[reason]?.includes(returned) ?? false);
}
