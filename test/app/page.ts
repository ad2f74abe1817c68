// SPDX-License-Identifier: Apache-2.0
/** The browser page, opened from disk in a headless Chromium. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { Browser, Opened } from '../report/html/browser.js';

export const APP = fileURLToPath(new URL('../../dist/app/index.html', import.meta.url));

export const QUERIES = readdirSync(fileURLToPath(new URL('../../queries', import.meta.url)))
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.slice(0, -'.sql'.length));

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
