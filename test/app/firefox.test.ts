// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORPUS, WHOLE } from '../corpus/index.js';
import { FIREFOX, Firefox, NEEDS_FIREFOX } from './firefox.js';
import { APP, printed } from './page.js';

/** Single files of captures, one of each kind: a page driven from outside takes no folders in Firefox. */
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
  let firefox: Firefox;
  beforeAll(async () => {
    firefox = await Firefox.open(`file://${APP}`);
    await firefox.until('document.documentElement.dataset.ready');
  }, 120_000);
  afterAll(() => firefox.close());

  it.each([
    'samples/dup-storm/trace.txt',
    'samples/dup-storm/dmesg.txt',
    ...(WHOLE ? FILES.filter((file) => existsSync(file)) : []),
  ])('gives for %s what the command gives', async (file) => {
    await firefox.evaluate(`document.getElementById('anew').click(), ''`);
    await firefox.setFiles('#files', [resolve(file)]);
    await firefox.until(`document.body.dataset.state === 'report'`);
    for (const [name, csv] of await printed(file)) {
      expect(await firefox.evaluate(`modwaste.query(${JSON.stringify(name)})`), name).toBe(csv);
    }
  });
});
