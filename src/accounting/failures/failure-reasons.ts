// SPDX-License-Identifier: Apache-2.0
/** Why a load failed, by its error number and stage; and what numbers the kernel returns with each logged reason. */
import type { FailureReason } from '../../model/event.js';
import type { Attempt } from '../model.js';

const ENOMEM = 12;
/** EINTR, and ERESTARTSYS where a trace shows it. */
const INTERRUPTED: ReadonlySet<number> = new Set([4, 512]);
/** What crypto/asymmetric_keys and kernel/module/signing.c return: ENOKEY, EKEY*, ENODATA, ENOPKG, EBADMSG. */
const SIGNATURE: readonly number[] = [126, 127, 128, 129, 61, 65, 74];
/** EPERM and EACCES: what security hooks return. */
const REFUSED: readonly number[] = [1, 13];

/** Reasons that the error number alone determines, in any stage but the module's own init. */
export function byErrno(errno: number | null): string | null {
  if (errno === null) return null;
  if (SIGNATURE.includes(errno)) return 'signature';
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
  if (phase === 'becoming' && errno === 1 && module !== null && steps.at.failed !== undefined)
    return 'blacklist';
  return 'other';
}

/** What a load returns after the kernel printed such a message; not named where many do. */
const RETURNED: Partial<Record<FailureReason, readonly number[]>> = {
  signature: [...SIGNATURE, 1],
  lockdown: REFUSED,
  lsm: REFUSED,
  blacklist: [1, 129],
  elf: [8, 22],
  vermagic: [8],
  'symbol-version': [22, 8],
  parameter: [22, 2, 12, 28, 34],
  'duplicate-symbol': [8],
  relocation: [8, 22],
  decompress: [22, 12, 5, 95],
  percpu: [ENOMEM],
  vmalloc: [ENOMEM],
  memory: [ENOMEM],
};

/** Whether a load that ended with this number may have printed a message of this reason. */
export function mayReturn(reason: FailureReason, errno: number | null): boolean {
  return errno === null || (RETURNED[reason]?.includes(errno) ?? true);
}
