// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { CAPTURES } from './at-hand.js';

/** `npm run test:corpus`: the tests of captures over all that are at hand. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    include: [
      'test/**/corpus.test.ts',
      'test/accounting/{kernels,bounds-hold}.test.ts',
      'test/cases/{hostile,whole,packed}.test.ts',
      'test/forms/{all-clear,matrix,hidden-names,public-logs}.test.ts',
      'test/input/layouts.test.ts',
      'test/prefilter/same-events.test.ts',
    ],
    globalSetup: ['test/corpus/at-hand.ts', 'test/build.ts'],
    setupFiles: ['test/setup.ts'],
    env: { LC_ALL: 'C', TZ: 'UTC', MODWASTE_CORPUS: CAPTURES.endsWith('/') ? CAPTURES : `${CAPTURES}/` },
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: '100%',
    isolate: false,
  },
});
