// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** `npm run test:corpus`: the tests of captures over all that are at hand. */
const BESIDE = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));
const corpus = process.env.MODWASTE_CORPUS ?? BESIDE;
if (!existsSync(corpus)) throw new Error(`no captures in ${corpus}; set MODWASTE_CORPUS to a folder of them`);

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    include: [
      'test/**/corpus.test.ts',
      'test/accounting/{kernels,bounds-hold}.test.ts',
      'test/cases/{whole,packed}.test.ts',
      'test/forms/{all-clear,matrix,hidden-names,public-logs}.test.ts',
      'test/input/layouts.test.ts',
      'test/prefilter/same-events.test.ts',
    ],
    globalSetup: ['test/report/html/build-page.ts'],
    env: { LC_ALL: 'C', TZ: 'UTC', MODWASTE_CORPUS: corpus.endsWith('/') ? corpus : `${corpus}/` },
    testTimeout: 600_000,
  },
});
