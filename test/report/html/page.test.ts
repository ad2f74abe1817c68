// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../../cli/harness.js';
import { openedOnce } from '../../cli/opened-once.js';
import { atRest, Browser, CHROMIUM, NEEDS_CHROMIUM, type Opened, tableValues } from './browser.js';
import { expectFits } from './windows.js';

const STORM = 'samples/dup-storm';
const openCase = openedOnce();

type Row = Record<string, string | number | null>;

async function asked(query: string, ...inputs: string[]): Promise<Row[]> {
  return JSON.parse(
    (await cli(['query', query, ...inputs, '--format', 'json', '-q'], { openCase })).stdout,
  ) as Row[];
}

describe.skipIf(!CHROMIUM)(`the report of a storm, ${NEEDS_CHROMIUM}`, () => {
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

  it('is one file of less than 1.5 MB that opens from disk, asks for nothing and complains of nothing', async () => {
    expect(statSync(file).size).toBeLessThan(1_500_000);
    const { page, complaints } = await open();
    expect(await page.locator('.verdict').textContent()).toMatch(
      /^54\.4 MiB wasted in 264 failed loads, 90 % of it between .* s; most on lab_big \(40\.1 MiB in 10 duplicates\), mostly by \(udev-worker\)/,
    );
    expect(complaints).toEqual([]);
  });

  it('shows the numbers of `query --format json`', async () => {
    const { page } = await open();
    const phases = await tableValues(page, 'Waste by phase');
    expect(phases.map(([phase, , wasted, , failures]) => [phase, wasted, failures])).toEqual(
      (await asked('phase-waste', STORM)).map((row) => [row.phase, String(row.bytes), String(row.failures)]),
    );
    const modules = await tableValues(page, 'Worst modules');
    expect(modules.map(([module, , wasted, ...times]) => [module, wasted, ...times.slice(0, 2)])).toEqual(
      (await asked('worst-modules', STORM)).map((row) => [
        row.module,
        String(row.bytes),
        String(row.duplicates),
        String(row.other_failures),
      ]),
    );
    const requesters = await tableValues(page, 'Load calls by requester');
    expect(requesters.map(([requester, comm, wasted, calls]) => [requester, comm, wasted, calls])).toEqual(
      (await asked('requesters', STORM)).map((row) => [
        row.requester,
        row.comm,
        String(row.wasted_bytes),
        String(row.attempts),
      ]),
    );
  });

  it('shows the line behind a number, with its neighbours', async () => {
    const { page } = await open();
    await page.locator('[aria-label="Worst modules"] tbody tr').first().locator('a.cite').first().click();
    const cited = await page.locator('dialog[open] mark').textContent();
    const title = await page.locator('dialog[open] b').textContent();
    const [, path, line] = /^(.*):(\d+)$/.exec(title ?? '') ?? [];
    const text = readFileSync(path ?? '', 'utf8').split('\n')[Number(line) - 1];
    expect(cited?.trim().startsWith(`${line} ${text}`)).toBe(true);
    expect(await page.locator('dialog[open] .number').count()).toBe(7);
    expect(await page.locator('dialog[open] mark .of-call').textContent()).toMatch(/ of lab_big starts$/);
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
  });

  it('marks where a call starts and ends, with its module and result', async () => {
    const { page } = await open();
    const sql =
      "SELECT attempt, module, phase, line, end_line FROM attempts WHERE outcome = 'duplicate' ORDER BY wasted_low DESC LIMIT 1";
    const ran = await cli(['query', '--sql', sql, STORM, '--format', 'json', '-q'], { openCase });
    const [call] = JSON.parse(ran.stdout) as Row[];
    const text = readFileSync(`${STORM}/trace_pipe.txt`, 'utf8').split('\n')[Number(call?.end_line) - 1];
    expect(text).toContain('sys_finit_module -> 0xffffffffffffffef');
    await page.locator('.search input').fill(String(call?.module));
    for (let calls = 0; calls < 30; calls++) {
      await page.keyboard.press('Enter');
      if ((await page.locator('.call-line').textContent())?.includes(`attempt ${call?.attempt} `)) break;
    }
    await page.locator('.call-line a.cite').last().click();
    expect(await page.locator('dialog[open] mark .of-call').textContent()).toBe(
      `  ◂ ${call?.module}: duplicate in ${call?.phase}, EEXIST`,
    );
  });

  it('sorts a table by exact values and filters it', async () => {
    const { page } = await open();
    const table = page.locator('[aria-label="Worst modules"]');
    await table.getByRole('button', { name: 'duplicates' }).click();
    const times = (await tableValues(page, 'Worst modules')).map((row) => Number(row[3]));
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(await table.locator('th[aria-sort=descending]').textContent()).toBe('duplicates');
    await page.getByLabel('Filter Worst modules').fill('nls_');
    expect(await table.locator('tbody tr:visible').count()).toBe(
      (await asked('worst-modules', STORM)).filter((row) => String(row.module).includes('nls_')).length,
    );
  });

  it('runs a canned query and one’s own SQL in the page, and downloads what the command line prints', async () => {
    const { page, complaints } = await open();
    await page.getByRole('link', { name: 'query worst-modules' }).first().click();
    await page.locator('.status', { hasText: /rows \(/ }).waitFor();
    expect(await page.locator('.output tbody tr').count()).toBe((await asked('worst-modules', STORM)).length);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const written = readFileSync(await (await download).path(), 'utf8');
    expect(written).toBe(
      (await cli(['query', 'worst-modules', STORM, '--format', 'csv', '-q'], { openCase })).stdout,
    );

    await page
      .getByRole('textbox', { name: 'SQL' })
      .fill('SELECT count(*) AS n, 9007199254740993 AS big FROM events');
    await page.keyboard.press('Control+Enter');
    await page.locator('.status', { hasText: /^1 row/ }).waitFor();
    const [row] = await tableValues(page, 'Result');
    const [own] = JSON.parse(
      (
        await cli(['query', '--sql', 'SELECT count(*) AS n FROM events', STORM, '--format', 'json', '-q'], {
          openCase,
        })
      ).stdout,
    ) as Row[];
    expect(row).toEqual([String(own?.n), '9007199254740993']);
    expect(complaints).toEqual([]);
  });

  it('shows what is wrong with SQL, and where; refuses to write', async () => {
    const { page } = await open();
    await page.getByRole('textbox', { name: 'SQL' }).fill('SELECT modul FROM attempts');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('.error').waitFor();
    expect(await page.locator('.error').textContent()).toContain('did you mean module?');
    await page.locator('.status', { hasText: 'failed' }).waitFor();
    await page.getByRole('textbox', { name: 'SQL' }).fill('DELETE FROM attempts');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('DELETE is not allowed').waitFor();
  });

  it('zooms both charts together, and describes the bucket under the pointer', async () => {
    const { page } = await open();
    const calls = page.locator('.lanes-part .note');
    expect(await calls.textContent()).toMatch(/^493 calls in this time/);
    const chart = page.locator('[data-chart=storm]');
    await chart.focus();
    await page.keyboard.press('+');
    expect(await calls.textContent()).not.toMatch(/^493 /);
    await page.keyboard.press('0');
    expect(await calls.textContent()).toMatch(/^493 /);
    const box = await chart.boundingBox();
    await page.mouse.move((box?.x ?? 0) + 300, (box?.y ?? 0) + 90);
    expect(await page.locator('.tip').textContent()).toMatch(/wasted here .*, so far /);
  });

  it('can be used by keyboard: from call to call in the lanes, and to the line of one', async () => {
    const { page } = await open();
    await page.getByRole('link', { name: 'lanes' }).focus();
    await page.keyboard.press('Enter');
    for (let tabs = 0; tabs < 5; tabs++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(`document.activeElement.tagName === 'CANVAS'`)) break;
    }
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('.call-line').textContent()).toMatch(/ · attempt \d+ · line \d+ to line \d+$/);
    await page.keyboard.press('Enter');
    await page.locator('dialog[open] mark').waitFor();
    await page.keyboard.press('Escape');
  });

  it('holds numbers, pictures and evidence without script, light and dark', async () => {
    const { page, complaints } = await browser.open(file, { script: false, dark: true });
    expect(await page.locator('svg.storm rect.o-duplicate').count()).toBeGreaterThan(10);
    expect(await page.locator('[aria-label="Waste by phase"] tbody tr').count()).toBe(4);
    await page.locator('[aria-label="Worst modules"] a.cite').first().click();
    await page.locator('#evidence mark').first().waitFor({ state: 'visible' });
    expect(complaints).toEqual([]);
  });

  it('fits every window', async () => {
    const { page, complaints } = await open();
    await expectFits(page, 'one-boot');
    expect(complaints).toEqual([]);
  });

  it('lets no script run but its own', async () => {
    const { page } = await open();
    await page.evaluate(`document.body.append(Object.assign(document.createElement('a'), { id: 'probe' }))`);
    const ran = await page.evaluate(
      `(() => {
        try { document.getElementById('probe').innerHTML = '<b>x</b>'; return 'html'; } catch { /* refused */ }
        const script = document.createElement('script');
        try { script.textContent = 'window.ran = 1'; } catch { return 'refused'; }
        document.body.append(script);
        return window.ran === 1 ? 'script' : 'refused';
      })()`,
    );
    expect(ran).toBe('refused');
  });
});
