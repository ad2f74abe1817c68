// SPDX-License-Identifier: Apache-2.0
/** Rejects numbers that no kernel prints, from damaged or forged lines, for all formats. */
import type { Event } from '../model/event.js';

/** 146 years in nanoseconds, and 72 PB: differences of times and sums of sizes fit 64 bits. */
const LATEST = 2n ** 62n;
const LARGEST = 2n ** 56n;

/** Probe fields with the size of one module in bytes. */
const LENGTHS: ReadonlySet<string> = new Set(['image', 'compressed', 'size', 'memory', 'text']);
/** 256 GiB: far more than the few GiB of address space that kernels have for all modules. */
const LARGEST_MODULE = 2 ** 38;

/** A number of the event that no kernel prints, or null. */
export function impossibleNumber(event: Event): string | null {
  const { t } = event;
  if (t !== null && !isTime(t)) return `a time of ${t} ns`;
  if (event.kind === 'boot-mark' && event.what === 'wall-offset' && !isTime(BigInt(event.value))) {
    return `a time of ${event.value} ns`;
  }
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  for (const name in fields) {
    if (name === 't') continue;
    const value = fields[name];
    if (typeof value === 'number' ? Math.abs(value) > Number.MAX_SAFE_INTEGER : isLarge(value))
      return `${name} ${value}`;
  }
  return null;
}

/**
 * Sets impossible fields to null, and returns the first of them, or null: of a probe, whose definition may be for another
 * architecture, and the length that a caller passed to init_module, which can be anything.
 */
export function clearImpossibleFields(event: Event): string | null {
  if (event.kind === 'syscall-enter' || event.kind === 'load-call') return clearLength(event);
  if (event.kind !== 'probe') return null;
  const fact = event.fact as unknown as Record<string, unknown>;
  let wrong: string | null = null;
  for (const name in fact) {
    const value = fact[name];
    if (typeof value !== 'number') continue;
    const isRight = LENGTHS.has(name) ? value >= 0 && value <= LARGEST_MODULE : Number.isSafeInteger(value);
    if (isRight) continue;
    wrong ??= `${name} ${value} of a probe`;
    fact[name] = null;
  }
  return wrong;
}

function clearLength(call: { len: number | null }): string | null {
  const { len } = call;
  if (len === null || (len >= 0 && len <= LARGEST_MODULE)) return null;
  call.len = null;
  return `len ${len} of init_module`;
}

function isTime(ns: bigint): boolean {
  return ns < LATEST && ns > -LATEST;
}

function isLarge(value: unknown): boolean {
  return typeof value === 'bigint' && (value >= LARGEST || value <= -LARGEST);
}
