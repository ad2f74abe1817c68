// SPDX-License-Identifier: Apache-2.0
/** What fails in the thread that analyzes is said, and the page goes on. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Browser, CHROMIUM, NEEDS_CHROMIUM } from '../report/html/browser.js';
import { APP, reported } from './page.js';

/** Fails for files of these names, before the thread's own handler is asked, or within it. */
const FAULTS = `
{
  const take = self.onmessage;
  self.onmessage = (event) => {
    const names = (event.data.drops ?? []).flat().map(({ path }) => path);
    if (names.includes('thrown.txt')) throw new Error('thrown on purpose');
    if (names.includes('later.txt')) {
      setTimeout(() => { throw new Error('thrown later'); });
      return;
    }
    if (names.includes('within.txt')) Object.defineProperty(event.data, 'drops', {
      get: () => { throw new Error('thrown within'); },
    });
    take(event);
  };
}`;

const CORE = /(<script[^>]*id="core-script"[^>]*>)([^<]*)/;

describe.skipIf(!CHROMIUM)(`an error in the thread, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-thread-'));
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('is said with its reason, and the page analyzes what is given next', async () => {
    const html = readFileSync(APP, 'utf8');
    expect(html).toMatch(CORE);
    const faulty = html.replace(CORE, (_, tag: string, packed: string) => {
      const script = gunzipSync(Buffer.from(packed, 'base64')).toString();
      return tag + gzipSync(`${script}\n${FAULTS}`).toString('base64');
    });
    const { page, complaints } = await browser.open(file('app.html', faulty));
    for (const [name, said] of [
      ['thrown.txt', 'the analysis ended: Uncaught Error: thrown on purpose. You can go on here'],
      ['later.txt', 'the analysis ended: Uncaught Error: thrown later. You can go on here'],
      ['within.txt', 'thrown within. You can go on here'],
    ] as const) {
      await page.locator('#files').setInputFiles(file(name, 'x\n'));
      await page.locator('#failed', { hasText: said }).waitFor({ timeout: 60_000 });
      expect(await page.locator('body').getAttribute('data-state'), name).toBe('drop');
      await page.locator('[data-sample=failures]').click();
      await reported(page);
      expect(await page.locator('#failed').isVisible(), name).toBe(false);
      await page.locator('#anew').click();
    }
    expect(complaints).toEqual([]);
  });
});
