// SPDX-License-Identifier: Apache-2.0
/**
 * The equations as numbers: rows with their charges at given signature lengths, and windows for the sums.
 *
 *     b + l = times                        per row; 'Becoming': l = 0; 'Load': b = 0; both: b >= 1, l >= 1
 *     sum(b) + n_b = failed_becoming       sum(b * (L + C))  + X_b = invalid_becoming_bytes
 *     sum(l) + n_l = failed_load_modules   sum(l * (2L + C)) + X_l = invalid_mod_bytes
 *
 * n and X are failures that no row explains: n >= 0, X >= 0, and X = 0 where n = 0. L and C are those of each call.
 */
import { largest, type Range, smallest } from '../../model/bounds.js';
import { REASON_BECOMING, REASON_LOAD } from '../../model/counters.js';
import { MAX_SIGNATURE } from '../../model/signature.js';
import type { BoundsCounters, BoundsInput, LoadForm, RowInput } from './types.js';

/** A row of the list: `low..high` are the becoming calls still thought possible, of `times` calls. */
export interface Row {
  readonly times: number;
  readonly low: number;
  readonly high: number;
  /** What one attempt costs: `L + C` in becoming, `2L + C` in load (kernel/module/stats.c). */
  readonly becoming: Range;
  readonly load: Range;
}

/** Where the sums over all rows must lie: becoming calls, becoming bytes, load bytes. */
export interface Window {
  readonly calls: Range;
  readonly becoming: Range;
  readonly load: Range;
}

/** An ELF header: no image that got as far as the duplicate check is shorter. */
export const IMAGE_MIN = 64;
/** kernel_read_file reads a module of at most INT_MAX bytes (kernel/module/main.c:init_module_from_file). */
export const IMAGE_MAX = 2 ** 31 - 1;

/** Lengths of a form's image and compressed file at signature lengths `s`; null where the form contradicts them. */
function formSizes(form: LoadForm, s: Range): { image: Range; compressed: Range } | null {
  const { compressed } = form;
  const image = imageRange(form, s);
  if (image.high < image.low) return null;
  return { image, compressed: { low: compressed ?? 1, high: compressed ?? IMAGE_MAX } };
}

/** Hull of the image's length over the signature lengths `s`; low > high where there is none. */
export function imageRange({ image }: LoadForm, s: Range): Range {
  switch (image.of) {
    case 'image':
      return { low: image.bytes, high: image.bytes };
    case 'file': {
      const most = image.signed === false ? 0 : s.high;
      const least = image.signed ? s.low : 0;
      return { low: Math.max(IMAGE_MIN, image.bytes - most), high: image.bytes - least };
    }
    case 'range':
      return { low: image.low, high: image.high };
    case 'unknown':
      return { low: IMAGE_MIN, high: IMAGE_MAX };
  }
}

const ANY_FORM: readonly LoadForm[] = [
  { image: { of: 'unknown' }, compressed: 0 },
  { image: { of: 'unknown' }, compressed: null },
];

/** A row at signature lengths `s`; null where none of its forms can be. Unknown charges end at the counters. */
export function rowAt(input: RowInput, s: Range, counters: BoundsCounters): Row | null {
  const calls = becomingCalls(input);
  const forms = (input.forms.length ? input.forms : ANY_FORM).flatMap((form) => formSizes(form, s) ?? []);
  if (forms.length === 0 || calls.high < calls.low) return null;
  const becoming = {
    low: smallest(forms.map((f) => f.image.low + f.compressed.low)),
    high: largest(forms.map((f) => f.image.high + f.compressed.high)),
  };
  const load = {
    low: smallest(forms.map((f) => 2 * f.image.low + f.compressed.low)),
    high: largest(forms.map((f) => 2 * f.image.high + f.compressed.high)),
  };
  return {
    times: input.times,
    ...calls,
    becoming: capped(becoming, counters.becomingBytes),
    load: capped(load, counters.loadBytes),
  };
}

/** No single charge exceeds its counter; where even the least one does, the row must have no such call. */
function capped(range: Range, counter: bigint | null): Range {
  if (counter === null || counter >= BigInt(range.high)) return range;
  return { low: range.low, high: Math.max(range.low, Number(counter)) };
}

/** How many of a row's calls its reasons allow in becoming; low > high for a single call with both reasons. */
export function becomingCalls({ times, reasons }: RowInput): Range {
  switch (reasons) {
    case REASON_BECOMING:
      return { low: times, high: times };
    case REASON_LOAD:
      return { low: 0, high: 0 };
    case REASON_BECOMING | REASON_LOAD:
      return { low: 1, high: times - 1 };
    default:
      return { low: 0, high: times };
  }
}

/** The signature lengths to consider; null where no form depends on it. */
export function signatureRange(input: BoundsInput): Range | null {
  const forms = input.rows.flatMap((row) => row.forms);
  if (!forms.some(({ image }) => image.of === 'file' && image.signed !== false)) return null;
  return input.signature ?? { low: 0, high: MAX_SIGNATURE };
}

/** One phase's equation: with no other failure it balances, with some it only bounds from above. */
interface Equation {
  readonly calls: Range;
  readonly bytes: Range;
}

function equations(failed: bigint | null, bytes: bigint | null): Equation[] {
  const most = bytes === null ? Number.POSITIVE_INFINITY : Number(bytes);
  if (failed === null)
    return [{ calls: { low: 0, high: Number.POSITIVE_INFINITY }, bytes: { low: 0, high: most } }];
  const count = Number(failed);
  const none = { calls: { low: count, high: count }, bytes: { low: bytes === null ? 0 : most, high: most } };
  const some = { calls: { low: 0, high: count - 1 }, bytes: { low: 0, high: most } };
  return count > 0 ? [none, some] : [none];
}

/**
 * The windows whose union is all that the counters allow, `times` being the sum over all rows: each phase either
 * has no other failure (X = 0) or at least one (X >= 0). Empty where the counts alone contradict the rows.
 */
export function windows(counters: BoundsCounters, times: number): Window[] {
  const found: Window[] = [];
  for (const becoming of equations(counters.failedBecoming, counters.becomingBytes)) {
    for (const load of equations(counters.failedLoad, counters.loadBytes)) {
      const low = Math.max(becoming.calls.low, times - load.calls.high);
      const high = Math.min(becoming.calls.high, times - load.calls.low);
      if (low <= high) found.push({ calls: { low, high }, becoming: becoming.bytes, load: load.bytes });
    }
  }
  return found;
}
