// SPDX-License-Identifier: Apache-2.0
/** /sys/kernel/debug/modules: the figures that `stats` derives, and the names of the files. */
import { COUNTERS, type CounterName } from './counters.js';
import { lastName } from './source-label.js';

/** Figures that the table derives from its counters (kernel/module/stats.c:read_file_mod_stats). */
export const DERIVED = [
  'wasted',
  'avg_mod_size',
  'avg_text_size',
  'avg_kread',
  'avg_becoming',
  'avg_decompress',
  'avg_load',
] as const;
export type DerivedName = (typeof DERIVED)[number];

export const DERIVED_LABELS: Readonly<Record<DerivedName, string>> = {
  wasted: 'Virtual mem wasted bytes',
  avg_mod_size: 'Average mod size',
  avg_text_size: 'Average mod text size',
  avg_kread: 'Avg fail kread bytes',
  avg_becoming: 'Avg fail becoming bytes',
  avg_decompress: 'Avg fail decomp bytes',
  avg_load: 'Average fail load bytes',
};

/** Each average is DIV_ROUND_UP(bytes, count), printed only if neither is 0. */
export const AVERAGES: readonly { name: DerivedName; bytes: CounterName; count: CounterName }[] = [
  { name: 'avg_mod_size', bytes: 'total_mod_size', count: 'modcount' },
  { name: 'avg_text_size', bytes: 'total_text_size', count: 'modcount' },
  { name: 'avg_kread', bytes: 'invalid_kread_bytes', count: 'failed_kreads' },
  { name: 'avg_becoming', bytes: 'invalid_becoming_bytes', count: 'failed_becoming' },
  { name: 'avg_decompress', bytes: 'invalid_decompress_bytes', count: 'failed_decompress' },
  { name: 'avg_load', bytes: 'invalid_mod_bytes', count: 'failed_load_modules' },
];

/** DIV_ROUND_UP, as the kernel rounds its averages; undefined if either number is unknown or 0. */
export function average(bytes: bigint | undefined, count: bigint | undefined): bigint | undefined {
  if (!bytes || !count) return undefined;
  return (bytes + count - 1n) / count;
}

/** The files of the directory. */
export const FILES = [...COUNTERS, 'stats', 'unloaded_tainted'] as const;
export type FileName = (typeof FILES)[number];

const BY_NAME: ReadonlyMap<string, FileName> = new Map(FILES.map((file) => [file, file]));

export function fileName(name: string): FileName | null {
  return BY_NAME.get(name) ?? null;
}

/** `tar!sys/kernel/debug/modules/modcount` -> `modcount`; null for any other file. */
export function debugfsFile(path: string): FileName | null {
  return fileName(lastName(path));
}

export function isCounterFile(file: FileName): file is CounterName {
  return file !== 'stats' && file !== 'unloaded_tainted';
}
