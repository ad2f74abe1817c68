// SPDX-License-Identifier: Apache-2.0
/** A headless Chromium of the system for the tests of the page; none is downloaded. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page, type Browser as Running } from 'playwright-core';
import { PATIENCE_MS } from '../../batch/built.js';
import { cli } from '../../cli/harness.js';

const there = (path: string | undefined): path is string => path !== undefined && existsSync(path);

/** Chromium with windows, if there. */
const WINDOWED = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(there);
/**
 * Where Chromium is; undefined where there is none, and the tests that need it are skipped. Its shell without windows
 * shows pages with two thirds of the processor time.
 */
export const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium-headless-shell', WINDOWED].find(there);

export const NEEDS_CHROMIUM = 'in a browser (skipped without Chromium: install it, or set CHROMIUM)';

/** Where pictures of the pages are kept. */
const ARTIFACTS = process.env.ARTIFACTS ?? join(tmpdir(), 'modwaste-artifacts');

const FLAGS = [
  // SQLite runs too short here for code that is optimised.
  '--js-flags=--liftoff-only',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page, and all that it said or asked for that it should not. */
export interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
}

export class Browser {
  readonly #folder = mkdtempSync(join(tmpdir(), 'modwaste-browser-'));
  #running: Promise<Running> | null = null;

  async #context(dark: boolean, script: boolean): Promise<BrowserContext> {
    this.#running ??= chromium.launch({
      executablePath: CHROMIUM ?? '',
      headless: true,
      args: FLAGS,
      timeout: PATIENCE_MS,
    });
    const context = await (await this.#running).newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      javaScriptEnabled: script,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  }

  /** The report of some inputs as a file. */
  async report(name: string, ...inputs: readonly string[]): Promise<string> {
    const file = join(this.#folder, `${name}.html`);
    const ran = await cli(['analyze', ...inputs, '--html', file, '-q']);
    if (!existsSync(file)) throw new Error(`no report was written: ${ran.stderr}`);
    return file;
  }

  async open(
    file: string,
    options: { readonly script?: boolean; readonly dark?: boolean; readonly fragment?: string } = {},
  ): Promise<Opened> {
    const context = await this.#context(options.dark ?? false, options.script ?? true);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`console ${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      // The thread's script comes out of the page itself.
      const own = request.url().split('#')[0] === `file://${file}` || request.url().startsWith('blob:');
      if (!own) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(`file://${file}${options.fragment ?? ''}`);
    if (options.script ?? true) await page.waitForSelector('html[data-ready]');
    return { page, complaints };
  }

  async close(): Promise<void> {
    await (await this.#running)?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Takes a report back to its top, to all its time, and to nothing looked for or cited. */
export async function atRest(page: Page): Promise<void> {
  await page.evaluate(
    `document.querySelector('dialog[open]')?.close(), document.activeElement?.blur(), scrollTo(0, 0)`,
  );
  await page.keyboard.press('Escape');
  await page.keyboard.press('0');
}

/** Keeps a picture of the whole page. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage: true });
}

/** The exact values of a table's cells, row by row, as it sorts by them. */
export async function tableValues(page: Page, label: string): Promise<string[][]> {
  return page.evaluate<string[][]>(
    `[...document.querySelector('[aria-label=${JSON.stringify(label)}] table').tBodies[0].rows]
       .map((row) => [...row.cells].map((cell) => cell.dataset.v ?? cell.textContent))`,
  );
}
