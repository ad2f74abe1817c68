// SPDX-License-Identifier: Apache-2.0
/** The folders of batches that a question is about, and the files of their tables. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BatchError } from './case.js';
import { partsOf } from './parquet.js';
import type { BatchTable } from './tables.js';

/** The files of a table in one folder. */
export interface TableFiles {
  readonly folder: string;
  readonly csv: string | null;
  /** Paths; empty for none. */
  readonly parquet: readonly string[];
}

const WILD = /[*?]/;

/** `fleet/*\/result` -> the folders of that name; without * or ?, the path itself. */
function expand(pattern: string): string[] {
  if (!WILD.test(pattern) || existsSync(pattern)) return [pattern];
  const start = pattern.startsWith('/') ? '/' : '';
  let found = [start];
  for (const part of pattern.split('/').filter((name) => name !== '')) {
    found = found.flatMap((base) => (WILD.test(part) ? matching(base, part) : [join(base, part)]));
  }
  return found.filter((folder) => existsSync(join(folder, 'cases.csv')));
}

function matching(base: string, pattern: string): string[] {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  try {
    return readdirSync(base === '' ? '.' : base)
      .filter((name) => expression.test(name) && (!name.startsWith('.') || pattern.startsWith('.')))
      .sort()
      .map((name) => join(base, name));
  } catch {
    // No directory.
    return [];
  }
}

/** The folders that paths and patterns name, each once; throws where one holds no batch. */
export function batchFolders(patterns: readonly string[]): string[] {
  const folders = patterns.flatMap((pattern) => {
    const found = expand(pattern);
    if (found.length === 0) throw new BatchError(`no folder with a finished batch matches ${pattern}`);
    return found;
  });
  for (const folder of folders) {
    if (existsSync(join(folder, 'cases.csv')) || partsOf(join(folder, 'cases')).length > 0) continue;
    throw new BatchError(`${folder} holds no finished batch`, [
      'modwaste batch INPUT... --out DIR makes one',
    ]);
  }
  return [...new Set(folders.map((folder) => folder.replace(/(?<=.)\/+$/, '')))];
}

export function filesOf(folder: string, { file }: BatchTable): TableFiles | null {
  const csv = join(folder, `${file}.csv`);
  const parts = partsOf(join(folder, file)).map((name) => join(folder, file, name));
  const hasCsv = existsSync(csv);
  return hasCsv || parts.length > 0 ? { folder, csv: hasCsv ? csv : null, parquet: parts } : null;
}
