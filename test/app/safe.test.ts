// SPDX-License-Identifier: Apache-2.0
/** What comes out of hostile input: what the command says of it, and nothing that leaves the page. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tar, zip } from '../input/helpers.js';
import { Browser, CHROMIUM, NEEDS_CHROMIUM, type Opened } from '../report/html/browser.js';
import { expectPrinted, openApp, reported, startOver } from './page.js';

const FIXTURES = process.env.HOSTILE ?? fileURLToPath(new URL('../hostile/fixtures/', import.meta.url));

/** Every third of them: all are given to the command, whose reader the page shares. */
const EACH = 3;

const START = '# tracer: nop\n#\n';
const CALL = '           modprobe-300     [000] .....     2.000000: sys_finit_module -> 0xffffffffffffffef\n';

/** Records that hardly compress. */
function noise(lines: number): string {
  let state = 1;
  const word = (): string => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state.toString(36);
  };
  const record = (at: number): string =>
    `           a-1     [000] .....     1.${String(at).padStart(6, '0')}: kfree: ptr=${word()}${word()}${word()}${word()}\n`;
  return Array.from({ length: lines }, (_, at) => record(at)).join('');
}

/** More short lines than are unpacked of so few bytes. */
const BOMB = '#\n'.repeat(2 ** 21);

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

  let opened: Promise<Opened> | null = null;
  /** One page for all that is held against the command, of which it asks these queries. */
  const shows = async (input: string, chooser: '#files' | '#folder', query: string): Promise<string> => {
    opened ??= openApp(browser);
    const { page, complaints } = await opened;
    await startOver(page);
    await page.locator(chooser).setInputFiles(input);
    await page.locator('body[data-state=work], body[data-state=report]').waitFor();
    await reported(page);
    const results = await expectPrinted(page, input, ['diagnostics', 'sources', query]);
    expect(complaints).toEqual([]);
    return results.get('diagnostics') ?? '';
  };

  it('has the diagnostics of the command for files that did harm', async () => {
    mkdirSync(join(folder, 'harmful'));
    for (const [index, one] of readdirSync(FIXTURES, { withFileTypes: true }).entries()) {
      const copied = one.isFile() && index % EACH === 0;
      if (copied) copyFileSync(join(FIXTURES, one.name), join(folder, 'harmful', one.name));
    }
    expect(await shows(join(folder, 'harmful'), '#folder', 'failures')).not.toBe('');
  });

  it.each<[name: string, code: string, make: () => Uint8Array]>([
    ['bomb.tar', 'input-limit', () => tar({ 'a.gz': gzipSync(BOMB), stats: 'x' })],
    ['bomb.zip', 'input-limit', () => zip({ a: Buffer.from(BOMB) })],
    ['cut.gz', 'archive-damaged', () => gzipSync(noise(1000)).subarray(0, 9000)],
    [
      'deep',
      'input-limit',
      () => Array.from({ length: 12 }).reduce<Uint8Array>((inner) => gzipSync(inner), gzipSync('x')),
    ],
  ])('has the diagnostics of the command for %s', async (name, code, make) => {
    expect(await shows(file(name, make()), '#files', 'failures')).toContain(`,${code},`);
  });

  // Of other codecs the page has the command's own decoders, whose limits test/input holds.
  it.each([
    [
      'more events than the bytes decoded until then may give',
      START + CALL.repeat(10_200) + noise(150) + CALL.repeat(10_000),
    ],
    ['a bomb, by the bytes unpacked for each that was decoded', START + noise(3000) + BOMB],
  ])('ends the reading of gzip at the same byte as the command: %s', async (_, text) => {
    expect(await shows(file('trace.txt.gz', gzipSync(text)), '#files', 'phase-waste')).toContain(
      ',input-limit,',
    );
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
