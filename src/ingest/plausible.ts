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

const LARGEST_INT = 2 ** 31 - 1;
/** `pid_t` is an int. */
const PID = [0, LARGEST_INT] as const;
/** A hundred times what NR_CPUS may be. */
const MOST_CPUS = 2 ** 20;
const COUNT = [0, Number.MAX_SAFE_INTEGER] as const;
/** include/linux/err.h:MAX_ERRNO */
const ERRNO = [0, 4095] as const;
const SECONDS = [0, Number(LATEST / 1_000_000_000n)] as const;
const LENGTH = [0, LARGEST_MODULE] as const;

type NumbersOrNull<E> = {
  [F in keyof E]: null extends E[F] ? (number extends E[F] ? F : never) : never;
}[keyof E];
type Ranges<E> = { readonly [F in NumbersOrNull<E> & string]?: readonly [low: number, high: number] };

/** Numbers that may be unknown while the rest of the event holds: out of these ranges they are. */
const MAY_BE_UNKNOWN: { readonly [K in Event['kind']]?: Ranges<Extract<Event, { kind: K }>> } = {
  'syscall-enter': { len: LENGTH },
  'load-call': { len: LENGTH, pid: PID },
  'allocation-failure': { bytes: COUNT, pid: PID },
  'allocations-suppressed': { count: COUNT },
  initcall: { pid: PID, ret: [-LARGEST_INT - 1, LARGEST_INT], usecs: [0, Number(LATEST / 1000n)] },
  'load-failure': { errno: ERRNO },
  'user-load': { pid: PID, errno: ERRNO },
  'stuck-load': { pid: PID, seconds: SECONDS },
  'duplicate-request': { pid: PID },
  'request-failure': { pid: PID },
  throttle: { count: COUNT, limit: COUNT, seconds: SECONDS },
};

/** A number without which the event means nothing and that no kernel prints, or null. */
export function impossibleNumber(event: Event): string | null {
  const { t } = event;
  if (t !== null && !isTime(t)) return `a time of ${t} ns`;
  if (event.kind === 'boot-mark' && event.what === 'wall-offset' && !isTime(BigInt(event.value))) {
    return `a time of ${event.value} ns`;
  }
  // A load call returns zero or an error.
  if (event.kind === 'load-call' && (event.ret > 0 || event.ret < -ERRNO[1]))
    return `ret ${shown(event.ret)}`;
  if (event.kind === 'boot-mark' && event.what === 'cpus' && Number(event.value) > MOST_CPUS)
    return `${event.value.slice(0, 80)} CPUs`;
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  for (const name in fields) {
    if (name === 't') continue;
    const value = fields[name];
    if (typeof value === 'number' ? !isPossible(name, value) : isLarge(value))
      return `${name} ${shown(value)}`;
  }
  return null;
}

/**
 * Sets numbers that no kernel prints to null where the rest of the event holds, and returns the first of them, or null.
 * Those of a probe, whose definition may be for another architecture, and the length that a caller passed to init_module
 * can be anything.
 */
export function clearImpossibleFields(event: Event): string | null {
  if (event.kind === 'probe') return clearFact(event.fact as unknown as Record<string, unknown>);
  const ranges: Readonly<Record<string, readonly [number, number]>> | undefined = MAY_BE_UNKNOWN[event.kind];
  if (!ranges) return null;
  const fields = event as unknown as Record<string, unknown>;
  let wrong: string | null = null;
  for (const name in ranges) {
    const value = fields[name];
    const [low, high] = ranges[name] ?? COUNT;
    if (typeof value !== 'number' || (value >= low && value <= high)) continue;
    wrong ??= `${name} ${shown(value)}${name === 'len' ? ' of init_module' : ''}`;
    fields[name] = null;
  }
  return wrong;
}

function clearFact(fact: Record<string, unknown>): string | null {
  let wrong: string | null = null;
  for (const name in fact) {
    const value = fact[name];
    if (typeof value !== 'number') continue;
    const isRight = LENGTHS.has(name) ? value >= 0 && value <= LARGEST_MODULE : Number.isSafeInteger(value);
    if (isRight) continue;
    wrong ??= `${name} ${shown(value)} of a probe`;
    fact[name] = null;
  }
  return wrong;
}

function isPossible(name: string, value: number): boolean {
  if (name === 'pid' || name === 'childPid') return value >= 0 && value <= LARGEST_INT;
  if (name === 'bytes' && value < 0) return false;
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** A number above 2^53 is no longer exact. */
function shown(value: unknown): string {
  if (typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  return value > 0 ? 'of 2^53 or more' : 'of -2^53 or less';
}

function isTime(ns: bigint): boolean {
  return ns < LATEST && ns > -LATEST;
}

function isLarge(value: unknown): boolean {
  return typeof value === 'bigint' && (value >= LARGEST || value <= -LARGEST);
}
