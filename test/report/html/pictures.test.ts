// SPDX-License-Identifier: Apache-2.0
/** One boot, many boots and a batch at the sizes that people look at; kept as pictures, and nothing leaves the window. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../batch/built.js';
import { CORPUS } from '../../corpus/index.js';
import { Browser, CHROMIUM, keepPicture, NEEDS_CHROMIUM } from './browser.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const SIZES = [
  { name: '1440', width: 1440, height: 900, dark: false, print: false },
  { name: 'dark', width: 1440, height: 900, dark: true, print: false },
  { name: '390', width: 390, height: 844, dark: false, print: false },
  { name: 'print', width: 1000, height: 1400, dark: false, print: true },
] as const;

/** Elements that stick out of the window, but for those that scroll on their own. */
const outside = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('body *')]
    .filter((element) => !element.closest('.table, pre, .docs, dialog, .tip, [hidden]'))
    .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .filter((element) => element.getBoundingClientRect().width > 0)
    .map((element) => element.tagName + '.' + element.getAttribute('class'))`);

/** Rows as high as a paragraph: a long text in a narrow column leaves a void beside it. */
const tallRows = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('tbody tr')]
    .filter((row) => row.getBoundingClientRect().height > 110)
    .map((row) => row.textContent.slice(0, 80))`);

/** Labels of charts that are drawn smaller than one can read. */
const smallText = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('.chart text')]
    .filter((text) => text.getBoundingClientRect().width > 0 && text.getBoundingClientRect().height < 9)
    .map((text) => text.textContent)`);

describe.skipIf(!CHROMIUM)(`pictures, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  const built = build();
  const files = new Map<string, string>();
  beforeAll(async () => {
    files.set('one-boot', await browser.report('one', 'samples/dup-storm'));
    const boots = ['s4-failures', 's1-quiet', 's12-loadrace', 's73-arm64-fail'].map((name) =>
      join(CORPUS, name),
    );
    files.set('many-boots', await browser.report('many', ...boots));
    files.set('batch', join(built.folder, 'batch.html'));
    built.run(
      [
        'batch',
        'samples',
        ...boots,
        '--out',
        join(built.folder, 'out'),
        '--html',
        join(built.folder, 'batch.html'),
      ],
      ROOT,
    );
  });
  afterAll(async () => {
    await browser.close();
    built.remove();
  });

  it.each(['one-boot', 'many-boots', 'batch'])('%s fits every window', async (what) => {
    const { page, complaints } = await browser.open(files.get(what) ?? '');
    for (const { name, width, height, dark, print } of SIZES) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', media: print ? 'print' : 'screen' });
      // Charts follow the window.
      await page.waitForTimeout(200);
      expect(await outside(page), name).toEqual([]);
      expect(await tallRows(page), name).toEqual([]);
      expect(await smallText(page), name).toEqual([]);
      await keepPicture(page, `report-${what}-${name}`);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
