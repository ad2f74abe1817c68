// SPDX-License-Identifier: Apache-2.0
/** Cases of files made in a test: written below a folder, read through the command line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openCase } from '../../src/case.js';
import { findQuery, loadQueries } from '../../src/query/library.js';
import type { Result } from '../../src/query/result.js';
import { runQuery, runSql } from '../../src/query/run.js';
import { formatNdjson } from '../../src/report/json.js';
import { cli, type Ran } from '../cli/harness.js';
import { temporary } from '../temporary.js';
import type { Files } from './pack.js';

const QUERIES = loadQueries();

/** A folder of its own with the files in it. */
export function folderOf(files: Files): string {
  const folder = temporary('case');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** One file, by its path. */
export function fileOf(name: string, content: string | Uint8Array): string {
  return join(folderOf({ [name]: content }), name);
}

export type Row = Readonly<Record<string, string | number | null>>;

export async function query(name: string, ...inputs: readonly string[]): Promise<Row[]> {
  const ran = await cli(['query', name, '--format', 'json', '--quiet', ...inputs]);
  return JSON.parse(ran.stdout) as Row[];
}

/** Asks one case several things: it is read once. */
export async function asking(
  ...inputs: readonly string[]
): Promise<{ readonly query: (name: string) => Row[]; readonly select: (sql: string) => Row[] }> {
  const opened = await openCase({ inputs });
  const store = await opened.store();
  const rows = (result: Result): Row[] =>
    [...formatNdjson(result)]
      .join('')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
  return {
    query: (name) => rows(runQuery(store.db, findQuery(QUERIES, name), new Map())),
    select: (sql) => rows(runSql(store.db, 'the test', sql)),
  };
}

export async function select(sql: string, ...inputs: readonly string[]): Promise<Row[]> {
  const ran: Ran = await cli(['query', '--sql', sql, '--format', 'json', '--quiet', ...inputs]);
  if (ran.stdout === '') throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as Row[];
}
