/**
 * Times are integers: nanoseconds as bigint. A text stamp is read as digits, because a float of seconds
 * is off by a nanosecond or more for some microsecond stamps.
 */

/** `12.345678` -> 12345678000n; at most nine digits of fraction count. */
export function nsFromSeconds(seconds: string, fraction: string): bigint {
  const nanos = fraction.length >= 9 ? fraction.slice(0, 9) : fraction.padEnd(9, '0');
  return BigInt(seconds + nanos);
}

/** Digits of which, with nine of fraction, a number holds all. */
const MOST_SECONDS = 6;
const ZERO = 0x30;

/** The same of the digits in a text: seconds from `from` to the point at `point`, the fraction behind it to `end`. */
export function nsFromDigits(text: string, from: number, point: number, end: number): bigint {
  if (point - from > MOST_SECONDS) return nsFromSeconds(text.slice(from, point), text.slice(point + 1, end));
  let ns = 0;
  for (let at = from; at < point; at++) ns = ns * 10 + text.charCodeAt(at) - ZERO;
  for (let at = point + 1; at <= point + 9; at++) ns = ns * 10 + (at < end ? text.charCodeAt(at) - ZERO : 0);
  return BigInt(ns);
}

/**
 * Nanoseconds (a number only where it is a safe integer) as a decimal number of seconds: six digits of fraction, nine
 * where microseconds lose something.
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
