// SPDX-License-Identifier: Apache-2.0
/** Every capture in the page and by the command: the same results, byte for byte. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CORPUS, captures, WHOLE } from '../corpus/index.js';
import { Browser, CHROMIUM, NEEDS_CHROMIUM } from '../report/html/browser.js';
import { csvOf, openApp, printed, reported } from './page.js';

const CAPTURES = captures(WHOLE ? /^[ors]\d/ : /^(?:s8-clocks|s73-arm64-fail)$/);

describe.skipIf(!CHROMIUM)(`captures in the browser page, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  afterAll(() => browser.close());

  it.each(CAPTURES)('gives for %s what the command gives', async (name) => {
    const { page, complaints } = await openApp(browser);
    await page.locator('#folder').setInputFiles(join(CORPUS, name));
    await reported(page);
    for (const [query, csv] of await printed(join(CORPUS, name))) {
      expect(await csvOf(page, query), query).toBe(csv);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
