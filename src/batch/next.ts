// SPDX-License-Identifier: Apache-2.0
/** What to ask of a batch next. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

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
  const bytes = Buffer.alloc(8192);
  try {
    const file = openSync(path, 'r');
    try {
      const text = bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0));
      return text.trimEnd().includes('\n');
    } finally {
      closeSync(file);
    }
  } catch {
    // A query that was not asked for has no file.
    return false;
  }
}
