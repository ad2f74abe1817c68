// SPDX-License-Identifier: Apache-2.0
/** A report at the sizes that people look at: nothing leaves the window. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { keepPicture } from './browser.js';

const SIZES = [
  { name: '1440', width: 1440, height: 900, dark: false, print: false },
  { name: '390', width: 390, height: 844, dark: true, print: false },
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

/** Keeps a picture at each of the sizes. */
export async function expectFits(page: Page, what: string): Promise<void> {
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
}
