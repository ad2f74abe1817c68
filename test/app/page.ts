// SPDX-License-Identifier: Apache-2.0
/** The browser page, opened from disk in a headless Chromium. */
import { readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
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

/** What the command prints for each canned query that needs no parameter. */
export async function printed(input: string): Promise<Map<string, string>> {
  const before = process.cwd();
  // Paths are part of results; the page knows names only.
  process.chdir(dirname(resolve(input)));
  try {
    const opened = await openCase({ inputs: [basename(input)] });
    const { db } = await opened.store();
    const whole = QUERIES.filter((name) =>
      queries.get(name)?.params.every(({ defaultText }) => defaultText !== null),
    );
    return new Map(
      whole.map((name) => {
        const query = queries.get(name);
        if (!query) throw new Error(`no query ${name}`);
        return [name, [...formatResult(runQuery(db, query, new Map()), 'csv')].join('')];
      }),
    );
  } finally {
    process.chdir(before);
  }
}

export const openApp = (browser: Browser, dark = false): Promise<Opened> => browser.open(APP, { dark });

/** Waits for the report, or for what went wrong. */
export async function reported(page: Page): Promise<void> {
  await page.locator('body[data-state=report], #failed:not([hidden])').first().waitFor({ timeout: 120_000 });
  if (await page.locator('#failed').isVisible()) {
    throw new Error((await page.locator('#failed').textContent()) ?? 'failed');
  }
}

/** The CSV of a canned query over the case that the page shows. */
export const csvOf = (page: Page, query: string): Promise<string> =>
  page.evaluate<string>(`modwaste.query(${JSON.stringify(query)})`);
