// SPDX-License-Identifier: Apache-2.0
/** What a hand does in the page: chooses a time, a module, an outcome; searches; stops a statement; passes a view on. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../../cli/harness.js';
import { openedOnce } from '../../cli/opened-once.js';
import {
  atRest,
  Browser,
  CHROMIUM,
  keepPicture,
  NEEDS_CHROMIUM,
  type Opened,
  tableValues,
} from './browser.js';

const STORM = 'samples/dup-storm';
const openCase = openedOnce();

type Row = Record<string, string | number | null>;

const rowsOf = async (...args: string[]): Promise<Row[]> =>
  JSON.parse((await cli([...args, STORM, '--format', 'json', '-q'], { openCase })).stdout) as Row[];

/** Runs SQL in the page's console. */
async function runSql(page: Page, sql: string): Promise<void> {
  await page.getByRole('textbox', { name: 'SQL' }).fill(sql);
  await page.getByRole('button', { name: 'Run' }).click();
}

const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n';

describe.skipIf(!CHROMIUM)(`a report in use, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  let file = '';
  beforeAll(async () => {
    file = await browser.report('storm', STORM);
  });
  afterAll(() => browser.close());

  let opened: Promise<Opened> | null = null;
  /** One page for all tests, each of which finds it at rest. */
  const open = async (): Promise<Opened> => {
    opened ??= browser.open(file);
    await atRest((await opened).page);
    return opened;
  };

  it('stops a statement by hand and at its limit, and goes on', async () => {
    const { page, complaints } = await open();
    await runSql(page, ENDLESS);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.error', { hasText: /^stopped$/ }).waitFor();
    await page.evaluate(`document.querySelector('select[name=limit] option').value = '1'`);
    await page.locator('select[name=limit]').selectOption('1');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('.error', { hasText: 'stopped after 1 s, the time limit' }).waitFor();
    // On a busy machine the database that replaces the stopped one may take longer to open.
    await page.evaluate(`document.querySelector('select[name=limit] option').value = '600'`);
    await page.locator('select[name=limit]').selectOption('600');
    await runSql(page, 'SELECT count(*) AS n FROM attempts');
    await page.locator('.status', { hasText: /^1 row/ }).waitFor();
    expect(await tableValues(page, 'Result')).toEqual([['493']]);
    expect(complaints).toEqual([]);
  });

  it('names a download after what was run, and documents the columns of edited SQL', async () => {
    const { page } = await open();
    const downloaded = async (format: string): Promise<string> => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: format }).click();
      return (await download).suggestedFilename();
    };
    await page.locator('select[name=query]').selectOption('timeline');
    await page.locator('input[name=params]').fill('bucket_ms=100');
    expect(await downloaded('CSV')).toBe('timeline-bucket_ms-100.csv');
    await page.locator('select[name=query]').selectOption('duplicates');
    expect(await downloaded('JSON')).toBe('duplicates.json');
    await runSql(page, 'SELECT module, times, 1 AS one FROM attribution');
    await page.locator('.status', { hasText: /rows/ }).waitFor();
    const docs = await page.locator('.docs dt').allTextContents();
    expect(docs.map((text) => text.trim().split(' ')[0])).toEqual(['module', 'times', 'one']);
    expect(await page.locator('.docs dd').last().textContent()).toBe('computed by this SQL');
    expect(await downloaded('CSV')).toBe('duplicates-edited.csv');
  });

  it('sums the calls of the chosen time as the query `window` does', async () => {
    const { page } = await open();
    await page.evaluate(`location.hash = '#boot=1&from=47000000000&to=50000000000'`);
    await page.locator('[aria-label="Worst modules, chosen time"]').waitFor();
    const modules = await tableValues(page, 'Worst modules, chosen time');
    const asked = await rowsOf('query', 'window', '--param', 'from=47', '--param', 'to=50');
    expect(asked.length).toBeGreaterThan(5);
    expect(modules.map((cells) => [cells[0], cells[1], cells.at(-1)])).toEqual(
      asked.map((row) => [row.name, String(row.attempts), String(row.wasted_low)]),
    );
    const requesters = await tableValues(page, 'Load calls by requester, chosen time');
    expect(requesters.map((cells) => cells.slice(0, 3))).toEqual(
      (
        await rowsOf('query', 'window', '--param', 'from=47', '--param', 'to=50', '--param', 'by=requester')
      ).map((row) => [row.name, row.comm, String(row.attempts)]),
    );
    expect(await page.locator('.chosen').first().textContent()).toBe('in the chosen 3 s');
    // The one other failure was at 54.9 s.
    expect(await page.locator('[aria-label="Other failures"] tbody tr:visible').count()).toBe(0);
    await page.getByRole('button', { name: 'whole' }).click();
    await page.locator('[aria-label="Worst modules, chosen time"]').waitFor({ state: 'detached' });
    expect(await page.locator('[aria-label="Other failures"] tbody tr:visible').count()).toBe(1);
  });

  it('lets the calls of a module, an outcome or a search stand out everywhere', async () => {
    const { page } = await open();
    const found = page.locator('.search .note');
    const counted = async (where: string): Promise<number> =>
      Number((await rowsOf('query', '--sql', `SELECT count(*) AS n FROM attempts WHERE ${where}`))[0]?.n);
    await page.locator('[aria-label="Worst modules"] button.module').first().click();
    expect(await found.textContent()).toBe(` lab_big ${await counted("module = 'lab_big'")} calls`);
    expect(await page.locator('tr.sought button.module').allTextContents()).toContain('lab_big');
    expect(await page.locator('rect.faint').count()).toBeGreaterThan(10);
    await keepPicture(page, 'report-module-stands-out');
    await page.keyboard.press('Escape');
    expect(await found.textContent()).toBe('');
    await page.locator('.legend button', { hasText: 'coalesced' }).click();
    expect(await found.textContent()).toBe(` coalesced ${await counted("outcome = 'coalesced'")} calls`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('NLS-cp9');
    expect(await found.textContent()).toContain(`${await counted("module LIKE 'nls_cp9%'")} calls`);
    await page.keyboard.press('Enter');
    expect(await page.locator('.call-line').textContent()).toMatch(/^nls_cp9/);
    await page.keyboard.press('Shift+Enter');
    expect(await page.locator('.call-line').textContent()).toMatch(/^nls_cp9/);
  });

  it('moves as Perfetto does: W A S D anywhere, Ctrl with the wheel zooms, Shift moves', async () => {
    const { page } = await open();
    const note = page.locator('.lanes-part .note');
    const span = async (): Promise<number> => {
      const values = new URLSearchParams((await page.evaluate<string>('location.hash')).slice(1));
      return Number(values.get('to')) - Number(values.get('from'));
    };
    const all = await note.textContent();
    await page.keyboard.press('w');
    const zoomed = await span();
    expect(await note.textContent()).not.toBe(all);
    await page.keyboard.press('d');
    expect(await span()).toBe(zoomed);
    await page.keyboard.press('s');
    await page.keyboard.press('0');
    expect(await note.textContent()).toBe(all);
    const box = await page.locator('[data-chart=storm]').boundingBox();
    await page.mouse.move((box?.x ?? 0) + 500, (box?.y ?? 0) + 60);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await expect.poll(span).toBeGreaterThan(0);
    const wheeled = await span();
    await page.keyboard.down('Shift');
    await page.mouse.wheel(0, 100);
    await page.keyboard.up('Shift');
    expect(await span()).toBe(wheeled);
    // In a field the same keys are text.
    await page.keyboard.press('/');
    await page.keyboard.type('wasd');
    expect(await page.locator('.search input').inputValue()).toBe('wasd');
    expect(await span()).toBe(wheeled);
  });

  it('opens again as it was passed on: time, module and query', async () => {
    const first = await open();
    await first.page.keyboard.press('w');
    await first.page.locator('[aria-label="Worst modules, chosen time"] button.module').first().click();
    await first.page.locator('select[name=query]').selectOption('timeline');
    await first.page.getByRole('button', { name: 'Run' }).click();
    await first.page.locator('.status', { hasText: /rows/ }).waitFor();
    const fragment = await first.page.evaluate<string>('location.hash');
    const again = await browser.open(file, { fragment });
    await again.page.locator('.status', { hasText: /rows/ }).waitFor();
    for (const place of ['.search .note', '.lanes-part .note']) {
      expect(await again.page.locator(place).textContent()).toBe(
        await first.page.locator(place).textContent(),
      );
    }
    expect(await tableValues(again.page, 'Result')).toEqual(await tableValues(first.page, 'Result'));
    expect(again.complaints).toEqual([]);
  });
});
