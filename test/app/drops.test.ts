// SPDX-License-Identifier: Apache-2.0
/** Files that are dragged onto the page, as a user drags them: also onto the report that it shows. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { Browser, CHROMIUM, NEEDS_CHROMIUM, type Opened } from '../report/html/browser.js';
import { csvOf, expectPrinted, openApp, reported, startOver, writeEndlessLog } from './page.js';

const MIDDLE = { x: 720, y: 450 };

/** Drops files into the middle of the window, or onto a place that shows then, and waits until something comes of it. */
async function drop(
  page: Page,
  files: readonly string[],
  outcome: Locator,
  onto: string | null = null,
): Promise<void> {
  await drag(page, files, MIDDLE, onto);
  await outcome.first().waitFor();
}

/** Drags files into the window at a point, or from there onto a place that shows then, and drops them. */
async function drag(
  page: Page,
  files: readonly string[],
  at: { readonly x: number; readonly y: number },
  onto: string | null,
): Promise<void> {
  // The report tells what is dragged over it once its script runs.
  if (await page.locator('#report').isVisible())
    await page.frameLocator('#report').locator('html[data-ready]').waitFor({ state: 'attached' });
  const session = await page.context().newCDPSession(page);
  const send = (type: 'dragEnter' | 'dragOver' | 'drop', { x, y }: { x: number; y: number }) =>
    session.send('Input.dispatchDragEvent', {
      type,
      x,
      y,
      data: { items: [], files: files.map((file) => resolve(file)), dragOperationsMask: 1 },
    });
  // What is sent before the window shows what a drag brought up goes where it did before: a hand sends it again and again.
  const hold = (where: typeof at, shown: Locator) =>
    expect
      .poll(async () => {
        await send('dragEnter', where);
        await send('dragOver', where);
        return shown.isVisible();
      })
      .toBe(true);
  await send('dragEnter', at);
  await send('dragOver', at);
  if (onto === null) {
    await send('drop', at);
    return;
  }
  const place = page.locator(onto);
  await hold(at, place);
  const box = await place.boundingBox();
  if (box === null) throw new Error(`${onto} is not shown`);
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await hold(middle, page.locator(`${onto}.here`));
  await send('drop', middle);
}

const said = (page: Page, what: string): Locator => page.locator('#said', { hasText: what });
const report = (page: Page): Locator => page.locator('body[data-state=report], #failed:not([hidden])');

describe.skipIf(!CHROMIUM)(`files dragged onto the page, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  let opened: Promise<Opened> | null = null;
  /** One page for all tests, where files are given. */
  const start = async (): Promise<Opened> => {
    opened ??= openApp(browser);
    await startOver((await opened).page);
    return opened;
  };
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-drops-'));
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a folder with folders in it is read as the command reads it', async () => {
    const deep = join(folder, 'case');
    cpSync('samples/dup-storm', join(deep, 'b/storm'), { recursive: true });
    cpSync('samples/stock-debian', deep, { recursive: true });
    mkdirSync(join(deep, 'a'));
    writeFileSync(join(deep, 'a/empty'), '');
    const { page, complaints } = await start();
    await drop(page, [deep], report(page));
    await reported(page);
    await expectPrinted(page, deep);
    expect(complaints).toEqual([]);
  });

  it('several files at once are one case', async () => {
    const { page } = await start();
    await drop(page, ['samples/dup-storm/trace.txt', 'samples/dup-storm/dmesg.txt'], report(page));
    await reported(page);
    expect((await csvOf(page, 'sources')).match(/^\d.*(?:trace|dmesg)\.txt/gm)).toHaveLength(2);
    expect((await csvOf(page, 'boots')).trim().split('\n')).toHaveLength(2);
  });

  it('onto a report, the place says what they are for', async () => {
    const { page } = await start();
    await drop(page, ['samples/dup-storm/trace.txt'], report(page));
    await reported(page);
    const pages = await page.evaluate('history.length');
    await drop(page, ['samples/dup-storm/dmesg.txt'], said(page, '2 files'), '[data-next=more]');
    expect((await csvOf(page, 'sources')).match(/(?:trace|dmesg)\.txt/g)).toHaveLength(2);
    // The report is laid out, not blank.
    await page.frameLocator('#report').getByRole('heading').first().waitFor();
    // A frame that is loaded again, which Chromium can leave blank, is a page more to go back through.
    expect(await page.evaluate('history.length')).toBe(pages);
    await drop(page, ['samples/failures'], page.locator('#difference pre'), '[data-next=compare]');
    expect(await page.locator('#difference .note').textContent()).toContain(
      'Before: trace.txt and 1 more. After: failures.',
    );
    await drop(page, ['samples/failures/stats.txt'], said(page, '1 file'), '[data-next=new]');
    expect((await csvOf(page, 'sources')).match(/\.txt/g)).toHaveLength(1);
  });

  it('a file with the name of another that was dropped before does not replace it', async () => {
    const { page } = await start();
    const log = (release: string, module: string): string =>
      `[    0.000000] Linux version ${release} (a@b) #1 SMP\n[    1.500000] ${module}: Unknown symbol foo (err -2)\n`;
    const [first = '', second = ''] = ['first', 'second'].map((name) => {
      mkdirSync(join(folder, name), { recursive: true });
      return join(folder, name, 'dmesg.txt');
    });
    writeFileSync(first, log('6.12.1', 'one'));
    writeFileSync(second, log('6.13.2', 'two'));
    await drop(page, [first], report(page));
    await reported(page);
    await drop(page, [second], said(page, '2 files'), '[data-next=more]');
    expect((await csvOf(page, 'failures')).match(/\b(?:one|two)\b/g)?.sort()).toEqual(['one', 'two']);
    expect(await csvOf(page, 'sources')).toContain('drop 2/dmesg.txt');
  });

  it('during an analysis nothing is taken; stopped, the page goes on', async () => {
    const { page, complaints } = await start();
    const status = page.locator('#status', { hasText: ' of ' });
    await drop(page, [writeEndlessLog(join(folder, 'large.txt'))], status);
    await drag(page, ['samples/failures'], MIDDLE, null);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('#failed', { hasText: 'Stopped' }).waitFor();
    expect(await page.locator('#report').isVisible()).toBe(false);
    await page.locator('[data-sample=failures]').click();
    await reported(page);
    expect(complaints).toEqual([]);
  });
});
