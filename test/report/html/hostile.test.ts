// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atRest, Browser, CHROMIUM, NEEDS_CHROMIUM, type Opened, tableValues } from './browser.js';

const NAMES = [
  '<script>alert(1)</script>',
  '</script><img src=x onerror=alert(2)>',
  '=HYPERLINK(1)',
  `long_${'x'.repeat(5000)}`,
  'turn\u202earound',
  'bell\u0007null',
  "quote'&copy;&ampx",
];

/** A trace in which each name is loaded once and once more in vain. */
function trace(): string {
  const lines = ['# tracer: nop', '#'];
  for (const [index, name] of NAMES.entries()) {
    const task = `  <b>task</b>-${500 + index} [000] .....`;
    const at = (micros: number): string => `${30 + index}.${String(micros).padStart(6, '0')}`;
    lines.push(
      `${task} ${at(100)}: sys_finit_module(fd: 5, uargs: 4b2f3d, flags: 0)`,
      `${task} ${at(200)}: becoming: (mod_stat_bump_becoming+0x0/0x40) name="${name}" len=${1000 + index} flags=0x0`,
      `${task} ${at(201)}: dup: (try_add_failed_module+0x0/0x40) name="${name}" reason=0`,
      `${task} ${at(300)}: sys_finit_module -> 0xffffffffffffffef`,
    );
  }
  return `${lines.join('\n')}\n`;
}

describe.skipIf(!CHROMIUM)(`a report of hostile names, ${NEEDS_CHROMIUM}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-hostile-'));
  const input = join(folder, '<img src=y> & "trace".txt');
  const browser = new Browser();
  let file = '';
  beforeAll(async () => {
    writeFileSync(input, trace());
    file = await browser.report('hostile', input);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  let opened: Promise<Opened> | null = null;
  /** One page for all tests, each of which finds it at rest. */
  const open = async (): Promise<Opened> => {
    opened ??= browser.open(file);
    await atRest((await opened).page);
    return opened;
  };

  it('shows them as text: no element, no script, no dialog, no request comes of them', async () => {
    const { page, complaints } = await open();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script:not([type])').count()).toBe(0);
    const modules = (await tableValues(page, 'Worst modules')).map(([module]) => module ?? '');
    expect(modules).toContain('<script>alert(1)</script>');
    expect(modules).toContain('</script><img src=x onerror=alert(2)>');
    expect(modules).toContain("quote'&copy;&ampx");
    expect(modules).toContain('turn\\u202earound');
    expect(modules.some((module) => module.startsWith('bell') && module.endsWith('null'))).toBe(true);
    const long = modules.find((module) => module.startsWith('long_')) ?? '';
    expect(long).toMatch(/… \(5,005 characters\)$/);
    expect(long.length).toBeLessThan(250);
    await page.locator('.lanes-part canvas').hover();
    await page.locator('a.cite').first().click();
    await page.locator('dialog[open] pre').waitFor();
    expect(complaints).toEqual([]);
  });

  it('neutralises formulas in what it downloads', async () => {
    const { page } = await open();
    await page
      .getByRole('textbox', { name: 'SQL' })
      .fill("SELECT module FROM attempts WHERE module LIKE '=%'");
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    expect(readFileSync(await (await download).path(), 'utf8')).toBe("module\n'=HYPERLINK(1)\n");
  });
});
