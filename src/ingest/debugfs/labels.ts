/** What the files of /sys/kernel/debug/modules and the rows of its `stats` table are called. */
import { COUNTER_LABELS, COUNTERS, type CounterName } from '../../model/counters.js';

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

/** Each average is DIV_ROUND_UP(bytes, count), printed where both are not 0. */
export const AVERAGES: readonly { name: DerivedName; bytes: CounterName; count: CounterName }[] = [
  { name: 'avg_mod_size', bytes: 'total_mod_size', count: 'modcount' },
  { name: 'avg_text_size', bytes: 'total_text_size', count: 'modcount' },
  { name: 'avg_kread', bytes: 'invalid_kread_bytes', count: 'failed_kreads' },
  { name: 'avg_becoming', bytes: 'invalid_becoming_bytes', count: 'failed_becoming' },
  { name: 'avg_decompress', bytes: 'invalid_decompress_bytes', count: 'failed_decompress' },
  { name: 'avg_load', bytes: 'invalid_mod_bytes', count: 'failed_load_modules' },
];

/** What a row of the table prints; `first` marks labels that only the first posting of the patch had. */
export type RowMeaning =
  | { readonly is: 'counter'; readonly counter: CounterName; readonly first: boolean }
  | { readonly is: 'derived'; readonly figure: DerivedName };

/** Labels of the first posting; it also had `Failed kread bytes` and `Failed kmod bytes`. */
const FIRST_POSTING: readonly [string, CounterName][] = [
  ['Modules loaded', 'modcount'],
  ['Modules ever loaded', 'modcount'],
  ['Invalid kread bytes', 'invalid_kread_bytes'],
  ['Invalid decompress bytes', 'invalid_decompress_bytes'],
  ['Invalid mod bytes', 'invalid_mod_bytes'],
];

const MEANINGS: ReadonlyMap<string, RowMeaning> = new Map<string, RowMeaning>([
  ...COUNTERS.map((counter): [string, RowMeaning] => [
    COUNTER_LABELS[counter].toLowerCase(),
    { is: 'counter', counter, first: false },
  ]),
  ...DERIVED.map((figure): [string, RowMeaning] => [
    DERIVED_LABELS[figure].toLowerCase(),
    { is: 'derived', figure },
  ]),
  ...FIRST_POSTING.map(([label, counter]): [string, RowMeaning] => [
    label.toLowerCase(),
    { is: 'counter', counter, first: true },
  ]),
]);

/** The meaning of a label, whatever its case and spacing. */
export function rowMeaning(label: string): RowMeaning | null {
  return MEANINGS.get(label.toLowerCase().replace(/\s+/g, ' ')) ?? null;
}

/** A regex source that matches any label, longest first, with any white space between its words. */
export const LABEL_PATTERN = [...MEANINGS.keys()]
  .sort((a, b) => b.length - a.length)
  .map((label) => label.replaceAll(' ', '\\s+'))
  .join('|');

/** The rows that every table of a kernel with CONFIG_MODULE_STATS prints: twelve. */
export const ALWAYS_PRINTED = COUNTERS.length + 1;

/** The files of the directory. */
export const FILES = [...COUNTERS, 'stats', 'unloaded_tainted'] as const;
export type FileName = (typeof FILES)[number];

export const FILE_PATTERN = [...FILES].sort((a, b) => b.length - a.length).join('|');

const BY_NAME: ReadonlyMap<string, FileName> = new Map(FILES.map((file) => [file, file]));

export function fileName(name: string): FileName | null {
  return BY_NAME.get(name) ?? null;
}

export function isCounterFile(file: FileName): file is CounterName {
  return file !== 'stats' && file !== 'unloaded_tainted';
}
