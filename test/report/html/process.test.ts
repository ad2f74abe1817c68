// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { escapeHtml } from '../../../src/report/html/markup.js';
import { type Built, build } from '../../batch/built.js';
import { cli } from '../../cli/harness.js';
import { Browser, CHROMIUM, NEEDS_CHROMIUM, tableValues } from './browser.js';
import { expectFits } from './windows.js';

const SAMPLES = fileURLToPath(new URL('../../../samples', import.meta.url));

describe('reports of the command as a process', () => {
  const browser = new Browser();
  let built: Built;
  let file = '';
  beforeAll(() => {
    built = build();
    file = join(built.folder, 'batch.html');
    const samples = ['dup-storm', 'failures', 'autoload', 'stock-debian'].map((name) => join(SAMPLES, name));
    const ran = built.run([
      'batch',
      ...samples,
      '--case',
      'input',
      '--out',
      'out',
      '--html',
      file,
      '--jobs',
      '1',
    ]);
    if (ran.code !== 0) throw new Error(ran.stderr);
  });
  afterAll(async () => {
    await browser.close();
    built.remove();
  });

  type Row = Readonly<Record<string, unknown>>;
  const asked = async (...words: string[]): Promise<Row[]> => {
    const ran = await cli(['batch-query', ...words, join(built.folder, 'out'), '--format', 'json']);
    return JSON.parse(ran.stdout) as Row[];
  };

  it.skipIf(!CHROMIUM)(
    `of a batch, ${NEEDS_CHROMIUM}: how waste is distributed, and on which boots, kernels and modules it fell`,
    async () => {
      const { page, complaints } = await browser.open(file);
      expect(await page.locator('.verdict').textContent()).toMatch(
        /^At least .* wasted in \d of 4 boots of 4 cases/,
      );
      const worst = await tableValues(page, 'Worst boots');
      expect(worst.map(([name, boot, bytes]) => [name, boot, bytes])).toEqual(
        (await asked('--sql', 'SELECT * FROM boots WHERE wasted_bytes > 0 ORDER BY wasted_bytes DESC')).map(
          (row) => [row.case, String(row.boot), String(row.wasted_bytes)],
        ),
      );
      const named = page.locator('#worst tbody tr:first-child td:first-child');
      expect(await named.textContent(), 'without the folder of all').toBe(basename(String(worst[0]?.[0])));
      expect(await named.getAttribute('title')).toBe(worst[0]?.[0]);
      const modules = await tableValues(page, 'By module');
      expect(modules.map(([module]) => module)).toEqual(
        (await asked('top-modules')).map((row) => row.module).slice(0, 250),
      );
      expect(await page.locator('svg.histogram rect').count()).toBeGreaterThan(1);
      await page.locator('[aria-label="Worst boots"] tbody a').first().click();
      expect(new URL(page.url()).hash).toBe('#boot-1');
      expect(await page.locator('#boot-1 tbody tr').count()).toBeGreaterThan(5);
      await expectFits(page, 'batch');
      expect(complaints).toEqual([]);
    },
  );

  it('of a batch leads with what to do over all boots, most savings first', async () => {
    const html = readFileSync(file, 'utf8');
    const start = html.indexOf('id="what-to-do"');
    const table = html.slice(start, html.indexOf('</table>', start));
    const advice = await asked('top-advice');
    const kinds = [...table.matchAll(/<tr><td>([\w-]+)<\/td>/g)].map(([, kind]) => kind);
    expect(advice.length).toBeGreaterThan(10);
    expect(kinds).toEqual(advice.map(({ kind }) => kind));
  });

  it('of standard input: the cited lines are kept', () => {
    const trace = readFileSync(join(SAMPLES, 'failures/trace.txt'), 'utf8');
    const ran = built.run(['analyze', '-', '--html', 'stdin.html', '-q'], built.folder, trace);
    expect(ran.stderr).toBe('');
    const html = readFileSync(join(built.folder, 'stdin.html'), 'utf8');
    const [, line] = /<figcaption>-:(\d+)<\/figcaption>/.exec(html) ?? [];
    const cited = trace.split('\n')[Number(line) - 1] ?? '';
    expect(cited).toContain('module');
    // What call the line belongs to may follow.
    expect(html).toContain(escapeHtml(` ${cited}`));
  });
});
