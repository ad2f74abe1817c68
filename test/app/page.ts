// SPDX-License-Identifier: Apache-2.0
/** The browser page, opened from disk in a headless Chromium. */
import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { openCase } from '../../src/case.js';
import { loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { formatResult } from '../../src/report/format.js';
import type { Browser, Opened } from '../report/html/browser.js';

export const APP = fileURLToPath(new URL('../../dist/app/index.html', import.meta.url));

const QUERIES = readdirSync(fileURLToPath(new URL('../../queries', import.meta.url)))
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.slice(0, -'.sql'.length));

const queries = loadQueries();
const WITHOUT_PARAMETERS = QUERIES.filter((name) =>
  queries.get(name)?.params.every(({ defaultText }) => defaultText !== null),
);

/** What the command prints for some canned queries; by default for each that needs no parameter. */
export async function printed(
  input: string,
  names: readonly string[] = WITHOUT_PARAMETERS,
): Promise<Map<string, string>> {
  const before = process.cwd();
  // Paths are part of results; the page knows names only.
  process.chdir(dirname(resolve(input)));
  try {
    const opened = await openCase({ inputs: [basename(input)] });
    const { db } = await opened.store();
    return new Map(
      names.map((name) => {
        const query = queries.get(name);
        if (!query) throw new Error(`no query ${name}`);
        return [name, [...formatResult(runQuery(db, query, new Map()), 'csv')].join('')];
      }),
    );
  } finally {
    process.chdir(before);
  }
}

/** Writes a log that takes minutes to read, of which most is a hole, and gives its path. */
export function writeEndlessLog(path: string): string {
  writeFileSync(path, "modprobe: ERROR: could not insert 'a': Exec format error\n".repeat(100_000));
  truncateSync(path, 40 * 1024 ** 3);
  return path;
}

export const openApp = (browser: Browser, dark = false): Promise<Opened> => browser.open(APP, { dark });

/** Waits for the report, or for what went wrong. */
export async function reported(page: Page): Promise<void> {
  await page.locator('body[data-state=report], #failed:not([hidden])').first().waitFor();
  if (await page.locator('#failed').isVisible()) {
    throw new Error((await page.locator('#failed').textContent()) ?? 'failed');
  }
}

/** Where files are given again, on a page that has shown a report or a comparison before. */
export async function startOver(page: Page): Promise<void> {
  if (await page.locator('#anew').isVisible()) await page.locator('#anew').click();
}

/** The CSV of a canned query over the case that the page shows. */
export const csvOf = (page: Page, query: string): Promise<string> =>
  page.evaluate<string>(`modwaste.query(${JSON.stringify(query)})`);

/** Holds what the page shows against what the command prints for the input, and gives that. */
export async function expectPrinted(
  page: Page,
  input: string,
  names?: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const results = await printed(input, names);
  const shown = await page.evaluate<string[]>(`(async () => {
    const shown = [];
    for (const name of ${JSON.stringify([...results.keys()])}) shown.push(await modwaste.query(name));
    return shown;
  })()`);
  for (const [at, [name, csv]] of [...results].entries()) expect(shown[at], `${name} of ${input}`).toBe(csv);
  return results;
}
