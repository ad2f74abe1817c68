// SPDX-License-Identifier: Apache-2.0
/** Scales: round steps, and how moments and sizes are labelled. */

/** The smallest of 1, 2, 5 times a power of ten that is not below `least`. */
export function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-9)));
  for (const factor of [1, 2, 5]) if (factor * power >= least * 0.999999) return factor * power;
  return 10 * power;
}

/** The smallest power-of-two share of a binary unit (…, 512 KiB, 1 MiB, 2 MiB, …) that is not below `least`. */
export function binaryStep(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(least, 1)));
}

/** Round values of [from, to], at most about `most` of them; times count from `zero`, which is what is rounded. */
export function timeTicks(
  from: number,
  to: number,
  zero: bigint,
  most: number,
): { at: number; step: number }[] {
  const step = Math.max(1, roundStep((to - from) / most));
  // Only the rest of zero matters for where the round values lie.
  const rest = Number(zero % BigInt(step));
  const ticks: { at: number; step: number }[] = [];
  for (let at = Math.ceil((from + rest) / step) * step - rest; at <= to; at += step) ticks.push({ at, step });
  return ticks;
}

/** A moment on the axis: seconds with as many digits as the step needs, or a bare count of ticks. */
export function momentLabel(at: number, zero: bigint, unit: 'ns' | 'ticks', step: number): string {
  const moment = zero + BigInt(Math.round(at));
  if (unit === 'ticks') return moment.toString();
  const digits = Math.max(0, Math.min(9, 9 - Math.floor(Math.log10(step) + 1e-9)));
  const sign = moment < 0n ? '-' : '';
  const text = (moment < 0n ? -moment : moment).toString().padStart(10, '0');
  const seconds = text.slice(0, -9);
  return `${sign}${seconds}${digits === 0 ? '' : `.${text.slice(-9, text.length - 9 + digits)}`} s`;
}

/** A span of time for people: `1.24 s`, `310 ms`, `42 µs`. */
export function spanLabel(span: number, unit: 'ns' | 'ticks'): string {
  if (unit === 'ticks') return `${Math.round(span)} ticks`;
  if (span >= 1e9) return `${trim(span / 1e9)} s`;
  if (span >= 1e6) return `${trim(span / 1e6)} ms`;
  if (span >= 1e3) return `${trim(span / 1e3)} µs`;
  return `${Math.round(span)} ns`;
}

const trim = (value: number): string => String(Number(value.toPrecision(3)));
