// SPDX-License-Identifier: Apache-2.0
/** The text of /sys/kernel/debug/modules/stats, as kernel/module/stats.c:read_file_mod_stats prints it. */
import {
  COUNTER_LABELS,
  COUNTERS,
  type CounterName,
  PHASE_COUNTERS,
  PHASES,
  reasonText,
} from '../../model/counters.js';
import { AVERAGES, average, DERIVED_LABELS } from '../../model/debugfs.js';

/** Counters by name; undefined or missing where unknown. */
export type CounterValues = { readonly [K in CounterName]?: bigint | undefined };

/** A row of the duplicate list. */
export interface ListedModule {
  readonly module: string;
  readonly times: number | bigint;
  /** Bits: 1 becoming, 2 load. */
  readonly reasons: number;
}

/**
 * The table and the duplicates, if any, newest name first. Rows with an unknown value are omitted. The list is not
 * truncated as by the kernel (its buffer holds 111 rows). Throws nothing.
 *
 * @param counters Numbers of loads, and bytes.
 * @param modulus Where byte counters and their sum wrap, as at 2^32 on 32 bits; null for 64 bits.
 * @example
 * const counters = { modcount: 84n, failed_becoming: 12n, invalid_becoming_bytes: 5_242_880n };
 * console.log(formatStats(counters, [{ module: 'fuse', times: 12, reasons: 1 }]));
 */
export function formatStats(
  counters: CounterValues,
  duplicates: readonly ListedModule[],
  modulus: bigint | null = null,
): string {
  const lines: string[] = [];
  const row = (label: string, value: bigint | undefined) => {
    if (value !== undefined) lines.push(`${label.padStart(25)}\t${value}`);
  };
  for (const counter of COUNTERS) row(COUNTER_LABELS[counter], counters[counter]);
  const wasted = wastedBytes(counters);
  row(DERIVED_LABELS.wasted, wasted === undefined || modulus === null ? wasted : wasted % modulus);
  for (const { name, bytes, count } of AVERAGES) {
    row(DERIVED_LABELS[name], average(counters[bytes], counters[count]));
  }
  if (duplicates.length > 0) {
    lines.push('Duplicate failed modules:', listRow('Module-name', 'How-many-times', 'Reason'));
    for (const { module, times, reasons } of duplicates) {
      lines.push(listRow(module, times.toString(), reasonText(reasons)));
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

function listRow(module: string, times: string, reason: string): string {
  return `${module.padStart(25)}\t${times.padStart(15)}\t${reason.padStart(25)}`;
}

/** The bytes of the four phases; undefined where one of them is unknown. */
export function wastedBytes(counters: CounterValues): bigint | undefined {
  let sum = 0n;
  for (const phase of PHASES) {
    const bytes = counters[PHASE_COUNTERS[phase].bytes];
    if (bytes === undefined) return undefined;
    sum += bytes;
  }
  return sum;
}
