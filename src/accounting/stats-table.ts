/** The text of /sys/kernel/debug/modules/stats, as kernel/module/stats.c:read_file_mod_stats prints it. */
import {
  COUNTER_LABELS,
  COUNTERS,
  type CounterName,
  PHASE_COUNTERS,
  PHASES,
  reasonText,
} from '../model/counters.js';

/** Counters by name; undefined or missing where nothing is known. */
export type CounterValues = { readonly [K in CounterName]?: bigint | undefined };

export interface ListedModule {
  readonly module: string;
  readonly times: number | bigint;
  /** Reason bits (model/counters.ts). */
  readonly reasons: number;
}

/** The averages in the order printed: label, bytes, count. */
const AVERAGES: readonly [string, CounterName, CounterName][] = [
  ['Average mod size', 'total_mod_size', 'modcount'],
  ['Average mod text size', 'total_text_size', 'modcount'],
  ['Avg fail kread bytes', 'invalid_kread_bytes', 'failed_kreads'],
  ['Avg fail becoming bytes', 'invalid_becoming_bytes', 'failed_becoming'],
  ['Avg fail decomp bytes', 'invalid_decompress_bytes', 'failed_decompress'],
  ['Average fail load bytes', 'invalid_mod_bytes', 'failed_load_modules'],
];

/**
 * The table and, where there are any, the duplicates, first the newest name. Rows whose value is not known are
 * left out. The kernel's own cut (its buffer, its 111 rows) is not applied.
 */
export function formatStats(counters: CounterValues, duplicates: readonly ListedModule[]): string {
  const lines: string[] = [];
  const row = (label: string, value: bigint | undefined) => {
    if (value !== undefined) lines.push(`${label.padStart(25)}\t${value}`);
  };
  for (const counter of COUNTERS) row(COUNTER_LABELS[counter], counters[counter]);
  row('Virtual mem wasted bytes', wastedBytes(counters));
  for (const [label, bytes, count] of AVERAGES) row(label, average(counters[bytes], counters[count]));
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

/** The bytes of the four phases; undefined where one of them is not known. */
export function wastedBytes(counters: CounterValues): bigint | undefined {
  let sum = 0n;
  for (const phase of PHASES) {
    const bytes = counters[PHASE_COUNTERS[phase].bytes];
    if (bytes === undefined) return undefined;
    sum += bytes;
  }
  return sum;
}

/** DIV_ROUND_UP, printed only where neither number is 0. */
function average(bytes: bigint | undefined, count: bigint | undefined): bigint | undefined {
  if (!bytes || !count) return undefined;
  return (bytes + count - 1n) / count;
}
