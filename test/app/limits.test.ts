// SPDX-License-Identifier: Apache-2.0
/** Limits that depend on how much of a compressed file was decoded end the reading at the same byte as in the command. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Browser, CHROMIUM, NEEDS_CHROMIUM } from '../report/html/browser.js';
import { csvOf, openApp, printed, reported } from './page.js';

/** The browser's own decoder, one compiled to WebAssembly and one in the page's script; the others are read as these are. */
const CODECS = ['gzip', 'xz', 'zstd'].filter((codec) => !spawnSync(codec, ['-V']).error);

/** Of those whose limit of bytes is met by text that is quickly packed, how many records let it be met later. */
const BOMBS: Readonly<Record<string, number>> = { gzip: 3000, xz: 6500, zstd: 6500 };

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

describe.skipIf(!CHROMIUM)(`limits in the page, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-limits-'));
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const pack = (codec: string, name: string, text: string): string => {
    const { stdout, status } = spawnSync(codec, ['-c', codec === 'gzip' ? '-6' : '-1'], {
      input: text,
      maxBuffer: 2 ** 28,
    });
    expect(status).toBe(0);
    writeFileSync(join(folder, name), stdout);
    return join(folder, name);
  };

  it.each(CODECS)('of %s', { timeout: 600_000 }, async (codec) => {
    const { page, complaints } = await openApp(browser);
    const inputs = [
      // More events than so few bytes may give; how many depends on the bytes decoded until then.
      ...(codec === 'gzip' ? [START + noise(50) + CALL.repeat(20_000)] : []),
      START + CALL.repeat(10_200) + noise(150) + CALL.repeat(10_000),
      // A bomb: bytes unpacked for each that was decoded.
      ...(BOMBS[codec] ? [START + noise(BOMBS[codec]) + '#\n'.repeat(40 * 2 ** 20)] : []),
    ];
    for (const [at, text] of inputs.entries()) {
      const file = pack(codec, `${at}-trace.txt.${codec}`, text);
      await page.locator('#files').setInputFiles(file);
      await page.locator('body[data-state=work], body[data-state=report]').waitFor();
      await reported(page);
      const results = await printed(file, ['diagnostics', 'sources', 'phase-waste']);
      for (const [name, csv] of results) expect(await csvOf(page, name), `${name} of ${file}`).toBe(csv);
      expect(results.get('diagnostics'), file).toContain(',input-limit,');
      await page.locator('#anew').click();
    }
    expect(complaints).toEqual([]);
  });
});
