// SPDX-License-Identifier: Apache-2.0
/** Time spans as systemd prints them (format_timespan): `1min 54.756s`, `131ms`, `2h 3min`. */
import { nsFromSeconds } from './time.js';

const UNITS: Readonly<Record<string, bigint>> = {
  w: 604_800_000_000_000n,
  d: 86_400_000_000_000n,
  h: 3_600_000_000_000n,
  min: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  µs: 1_000n,
};
const PART = /(\d+)(?:\.(\d+))?(w|d|h|min|ms|us|µs|s)(?:\s+|(?=\d)|$)/y;

/** Nanoseconds; null if the text is not a time span. */
export function parseTimespan(text: string): bigint | null {
  const span = text.trim();
  let ns = 0n;
  PART.lastIndex = 0;
  do {
    const [, whole = '', fraction = '', unit = ''] = PART.exec(span) ?? [];
    const size = UNITS[unit];
    if (size === undefined) return null;
    ns += (nsFromSeconds(whole, fraction) * size) / 1_000_000_000n;
  } while (PART.lastIndex < span.length);
  return ns;
}
