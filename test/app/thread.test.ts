// SPDX-License-Identifier: Apache-2.0
/** What fails in a thread is said, and the page goes on. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { tar } from '../input/helpers.js';
import { Browser, CHROMIUM, NEEDS_CHROMIUM, type Opened } from '../report/html/browser.js';
import { APP, csvOf, reported, startOver } from './page.js';

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

/** Threads beside end without a word, and are asked often whether they are alive. */
const SILENCE = `
{
  const take = self.onmessage;
  self.onmessage = (event) => {
    if (event.data.ask === 'unpack' || event.data.ask === 'read') self.close();
    else take(event);
  };
  const set = self.setInterval;
  self.setInterval = (run, ms) => set(run, ms / 20);
}`;

/** The thread that analyzes does so, when it is given this file. */
const SILENT = `
{
  const take = self.onmessage;
  self.onmessage = (event) => {
    const names = (event.data.drops ?? []).flat().map(({ path }) => path);
    if (names.includes('silent.txt')) self.close();
    else take(event);
  };
}`;
const OFTEN = 'const set = setInterval; self.setInterval = (run, ms) => set(run, ms / 50);';

const LOG = `[    0.000000] Linux version 6.12.1 (a@b) #1 SMP\n[    1.500000] a: Unknown symbol b (err -2)\n`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

/** The page with other text in one of its compressed blocks. */
function withBlock(html: string, id: string, change: (text: string) => string): string {
  const block = new RegExp(`(<script[^>]*id="${id}"[^>]*>)([^<]*)`);
  expect(html).toMatch(block);
  return html.replace(block, (_, tag: string, packed: string) => {
    const text = gunzipSync(Buffer.from(packed, 'base64')).toString();
    return tag + gzipSync(change(text)).toString('base64');
  });
}

/** The page whose threads have this at the end of their script. */
const faulty = (faults: string): string =>
  withBlock(readFileSync(APP, 'utf8'), 'core-script', (script) => `${script}\n${faults}`);

/** The page whose frame asks its thread often whether it is alive. */
function oftenAsking(html: string): string {
  let policy = html;
  const changed = withBlock(html, 'core-host', (host) => {
    const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(host) ?? [];
    policy = policy.replace(sha256(script), sha256(OFTEN + script));
    return host.replace(script, () => OFTEN + script);
  });
  expect(policy).not.toBe(html);
  return changed.replace(/<meta[^>]*Content-Security-Policy[^>]*>/, () =>
    String(/<meta[^>]*Content-Security-Policy[^>]*>/.exec(policy)),
  );
}

describe.skipIf(!CHROMIUM)(`an error in the thread, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-thread-'));
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const file = (name: string, text: string | Uint8Array): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  const goesOn = async ({ page, complaints }: Opened): Promise<void> => {
    await page.locator('#files').setInputFiles(file('log.txt', LOG));
    await reported(page);
    expect(await page.locator('#failed').isVisible()).toBe(false);
    await startOver(page);
    expect(complaints).toEqual([]);
  };
  let opened: Promise<Opened> | null = null;
  /** One page whose threads fail as the files given tell them. */
  const failing = (): Promise<Opened> => {
    opened ??= browser.open(file('app.html', faulty(FAULTS + SILENCE)));
    return opened;
  };

  it.each([
    ['thrown.txt', 'the analysis ended: Uncaught Error: thrown on purpose. You can continue here'],
    ['later.txt', 'the analysis ended: Uncaught Error: thrown later. You can continue here'],
    ['within.txt', 'thrown within. You can continue here'],
  ])('is said with its reason, and the page analyzes what is given next: %s', async (name, said) => {
    const { page, complaints } = await failing();
    await page.locator('#files').setInputFiles(file(name, 'x\n'));
    await page.locator('#failed', { hasText: said }).waitFor();
    expect(await page.locator('body').getAttribute('data-state')).toBe('drop');
    await goesOn({ page, complaints });
  });

  it('without a word, on a thread that unpacks or reads, is noticed', async () => {
    const { page, complaints } = await failing();
    await page.locator('#files').setInputFiles(file('large.gz', gzipSync(randomBytes(4.5 * 1024 ** 2))));
    await reported(page);
    expect(await csvOf(page, 'diagnostics')).toMatch(
      /archive-damaged,.*reading failed: the browser ended its thread, perhaps because it ran out of memory/,
    );
    await startOver(page);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`${at}/dmesg`, LOG]));
    await page.locator('#files').setInputFiles(file('many.tar', tar(many)));
    await page.locator('#failed', { hasText: 'the browser ended its thread' }).waitFor({ timeout: 60_000 });
    await goesOn({ page, complaints });
  });

  it('without a word, on the thread that analyzes, is noticed', async () => {
    const { page, complaints } = await browser.open(file('silent.html', oftenAsking(faulty(SILENT))));
    await page.locator('#files').setInputFiles(file('silent.txt', 'x\n'));
    await page
      .locator('#failed', { hasText: 'the analysis ended: the browser ended its thread' })
      .waitFor({ timeout: 60_000 });
    await goesOn({ page, complaints });
  });
});
