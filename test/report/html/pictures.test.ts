// SPDX-License-Identifier: Apache-2.0
/** The report of several boots at the sizes that people look at; that of one is in page.test.ts, of a batch in process.test.ts. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CORPUS } from '../../corpus/index.js';
import { Browser, CHROMIUM, NEEDS_CHROMIUM } from './browser.js';
import { expectFits } from './windows.js';

const BOOTS = ['s4-failures', 's1-quiet', 's73-arm64-fail'];

describe.skipIf(!CHROMIUM)(`pictures, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  afterAll(() => browser.close());

  it('many boots fit every window', async () => {
    const file = await browser.report('many', ...BOOTS.map((name) => join(CORPUS, name)));
    const { page, complaints } = await browser.open(file);
    await expectFits(page, 'many-boots');
    expect(complaints).toEqual([]);
  });
});
