// SPDX-License-Identifier: Apache-2.0
/**
 * Linux 6.4 adds the errno of each failed read of finit_module, a negative number, to invalid_kread_bytes
 * (kernel/module/main.c: mod_stat_add_long(len, &invalid_kread_bytes)): the counter is too low, or wraps below 0.
 */
import { exactOf } from '../../model/bounds.js';
import { holds, type Kernel, WRAPS_AT } from '../kernel.js';
import type { Attempt, CountedBytes, Snapshot } from '../model.js';
import type { TraceTotals } from './ledger.js';

const COUNT = 'failed_kreads';
const BYTES = 'invalid_kread_bytes';
const WITH_TRACE = 'counters (with error codes) and trace';

/** MAX_ERRNO (include/linux/err.h). */
const LARGEST_ERRNO = 4095n;

/** A snapshot without a kread counter that holds error codes, and what is known of the bytes all the same. */
export interface WithoutErrors {
  readonly snapshot: Snapshot;
  readonly kread: CountedBytes | null;
}

/** The error codes that such a kernel added for these attempts; 0 for kernels that add none. */
export function errorsAdded(attempts: readonly Attempt[], { release }: Kernel): bigint {
  if (holds('errnoInKreadBytes', release) === false) return 0n;
  return attempts.reduce(
    (sum, { phase, call, errno }) =>
      phase === 'kread' && call === 'finit_module' ? sum + BigInt(errno ?? 0) : sum,
    0n,
  );
}

/** `trace` and `errors`: what the boot's attempts add up to, which shows how much of the counter are error codes. */
export function withoutErrors(
  snapshot: Snapshot,
  kernel: Kernel,
  trace: TraceTotals | null = null,
  errors = 0n,
): WithoutErrors {
  const failures = snapshot.counters.get(COUNT)?.value ?? 0n;
  const printed = snapshot.counters.get(BYTES)?.value ?? null;
  const most = failures * LARGEST_ERRNO;
  if (failures === 0n || printed === null) return { snapshot, kread: null };
  const counters = new Map(snapshot.counters);
  const bytes = tracedBytes(printed, failures, kernel, trace, errors);
  if (bytes !== null) {
    counters.set(BYTES, { cite: snapshot.cite, ...counters.get(BYTES), value: bytes });
    const kread = { printed, bytes, low: bytes, basis: 'measured', origin: WITH_TRACE } as const;
    return { snapshot: { ...snapshot, counters, wasted: null }, kread };
  }
  if (!holdsErrors(printed, most, kernel)) return { snapshot, kread: null };
  counters.delete(BYTES);
  const low = isBelowZero(printed, most, kernel) ? 0n : printed;
  const origin = 'counters (with error codes)';
  return {
    snapshot: { ...snapshot, counters, wasted: null },
    kread: { printed, bytes: null, low, basis: 'bounded', origin },
  };
}

/** The bytes of a complete trace, where the counter is what they and the error codes add up to. */
function tracedBytes(
  printed: bigint,
  failures: bigint,
  { wordBits }: Kernel,
  trace: TraceTotals | null,
  errors: bigint,
): bigint | null {
  const own = trace?.complete ? trace.totals.phases.kread : null;
  const bytes = own && exactOf(own.bytes);
  if (own === null || bytes === null || own.failures !== failures || errors === 0n) return null;
  const widths = wordBits === null ? [32, 64] : [wordBits];
  return widths.some((bits) => BigInt.asUintN(bits, bytes - errors) === printed) ? bytes : null;
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
