// SPDX-License-Identifier: Apache-2.0
/** Suggests the next query to run on a batch. */
import { join } from 'node:path';
import { firstBytes } from './file-bytes.js';

const HEAD_BYTES = 8192;

/** By the results that have rows: duplicates cost most, and a clean batch is compared by kernel. */
const NEXT: readonly (readonly [result: string, query: string])[] = [
  ['duplicates', 'top-modules'],
  ['failures', 'top-failures'],
  ['autoload', 'top-autoload'],
  ['boots', 'waste-by-kernel'],
];

/** The query over all boots that the results in a folder call for; null where they have no rows. */
export function nextQuery(out: string): string | null {
  return NEXT.find(([result]) => hasRows(join(out, `${result}.csv`)))?.[1] ?? null;
}

/** Whether anything follows the head of a CSV file, which is no longer than what is read of it. */
function hasRows(path: string): boolean {
  try {
    return firstBytes(path, HEAD_BYTES).toString('latin1').trimEnd().includes('\n');
  } catch {
    // A query that was not asked for has no file.
    return false;
  }
}
