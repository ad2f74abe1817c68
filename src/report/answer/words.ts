// SPDX-License-Identifier: Apache-2.0
/** Numbers of an answer in words: a range is never negative, never from a number to itself. */
import { type Bounds, smaller } from '../../model/bounds.js';
import { formatBytes, grouped } from '../cell.js';

/** `1 failed load`, `3 failed loads`. */
export function count(number: bigint | number, noun: string): string {
  return `${grouped(number)} ${BigInt(number) === 1n ? noun : plural(noun)}`;
}

function plural(noun: string): string {
  const tail = noun.search(/ (?:by|that) /);
  if (tail >= 0) return plural(noun.slice(0, tail)) + noun.slice(tail);
  return noun.endsWith('y') && !/[aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

/** Bytes between two bounds. */
export function spanText({ low, high }: Bounds): string {
  if (high === null) return low === 0n ? 'not known' : `at least ${formatBytes(low)}`;
  const [least, most] = [formatBytes(low), formatBytes(high)];
  if (low >= high || least === most) return least;
  return low === 0n ? `at most ${most}` : `${least} to ${most}`;
}

/** How many of `all` calls are meant; null: their number is not known. */
export function callsText({ low, high }: Bounds, all: bigint | null): string {
  if (low === 0n && (high === null || high === all)) return 'not known';
  if (high === null) return `at least ${grouped(low)}`;
  if (low >= high) return grouped(low);
  return low === 0n ? `at most ${grouped(high)}` : `${grouped(low)} to ${grouped(high)}`;
}

/** Bytes of a module, or the range that they are in. */
export function bytesText(bytes: bigint | null, span: Bounds, basis: string | null): string {
  if (bytes === null) return spanText(span);
  return `${basis === 'estimated' ? 'about ' : ''}${formatBytes(bytes)}`;
}

/** A decimal number of seconds, rounded to `fraction` digits after the point. */
export function seconds(digits: string, fraction = 1): string {
  const [whole = '0', rest = ''] = digits.split('.');
  const step = 10n ** BigInt(9 - fraction);
  const rounded = ((BigInt(whole + rest.padEnd(9, '0').slice(0, 9)) + step / 2n) / step).toString();
  const padded = rounded.padStart(fraction + 1, '0');
  return fraction === 0 ? padded : `${padded.slice(0, -fraction)}.${padded.slice(-fraction)}`;
}

/** `65.5 s`; by a clock that counts ticks, which prints no fraction, `242149435467 ticks`. */
export function moment(digits: string, fraction = 1): string {
  return digits.includes('.') ? `${seconds(digits, fraction)} s` : `${digits} ticks`;
}

/** `47.4 to 63.0 s`, `at 47.401 s`: with as many digits as tell the two apart. */
export function timeSpan(from: string, to: string): string {
  for (const fraction of [1, 3, 6]) {
    const [start, end] = [seconds(from, fraction), seconds(to, fraction)];
    if (start !== end) return `between ${start} and ${end} s`;
  }
  return `at ${seconds(from, 3)} s`;
}

/**
 * How the waste compares with the memory of the loaded modules: `10 times`, `34 % of`; rounded down where the waste is a
 * lower bound. Null where that says nothing.
 */
export function factor(wasted: bigint, memory: bigint | null, isExact: boolean): string | null {
  if (memory === null || memory === 0n || wasted === 0n) return null;
  const parts = (ofOne: bigint): bigint => (wasted * ofOne * 2n + (isExact ? memory : 0n)) / (memory * 2n);
  if (wasted * 100n < memory) return 'less than 1 % of';
  if (wasted < memory) return `${smaller(parts(100n), 99n)} % of`;
  const hundredths = parts(100n);
  return hundredths < 1000n
    ? `${hundredths / 100n}.${(hundredths % 100n).toString().padStart(2, '0')} times`
    : `${grouped(parts(1n))} times`;
}

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
