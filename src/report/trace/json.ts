// SPDX-License-Identifier: Apache-2.0
/** JSON with exact decimal numbers. */
import { escapeJson } from '../../model/escape.js';

/** Digits that are a number in JSON. */
interface Digits {
  readonly digits: string;
}
export type Json = string | number | boolean | null | Digits | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Nanoseconds as microseconds, the unit of the format, to the last digit. */
export function microseconds(ns: bigint): Digits {
  const sign = ns < 0n ? '-' : '';
  const digits = (ns < 0n ? -ns : ns).toString().padStart(4, '0');
  return { digits: `${sign}${digits.slice(0, -3)}.${digits.slice(-3)}` };
}

export function jsonText(value: Json): string {
  if (value === null || typeof value !== 'object') return escapeJson(JSON.stringify(value));
  if (isDigits(value)) return value.digits;
  const fields = Object.entries(value).map(
    ([key, one]) => `${escapeJson(JSON.stringify(key))}:${jsonText(one)}`,
  );
  return `{${fields.join(',')}}`;
}

const isDigits = (value: Digits | JsonObject): value is Digits =>
  typeof value.digits === 'string' && Object.keys(value).length === 1;
