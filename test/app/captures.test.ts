// SPDX-License-Identifier: Apache-2.0
/** Every capture in the page and by the command: the same results, byte for byte. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CORPUS, captures, WHOLE } from '../corpus/index.js';
import { Browser, CHROMIUM, NEEDS_CHROMIUM, type Opened } from '../report/html/browser.js';
import { expectPrinted, openApp, reported, startOver } from './page.js';

const CAPTURES = captures(WHOLE ? /^[ors]\d/ : /^(?:s8-clocks|s73-arm64-fail)$/);

describe.skipIf(!CHROMIUM)(`captures in the browser page, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  afterAll(() => browser.close());
  let opened: Promise<Opened> | null = null;

  it.each(CAPTURES)('gives for %s what the command gives', async (name) => {
    opened ??= openApp(browser);
    const { page, complaints } = await opened;
    await startOver(page);
    await page.locator('#folder').setInputFiles(join(CORPUS, name));
    await reported(page);
    await expectPrinted(page, join(CORPUS, name));
    expect(complaints).toEqual([]);
  });
});
