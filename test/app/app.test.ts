// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { cli } from '../cli/harness.js';
import { Browser, CHROMIUM, keepPicture, NEEDS_CHROMIUM, type Opened } from '../report/html/browser.js';
import { APP, csvOf, expectPrinted, openApp, reported, startOver } from './page.js';

/** Violations that axe finds, by rule and place. */
async function violations(page: Page): Promise<string[]> {
  // The policy allows no script; a test's own goes around it.
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(axe.source);
  const found = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
    `axe.run({ exclude: ['iframe'] }).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))`,
  );
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

describe.skipIf(!CHROMIUM)(`the browser page, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-app-'));
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let opened: Promise<Opened> | null = null;
  /** One page for all tests. */
  const open = (): Promise<Opened> => {
    opened ??= openApp(browser);
    return opened;
  };
  /** The page where files are given, as it is at first. */
  const start = async (): Promise<Opened> => {
    const there = await open();
    await startOver(there.page);
    await there.page.evaluate(`document.querySelector('details').open = false`);
    return there;
  };
  /** The page with the report of the largest sample. */
  const storm = async (): Promise<Opened> => {
    const { page, complaints } = await open();
    const isShown = await page.locator('#report').isVisible();
    if (!isShown || (await page.title()) !== 'modwaste: dup-storm') {
      await startOver(page);
      await page.locator('[data-sample=dup-storm]').click();
      await reported(page);
    }
    return { page, complaints };
  };

  it('is one file below 2.5 MB that may not connect to anything', () => {
    const html = readFileSync(APP, 'utf8');
    expect(statSync(APP).size).toBeLessThan(2_500_000);
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy).toContain("connect-src 'none'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|unsafe-inline|'unsafe-eval'|\*/);
  });

  it('passes axe before, after and compared, light and wide, dark and narrow, and is not wider', async () => {
    const { page } = await start();
    await keepPicture(page, 'app-drop');
    const fits = async (): Promise<void> => {
      for (const [colorScheme, width] of [
        ['light', 1440],
        ['dark', 390],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 844 });
        expect(await violations(page), colorScheme).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      }
    };
    await fits();
    await page.locator('summary', { hasText: 'Paste text' }).click();
    await page.locator('#pasted').waitFor();
    await fits();
    await page.locator('[data-sample=failures]').click();
    await reported(page);
    await fits();
    await page.getByRole('button', { name: 'Compare with' }).click();
    await fits();
    await page.locator('#files').setInputFiles('package.json');
    await page.locator('#failed').waitFor();
    await fits();
    await page.getByRole('button', { name: 'Back to the report' }).click();
    await page.getByRole('button', { name: 'Compare with' }).click();
    await page.locator('[data-sample=dup-storm]').click();
    await page.locator('#difference pre').waitFor();
    await fits();
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('shows the report of `--html`, whose lanes, console and evidence work in the page', async () => {
    const { page, complaints } = await storm();
    const report = page.frameLocator('#report');
    expect(await report.locator('.verdict').textContent()).toMatch(/^54\.4 MiB wasted in 264 failed loads/);
    await report.getByRole('button', { name: 'Run' }).click();
    await report.locator('.status', { hasText: /rows \(/ }).waitFor();
    await report.locator('[aria-label="Worst modules"] a.cite').first().click();
    await report.locator('dialog[open] mark').waitFor();
    expect(await report.locator('.lanes-part .note').textContent()).toMatch(/^493 calls in this time/);
    await keepPicture(page, 'app-report');
    await page.keyboard.press('Escape');
    await report.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('saves the report as a file that opens by itself', async () => {
    const { page } = await storm();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save report' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('modwaste-dup-storm.html');
    const file = join(folder, 'saved.html');
    await saved.saveAs(file);
    const again = await browser.open(file);
    expect(await again.page.locator('.verdict').textContent()).toMatch(/^54\.4 MiB wasted/);
    expect(again.complaints).toEqual([]);
  });

  it('runs canned queries and SQL in the report, and hands their rows over as CSV', async () => {
    const { page } = await storm();
    const report = page.frameLocator('#report');
    await report.getByRole('button', { name: 'Run' }).click();
    await report.locator('.status', { hasText: /rows \(/ }).waitFor();
    await report.locator('textarea').fill('SELECT count(*) AS calls FROM attempts');
    await report.getByRole('button', { name: 'Run' }).click();
    await report.locator('.status', { hasText: /^1 row/ }).waitFor();
    const download = page.waitForEvent('download');
    await report.getByRole('button', { name: 'CSV' }).click();
    const file = join(folder, 'rows.csv');
    await (await download).saveAs(file);
    expect(readFileSync(file, 'utf8')).toBe('calls\n493\n');
  });

  it('holds the samples byte for byte', () => {
    const [, packed = ''] = /id="samples">([^<]*)/.exec(readFileSync(APP, 'utf8')) ?? [];
    const samples: unknown = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString());
    const files = (name: string): [string, string][] =>
      readdirSync(`samples/${name}`).map((file) => [file, readFileSync(`samples/${name}/${file}`, 'latin1')]);
    const names = ['dup-storm', 'failures', 'autoload', 'stock-debian'];
    expect(samples).toEqual(Object.fromEntries(names.map((name) => [name, Object.fromEntries(files(name))])));
  });

  it.each(['dup-storm', 'autoload'])('analyzes the sample %s as the command does', async (name) => {
    const { page } = name === 'dup-storm' ? await storm() : await start();
    if (name !== 'dup-storm') await page.locator(`[data-sample=${name}]`).click();
    await reported(page);
    await expectPrinted(page, `samples/${name}`, ['sources', 'phase-waste', 'autoload', 'diagnostics']);
  });

  it.each([
    ['a folder', 'samples/dup-storm'],
    ['another kernel, by its log alone', 'samples/stock-debian'],
  ])('gives for %s what the command gives', async (_, input) => {
    const { page, complaints } = await start();
    await page.locator('#folder').setInputFiles(input);
    await reported(page);
    await expectPrinted(page, input);
    expect(complaints).toEqual([]);
  });

  it('reads an archive as the command does', async () => {
    const archive = join(folder, 'failures.tar.gz');
    execFileSync('tar', ['-czf', archive, '--owner=0', '--group=0', '-C', 'samples', 'failures']);
    const { page, complaints } = await start();
    await page.locator('#files').setInputFiles(archive);
    await reported(page);
    await expectPrinted(page, archive);
    expect(complaints).toEqual([]);
  });

  it('analyzes pasted text as standard input, from the field or by keyboard', async () => {
    const { page } = await start();
    await page.locator('summary', { hasText: 'Paste text' }).click();
    await page
      .locator('#pasted')
      .fill(
        "[    3.100000] Linux version 6.12.1 (x) #1 SMP\n[    4.200000] foo: version magic '6.1 SMP ' should be '6.12 SMP '\n",
      );
    await page.getByRole('button', { name: 'Analyze the text' }).click();
    await reported(page);
    expect(await csvOf(page, 'failures')).toContain(',foo,');
    await startOver(page);
    await page.locator('#pasted').fill("modprobe: ERROR: could not insert 'nvidia': No such device\n");
    await page.locator('#pasted').press('Control+A');
    await page.locator('#pasted').press('Control+X');
    await page.locator('#choose-files').focus();
    await page.keyboard.press('Control+V');
    await reported(page);
    expect(await csvOf(page, 'failures')).toContain(',nvidia,');
  });

  it('adds files to a case, and compares it with another', async () => {
    const { page } = await start();
    await page.locator('#files').setInputFiles('samples/dup-storm/trace.txt');
    await reported(page);
    const alone = (await csvOf(page, 'sources')).split('\n').length;
    await page.getByRole('button', { name: 'Add files' }).click();
    await page.locator('#files').setInputFiles('samples/dup-storm/dmesg.txt');
    await reported(page);
    expect((await csvOf(page, 'sources')).split('\n').length).toBe(alone + 1);
    await page.getByRole('button', { name: 'Compare with' }).click();
    await page.locator('#folder').setInputFiles('samples/failures');
    await page.locator('#difference pre').waitFor();
    const shown = await page.locator('#difference pre').textContent();
    expect(shown).toMatch(/^Before: .*\nAfter: {2}/);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save comparison' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('modwaste-trace.txt_and_1_more-compared.txt');
    await saved.saveAs(join(folder, 'compared.txt'));
    expect(readFileSync(join(folder, 'compared.txt'), 'utf8')).toBe(
      `Before: trace.txt and 1 more. After: failures.\n\n${shown}`,
    );
    // Of the report that is behind it, what is saved is the report.
    await page.getByRole('button', { name: 'Back to the report' }).click();
    const again = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save report' }).click();
    expect((await again).suggestedFilename()).toBe('modwaste-trace.txt_and_1_more.html');
  });

  it('says what cannot be compared, and keeps the report', async () => {
    const { page } = await start();
    await page.locator('[data-sample=failures]').click();
    await reported(page);
    await page.getByRole('button', { name: 'Compare with' }).click();
    expect(await page.locator('#next').textContent()).toBe(
      'The next files are compared with failures, as the later state.',
    );
    await page.locator('#files').setInputFiles('package.json');
    await page.locator('#failed', { hasText: 'what came after holds no boot' }).waitFor();
    expect(await page.locator('#next').textContent()).toBe('');
    await page.getByRole('button', { name: 'Back to the report' }).click();
    expect(await page.frameLocator('#report').locator('.verdict').isVisible()).toBe(true);
    expect(await page.locator('#failed').isVisible()).toBe(false);
  });

  it('after `Add files` and a way back, what is given is a case of its own', async () => {
    const { page } = await start();
    await page.locator('[data-sample=failures]').click();
    await reported(page);
    await page.getByRole('button', { name: 'Add files' }).click();
    await page.getByRole('button', { name: 'Back to the report' }).click();
    await page.getByRole('button', { name: 'Start over' }).click();
    await page.locator('#files').setInputFiles('samples/dup-storm/dmesg.txt');
    await reported(page);
    expect((await csvOf(page, 'sources')).match(/\.(?:txt|json)/g)).toEqual(['.txt']);
  });

  it('is worked by keyboard alone, narrow and wide', async () => {
    const { page } = await start();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator('[data-sample=failures]').focus();
    await page.keyboard.press('Enter');
    await reported(page);
    await page.getByRole('button', { name: 'Start over' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('choose-files');
    await page.getByRole('button', { name: 'Back to the report' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.frameLocator('#report').locator('.verdict').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Start over' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('summary', { hasText: 'Paste text' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type("modprobe: ERROR: could not insert 'nvidia': No such device");
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await reported(page);
    expect(await csvOf(page, 'failures')).toContain(',nvidia,');
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 844 });
      await page.locator('#save').focus();
      for (const id of ['more', 'compare', 'anew']) {
        await page.keyboard.press('Tab');
        expect(await page.evaluate('document.activeElement.id')).toBe(id);
      }
    }
  });

  it('is written by `modwaste app`, which replaces nothing unasked', async () => {
    const out = join(folder, 'public');
    expect((await cli(['app', '--out', out])).code).toBe(0);
    expect(readFileSync(join(out, 'index.html'), 'utf8')).toBe(readFileSync(APP, 'utf8'));
    const again = await cli(['app', '--out', out]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('already exists');
  });
});
