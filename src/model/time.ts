// SPDX-License-Identifier: Apache-2.0
/**
 * Times are integers: nanoseconds as bigint. Timestamps are parsed digit by digit, because seconds as a float
 * are off by a nanosecond or more for some microsecond stamps.
 */

/** `12`, `345678` -> 12345678000n; digits beyond nanoseconds are dropped. */
export function nsFromSeconds(seconds: string, fraction: string): bigint {
  const nanos = fraction.length >= 9 ? fraction.slice(0, 9) : fraction.padEnd(9, '0');
  return BigInt(seconds + nanos);
}

/** Digits of seconds that, with nine of fraction, fit a safe integer. */
export const SAFE_SECOND_DIGITS = 6;
const ZERO = 0x30;

/** The same for digits inside a text: seconds from `from` to the point at `point`, then the fraction up to `end`. */
export function nsFromDigits(text: string, from: number, point: number, end: number): bigint {
  if (point - from > SAFE_SECOND_DIGITS)
    return nsFromSeconds(text.slice(from, point), text.slice(point + 1, end));
  let ns = 0;
  for (let at = from; at < point; at++) ns = ns * 10 + text.charCodeAt(at) - ZERO;
  for (let at = point + 1; at <= point + 9; at++) ns = ns * 10 + (at < end ? text.charCodeAt(at) - ZERO : 0);
  return BigInt(ns);
}

/**
 * Nanoseconds (as a number, a safe integer) as decimal seconds: six digits of fraction, nine if it is not whole
 * microseconds.
 */
export function formatSeconds(ns: bigint | number): string {
  const sign = ns < 0 ? '-' : '';
  const digits = (ns < 0 ? -ns : ns).toString().padStart(10, '0');
  const fraction = digits.slice(-9);
  const short = fraction.endsWith('000') ? fraction.slice(0, 6) : fraction;
  return `${sign}${digits.slice(0, -9)}.${short}`;
}

/** Epoch nanoseconds as ISO 8601 in UTC, to the millisecond. */
export function formatInstant(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString();
}

/** A timer that is given more fires at once: 24.8 days. */
export const MOST_TIMER_MS = 2 ** 31 - 1;

/** What to give to a timer. */
export const timerMs = (seconds: number): number => Math.min(seconds * 1000, MOST_TIMER_MS);
