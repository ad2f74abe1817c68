// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORPUS, WHOLE } from '../corpus/index.js';
import { FIREFOX, Marionette, NEEDS_FIREFOX } from './marionette.js';
import { APP, printed } from './page.js';

/** Single files of captures, one of each kind: WebDriver gives a page no folders in Firefox. */
const FILES = [
  's1-quiet/serial.txt',
  's4-failures/grep-r.txt',
  's4-failures/ftrace/trace.txt',
  's12-loadrace/for-cat.txt',
  's2b-tracecmd/ftrace/trace.dat.xz',
  'o73-i386-fail/serial.txt',
  'o73-i386-fail/ftrace/trace.txt',
  's73-arm64-fail/ftrace/trace.txt',
].map((file) => join(CORPUS, file));

describe.skipIf(!FIREFOX)(`the browser page, ${NEEDS_FIREFOX}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-firefox-drop-'));
  let firefox: Marionette;
  beforeAll(async () => {
    firefox = await Marionette.open(`file://${APP}`);
    await firefox.until('document.documentElement.dataset.ready');
  });
  afterAll(async () => {
    await firefox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const expectPrinted = async (input: string): Promise<void> => {
    await firefox.until(`document.body.dataset.state === 'report'`);
    for (const [name, csv] of await printed(input)) {
      expect(await firefox.evaluate(`modwaste.query(${JSON.stringify(name)})`), name).toBe(csv);
    }
  };

  it.each([
    'samples/dup-storm/trace.txt',
    'samples/dup-storm/dmesg.txt',
    ...(WHOLE ? FILES.filter((file) => existsSync(file)) : []),
  ])('gives for %s what the command gives', async (file) => {
    await firefox.evaluate(`document.getElementById('anew').click(), ''`);
    await firefox.setFile('#files', resolve(file));
    await expectPrinted(file);
  });

  it('reads a folder that is dropped, with the folders in it, as the command reads it', async () => {
    const dropped = join(folder, 'case');
    cpSync('samples/dup-storm', join(dropped, 'b/storm'), { recursive: true });
    cpSync('samples/stock-debian', dropped, { recursive: true });
    // More than a browser lists at a time.
    mkdirSync(join(dropped, 'a'));
    for (let at = 0; at < 120; at++) writeFileSync(join(dropped, 'a', `${at}`), `nothing ${at}\n`);
    await firefox.evaluate(`document.getElementById('anew').click(), ''`);
    await firefox.dropFolder(dropped);
    await expectPrinted(dropped);
  });
});
