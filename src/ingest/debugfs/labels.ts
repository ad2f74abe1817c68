// SPDX-License-Identifier: Apache-2.0
/** Labels of the rows of the `stats` table, and patterns for labels and file names. */
import { COUNTER_LABELS, COUNTERS, type CounterName } from '../../model/counters.js';
import { DERIVED, DERIVED_LABELS, type DerivedName, FILES } from '../../model/debugfs.js';

/** What a row prints; `first`: a label only in the first posting of the kernel patch. */
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

/** A regex source that matches any file of the directory, longest first. */
export const FILE_PATTERN = [...FILES].sort((a, b) => b.length - a.length).join('|');
