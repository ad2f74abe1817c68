// SPDX-License-Identifier: Apache-2.0
/** How one value prints. */
import { errnoName } from '../model/errno.js';
import { escapeLine } from '../model/escape.js';
import type { ResultColumn, Value } from '../query/result.js';

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes for people: `512 B`, `1.5 KiB`, `338 MiB`; three digits, rounded half up. */
export function formatBytes(bytes: bigint | number): string {
  let value = Number(bytes);
  if (Math.abs(value) < 1024) return `${value} B`;
  let unit = -1;
  // 1023.95 KiB would print as 1024.0 KiB.
  while (Math.abs(value) >= 999.95 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(Math.abs(value) < 99.95 ? 1 : 0)} ${UNITS[unit]}`;
}

/** A share in percent, rounded, but less than all of it never to 100. */
export function percentText(share: number, fraction = 1): string {
  const digits = (Math.abs(share) * 100).toFixed(fraction);
  const seemsAll = Math.abs(share) < 1 && Number(digits) === 100;
  const shown = seemsAll ? (100 - 10 ** -fraction).toFixed(fraction) : digits;
  return share < 0 && Number(shown) > 0 ? `-${shown}` : shown;
}

/** `1234567.5` -> `1,234,567.5`. */
export function grouped(value: bigint | number | string): string {
  const [whole = '', ...fraction] = String(value).split('.');
  return [whole.replace(/\B(?=(\d{3})+(?!\d))/g, ','), ...fraction].join('.');
}

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** SQLite's infinity prints as a number that every reader takes for it. */
const real = (value: number): string =>
  Number.isFinite(value) ? String(value) : value > 0 ? '9e999' : '-9e999';

/** A value as data: exact, without units; null for NULL. Bytes are hexadecimal. */
export function dataText(value: Value): string | null {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return real(value);
  return value instanceof Uint8Array ? hex(value) : value.digits;
}

/** True for text: what a spreadsheet, a terminal or Markdown could take for more than its letters. */
export function isText(value: Value): value is string {
  return typeof value === 'string';
}

/** A value for people: NULL is `-`, bytes have units, a ratio is a percentage, an error number has its name. */
export function humanText(value: Value, column: ResultColumn): string {
  if (value === null) return '-';
  if (isText(value)) return escapeLine(value);
  if (column.unit === 'bytes' && (typeof value === 'bigint' || typeof value === 'number')) {
    return formatBytes(value);
  }
  if (column.unit === 'errno' && typeof value === 'bigint' && value > 0n) return errnoName(Number(value));
  if (column.unit === 'ratio' && typeof value === 'number') return `${percentText(value)} %`;
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  return dataText(value) ?? '-';
}
