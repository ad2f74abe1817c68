// SPDX-License-Identifier: Apache-2.0
/** Makes output folders. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and its parents; returns the topmost one that it made, or null. (Node's recursive mkdir never returns
 * where the system gives ENOENT for a child of an existing folder, as in /proc.)
 */
export function makeFolder(path: string): string | null {
  if (existsSync(path)) return null;
  const above = makeFolder(dirname(path));
  mkdirSync(path);
  return above ?? path;
}
