// SPDX-License-Identifier: Apache-2.0
/** Field values as numbers and text, in any printed form. */
import type { FieldValue } from './records.js';

const NUMBER = /^([+-]?)(0[xX][0-9a-fA-F]+|\d+)$/;

/** An integer; 64-bit two's complement becomes signed (`0xffffffffffffff7f` is -129). Null: not a number. */
export function integer(value: FieldValue | undefined): number | null {
  if (typeof value === 'number') return Number.isInteger(value) ? value : null;
  if (typeof value === 'bigint') return Number(BigInt.asIntN(64, value));
  if (typeof value !== 'string') return null;
  const match = NUMBER.exec(value);
  if (!match?.[2]) return null;
  const digits = match[2];
  // Up to 15 characters (0x and 13 digits, or 15 decimals) a double holds the integer exactly.
  const magnitude = digits.length <= 15 ? Number(digits) : Number(BigInt.asIntN(64, BigInt(digits)));
  return match[1] === '-' ? -magnitude : magnitude;
}

/** A return value: as `integer`, and 32-bit two's complement of an error becomes signed (`0xffffffef` is -17). */
export function signed(value: FieldValue | undefined): number | null {
  const number = integer(value);
  return number !== null && number >= 0xfffff000 && number <= 0xffffffff ? number - 2 ** 32 : number;
}

/** A length in bytes, or null. */
export function length(value: FieldValue | undefined): number | null {
  const number = integer(value);
  return number === null || number < 0 ? null : number;
}

/** Text; null if the kernel could not read it, which some forms print as an empty string. */
export function text(value: FieldValue | undefined): string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string') return null;
  return value === '' || value === '(fault)' || value === '(null)' ? null : value;
}
