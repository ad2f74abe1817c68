// SPDX-License-Identifier: Apache-2.0
/** A copy of the page without the project around it, large inputs, and what happens when the analysis dies. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Browser, CHROMIUM, NEEDS_CHROMIUM } from '../report/html/browser.js';
import { Devtools } from './devtools.js';
import { APP, csvOf, expectPrinted, openApp, reported } from './page.js';

/** Files of a sosreport: what it is known by, evidence, and what is skipped. */
const SOSREPORT: Readonly<Record<string, string | Uint8Array>> = {
  'sos_logs/sos.log': '2026-01-01 10:00:00,000 INFO: [plugin:kernel] collecting\n',
  'version.txt': 'sosreport: 4.5.6\n',
  'sos_commands/kernel/dmesg': readFileSync('samples/dup-storm/dmesg.txt'),
  'sys/kernel/debug/modules/stats': readFileSync('samples/failures/stats.txt'),
  'proc/meminfo': readFileSync('samples/stock-debian/proc_meminfo.txt'),
  'sos_commands/networking/ip_-d_address': '1: lo: <LOOPBACK,UP>\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
};

function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

describe.skipIf(!CHROMIUM)(`the page by itself, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-alone-'));
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const pack = (name: string, how: string): string => {
    const archive = join(folder, `${name}.tar.${how === '-cJf' ? 'xz' : 'gz'}`);
    execFileSync('tar', [how, archive, '--owner=0', '--group=0', '-C', folder, name]);
    return archive;
  };

  it('copied to an empty folder and opened from there, analyzes a sosreport', async () => {
    write(join(folder, 'sosreport-host-2026-01-01-abcdefg'), SOSREPORT);
    const archive = pack('sosreport-host-2026-01-01-abcdefg', '-cJf');
    mkdirSync(join(folder, 'only'));
    const copy = join(folder, 'only/page.html');
    copyFileSync(APP, copy);
    const { page, complaints } = await browser.open(copy);
    await page.locator('#files').setInputFiles(archive);
    await reported(page);
    await expectPrinted(page, archive);
    expect(await csvOf(page, 'diagnostics')).toContain('members of a sosreport that hold no evidence');
    expect(await csvOf(page, 'sources')).toContain(
      '!sosreport-host-2026-01-01-abcdefg/sys/kernel/debug/modules/stats',
    );
    expect(complaints).toEqual([]);
  });

  it('unpacks a large archive with many members on a second thread, and gives the same', async () => {
    const log = (boot: number): string =>
      `[    0.000000] Linux version 6.12.${boot} (a@b) #1 SMP\n[    4.000000] drv_${boot}: Unknown symbol foo (err -2)\n`;
    const logs = Array.from({ length: 60 }, (_, at) => [`${at}/dmesg.txt`, log(at)] as const);
    // What makes it large lies between the logs.
    const cores = logs.map((_, at) => [`${at}/core`, randomBytes(75_000)] as const);
    write(join(folder, 'logs'), Object.fromEntries([...logs, ...cores]));
    const archive = pack('logs', '-czf');
    expect(readFileSync(archive).length).toBeGreaterThan(4 * 1024 ** 2);
    const { page, complaints } = await openApp(browser);
    await page.locator('#files').setInputFiles(archive);
    await reported(page);
    await expectPrinted(page, archive, ['sources', 'boots', 'failures', 'diagnostics']);
    expect(complaints).toEqual([]);
  });

  it('goes on when the analysis runs out of memory, and says so', async () => {
    const trace = join(folder, 'trace.txt');
    const call = (at: number): string =>
      `   (udev-worker)-${300 + at}     [000] .....    ${(1 + at / 1000).toFixed(6)}: sys_finit_module(fd: 3, uargs: 7f00, flags: 0)\n` +
      `   (udev-worker)-${300 + at}     [000] .....    ${(1.0001 + at / 1000).toFixed(6)}: sys_finit_module -> 0xffffffffffffffef\n`;
    writeFileSync(trace, `# tracer: nop\n#\n${Array.from({ length: 20_000 }, (_, at) => call(at)).join('')}`);
    const page = await Devtools.open(`file://${APP}`, ['--js-flags=--liftoff-only --max-old-space-size=20']);
    try {
      await page.until('document.documentElement.dataset.ready');
      await page.setFiles('#files', [trace]);
      await page.until(`!document.getElementById('failed').hidden`);
      expect(await page.evaluate(`document.getElementById('failed').textContent`)).toMatch(
        /^the browser ended the analysis, .*out of memory/,
      );
      await page.evaluate(`document.querySelector('[data-sample=failures]').click()`);
      await page.until(`document.body.dataset.state === 'report'`);
    } finally {
      await page.close();
    }
  });
});
