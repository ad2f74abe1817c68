// SPDX-License-Identifier: Apache-2.0
/** Folders that tests make, gone at the end of each file of tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** A new folder whose name says what it is for. */
export function temporary(what: string): string {
  const folder = mkdtempSync(join(tmpdir(), `modwaste-${what}-`));
  made.push(folder);
  return folder;
}

export function removeAll(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}
