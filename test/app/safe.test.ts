// SPDX-License-Identifier: Apache-2.0
/** What comes out of hostile input: what the command says of it, and nothing that leaves the page. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tar, zip } from '../input/helpers.js';
import { Browser, CHROMIUM, NEEDS_CHROMIUM } from '../report/html/browser.js';
import { csvOf, openApp, printed, reported } from './page.js';

const FIXTURES = process.env.HOSTILE ?? fileURLToPath(new URL('../hostile/fixtures/', import.meta.url));

/** Every third of them: all are given to the command, whose reader the page shares. */
const EACH = 3;

/** What a page has stored, by kind. */
const STORED = `(async () => [
  ...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie,
  ...(await indexedDB.databases()).map(({ name }) => name),
].filter(Boolean))()`;

const stored = (page: Page): Promise<string[]> => page.evaluate<string[]>(STORED);

describe.skipIf(!CHROMIUM)(`hostile input in the page, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-safe-'));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  let host = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string, bytes: string | Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  it('has the limits and diagnostics of the command', { timeout: 600_000 }, async () => {
    const bomb = Buffer.alloc(30 * 1024 ** 2, `[    1.000000] ${'a'.repeat(5000)}\n`);
    const inputs = [
      ...readdirSync(FIXTURES, { withFileTypes: true })
        .filter((one, index) => one.isFile() && index % EACH === 0)
        .map(({ name }) => join(FIXTURES, name)),
      file('bomb.tar', tar({ 'a.gz': gzipSync(bomb), stats: 'x' })),
      file('bomb.zip', zip({ a: bomb })),
      file('calls.gz', gzipSync(' a-1 [000] .... 1.000000: sys_finit_module -> 0x0\n'.repeat(200_000))),
      file('cut.gz', gzipSync(bomb).subarray(0, 9000)),
      file(
        'deep',
        Array.from({ length: 12 }).reduce<Uint8Array>((inner) => gzipSync(inner), gzipSync('x')),
      ),
    ];
    const { page, complaints } = await openApp(browser);
    const codes = new Set<string>();
    for (const input of inputs) {
      await page.locator('#files').setInputFiles(input);
      await page.locator('body[data-state=work], body[data-state=report]').waitFor();
      await reported(page);
      const results = await printed(input, ['diagnostics', 'sources', 'failures']);
      for (const [name, csv] of results) expect(await csvOf(page, name), `${name} of ${input}`).toBe(csv);
      for (const [, code = ''] of results.get('diagnostics')?.matchAll(/,(input-limit|archive-damaged),/g) ??
        []) {
        codes.add(code);
      }
      await page.locator('#anew').click();
    }
    expect([...codes].sort()).toEqual(['archive-damaged', 'input-limit']);
    expect(complaints).toEqual([]);
  });

  it('lets nothing in a file become markup, reach the network or be stored', async () => {
    const call = `fetch('http://${host}/script');localStorage.setItem('a','b')`;
    const marks = [
      `<img src=http://${host}/img onerror="${call}">`,
      `<script src=//${host}/src></script><script>${call}</script>`,
      `</script></pre></title><iframe src=http://${host}/frame></iframe>`,
      `<link rel=stylesheet href=http://${host}/css><style>@import 'http://${host}/import';</style>`,
      `javascript:${call}`,
      `<svg onload="${call}"><meta http-equiv=refresh content="0;url=http://${host}/refresh">`,
    ];
    const log = marks.flatMap((mark, at) => [
      `[    ${at}.100000] ${mark}: Unknown symbol ${mark} (err -2)`,
      `[    ${at}.200000] foo: disagrees about version of symbol ${mark}`,
      `[    ${at}.300000] Modules linked in: ${mark}`,
    ]);
    const text = `[    0.000000] Linux version 6.12.0-${marks[0]} (${marks[1]}) #1 SMP ${marks[2]}\n${log.join('\n')}\n`;
    const { page, complaints } = await openApp(browser);
    await page
      .locator('#files')
      .setInputFiles([file('dmesg.txt', text), file(`<img src=x onerror=alert(1)>.txt`, text)]);
    await reported(page);
    const report = page.frameLocator('#report');
    await report.locator('a.cite').first().click();
    await report.locator('dialog[open] mark').waitFor();
    await page.keyboard.press('Escape');
    await report.getByRole('button', { name: 'Run' }).click();
    await report.locator('.status', { hasText: /rows? \(/ }).waitFor();
    expect(
      await report
        .locator('img, iframe, main script, main style, svg [onload], [onerror], meta[http-equiv=refresh]')
        .count(),
    ).toBe(0);
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
    expect(asked).toEqual([]);
    expect(await stored(page)).toEqual([]);
  });

  it('would notice what left the page, and what was stored', async () => {
    const { page } = await openApp(browser);
    await page.evaluate(`localStorage.setItem('a', 'b')`);
    expect(await stored(page)).toEqual(['a']);
    await page.evaluate(`localStorage.clear()`);
    const open = file('open.html', `<html data-ready><img src=http://${host}/img></html>`);
    const { complaints } = await browser.open(open);
    await expect.poll(() => asked).toContain('/img');
    expect(complaints).toEqual([`request: http://${host}/img`]);
  });
});
