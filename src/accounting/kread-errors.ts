// SPDX-License-Identifier: Apache-2.0
/**
 * Linux 6.4 adds the errno of each failed read of finit_module, a negative number, to invalid_kread_bytes
 * (kernel/module/main.c: mod_stat_add_long(len, &invalid_kread_bytes)): the counter is too low, or wraps below 0.
 */
import { holds, type Kernel, WRAPS_AT } from './kernel.js';
import type { CountedBytes, Snapshot } from './model.js';

const COUNT = 'failed_kreads';
const BYTES = 'invalid_kread_bytes';

/** MAX_ERRNO (include/linux/err.h). */
const LARGEST_ERRNO = 4095n;

/** A snapshot without a kread counter that holds error codes, and what is known of the bytes all the same. */
export interface WithoutErrors {
  readonly snapshot: Snapshot;
  readonly kread: CountedBytes | null;
}

export function withoutErrors(snapshot: Snapshot, kernel: Kernel): WithoutErrors {
  const failures = snapshot.counters.get(COUNT)?.value ?? 0n;
  const printed = snapshot.counters.get(BYTES)?.value ?? null;
  const most = failures * LARGEST_ERRNO;
  if (failures === 0n || printed === null || !holdsErrors(printed, most, kernel))
    return { snapshot, kread: null };
  const counters = new Map(snapshot.counters);
  counters.delete(BYTES);
  const low = isBelowZero(printed, most, kernel) ? 0n : printed;
  const origin = 'counters (with error codes)';
  return {
    snapshot: { ...snapshot, counters, wasted: null },
    kread: { printed, bytes: null, low, basis: 'bounded', origin },
  };
}

function holdsErrors(printed: bigint, most: bigint, kernel: Kernel): boolean {
  const adds = holds('errnoInKreadBytes', kernel.release);
  return adds ?? isBelowZero(printed, most, kernel);
}

/** Whether the counter, as a signed number, is below 0 by no more than the error codes can be. */
function isBelowZero(printed: bigint, most: bigint, { wordBits }: Kernel): boolean {
  const below = (end: bigint): boolean => printed < end && printed >= end - most;
  return below(1n << 64n) || (wordBits !== 64 && below(WRAPS_AT));
}
